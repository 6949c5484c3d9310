"""Chunks: one row for each way of writing them, and what endless ones cost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.client.chunks import MAX_EXTENSION_BYTES, MAX_TRAILER_BYTES
from stt_load.client.http1 import AnswerReader, BadHttp
from tests.api.reading import Bad, Whole, in_pieces, read

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
HELLO = b"5\r\nhello\r\n" + END

TAKEN = {
    "one": HELLO,
    "two": b"2\r\nhe\r\n3\r\nllo\r\n" + END,
    "of one size": b"1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n" + END,
    "a blank behind the size": b"5 \r\nhello\r\n" + END,
    "blanks behind the size": b"5 \t  \r\nhello\r\n0 \r\n\r\n",
    "LF only": b"5\nhello\n0\n\n",
    "each chunk with the line end that it has": b"2\nhe\n2\r\nll\r\n1\no\n" + END,
    "zeros before the size": b"0000000000000005\r\nhello\r\n0000\r\n\r\n",
    "extensions": b'5;a;b=c;d="e;f"\r\nhello\r\n0;g\r\n\r\n',
    "extensions behind a blank": b"5 ; a = b\r\nhello\r\n0 ;g\r\n\r\n",
    "an extension of any bytes": b"5;\xff\x1b\r\nhello\r\n" + END,
    "all extensions that may be": b"5;%s\r\nhello\r\n" % (b"x" * (MAX_EXTENSION_BYTES - 1)) + END,
    "trailers": b"5\r\nhello\r\n0\r\nContent-Length: 3\r\nX: y\r\n z\r\n\r\n",
    "trailers with LF": b"5\r\nhello\r\n0\nX: y\n\n",
    "many trailers": b"5\r\nhello\r\n0\r\n" + b"X:\r\n" * 2_000 + b"\r\n",
}

SIZES = [
    "x",
    "",
    " 5",
    "-5",
    "+5",
    "0x5",
    "5h",
    "5,",
    "5 5",
    "5.",
    "5_0",
    "NaN",
    "５",
    "0" * 17,
    "f" * 20,
    "5\r",
    "5\0",
]
BAD = {f"size {size!r}": (f"{size}\r\nhello\r\n".encode() + END, "no size of a chunk") for size in SIZES} | {
    "too long": (b"4\r\nhello\r\n" + END, r"end where its size says, but goes on with 'o\\r\\n0"),
    "one byte too short": (b"6\r\nhello\r\n" + END, r"end where its size says, but goes on with '\\n0"),
    "one byte too short behind another": (b"1\r\nh\r\n5\r\nello\r\n" + END, "end where its size says"),
    "one byte too short among chunks of its size": (b"2\r\nhe\r\n2\r\nl\r\n2\r\nlo\r\n" + END, "where its size says"),
    "LF behind the content of a chunk with CRLF": (b"5\r\nhello\n" + END, "end where its size says"),
    "CRLF behind the content of a chunk with LF": (b"5\nhello\r\n" + END, "end where its size says"),
    "CRLF behind the contents of small chunks with LF": (b"1\nh\n1\ne\r\n" + END, "end where its size says"),
    "too short": (b"7\r\nhello\r\n0\r\n\r\n", "end where its size says"),
    "no line end behind the content": (b"5\r\nhello0\r\n\r\n", "end where its size says"),
    "CR behind the content": (b"5\r\nhello\r0\r\n\r\n", "end where its size says"),
    "two line ends": (b"5\r\nhello\r\n\r\n" + END, "no size of a chunk"),
    "NUL in an extension": (b"5;a\0\r\nhello\r\n" + END, "no size of a chunk"),
    "CR in an extension": (b"5;a\rb\r\nhello\r\n" + END, "no size of a chunk"),
    "an endless extension": (b"5;" + b"x" * 20_000, "extensions of the chunks have more than 16384 bytes"),
    "endless blanks": (b"5" + b" " * 20_000, "extensions of the chunks have more than"),
    "too long an extension": (b"5;%s\r\nhello\r\n" % (b"x" * MAX_EXTENSION_BYTES) + END, "extensions"),
    "many extensions": (b"1;aaaaaaa\r\nx\r\n" * 2_049 + END, "extensions of the chunks have more than"),
    "an endless trailer": (b"0\r\nX: " + b"y" * 20_000, "trailers have more than 16384 bytes"),
    "endless trailers": (b"0\r\n" + b"X: y\r\n" * 4_000, "trailers have more than"),
    "too many trailers": (b"0\r\nX: %s\r\n\r\n" % (b"y" * MAX_TRAILER_BYTES), "trailers have more than"),
    "no trailer": (b"5\r\nhello\r\n0\r\nhello\r\n\r\n", "'hello' has no colon"),
    "an answer for a trailer": (b"5\r\nhello\r\n0\r\nHTTP/1.1 408 Late\r\nA: b\r\n\r\n", "has no colon"),
    "NUL in a trailer": (b"0\r\nX: \0\r\n\r\n", "NUL"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_read_in_one_way_is_taken(name: str) -> None:
    for size in (100_000, 1):
        assert read(in_pieces(HEAD + TAKEN[name], size)) == Whole(200, b"hello", True)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_chunk_is_refused_with_what_is_wrong_in_it(name: str) -> None:
    data, message = BAD[name]
    for size in (100_000, 1):
        found = read(in_pieces(HEAD + data, size))
        assert isinstance(found, Bad)
        assert len(found.message) < 200
        if size > 1:
            assert re.search(message, found.message), found.message


def test_a_size_beyond_all_is_waited_for_and_not_made_room_for() -> None:
    reader = AnswerReader()
    reader.feed(HEAD + b"ffffffffffffffff\r\nhello")
    assert (reader.take(), reader.done) == (b"hello", False)


def test_what_is_no_size_is_told_before_its_line_is_over() -> None:
    reader = AnswerReader()
    reader.feed(HEAD + b"5\r\nhello\r\n")
    with pytest.raises(BadHttp, match="no size of a chunk: 'x'"):
        reader.feed(b"x")


sizes = st.lists(st.integers(1, 40) | st.sampled_from([1, 2, 15, 16]), max_size=5)


@given(sizes, st.integers(1, 9), st.integers(1, 60), st.sampled_from([b"\r\n", b"\n"]))
def test_runs_of_chunks_of_one_size_are_what_they_are_one_by_one(
    sizes: list[int], times: int, cut: int, line_end: bytes
) -> None:
    content = chunks = b""
    for number, size in enumerate(size for size in sizes for _ in range(times)):
        part = bytes((number + place) % 256 for place in range(size))
        content += part
        chunks += b"%x" % size + line_end + part + line_end
    assert read(in_pieces(HEAD + chunks + END, cut)) == Whole(200, content, True)


@pytest.mark.parametrize("size", [1, 2, 15, 16])
def test_small_chunks_cost_little_more_than_their_bytes(size: int) -> None:
    """16 MB in chunks of 2 bytes took 32 s and 482 MB: each read, and kept, by itself."""
    chunks = (b"%x\r\n%s\r\n" % (size, b"x" * size)) * (1_000_000 // size)
    reader = AnswerReader()
    reader.feed(HEAD)
    began, received, most = time.process_time(), 0, 0
    for piece in in_pieces(chunks, 65_536):
        reader.feed(piece)
        most = max(most, len(reader._content))
        received += len(reader.take())
    assert received == 1_000_000 // size * size
    assert most == 1
    assert time.process_time() - began < 0.5  # 0.02 s where this was written
