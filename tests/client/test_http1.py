"""One row for each way of a server to answer: what the reader makes of it, however the bytes are cut."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.client.http1 import MAX_INTERIM, AnswerReader, BadHttp
from tests.api.reading import Bad, Cut, Whole, in_pieces, read

OK = b"HTTP/1.1 200 OK\r\n"
FIVE = b"Content-Length: 5\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HELLO = b"5\r\nhello\r\n0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

WHOLE = {
    "length": (OK + FIVE + b"\r\nhello", 200, b"hello", True),
    "no content": (OK + b"Content-Length: 0\r\n\r\n", 200, b"", True),
    "chunked": (OK + CHUNKED + b"\r\n" + HELLO, 200, b"hello", True),
    "until the end": (OK + b"\r\nhello", 200, b"hello", False),
    "nothing until the end": (OK + b"\r\n", 200, b"", False),
    "bytes behind a length": (OK + FIVE + b"\r\nhello, you", 200, b"hello", False),
    "bytes behind the chunks": (OK + CHUNKED + b"\r\n" + HELLO + b"x", 200, b"hello", False),
    "an empty line behind it": (OK + FIVE + b"\r\nhello\r\n", 200, b"hello", False),
    "a 408 behind it": (OK + FIVE + b"\r\nhelloHTTP/1.1 408 Late\r\n\r\n", 200, b"hello", False),
    "a second answer behind it": (2 * (OK + FIVE + b"\r\nhello"), 200, b"hello", False),
    "length in characters": (OK + b"Content-Length: 2\r\n\r\n" + "서울".encode(), 200, "서울".encode()[:2], False),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "204 with a length of 0": (b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", 204, b"", True),
    "204 with a length": (b"HTTP/1.1 204 No\r\n" + FIVE + b"\r\n", 204, b"", False),
    "204 with content": (b"HTTP/1.1 204 No\r\n" + FIVE + b"\r\nhello", 204, b"", False),
    "204 with chunks": (b"HTTP/1.1 204 No\r\n" + CHUNKED + b"\r\n" + HELLO, 204, b"", False),
    "304 with content": (b"HTTP/1.1 304 Not\r\n" + FIVE + b"\r\nhello", 304, b"", False),
    "205": (b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", 205, b"", True),
    "413": (b"HTTP/1.1 413 Large\r\n" + FIVE + b"\r\nhello", 413, b"hello", True),
    "999": (b"HTTP/1.1 999 What\r\n" + FIVE + b"\r\nhello", 999, b"hello", True),
    "length twice": (OK + FIVE + FIVE + b"\r\nhello", 200, b"hello", True),
    "length twice in a line": (OK + b"Content-Length: 5, 05\r\n\r\nhello", 200, b"hello", True),
    "length with blanks around": (OK + b"Content-Length:\t 5 \r\n\r\nhello", 200, b"hello", True),
    "length on a folded line": (OK + b"Content-Length:\r\n 5\r\n\r\nhello", 200, b"hello", True),
    "Chunked": (OK + b"Transfer-Encoding: Chunked\r\n\r\n" + HELLO, 200, b"hello", True),
    "chunked behind an empty member": (OK + b"Transfer-Encoding: ,chunked\r\n\r\n" + HELLO, 200, b"hello", True),
    "chunked before empty members": (OK + b"Transfer-Encoding: chunked, ,\r\n\r\n" + HELLO, 200, b"hello", True),
    "chunked, identity": (OK + b"Transfer-Encoding: chunked, identity\r\n\r\n" + HELLO, 200, b"hello", True),
    "identity": (OK + b"Transfer-Encoding: identity\r\n\r\nhello", 200, b"hello", False),
    "close": (OK + FIVE + b"Connection: Close\r\n\r\nhello", 200, b"hello", False),
    "close among others": (OK + FIVE + b"Connection: x\r\nConnection: y, close\r\n\r\nhello", 200, b"hello", False),
    "keep-alive": (OK + FIVE + b"Connection: keep-alive\r\n\r\nhello", 200, b"hello", True),
    "1.0": (b"HTTP/1.0 200 OK\r\n" + FIVE + b"\r\nhello", 200, b"hello", False),
    "1.0 that stays": (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + FIVE + b"\r\nhello", 200, b"hello", True),
    "1.0 until the end": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nhello", 200, b"hello", False),
    "1.0 chunked": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + CHUNKED + b"\r\n" + HELLO,
        200,
        b"hello",
        False,
    ),
    "interim": (CONTINUE + b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n" + OK + FIVE + b"\r\nhello", 200, b"hello", True),
    "interim with a length": (b"HTTP/1.1 102 P\r\n" + FIVE + b"\r\n" + OK + FIVE + b"\r\nhello", 200, b"hello", True),
    "all interim ones that may be": (MAX_INTERIM * CONTINUE + OK + FIVE + b"\r\nhello", 200, b"hello", True),
    "an empty line between": (CONTINUE + b"\r\n" + OK + FIVE + b"\r\nhello", 200, b"hello", True),
}

BAD = {
    "one interim answer too many": ((MAX_INTERIM + 1) * CONTINUE, "more than 16 interim"),
    "101": (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n", "status 101: .* not asked for"),
    "two lengths": (OK + FIVE + b"Content-Length: 6\r\n\r\nhello!", "'5, 6': which of them counts"),
    "two lengths in a line": (OK + b"Content-Length: 5, 6\r\n\r\nhello!", "which of them counts"),
    "a length beside chunked": (OK + CHUNKED + FIVE + b"\r\n" + HELLO, "both Content-Length and Transfer-Encoding"),
    "a length beside identity": (OK + b"Transfer-Encoding: identity\r\n" + FIVE + b"\r\nhello", "both"),
    "no length": (OK + b"Content-Length:\r\n\r\nhello", "no number of bytes"),
    "no length beside one": (OK + FIVE + b"Content-Length:\r\n\r\nhello", "no number of bytes"),
    "a comma behind the length": (OK + b"Content-Length: 5,\r\n\r\nhello", "no number of bytes"),
    "a coding that was not asked for": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + HELLO, "'gzip, chunked'"),
    "chunked twice": (OK + CHUNKED + CHUNKED + b"\r\n" + HELLO, "'chunked, chunked'"),
    "chunked with a parameter": (OK + b"Transfer-Encoding: chunked;q=1\r\n\r\n" + HELLO, "none that was asked for"),
    "chunked, badly": (OK + b"Transfer-Encoding: xchunked\r\n\r\n" + HELLO, "'xchunked'"),
    "chunked twice in a line": (
        OK + b"Transfer-Encoding: chunked,,chunked\r\n\r\n" + HELLO,
        "none that was asked for",
    ),
    "no coding": (OK + b"Transfer-Encoding:\r\n\r\n" + HELLO, "none that was asked for"),
}
for length in ["-5", "+5", "5 5", "0x5", "5.0", "5e0", "5_0", "NaN", "five", "５", "²", "9" * 30, "9" * 5_000]:
    wrong = "more than 18 digits" if length[0] == "9" else "no number of bytes"
    BAD[f"length {length[:9]}"] = (OK + f"Content-Length: {length}\r\n\r\nhello".encode(), wrong)

CUT = {
    "nothing": (b"", False),
    "an empty line": (b"\r\n", False),
    "an interim answer": (CONTINUE, False),
    "a letter": (b"H", True),
    "a status line": (OK, True),
    "half a header": (OK + b"Content-Le", True),
    "no empty line": (OK + FIVE, True),
    "the head": (OK + FIVE + b"\r\n", True),
    "less than the length": (OK + FIVE + b"\r\nhell", True),
    "half a chunk": (OK + CHUNKED + b"\r\n5\r\nhel", True),
    "no last chunk": (OK + CHUNKED + b"\r\n5\r\nhello\r\n", True),
    "no empty line behind the chunks": (OK + CHUNKED + b"\r\n5\r\nhello\r\n0\r\n", True),
}


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_is_what_it_says(name: str, size: int) -> None:
    data, *expected = WHOLE[name]
    assert read(in_pieces(data, size)) == Whole(*expected)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("name", BAD)
def test_what_can_be_read_in_two_ways_or_in_none_is_no_answer(name: str, size: int) -> None:
    data, message = BAD[name]
    found = read(in_pieces(data, size))
    assert isinstance(found, Bad)
    assert re.search(message, found.message), found.message


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("name", CUT)
def test_what_ends_before_its_end_is_cut(name: str, size: int) -> None:
    data, begun = CUT[name]
    assert read(in_pieces(data, size)) == Cut(begun)


@pytest.mark.parametrize("head", [OK + b"\r\n", b"HTTP/1.0 200 Connection established\r\n" + FIVE + b"\r\n"])
def test_a_tunnel_has_no_content(head: bytes) -> None:
    assert read([head], "CONNECT") == Whole(200, b"", True)
    assert read([head + b"x"], "CONNECT") == Whole(200, b"", False)


def test_a_tunnel_that_is_refused_has_content() -> None:
    assert read([b"HTTP/1.1 407 Who\r\n" + FIVE + b"\r\nhello"], "CONNECT") == Whole(407, b"hello", True)


def test_the_head_is_there_before_the_content() -> None:
    reader = AnswerReader()
    reader.feed(CONTINUE + OK)
    assert reader.head is None
    assert reader.interim == 1
    reader.feed(FIVE + b"\r\nhel")
    assert reader.head is not None
    assert (reader.head.status, reader.take(), reader.take(), reader.done) == (200, b"hel", b"", False)
    reader.feed(b"lo")
    assert (reader.take(), reader.done, reader.reusable) == (b"lo", True, True)


def test_bytes_that_come_later_leave_the_answer_and_end_the_connection() -> None:
    reader = AnswerReader()
    reader.feed(OK + FIVE + b"\r\nhello")
    assert reader.reusable
    reader.feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
    assert reader.head is not None
    assert (reader.head.status, reader.take(), reader.done, reader.reusable) == (200, b"hello", True, False)


heads = st.sampled_from([data.partition(b"\r\n\r\n")[0] for data, *_ in [*WHOLE.values(), *BAD.values()]])
bits = [b"\r\n", b"\n", b"\r", b"0", b"5", b"hello", b";", b" ", b":", b"\0", OK, FIVE, CHUNKED, HELLO, CONTINUE]
answers = st.tuples(heads, st.lists(st.sampled_from(bits) | st.binary(max_size=4), max_size=12)).map(
    lambda said: said[0] + b"\r\n\r\n" + b"".join(said[1])
)
anything = answers | st.lists(st.sampled_from(bits), max_size=20).map(b"".join) | st.binary(max_size=80)


@given(anything, st.lists(st.integers(0, 400), max_size=6), st.sampled_from(["POST", "GET", "CONNECT"]))
def test_however_it_is_cut_it_is_the_same_and_nothing_but_bad_http_comes_of_it(
    data: bytes, cuts: list[int], method: str
) -> None:
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(edges)]
    whole = read([data], method)
    assert read(pieces, method) == whole
    assert read(in_pieces(data, 1), method) == whole


@given(
    st.integers(200, 999).filter(lambda status: status not in (204, 304)),
    st.lists(st.binary(min_size=1, max_size=40), max_size=8),
    st.sampled_from(["length", "chunks", "end"]),
    st.integers(1, 30),
)
def test_what_was_said_is_what_is_heard(status: int, parts: list[bytes], how: str, size: int) -> None:
    content = b"".join(parts)
    head = b"HTTP/1.1 %d What\r\nServer: x\r\n" % status
    chunks = b"".join(b"%X;a=b\r\n%s\r\n" % (len(part), part) for part in parts) + b"00\r\nT: x\r\n\r\n"
    said = {
        "length": head + b"Content-Length: %d\r\n\r\n%s" % (len(content), content),
        "chunks": head + CHUNKED + b"\r\n" + chunks,
        "end": head + b"\r\n" + content,
    }
    assert read(in_pieces(said[how], size)) == Whole(status, content, how != "end")


def test_a_flood_of_interim_answers_ends_with_the_seventeenth() -> None:
    reader = AnswerReader()
    for _ in range(MAX_INTERIM):
        reader.feed(CONTINUE)
    with pytest.raises(BadHttp, match="interim"):
        reader.feed(CONTINUE)


def test_an_ordinary_answer_costs_microseconds() -> None:
    """It is a part of what each request takes of the generator: 10 us where this was written."""
    answer = OK + b"".join(b"X-Header-%d: some value of it\r\n" % number for number in range(7)) + FIVE + b"\r\nhello"
    began = time.process_time()
    for _ in range(1_000):
        assert read([answer]) == Whole(200, b"hello", True)
    assert time.process_time() - began < 0.5
