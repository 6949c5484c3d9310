"""The header section of an answer: one row for each way of writing it."""

from __future__ import annotations

import re
import time

import pytest

from stt_load.client.http_head import MAX_HEAD_BYTES, MAX_HEAD_LINES
from tests.api.reading import Bad, Cut, Whole, head_of, in_pieces, read

OK = b"HTTP/1.1 200 OK\r\n"

TAKEN = {
    "as it should be": (OK + b"X-A: b\r\n\r\n", "b"),
    "any case": (OK + b"x-A:b\r\n\r\n", "b"),
    "LF only": (b"HTTP/1.1 200 OK\nX-A: b\n\n", "b"),
    "LF and CRLF": (b"HTTP/1.1 200 OK\r\nX-A: b\n\r\n", "b"),
    "an empty line first": (b"\r\n" + OK + b"X-A: b\r\n\r\n", "b"),
    "an empty line with LF first": (b"\n" + OK + b"X-A: b\r\n\r\n", "b"),
    "no reason": (b"HTTP/1.1 200 \r\nX-A: b\r\n\r\n", "b"),
    "no reason and no blank": (b"HTTP/1.1 200\r\nX-A: b\r\n\r\n", "b"),
    "a reason of any bytes": (b"HTTP/1.1 200 \xec\xa2\x8b\t: \x1b\r\nX-A: b\r\n\r\n", "b"),
    "no headers": (OK + b"\r\n", None),
    "another name": (OK + b"X-B: b\r\n\r\n", None),
    "no value": (OK + b"X-A:\r\n\r\n", ""),
    "blanks for a value": (OK + b"X-A: \t \r\n\r\n", ""),
    "blanks around a value": (OK + b"X-A: \t b c \t\r\n\r\n", "b c"),
    "a folded line": (OK + b"X-A: b\r\n c\r\n\td\r\nX-B: e\r\n\r\n", "b c d"),
    "a folded line with LF": (OK + b"X-A: b\n  c\n\n", "b c"),
    "a folded line of blanks": (OK + b"X-A: b\r\n \r\n\r\n", "b"),
    "a value on a folded line": (OK + b"X-A:\r\n b\r\n\r\n", "b"),
    "Latin-1": (OK + b"X-A: \xe4\r\n\r\n", "ä"),
    "a control character": (OK + b"X-A: \x1b[2J\x0b\x85\r\n\r\n", "\x1b[2J\x0b\x85"),
    "a colon in the value": (OK + b"X-A: :b:\r\n\r\n", ":b:"),
    "an odd name": (OK + b"!#$%&'*+-.^_`|~: x\r\nX-A: b\r\n\r\n", "b"),
    "a name twice": (OK + b"X-A: b\r\nX-A: c\r\n\r\n", "b"),
    "100 lines": (OK + b"X: y\r\n" * 99 + b"X-A: b\r\n\r\n", "b"),
    "256 lines": (OK + b"X: y\r\n" * (MAX_HEAD_LINES - 1) + b"X-A: b\r\n\r\n", "b"),
    "60 kB in a line": (OK + b"X-A: %s\r\n\r\n" % (b"b" * 60_000), "b" * 60_000),
}

