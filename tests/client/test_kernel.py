"""What the kernel knows of the other end, on real sockets. Linux only."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator

import pytest

from stt_load.client import kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells it")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    with near, far:
        yield near, far


def test_it_is_quiet_once_the_other_end_has_all(pair: tuple[socket.socket, socket.socket]) -> None:
    near, _ = pair
    near.sendall(b"x" * 1_000)
    while kernel.quiet_s(near) == 0.0:
        time.sleep(0.01)
    time.sleep(0.2)
    quiet_s = kernel.quiet_s(near)
    assert quiet_s is not None
    assert quiet_s >= 0.19


def test_it_is_not_while_some_is_still_here(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    near.setblocking(False)
    sent = 0
    try:
        while True:
            sent += near.send(b"x" * 1_000_000)
    except BlockingIOError:
        pass
    assert kernel.quiet_s(near) == 0.0, "and none of it is read"
    while sent:
        sent -= len(far.recv(1_000_000))
    while kernel.quiet_s(near) == 0.0:
        time.sleep(0.01)


def test_a_round_trip_takes_its_time(pair: tuple[socket.socket, socket.socket]) -> None:
    assert 0 < kernel.round_trip_s(pair[0]) < 1


def test_nobody_knows_where_there_is_no_such_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_INFO")
    with socket.socket() as sock:
        assert kernel.quiet_s(sock) is None
        assert kernel.round_trip_s(sock) == 0.0
