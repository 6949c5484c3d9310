"""A refusal is what its status says, however its body ends; and when a 408 is no answer."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from collections.abc import Callable

import pytest

from stt_load.api.answers import reader
from stt_load.api.api import Api
from stt_load.api.batch import Plan
from stt_load.api.form import Bare
from stt_load.api.job_path import JobPath
from stt_load.api.request import Body
from stt_load.api.verdict import Failure, of_status
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.batch import BatchClient
from stt_load.client.http import AT_ONCE_S, HttpClient
from stt_load.samples.sample import ErrorKind
from tests.client.scripted import Act, Scripted, answer, closing

BODY = Body((b"RIFF",), 4)
LIMIT = 100_000
TIMED_OUT = answer("Connection: close", body=b"", status="408 Request Timeout")


def head(status: int, *headers: str) -> bytes:
    return answer("Retry-After: 7", "Location: /x", *headers, body=b"", status=f"{status} X", length=False)


def cut(status: int) -> Act:
    return closing(head(status, "Content-Length: 99") + b"busy")


def reset(status: int) -> Act:
    def act(sock: socket.socket) -> bool:
        sock.sendall(head(status, "Content-Length: 99") + b"busy")
        time.sleep(0.1)  # or the reset may overtake the answer
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.shutdown(socket.SHUT_RD)  # the reader of the test's server has a hold on it, too
        return False

    return act


def silent(status: int) -> Act:
    def act(sock: socket.socket) -> bool:
        sock.sendall(head(status, "Content-Length: 99") + b"busy")
        time.sleep(2)  # longer than the reader waits
        return False

    return act


def dripping(status: int) -> Act:
    def act(sock: socket.socket) -> bool:
        sock.sendall(head(status, "Content-Length: 99") + b"busy")
        while True:
            sock.sendall(b"x")
            time.sleep(0.05)

    return act


def endless(status: int) -> Act:
    def act(sock: socket.socket) -> bool:
        sock.sendall(head(status))
        while True:
            sock.sendall(b"x" * 50_000)

    return act


def bomb(status: int) -> Act:
    return closing(head(status, "Content-Encoding: gzip") + gzip.compress(bytes(10**6)))


def bad_chunk(status: int) -> Act:
    return closing(head(status, "Transfer-Encoding: chunked") + b"4\r\nbusy\r\nxyz\r\n")


def odd_coding(status: int) -> Act:
    return closing(head(status, "Content-Encoding: br") + b"busy")


ENDS: dict[str, tuple[Callable[[int], Act], str]] = {
    "closed": (cut, "closed before the answer was whole"),
    "reset": (reset, "closed before the answer was whole"),
    "silent": (silent, "stopped for 0.3 s"),
    "dripping": (dripping, "no whole answer within 0.8 s"),
    "too large": (endless, "larger than 100000 bytes"),
    "a bomb": (bomb, "beyond the limit"),
    "a bad chunk": (bad_chunk, "no size of a chunk"),
    "a coding that was not asked for": (odd_coding, "'br' was not asked for"),
}
KINDS = {
    429: ErrorKind.SHED,
    503: ErrorKind.SHED,
    413: ErrorKind.TOO_LARGE,
    404: ErrorKind.HTTP_4XX,
    502: ErrorKind.HTTP_5XX,
    307: ErrorKind.REDIRECT,
}
LONG = Timeouts(30, 30, 30, 60)
SHORT = {"silent": Timeouts(30, 30, 0.3, 60), "dripping": Timeouts(30, 30, 30, 0.8)}
"""Of what ends by a timeout: that one alone is short, so that no other comes first on a slow machine."""


@pytest.mark.parametrize("status", KINDS)
@pytest.mark.parametrize("name", ENDS)
def test_a_refusal_whose_body_breaks_is_what_its_status_says(name: str, status: int) -> None:
    act, words = ENDS[name]
    with Scripted(act(status), answer()) as server:
        client = HttpClient(Target(server.url, {}, SHORT.get(name, LONG), LIMIT))
        found = of_status(client.post(BODY, Exchange()))
        client.target = Target(server.url, {}, LONG, LIMIT)
        assert client.post(BODY, Exchange()).status == 200
        client.close()
        assert server.connections == [0, 1], "what is broken is not used again"
    assert found is not None
    assert found.kind is KINDS[status]
    assert found.wait_s == (7.0 if found.kind is ErrorKind.SHED else 0.0)
    assert f"(its body is not whole: {found.message.partition('not whole: ')[2]}" in found.message
    assert words in found.message


@pytest.mark.parametrize("name", ENDS)
def test_a_200_whose_body_breaks_is_no_answer(name: str) -> None:
    with Scripted(ENDS[name][0](200)) as server:
        client = HttpClient(Target(server.url, {}, SHORT.get(name, LONG), LIMIT))
        with pytest.raises(ClientError, match=ENDS[name][1]):
            client.post(BODY, Exchange())
        client.close()


PLAN = Plan(
    "/jobs",
    "/clips",
    "url",
    [],
    "id",
    JobPath("/jobs/{id}"),
    "status",
    frozenset({"done"}),
    frozenset({"failed"}),
    0.01,
)
STEPS = [
    answer(body=b'{"url": "x"}'),
    answer(body=b'{"id": 1, "status": "queued"}'),
    answer(body=b'{"status": "on"}'),
]


@pytest.mark.parametrize("name", ["closed", "dripping", "too large"])
@pytest.mark.parametrize(
    ("steps", "kind"),
    [(0, ErrorKind.SHED), (1, ErrorKind.SHED), (2, ErrorKind.POLL_FAILED), (3, ErrorKind.POLL_FAILED)],
)
def test_so_is_one_in_a_step_of_a_job(name: str, steps: int, kind: ErrorKind) -> None:
    act, words = ENDS[name]
    api = Api(Bare(), reader("json"), plan=PLAN)
    with Scripted(*STEPS[:steps], act(503)) as server:
        client = BatchClient(HttpClient(Target(server.url, {}, SHORT.get(name, LONG), LIMIT)), PLAN)
        found = api.read(client.post(BODY, Exchange()))
        client.close()
        assert len(server.heads) == steps + 1
    assert isinstance(found, Failure)
    assert (found.kind, found.wait_s) == (kind, 7.0 if kind is ErrorKind.SHED else 0.0)
    assert words in found.message


def late(sock: socket.socket) -> bool:
    time.sleep(0.4)
    sock.sendall(TIMED_OUT)
    return False


def status_of_second(*acts: bytes | Act) -> tuple[int, Exchange]:
    """Status of the second answer, 0 where the connection was lost."""
    exchange, status, lost = Exchange(), 0, None
    with Scripted(*acts) as server:
        client = HttpClient(Target(server.url, {}, Timeouts(5, 5, 5, 10), LIMIT))
        client.post(BODY, Exchange())
        try:
            status = client.post(BODY, exchange).status
        except ClientError as error:
            lost = error
        assert client.post(BODY, Exchange()).status == 200
        client.close()
        assert len(server.heads) == 3, "it is never sent again"
        assert server.connections == [0, 0, 1]
    assert lost is None or (lost.kind is ErrorKind.CONNECTION_LOST and "408" in lost.message)
    return status, exchange


@pytest.mark.parametrize("said", [TIMED_OUT, answer(status="408 X")])
def test_a_408_at_once_on_a_kept_connection_answers_no_request(said: bytes) -> None:
    """The server gave the idle connection up and has read none (RFC 9110, 15.5.9)."""
    status, exchange = status_of_second(answer(), said, answer())
    assert exchange.first_byte_s is not None
    assert exchange.sent_s is not None
    at_once = exchange.first_byte_s - exchange.sent_s < AT_ONCE_S
    assert status == 0 or not at_once, "unless this machine was slow"


@pytest.mark.parametrize("act", [late, closing(b"HTTP/1.1 100 Continue\r\n\r\n" + TIMED_OUT)])
def test_a_408_later_or_to_a_request_that_was_begun_is_an_answer(act: Act) -> None:
    assert status_of_second(answer(), act, answer())[0] == 408


def test_a_408_on_a_new_connection_is_an_answer() -> None:
    with Scripted(TIMED_OUT) as server:
        client = HttpClient(Target(server.url, {}, LONG, LIMIT))
        found = of_status(client.post(BODY, Exchange()))
        client.close()
    assert found is not None
    assert found.kind is ErrorKind.HTTP_4XX