BAD = {
    "a word": (b"hello", "no HTTP/1.1 answer: it begins with 'hello'"),
    "a letter": (b"h", "begins with 'h'"),
    "HTML, as HTTP/0.9": (b"<!DOCTYPE html>", "begins with '<!DOCTYPE html>'"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", "begins with 'SSH-2.0"),
    "HTTP/2.0": (b"HTTP/2.0 200 OK\r\n\r\n", "speaks HTTP/2"),
    "a frame of HTTP/2": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", "speaks HTTP/2"),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\n", "speaks HTTP/2"),
    "an alert of TLS": (b"\x15\x03\x01\x00\x02\x02\x46", "speaks TLS, not plain HTTP: is it https"),
    "HTTP/1.2": (b"HTTP/1.2 200 OK\r\n\r\n", "begins with 'HTTP/1.2"),
    "HTTP/0.9": (b"HTTP/0.9 200 OK\r\n\r\n", "begins with 'HTTP/0.9"),
    "ICY": (b"ICY 200 OK\r\n\r\n", "begins with 'ICY"),
    "in lower case": (b"http/1.1 200 OK\r\n\r\n", "begins with 'http"),
    "a request": (b"GET / HTTP/1.1\r\n\r\n", "begins with 'GET"),
    "two empty lines first": (b"\r\n\r\n" + OK + b"\r\n", "no HTTP/1.1 answer"),
    "a blank first": (b" " + OK + b"\r\n", "no HTTP/1.1 answer"),
    "000": (b"HTTP/1.1 000 OK\r\n\r\n", "begins with 'HTTP/1.1 000"),
    "099": (b"HTTP/1.1 099 OK\r\n\r\n", "no HTTP/1.1 answer"),
    "2000": (b"HTTP/1.1 2000 OK\r\n\r\n", "no HTTP/1.1 answer"),
    "20": (b"HTTP/1.1 20 OK\r\n\r\n", "no HTTP/1.1 answer"),
    "a status and words": (b"HTTP/1.1 200OK\r\n\r\n", "no HTTP/1.1 answer"),
    "no status": (b"HTTP/1.1 OK fine\r\n\r\n", "no HTTP/1.1 answer"),
    "Arabic digits": ("HTTP/1.1 ٢٠٠ OK\r\n\r\n".encode(), "no HTTP/1.1 answer"),
    "a sign": (b"HTTP/1.1 -20 OK\r\n\r\n", "no HTTP/1.1 answer"),
    "two blanks": (b"HTTP/1.1  200 OK\r\n\r\n", "no HTTP/1.1 answer"),
    "a tab": (b"HTTP/1.1\t200 OK\r\n\r\n", "no HTTP/1.1 answer"),
    "NUL in a value": (OK + b"X-A: a\0b\r\n\r\n", r"NUL in the header line 'X-A: a\\x00b'"),
    "NUL in a name": (OK + b"X\0A: b\r\n\r\n", "NUL in the header line"),
    "NUL in the reason": (b"HTTP/1.1 200 O\0K\r\n\r\n", "NUL"),
    "CR in a value": (OK + b"X-A: a\rX-B: c\r\n\r\n", "CR without LF in the header line"),
    "CR twice": (OK + b"X-A: a\r\r\n\r\n", "CR without LF"),
    "CR in the reason": (b"HTTP/1.1 200 O\rK\r\n\r\n", "CR without LF"),
    "no colon": (OK + b"X-A b\r\n\r\n", "'X-A b' has no colon"),
    "a second status line": (OK + b"HTTP/1.1 200 OK\r\n\r\n", "has no colon"),
    "no name": (OK + b": b\r\n\r\n", "': b' does not begin with the name of a field"),
    "a blank before the colon": (OK + b"X-A : b\r\n\r\n", "'X-A : b' does not begin"),
    "a blank in the name": (OK + b"X A: b\r\n\r\n", "does not begin with the name"),
    "a blank before the first name": (OK + b" X-A: b\r\n\r\n", "does not begin with the name"),
    "a name that is no token": (OK + b"X[A]: b\r\n\r\n", "does not begin with the name"),
    "a name beyond ASCII": (OK + "X-가: b\r\n\r\n".encode(), "does not begin with the name"),
    "a control character in a name": (OK + b"X\x0bA: b\r\n\r\n", "does not begin with the name"),
    "257 lines": (OK + b"X: y\r\n" * (MAX_HEAD_LINES + 1) + b"\r\n", "more than 256 lines"),
    "257 lines, folded": (OK + b"X: y\r\n" + b" z\r\n" * MAX_HEAD_LINES + b"\r\n", "more than 256 lines"),
    "70 kB in a line": (OK + b"X-A: %s\r\n\r\n" % (b"b" * 70_000), "more than 65536 bytes"),
    "70 kB without an end": (OK + b"X-A: %s" % (b"b" * 70_000), "more than 65536 bytes"),
    "70 kB in 200 lines": (OK + b"X-A: %s\r\n" % (b"b" * 350) * 200 + b"\r\n", "more than 65536 bytes"),
    "70 kB of a reason": (b"HTTP/1.1 200 %s\r\n\r\n" % (b"b" * 70_000), "more than 65536 bytes"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_read_in_one_way_is_taken(name: str) -> None:
    data, value = TAKEN[name]
    assert head_of(data).header("x-a") == value
    whole = Whole(200, b"", False)
    assert read([data]) == whole
    assert read(in_pieces(data, 1 if len(data) < 5_000 else 100)) == whole


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_header_section_is_refused_with_what_is_wrong_in_it(name: str) -> None:
    data, message = BAD[name]
    for size in (len(data), 1 if len(data) < 5_000 else 100):
        found = read(in_pieces(data, size))
        assert isinstance(found, Bad)
        assert len(found.message) < 200
        if size == len(data):
            assert re.search(message, found.message), found.message


def test_another_protocol_is_told_before_its_first_line_is_over() -> None:
    assert isinstance(read([b"HTTP/1.1 2000"]), Cut)
    assert isinstance(read([b"HTTP/1.1 2000 O"]), Bad)
    assert isinstance(read([b"SS"]), Bad)


def test_lists_are_joined_and_of_the_others_the_first_counts() -> None:
    lines = [b"%s: %d\r\n" % (name, n) for name in (b"Content-Encoding", b"Retry-After", b"Location") for n in (1, 2)]
    head = head_of(OK + b"".join(lines) + b"\r\n")
    assert [head.header(name) for name in ("content-encoding", "retry-after", "location")] == ["1, 2", "1, 2", "1"]


@pytest.mark.parametrize("filler", [b"b", b" ", b"\r\n ", b":", b"\r\n\t\t\t\t"])
def test_the_longest_header_section_takes_no_time_to_speak_of(filler: bytes) -> None:
    """Nor does one that comes byte by byte, which is looked through again and again by a careless reader."""
    data = OK + b"X:" + filler * ((MAX_HEAD_BYTES - 100) // len(filler))
    began = time.process_time()
    read([data + b"\r\n\r\n"])
    read(in_pieces(data, 1))
    assert time.process_time() - began < 2
