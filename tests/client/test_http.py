"""One request after the other over one connection, in this process."""

from __future__ import annotations

import socket
import sys
import threading
import time
from typing import Any

import gevent
import pytest

from stt_load.api.answers import reader
from stt_load.api.request import Body
from stt_load.api.stream import Stream
from stt_load.api.verdict import Transcript
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.connection import Connection
from stt_load.client.http import AT_ONCE_S, HttpClient
from stt_load.client.opening import opened
from stt_load.samples.sample import ErrorKind
from tests.client.misbehaving import Misbehaving
from tests.client.scripted import Act, Scripted, answer, closing

BODY = Body((b"RIFF",), 4)


@pytest.mark.parametrize("path", ["interim-only", "no-status"])
def test_an_answer_that_never_comes_to_more_than_an_interim_one_costs_no_other_request(
    server: Misbehaving, path: str
) -> None:
    timeouts = Timeouts(1, 0.3, 0.3, 5)
    client = HttpClient(Target(server.url(path), {}, timeouts, 1_000))
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            client.post(BODY, Exchange())
        assert caught.value.kind in (ErrorKind.TRUNCATED, ErrorKind.BAD_HTTP)
    client.target = Target(server.url("ok"), {}, timeouts, 1_000)
    assert client.post(BODY, Exchange()).status == 200
    client.close()


def post(client: HttpClient, size: int = 4, expected: ErrorKind | None = None) -> tuple[Exchange, ClientError | None]:
    """One request of `size` bytes."""
    exchange = Exchange()
    failure = None
    try:
        assert client.post(Body((memoryview(bytes(size)),), size), exchange).status == 200
    except ClientError as error:
        failure = error
    assert (failure and failure.kind) is expected, failure
    return exchange, failure


def took_s(exchange: Exchange) -> float:
    assert exchange.sent_s is not None
    assert exchange.done_s is not None
    return exchange.done_s - exchange.sent_s


def target(url: str, first_byte_s: float = 5.0, **options: Any) -> Target:
    return Target(url, {}, Timeouts(5, first_byte_s, 5, 20), 9_999, **options)


def dies(after_s: float, said: bytes = b"") -> Act:
    def act(sock: socket.socket) -> bool:
        sock.sendall(said)
        time.sleep(after_s)
        return False

    return act


def test_a_kept_connection_that_is_closed_between_two_requests_is_not_used() -> None:
    """What is known to be closed costs no request."""
    gone = threading.Event()

    def act(sock: socket.socket) -> bool:
        sock.sendall(answer())
        sock.shutdown(socket.SHUT_WR)
        gone.set()
        return True

    with Scripted(act, answer()) as server:
        client = HttpClient(target(server.url))
        first, _ = post(client)
        gone.wait(10)
        second, _ = post(client)
        client.close()
    assert first.connection != second.connection
    assert second.connect_s is not None
    assert second.tcp_connect_s is not None
    assert 0 < second.tcp_connect_s <= second.connect_s


def test_a_connection_that_is_opened_in_advance_is_that_of_the_next_request() -> None:
    with Scripted(answer()) as server:
        client = HttpClient(target(server.url))
        client.open()
        client.open()
        exchange, _ = post(client)
        client.open()
        client.close()
    assert exchange.connection is not None
    assert exchange.connect_s is None
    assert server.connections == [0]


def test_a_request_that_comes_while_the_connection_is_opened_waits_for_nothing() -> None:
    with Scripted(answer()) as server:
        client = HttpClient(target(server.url))
        opening = gevent.spawn(client.open)
        gevent.sleep(0)
        first, _ = post(client)
        opening.join(5)
        second, _ = post(client)
        client.close()
    assert opening.successful()
    assert second.connection == first.connection
    assert second.connect_s is None
    assert len(set(server.connections)) == 1


def test_a_connection_that_was_opened_in_advance_while_a_request_opened_its_own_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = list[Connection]()

    def overtaken(*args: Any) -> Connection:
        connection = opened(*args)
        made.append(connection)
        if len(made) == 1:  # the request's: it is not there yet when the other one is
            client.open()
        return connection

    monkeypatch.setattr("stt_load.client.http.opened", overtaken)
    with Scripted(answer()) as server:
        client = HttpClient(target(server.url))
        first, _ = post(client)
        second, _ = post(client)
        own, in_advance = made
        assert in_advance._sock.fileno() == -1, "it is closed"
        assert own._sock.fileno() != -1
        client.close()
    assert first.connection == second.connection == own.number


