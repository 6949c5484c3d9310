"""Lines of JSON as they come in."""

from __future__ import annotations

import pytest

from stt_load.api.json_lines import Decoder, NotLines, begin
from stt_load.api.sse import MAX_EVENT_BYTES, NotUtf8, TooLong


def lines(*parts: bytes) -> list[str]:
    decoder = Decoder()
    heard = [event.data for part in parts for event in decoder.feed(part)]
    last = decoder.finish()
    heard += [] if last is None else [last.data]
    assert decoder.count == len(heard)
    return heard


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1}\n{"b": 2}\n', ['{"a": 1}', '{"b": 2}']),
        (b'{"a": 1}\r\n\r\n {"b": 2} ', ['{"a": 1}', '{"b": 2}']),
        (b'\n\xef\xbb\xbf{"a": 1}', ['{"a": 1}']),
        (b'{"a": 1}\nping\n[DONE]\n{"b', ['{"a": 1}', "ping", "[DONE]", '{"b']),
        ('{"a": "안녕"}\n'.encode(), ['{"a": "안녕"}']),
        (b"\n \n", []),
        (b"", []),
    ],
)
def test_each_line_is_one_however_they_are_cut(body: bytes, expected: list[str]) -> None:
    assert lines(body) == expected
    assert lines(*(bytes([byte]) for byte in body)) == expected


@pytest.mark.parametrize("body", [b'{\n"a": 1}', b"[1]\n", b'"a"\n', b"ping\n", b'{"a": 1} {"b": 2}\n'])
def test_what_does_not_begin_with_a_line_that_is_an_object_is_none(body: bytes) -> None:
    with pytest.raises(NotLines):
        lines(body)


def test_bytes_that_are_not_utf_8_are_an_error_after_the_lines_before_them() -> None:
    decoder = Decoder()
    found = decoder.feed(b'{"a": 1}\n"\xff"\n')
    assert next(found).data == '{"a": 1}'
    with pytest.raises(NotUtf8):
        next(found)
    decoder = Decoder()
    assert list(decoder.feed('{"a": "안'.encode()[:-1])) == []
    with pytest.raises(NotUtf8) as raised:
        decoder.finish()
    assert raised.value.cut


@pytest.mark.parametrize(
    ("head", "expected"), [(b"{", True), (b"\n{", True), (b"\xef\xbb\xbf{", True), (b"[", False), (b"data", False)]
)
def test_how_it_may_begin(head: bytes, expected: bool) -> None:
    assert begin(head) is expected


@pytest.mark.parametrize("size", [4_096, 10**9])
@pytest.mark.parametrize(("before", "refused"), [(b"", NotLines), (b'{"a": 1}\n', TooLong)])
def test_a_line_beyond_a_megabyte_is_no_line(before: bytes, refused: type[ValueError], size: int) -> None:
    """The first is a whole document, which is not read piece by piece; any other is too much for one go."""
    body = before + b'{"a": "' + b"x" * MAX_EVENT_BYTES + b'"}'
    with pytest.raises(refused):
        lines(*(body[place : place + size] for place in range(0, len(body), size)))
