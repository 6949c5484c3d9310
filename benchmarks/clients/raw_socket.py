"""The floor: gevent's own sockets, parts sent as they are, the answer taken as it comes, nothing checked."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import gevent
from gevent import socket

from benchmarks.clients.ready import BODY, CONTENT_TYPE
from benchmarks.clients.terms import SECONDS, URL, USERS, seen_s, tell

PARTS = urlsplit(URL)
HEAD = (
    f"POST {PARTS.path} HTTP/1.1\r\nHost: {PARTS.netloc}\r\nContent-Type: {CONTENT_TYPE}\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode()


def speak(until_s: float) -> None:
    sock = socket.create_connection((PARTS.hostname, PARTS.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = memoryview(BODY)
    while time.monotonic() < until_s:
        started_s = time.perf_counter()
        sock.sendall(HEAD)
        sock.sendall(body)
        assert sock.recv(65_536).endswith(b"}")
        seen_s.append(time.perf_counter() - started_s)


if __name__ == "__main__":
    until_s = time.monotonic() + SECONDS
    gevent.joinall([gevent.spawn(speak, until_s) for _ in range(USERS)], raise_error=True)
    tell()
