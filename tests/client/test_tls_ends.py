"""Where an answer over TLS ends that does not say how long it is, on real sockets (RFC 9112, 9.8)."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

import pytest
import trustme

from stt_load.api.answers import reader
from stt_load.api.request import Body
from stt_load.api.stream import Stream
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.http import HttpClient
from stt_load.samples.sample import ErrorKind
from tests.client.scripted import Act, Scripted, answer, closing

BODY = Body((b"RIFF",), 4)
OK = b'{"text": "hello"}'
EVENTS = b'data: {"type": "transcript.text.done", "text": "hello"}\n\n'


@pytest.fixture(scope="module")
def context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def politely(data: bytes) -> Act:
    """Sends `data`, says in TLS that this was all, and closes."""

    def act(sock: socket.socket) -> bool:
        assert isinstance(sock, ssl.SSLSocket)
        sock.sendall(data)
        sock.settimeout(0.0)
        with suppress(ssl.SSLWantReadError):
            sock.unwrap()
        return False

    return act


def post(context: ssl.SSLContext, act: Act | bytes, stream: Stream | None = None) -> bytes:
    with Scripted(act, context=context) as server:
        client = HttpClient(Target(server.url, {}, Timeouts(5, 5, 5, 10), 9_999, verify=False))
        try:
            return client.post(BODY, Exchange(stream=stream)).body
        finally:
            client.close()


def test_an_end_that_tls_tells_of_is_the_end(context: ssl.SSLContext) -> None:
    assert post(context, politely(answer(length=False))) == OK


@pytest.mark.parametrize("body", [OK, OK[:5], b""])
def test_an_end_that_tls_does_not_tell_of_is_none(context: ssl.SSLContext, body: bytes) -> None:
    """Anybody on the way can close a connection; a transcript that is cut looks like a whole one."""
    with pytest.raises(ClientError, match="without TLS's close_notify") as caught:
        post(context, closing(answer(body=body, length=False)))
    assert caught.value.kind is ErrorKind.TRUNCATED


CHUNKED = answer("Transfer-Encoding: chunked", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(OK), OK), length=False)


@pytest.mark.parametrize("reply", [answer(), CHUNKED], ids=["length", "chunked"])
def test_what_says_how_long_it_is_needs_no_such_end(context: ssl.SSLContext, reply: bytes) -> None:
    assert post(context, closing(reply)) == OK


def test_nor_does_a_stream_that_has_said_all(context: ssl.SSLContext) -> None:
    stream = Stream(None, reader("json"))
    assert post(context, closing(answer(body=EVENTS, length=False)), stream) == EVENTS
    assert stream.ended_s is not None
