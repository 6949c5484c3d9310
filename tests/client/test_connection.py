"""What is sent of an upload, and what a connection knows of itself, on pairs of real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import gevent.socket
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.client.connection import MOST_PARTS, Connection, Upload


@given(st.lists(st.binary(max_size=9), max_size=9), st.lists(st.integers(1, 20), max_size=90))
def test_an_upload_is_its_parts_in_their_order_however_much_goes_at_a_time(
    parts: list[bytes], counts: list[int]
) -> None:
    upload, gone = Upload([memoryview(part) for part in parts]), b""
    for count in counts:
        left = b"".join(upload.left)
        if left:
            gone += left[:count]
            upload.sent(min(count, len(left)))
    assert gone + b"".join(upload.left) == b"".join(parts)
    assert all(len(part) for part in upload.left)


def test_parts_are_not_copied() -> None:
    clip = memoryview(bytes(1_000))
    upload = Upload((b"head", clip))
    upload.sent(14)
    (rest,) = upload.left
    assert isinstance(rest, memoryview)
    assert rest.obj is clip.obj


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=9), st.integers(1, 30))
def test_the_first_bytes_are_those_of_as_many_parts_as_they_take(parts: list[bytes], most: int) -> None:
    upload, gone = Upload(parts), b""
    while upload.left:
        piece = bytes(upload.first(most))
        assert len(piece) == min(most, sum(map(len, upload.left)))
        gone += piece
        upload.sent(len(piece))
    assert gone == b"".join(parts)


def test_a_part_that_is_long_enough_is_not_copied() -> None:
    clip = memoryview(bytes(1_000))
    first = Upload((clip, b"tail")).first(1_000)
    assert isinstance(first, memoryview)
    assert first.obj is clip.obj


@pytest.fixture
def pair() -> Iterator[tuple[Connection, gevent.socket.socket]]:
    near, far = gevent.socket.socketpair()
    near.settimeout(0.0)
    connection = Connection(near)
    yield connection, far
    connection.close()
    far.close()


def test_more_parts_than_a_kernel_takes_at_a_time(pair: tuple[Connection, gevent.socket.socket]) -> None:
    connection, far = pair
    upload = Upload([b"x"] * (3 * MOST_PARTS))
    while upload.left:
        assert connection.send(upload)
    assert far.recv(10_000) == b"x" * 3 * MOST_PARTS
    assert not connection.holds_back


def test_many_parts_go_as_one_where_the_kernel_has_room_for_few_bytes(
    pair: tuple[Connection, gevent.socket.socket],
) -> None:
    connection, far = pair
    connection._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    parts = [bytes([number % 251]) * 997 for number in range(150)]
    upload, came, calls = Upload(parts), b"", 0
    while upload.left:
        calls += connection.send(upload)
        came += far.recv(1 << 20)
    while len(came) < 150 * 997:
        came += far.recv(1 << 20)
    assert came == b"".join(parts)
    assert calls < len(parts)


def test_it_is_idle_until_somebody_says_something(pair: tuple[Connection, gevent.socket.socket]) -> None:
    connection, far = pair
    assert connection.is_idle
    assert not connection.readable(0.01)
    far.send(b"x")
    assert connection.readable(5)
    assert not connection.is_idle, "and the byte is gone: it is of no more use"


def test_it_is_not_idle_once_the_peer_has_gone(pair: tuple[Connection, gevent.socket.socket]) -> None:
    connection, far = pair
    far.close()
    assert connection.receive() == b""
    assert not connection.is_idle


def test_what_there_is_no_room_for_waits(pair: tuple[Connection, gevent.socket.socket]) -> None:
    connection, far = pair
    size = 30_000_000
    upload = Upload((memoryview(bytes(size)),))
    while connection.send(upload):
        pass
    assert upload.left
    assert not connection.ready(0.01)
    far.recv(1_000_000)
    assert connection.ready(5)
