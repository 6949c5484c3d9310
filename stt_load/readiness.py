"""Waiting until a service is there, before anything is measured."""

from __future__ import annotations

import http.client
import socket

import gevent

from stt_load.transport.exchange import clock, plain
from stt_load.transport.target import Target
from stt_load.transport.tls import tls_context

POLL_S = 0.25


def wait_ready(target: Target, health: str | None, limit_s: float) -> str | None:
    """Polls until `target` accepts a TCP connection or, with `health` (a path), answers GET with 2xx.

    Returns None once it does, after `limit_s` seconds what it said last.
    """
    deadline_s = clock() + limit_s
    while (trouble := _trouble(target, health, deadline_s - clock())) is not None and clock() < deadline_s:
        gevent.sleep(min(POLL_S, max(0.0, deadline_s - clock())))
    return trouble


def _trouble(target: Target, health: str | None, left_s: float) -> str | None:
    """One look: None when all is well."""
    timeout_s = max(0.05, min(left_s, target.timeouts.connect_s))
    try:
        if health is None:
            socket.create_connection((target.host, target.port), timeout_s).close()
            return None
        return _unhealthy(target, health, timeout_s)
    except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: a name that is none
        return f"{target.authority}: {plain(error)}"


def _unhealthy(target: Target, health: str, timeout_s: float) -> str | None:
    connection: http.client.HTTPConnection
    if target.scheme == "https":
        context = tls_context(target.verify, target.ca_bundle)
        connection = http.client.HTTPSConnection(target.host, target.port, timeout=timeout_s, context=context)
    else:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout_s)
    try:
        headers = {name: value for name, value in target.headers.items() if name.lower() != "content-type"}
        connection.request("GET", health, headers=headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    return None if 200 <= status < 300 else f"GET {health}: HTTP {status}"