@pytest.mark.parametrize("said", [b"junk", answer(status="408 Request Timeout"), answer(status="500 X")])
def test_what_is_said_between_two_requests_answers_none(said: bytes) -> None:
    late = threading.Event()

    def act(sock: socket.socket) -> bool:
        sock.sendall(answer())
        time.sleep(0.1)
        sock.sendall(said)
        late.set()
        return True

    with Scripted(act, answer()) as server:
        client = HttpClient(target(server.url))
        first, _ = post(client)
        late.wait(10)
        second, _ = post(client)
        client.close()
        assert len(server.heads) == 2
    assert first.connection != second.connection


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 200 OK\r\n"])
def test_a_server_that_dies_into_the_work_has_broken_off(said: bytes) -> None:
    """On a connection that was used before: 0.4 s into the request, or with something said, it is no stale one."""
    with Scripted(answer(), dies(0.4, said)) as server:
        client = HttpClient(target(server.url))
        first, _ = post(client)
        second, _ = post(client, expected=ErrorKind.TRUNCATED)
        client.close()
        assert len(server.heads) == 2
    assert first.connection == second.connection


def test_a_kept_connection_that_is_closed_at_once_is_lost() -> None:
    with Scripted(answer(), dies(0.0)) as server:
        client = HttpClient(target(server.url))
        post(client)
        exchange = Exchange()
        with pytest.raises(ClientError) as caught:
            client.post(BODY, exchange)
        client.close()
        assert len(server.heads) == 2, "it is never sent again"
    at_once = took_s(exchange) < AT_ONCE_S
    assert caught.value.kind is ErrorKind.CONNECTION_LOST or not at_once, "unless this machine was slow"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what the other end has")
def test_the_silence_before_the_answer_begins_when_the_peer_has_the_request() -> None:
    """1.9 MB are in this kernel at once, and the server takes 3.75 s to read them."""

    class Slow(Scripted):
        def _request(self, stream: Any, number: int) -> bytes | Act | None:  # noqa: ARG002
            left = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.startswith(b"Content-Length:"):
                    left = int(line.split(b":")[1])
            if not line:
                return None
            for _ in range(15):
                time.sleep(0.25)
                left -= len(stream.read(left if left < 130_000 else 127_000))
            stream.read(left)
            return self._acts[0]

    with Slow(answer()) as server:
        client = HttpClient(target(server.url, first_byte_s=2.5))
        exchange, _ = post(client, 1_900_000)
        client.close()
    assert took_s(exchange) >= 3


def test_the_silence_after_that_is_limited() -> None:
    with Scripted(dies(3.0)) as server:
        client = HttpClient(target(server.url, first_byte_s=0.3))
        exchange, _ = post(client, 1_900_000, ErrorKind.TIMEOUT_FIRST_BYTE)
        client.close()
    assert 0.3 <= took_s(exchange) < 3.0


def test_an_early_refusal_of_an_upload_that_is_not_read_is_the_answer() -> None:
    """The server keeps the connection open, and reads no more of it: the upload would never end."""

    class Refusing(Scripted):
        def _request(self, stream: Any, number: int) -> bytes | Act | None:  # noqa: ARG002
            stream.readline()
            return dies(3.0, answer(status="413 Payload Too Large"))

    with Refusing() as server:
        client = HttpClient(target(server.url))
        exchange = Exchange()
        size = 50_000_000
        assert client.post(Body((memoryview(bytes(size)),), size), exchange).status == 413
        client.close()
    assert took_s(exchange) < 3.0
    assert "written" not in exchange.marks


def test_a_stream_that_begins_before_the_upload_is_over_hears_all_of_it() -> None:
    """As of services that write while they listen: what they say early stops nothing."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    heard = []

    class Eager(Scripted):
        def _request(self, stream: Any, number: int) -> bytes | Act | None:  # noqa: ARG002
            while (line := stream.readline()) != b"\r\n":
                length = int(line.split(b":")[1]) if line.startswith(b"Content-Length:") else 0
            time.sleep(0.2)
            heard.append(len(stream.read(length)))
            return closing(b'data: {"type": "transcript.text.done", "text": "hello"}\n\n')

        def _serve(self, sock: socket.socket, number: int) -> None:
            sock.sendall(head)
            super()._serve(sock, number)

    size = 20_000_000
    with Eager() as server:
        client = HttpClient(target(server.url))
        exchange = Exchange(stream=Stream(None, reader("json")))
        answered = client.post(Body((memoryview(bytes(size)),), size), exchange)
        client.close()
    assert heard == [size]
    assert exchange.stream is not None
    assert exchange.stream.read(answered) == Transcript("hello")
    assert exchange.first_byte_s is not None
    assert exchange.sent_s is not None
    assert exchange.first_byte_s - exchange.sent_s < 0.2
