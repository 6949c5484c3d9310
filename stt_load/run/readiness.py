"""Waiting until a service is there, before anything is measured."""

from __future__ import annotations

from dataclasses import replace

import gevent

from stt_load.api.request import Body, Request, encoded_path
from stt_load.api.verdict import storable
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.addresses import NoAddress, addresses_of, connect
from stt_load.client.exchange import plain
from stt_load.client.http import HttpClient
from stt_load.clock import clock

POLL_S = 0.25
LEAST_S = 0.05


def wait_ready(target: Target, health: str | None, limit_s: float) -> str | None:
    """Polls until `target` accepts a TCP connection or, with `health` (a path), answers GET with 2xx.

    Returns None once it does, after `limit_s` seconds what it said last.
    """
    deadline_s = clock() + limit_s
    while (trouble := _trouble(target, health, deadline_s - clock())) is not None and clock() < deadline_s:
        gevent.sleep(min(POLL_S, max(0.0, deadline_s - clock())))
    return trouble


def _trouble(target: Target, health: str | None, left_s: float) -> str | None:
    """One look of `left_s` seconds at most, nor longer than a connection may take: None when all is well."""
    limit_s = max(LEAST_S, min(left_s, target.timeouts.connect_s))
    try:
        if health is None:
            connect(addresses_of(*target.peer), clock() + limit_s).close()
            return None
        return _unhealthy(replace(target, timeouts=Timeouts(limit_s, limit_s, limit_s, limit_s)), health)
    except (OSError, ValueError, NoAddress, ClientError) as error:  # ValueError: a name that is none
        return f"{target.authority}: {storable(plain(error))}"


def _unhealthy(target: Target, health: str) -> str | None:
    """What the status says; how the answer goes on after it does not matter. Raises `ClientError` without one."""
    exchange = Exchange()
    client = HttpClient(target)
    try:
        client.fetch(Request("GET", encoded_path(health), Body((), 0)), exchange)
    except ClientError:
        if exchange.status is None:
            raise
    finally:
        client.close()
    status = exchange.status or 0
    return None if 200 <= status < 300 else f"GET {health}: HTTP {status}"
