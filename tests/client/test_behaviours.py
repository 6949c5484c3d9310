"""What a server may answer, one row for each behaviour, on real sockets: its verdict, and what becomes of the
connection. Both user classes read with this client; `tests/processes/test_behaviours.py` has whole runs of them."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass

import pytest

from stt_load.api.answers import reader
from stt_load.api.api import Api
from stt_load.api.form import Bare
from stt_load.api.request import Body
from stt_load.api.verdict import Failure, Transcript
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.http import HttpClient
from tests.client.scripted import Scripted, answer, closing, in_pieces

BODY = Body((b"RI", memoryview(b"FF")), 4, "audio/wav")
SPEECH = Api(Bare(), reader("json"))
LIMITS = Timeouts(5, 5, 5, 10)
OK = b'{"text": "hello"}'
NEXT = b'{"text": "the next one"}'
KOREAN = '{"text": "서울의 아침은 조용하다"}'.encode()
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(OK), OK)
LENGTH = f"Content-Length: {len(OK)}"


@dataclass(frozen=True)
class Row:
    """reply: the bytes of an answer. kind: of the failure, None for the transcript `hello`. keeps: the next request
    goes out on the same connection. ends: the server closes behind the reply."""

    reply: bytes
    kind: str | None = None
    keeps: bool = False
    ends: bool = False


def coded(coding: str, body: bytes, status: str = "200 OK") -> bytes:
    return answer(f"Content-Encoding: {coding}", body=body, status=status)


def refused(status: str, *headers: str) -> bytes:
    """Its head."""
    return answer(*headers, body=b"", status=status, length=False)


def chunked(*headers: str, body: bytes = CHUNKED) -> bytes:
    return answer("Transfer-Encoding: chunked", *headers, body=body, length=False)


SPLIT = gzip.compress(OK[:5]) + gzip.compress(OK[5:])
RAW_DEFLATE = zlib.compress(OK, wbits=-zlib.MAX_WBITS)
SECOND = answer(body=b'{"text": "second"}')
TIMED_OUT = answer("Connection: close", body=b"", status="408 Request Timeout")
ROWS = {
    "plain": Row(answer(), keeps=True),
    "chunked": Row(chunked(), keeps=True),
    "until closed": Row(answer(length=False), ends=True),
    "told to close": Row(answer("Connection: close")),
    "HTTP/1.0": Row(answer().replace(b"HTTP/1.1", b"HTTP/1.0")),
    "HTTP/1.0 that keeps alive": Row(answer("Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0"), keeps=True),
    # Bytes behind an answer's end.
    "junk behind": Row(answer() + b"junk"),
    "line ends behind": Row(answer() + b"\r\n\r\n"),
    "junk behind the last chunk": Row(chunked(body=CHUNKED + b"junk")),
    "length in characters": Row(
        answer(f"Content-Length: {len(KOREAN.decode())}", body=KOREAN, length=False), "bad_json"
    ),
    "204 with a body": Row(answer(status="204 No Content"), "bad_json"),
    "304 with a body": Row(answer(status="304 Not Modified"), "redirect"),
    "413 with more than it says": Row(answer("Content-Length: 5", status="413 X", length=False), "too_large"),
    "408 behind": Row(answer() + TIMED_OUT),
    "a second 200 behind": Row(answer() + SECOND),
    "a second answer behind a refusal": Row(answer(status="500 X") + SECOND, "http_5xx"),
    # How long it is.
    "length twice, equal": Row(answer(LENGTH, LENGTH, length=False), keeps=True),
    "length twice in a line": Row(answer(f"Content-Length: {len(OK)}, {len(OK)}", length=False), keeps=True),
    "length twice, not equal": Row(answer("Content-Length: 3", LENGTH, length=False), "bad_http"),
    "length negative": Row(answer("Content-Length: -1", length=False), "bad_http"),
    "length hexadecimal": Row(answer("Content-Length: 0x11", length=False), "bad_http"),
    "length beside chunked": Row(chunked(LENGTH), "bad_http"),
    "another transfer coding": Row(answer("Transfer-Encoding: gzip"), "bad_http"),
    "too short": Row(answer("Content-Length: 99", length=False), "truncated", ends=True),
    # Refusals whose body breaks off are what their status says.
    "429 that is cut": Row(refused("429 X", "Content-Length: 99"), "shed", ends=True),
    "503 that is cut in its chunks": Row(
        refused("503 X", "Transfer-Encoding: chunked") + b"99\r\nx", "shed", ends=True
    ),
    "503 with a bad chunk": Row(refused("503 X", "Transfer-Encoding: chunked") + b"xyz\r\n", "shed"),
    "413 that is cut": Row(refused("413 X", "Content-Length: 99"), "too_large", ends=True),
    "401 that is cut": Row(refused("401 X", "Content-Length: 99"), "auth", ends=True),
    "404 in a coding that was not asked for": Row(coded("br", OK, "404 X"), "http_4xx"),
    "307 that is cut": Row(refused("307 X", "Content-Length: 99", "Location: /x"), "redirect", ends=True),
    "500 with broken gzip": Row(coded("gzip", b"junk", "500 X"), "http_5xx"),
    "500 with gzip that is cut": Row(coded("gzip", gzip.compress(OK)[:-9], "500 X"), "http_5xx"),
    "502 with a bomb": Row(coded("gzip", gzip.compress(bytes(2_000_000)), "502 X"), "http_5xx"),
    "503 of which nobody knows how long it is": Row(refused("503 X", "Content-Length: 5, 6"), "bad_http"),
    "408 on a new connection": Row(TIMED_OUT, "http_4xx"),
    # Headers.
    "200 headers": Row(answer(*[f"X-{number}: y" for number in range(200)]), keeps=True),
    "300 headers": Row(answer(*[f"X-{number}: y" for number in range(300)]), "bad_http"),
    "a header of 60 kB": Row(answer("X: " + "y" * 60_000), keeps=True),
    "a header of 70 kB": Row(answer("X: " + "y" * 70_000), "bad_http"),
    "NUL in a header": Row(answer("X: a\0b"), "bad_http"),
    "CR in a header": Row(answer("X: a\rb"), "bad_http"),
    "a folded header": Row(answer("X: a\r\n  b"), keeps=True),
    "lines end with LF": Row(answer().replace(b"\r\n", b"\n"), keeps=True),
    "a header without a colon": Row(answer("nonsense"), "bad_http"),
    "a header with a blank before the colon": Row(answer("X : y"), "bad_http"),
    # Chunks.
    "chunk size with a blank": Row(chunked(body=CHUNKED.replace(b"\r\n", b" \r\n", 1)), keeps=True),
    "chunk size with an extension": Row(chunked(body=CHUNKED.replace(b"\r\n", b";a=b\r\n", 1)), keeps=True),
    "chunk size that is none": Row(chunked(body=b"xyz\r\n" + OK), "bad_http"),
    "chunk size negative": Row(chunked(body=b"-11\r\n" + OK), "bad_http"),
    "chunk one byte shorter than it says": Row(chunked(body=b"12\r\n" + CHUNKED[4:]), "bad_http"),
    "chunked behind an empty member": Row(
        answer("Transfer-Encoding: ,chunked", body=CHUNKED, length=False), keeps=True
    ),
    "chunked twice": Row(answer("Transfer-Encoding: chunked, chunked", body=CHUNKED, length=False), "bad_http"),
    "chunk longer than it says": Row(chunked(body=b"5\r\n" + OK + b"\r\n0\r\n\r\n"), "bad_http"),
    "trailers": Row(chunked(body=CHUNKED[:-2] + b"X: y\r\n\r\n"), keeps=True),
    "endless trailers": Row(chunked(body=CHUNKED[:-2] + b"X: y\r\n" * 3_000), "bad_http"),
    "endless extensions": Row(chunked(body=b"1;" + b"a" * 17_000), "bad_http"),
    "without the last chunk": Row(chunked(body=CHUNKED[:-5]), "truncated", ends=True),
    # Status lines.
    "a status line and the end": Row(b"HTTP/1.1 200 OK\r\n", "truncated", ends=True),
    "half a status line": Row(b"HTTP/1.1 2", "truncated", ends=True),
    "nothing": Row(b"", "truncated", ends=True),
    "101": Row(answer(status="101 Switching Protocols"), "bad_http"),
    "103 first": Row(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(), keeps=True),
    "16 interim answers": Row(b"HTTP/1.1 100 Continue\r\n\r\n" * 16 + answer(), keeps=True),
    "17 interim answers": Row(b"HTTP/1.1 100 Continue\r\n\r\n" * 17 + answer(), "bad_http"),
    "no reason phrase": Row(answer(status="200"), keeps=True),
    "status of two digits": Row(answer(status="20 OK"), "bad_http"),
    "another protocol": Row(b"SSH-2.0-OpenSSH_9.2\r\n", "bad_http"),
    "a TLS alert": Row(b"\x15\x03\x01\x00\x02\x02\x46", "bad_http", ends=True),
    # Content codings.
    "GZIP": Row(coded("GZIP", gzip.compress(OK)), keeps=True),
    "x-gzip": Row(coded("x-gzip", gzip.compress(OK)), keeps=True),
    "Identity": Row(coded("Identity", OK), keeps=True),
    "gzip, identity": Row(coded("gzip, identity", gzip.compress(OK)), keeps=True),
    "gzip in two members": Row(coded("gzip", SPLIT), keeps=True),
    "deflate": Row(coded("deflate", zlib.compress(OK)), keeps=True),
    "raw deflate": Row(coded("deflate", RAW_DEFLATE), keeps=True),
    "gzip that is cut": Row(coded("gzip", gzip.compress(OK)[:-9]), "bad_http"),
    "br": Row(coded("br", OK), "bad_http"),
}


def verdict(client: HttpClient, exchange: Exchange) -> tuple[str | None, str]:
    """(kind or None, text or message) of one request."""
    try:
        found = SPEECH.read(client.post(BODY, exchange))
    except ClientError as error:
        return error.kind, error.message
    if isinstance(found, Failure):
        return found.kind, found.message
    assert isinstance(found, Transcript)
    return None, found.text


@pytest.mark.parametrize("cut", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize("name", ROWS)
def test_each_answer_is_what_it_is_and_none_is_another_ones(name: str, cut: bool) -> None:
    row = ROWS[name]
    first = in_pieces(row.reply, row.ends) if cut else closing(row.reply) if row.ends else row.reply
    with Scripted(first, answer(body=NEXT)) as server:
        client = HttpClient(Target(server.url, {}, LIMITS, 1_000_000))
        one, other = Exchange(), Exchange()
        kind, text = verdict(client, one)
        assert (kind, kind or text) == (row.kind, row.kind or "hello"), text
        if cut and not row.keeps and client._connection is not None:
            assert client._connection.readable(10), "what stands behind it is still on its way"
        assert verdict(client, other) == (None, "the next one")
        client.close()
        assert server.bodies == [b"RIFF", b"RIFF"], "one call is one request"
    if not cut:
        assert (one.connection == other.connection) == row.keeps


def test_a_tls_port_is_told_by_its_alert() -> None:
    with Scripted(closing(ROWS["a TLS alert"].reply)) as server:
        _, message = verdict(HttpClient(Target(server.url, {}, LIMITS, 1_000)), Exchange())
    assert "https" in message
