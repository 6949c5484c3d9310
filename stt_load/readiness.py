"""Waiting until a service is there, before anything is measured."""

from __future__ import annotations

import http.client

import gevent

from stt_load.transport.addresses import NoAddress, addresses_of, connect
from stt_load.transport.exchange import clock, plain
from stt_load.transport.target import Target, proxy_headers
from stt_load.transport.tls import tls_context
from stt_load.wire.request import encoded_path
from stt_load.wire.verdict import storable

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
            connect(addresses_of(*target.peer), clock() + timeout_s).close()
            return None
        return _unhealthy(target, health, timeout_s)
    except (OSError, ValueError, NoAddress, http.client.HTTPException) as error:  # ValueError: a name that is none
        return f"{target.authority}: {storable(plain(error))}"


def _unhealthy(target: Target, health: str, timeout_s: float) -> str | None:
    connection: http.client.HTTPConnection
    headers, url = dict(target.headers), encoded_path(health)
    through = {} if target.proxy is None else proxy_headers(target.proxy)
    if target.scheme == "https":
        context = tls_context(target.verify, target.ca_bundle)
        connection = http.client.HTTPSConnection(*target.peer, timeout=timeout_s, context=context)
        if target.proxy is not None:
            connection.set_tunnel(target.host, target.port, through)
    else:
        connection = http.client.HTTPConnection(*target.peer, timeout=timeout_s)
        if target.proxy is not None:
            url = f"http://{target.authority}{url}"
            headers |= through
    try:
        connection.request("GET", url, headers=headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    return None if 200 <= status < 300 else f"GET {health}: HTTP {status}"
