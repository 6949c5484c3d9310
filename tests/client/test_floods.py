"""Servers that send faster than they are read: limits hold, others go on, memory stays small."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import gevent
import pytest

from stt_load.api.answers import reader
from stt_load.api.batch import Plan
from stt_load.api.job_path import JobPath
from stt_load.api.request import Body
from stt_load.api.stream import Stream
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.batch import BatchClient
from stt_load.client.http import HttpClient
from stt_load.samples.sample import ErrorKind
from tests.client.scripted import Act, Scripted, answer

BODY = Body((b"RIFF",), 4)
TOTAL_S = 0.6
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
EVENTS = HEAD + b"Content-Type: text/event-stream\r\n\r\n"
DELTA = b'data: {"type": "transcript.text.delta", "delta": "a"}\n\n'
DONE = b'data: {"type": "transcript.text.done", "text": "a"}\n\n'


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@dataclass(frozen=True)
class Flood:
    """head once, then part for ever. kind: what comes of it; None for an answer."""

    head: bytes
    part: bytes
    kind: ErrorKind | None = ErrorKind.TIMEOUT_TOTAL
    stream: bool = False


BAD = ErrorKind.BAD_HTTP
FLOODS = {
    "interim answers": Flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, BAD),
    "headers": Flood(b"HTTP/1.1 200 OK\r\n", b"X: yyyyyyyyyyyyy\r\n" * 1_000, BAD),
    "one header": Flood(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 10_000, BAD),
    "a folded header": Flood(b"HTTP/1.1 200 OK\r\nX: y\r\n", b" y\r\n" * 1_000, BAD),
    "trailers": Flood(HEAD + b"\r\n0\r\n", b"X: y\r\n" * 1_000, BAD),
    "extensions": Flood(HEAD + b"\r\n", b"1;a=b\r\nx\r\n" * 1_000, BAD),
    "chunks of one byte": Flood(HEAD + b"\r\n", b"1\r\nx\r\n" * 5_000),
    "content until it is closed": Flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 30_000),
    "events": Flood(EVENTS, chunk(DELTA * 500), stream=True),
    "the smallest events": Flood(EVENTS, chunk(b"data:x\n\n" * 5_000), stream=True),
    "comments": Flood(EVENTS, chunk(b":\n" * 10_000), stream=True),
    "events behind the done mark": Flood(EVENTS + chunk(DONE), chunk(DELTA * 500), None, stream=True),
}


def pouring(flood: Flood) -> Act:
    def act(sock: socket.socket) -> bool:
        sock.sendall(flood.head)
        while True:
            sock.sendall(flood.part)

    return act


class Neighbour:
    """Another greenlet. longest_s: how much of this thread's processor time went by between two of its turns at
    most; what the machine does beside it counts for nothing."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.turns = 0
        self._greenlet = gevent.spawn(self._go_on)
        gevent.sleep(0.01)

    def __enter__(self) -> Neighbour:
        return self

    def __exit__(self, *_: object) -> None:
        self._greenlet.kill()

    def _go_on(self) -> None:
        last_s = time.thread_time()
        while True:
            gevent.sleep(0.005)
            now_s = time.thread_time()
            self.longest_s = max(self.longest_s, now_s - last_s)
            self.turns += 1
            last_s = now_s


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    with Neighbour() as one:
        yield one


@pytest.mark.parametrize("name", FLOODS)
def test_the_limit_holds_and_others_go_on(name: str, neighbour: Neighbour) -> None:
    flood = FLOODS[name]
    with Scripted(pouring(flood)) as server:
        client = HttpClient(Target(server.url, {}, Timeouts(30, 30, 30, TOTAL_S), 10**12))
        exchange = Exchange(stream=Stream(None, reader("json")) if flood.stream else None)
        kind = None
        try:
            client.post(BODY, exchange)
        except ClientError as error:
            kind = error.kind
        assert kind is flood.kind
        assert exchange.sent_s is not None
        assert exchange.done_s is not None
        took_s = exchange.done_s - exchange.sent_s
        assert took_s < TOTAL_S + 30, "it never ends by itself"
        assert (took_s >= TOTAL_S) == (kind is ErrorKind.TIMEOUT_TOTAL)
        assert neighbour.longest_s < 0.1
        client.close()


def test_a_flood_while_the_request_is_still_on_its_way(neighbour: Neighbour) -> None:
    """The server reads slowly and answers for ever."""

    def act(sock: socket.socket) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sock.sendall(b"x" * 1_000_000)

    class Deaf(Scripted):
        def _request(self, stream: object, number: int) -> bytes | Act | None:  # noqa: ARG002
            stream.readline()  # type: ignore[attr-defined]
            return act

    with Deaf() as server:
        clip = memoryview(bytes(30_000_000))
        for limit, total_s, expected in (
            (50_000_000, 60, ErrorKind.ANSWER_TOO_LARGE),
            (10**12, TOTAL_S, ErrorKind.TIMEOUT_TOTAL),
        ):
            client = HttpClient(Target(server.url, {}, Timeouts(30, 30, 30, total_s), limit))
            with pytest.raises(ClientError) as caught:
                client.post(Body((clip,), len(clip)), Exchange())
            assert caught.value.kind is expected
            client.close()
    assert neighbour.longest_s < 0.1


def test_the_limit_of_a_job_holds_in_each_of_its_steps(neighbour: Neighbour) -> None:
    plan = Plan(
        "/",
        None,
        "",
        [],
        "id",
        JobPath("/{id}"),
        "status",
        frozenset({"done"}),
        frozenset({"failed"}),
        interval_s=0.01,
    )
    submitted = answer(body=b'{"id": 1, "status": "queued"}')
    with Scripted(submitted, submitted, pouring(FLOODS["chunks of one byte"])) as server:
        inner = HttpClient(Target(server.url, {}, Timeouts(30, 30, 30, TOTAL_S), 10**12))
        client, exchange = BatchClient(inner, plan), Exchange()
        with pytest.raises(ClientError) as caught:
            client.post(BODY, exchange)
        client.close()
        assert len(server.heads) == 3
    assert caught.value.kind is ErrorKind.TIMEOUT_TOTAL
    assert exchange.sent_s is not None
    assert exchange.done_s is not None
    assert TOTAL_S <= exchange.done_s - exchange.sent_s < TOTAL_S + 30
    assert neighbour.longest_s < 0.1


def two_bytes_each(count: int) -> Callable[[socket.socket], bool]:
    def act(sock: socket.socket) -> bool:
        sock.sendall(HEAD + b"\r\n")
        for _ in range(count // 1_000):
            sock.sendall(b"2\r\nab\r\n" * 1_000)
        sock.sendall(b"0\r\n\r\n")
        return True

    return act


def test_small_chunks_are_joined() -> None:
    """Of 16 MB in chunks of two bytes each was an object of its own, 482 MB in all."""
    with Scripted(two_bytes_each(500_000)) as server:
        client = HttpClient(Target(server.url, {}, Timeouts(30, 30, 30, 60), 10**8))
        exchange = Exchange()
        assert client.post(BODY, exchange).body == b"ab" * 500_000
        client.close()
    assert exchange.received == 1_000_000
    assert len(exchange.parts) < 3_000
