import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.sse import MAX_EVENT_BYTES, STRAY, Decoder, Event, NotUtf8, Opening, TooLong

KOREAN = "안녕하세요, 세계 🌏"


def events(*parts: bytes) -> list[Event]:
    decoder = Decoder()
    heard = [event for part in parts for event in decoder.feed(part)]
    return [*heard, *iter(decoder.finish, None)]


def data(*parts: bytes) -> list[str]:
    return [event.data for event in events(*parts) if event.name != STRAY]


def cut(body: bytes, at: list[int]) -> list[bytes]:
    places = [0, *sorted(min(place, len(body)) for place in at), len(body)]
    return [body[start:end] for start, end in pairwise(places)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # The examples of the standard, section 9.2.6.
        ("data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]),
        (": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", None),
        ("data\n\ndata\ndata\n\n", ["", "\n"]),
        ("data:test\n\ndata: test\n\n", ["test", "test"]),
        # Line ends, alone and mixed.
        ("data: a\r\ndata: b\r\n\r\n", ["a\nb"]),
        ("data: a\rdata: b\r\r", ["a\nb"]),
        ("data: a\rdata: b\ndata: c\r\n\n", ["a\nb\nc"]),
        ("data: a\n\rdata: b\r\r\n", ["a", "b"]),
        # What is no line end.
        ("data: a\u2028b\x0bc\x85d\n\n", ["a\u2028b\x0bc\x85d"]),
        # Fields.
        ("retry: 10\nid: 7\nfoo: bar\nDATA: x\n data: y\ndata : z\n\n", []),
        ("data: a: b\n\n", ["a: b"]),
        (f"data: {KOREAN}\n\n", [KOREAN]),
        ("\n\n\n", []),
        ("", []),
    ],
)
def test_the_data_of_the_events(body: str, expected: list[str] | None) -> None:
    assert data(body.encode()) == (["first event", "second event", " third event"] if expected is None else expected)


def test_an_event_has_the_name_that_the_server_gives_it_and_no_other_has() -> None:
    body = b"event: add\ndata: 1\n\ndata: 2\n\nevent: lost\n\ndata: 3\n\nevent: old\nevent:new\ndata: 4\n\n"
    assert events(body) == [("add", "1"), ("message", "2"), ("message", "3"), ("new", "4")]


@pytest.mark.parametrize("parts", [[b"\xef\xbb\xbfdata: a\n\n"], [b"\xef", b"\xbb", b"\xbfdata: a\n\n"]])
def test_a_byte_order_mark_is_no_part_of_the_first_line(parts: list[bytes]) -> None:
    assert data(*parts) == ["a"]


@pytest.mark.parametrize("line", ['{"error": "x"}', "<html>502</html>", "Oops", "foo: bar", "Data: x", " data: x"])
def test_a_line_that_is_no_field_is_handed_on_for_what_it_may_say(line: str) -> None:
    assert events(f"data: a\n{line}\ndata: b\n\n".encode()) == [(STRAY, line), ("message", "a\nb")]
    assert events(f"data: a\n{line}".encode()) == [(STRAY, line), ("message", "a")]


@pytest.mark.parametrize("line", [": x", ":", "id", "id: 1", "retry: 5", "event", "data", "  "])
def test_no_field_is_a_stray(line: str) -> None:
    assert all(event.name != STRAY for event in events(f"{line}\n\n".encode()))


def test_a_byte_order_mark_anywhere_else_is_text() -> None:
    assert data(b"data: \xef\xbb\xbfa\n\n\xef\xbb\xbfdata: b\n\n") == ["\ufeffa"]
    assert data(b"\n\xef\xbb\xbfdata: b\n\n") == []


def test_an_event_comes_with_the_part_that_ends_it() -> None:
    decoder = Decoder()
    assert list(decoder.feed(b"data: a\r")) == []
    assert list(decoder.feed(b"\n")) == []
    assert list(decoder.feed(b"\r")) == [("message", "a")]
    assert list(decoder.feed(b"")) == []
    assert list(decoder.feed(b"\ndata: b\n\n")) == [("message", "b")]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"])
def test_an_event_without_its_blank_line_can_be_had_at_the_end(end: str) -> None:
    decoder = Decoder()
    assert list(decoder.feed(f"event: e\ndata: {KOREAN}{end}".encode())) == []
    assert decoder.finish() == ("e", KOREAN)
    assert decoder.finish() is None


def test_what_is_no_event_at_the_end_is_none() -> None:
    for body in (b"", b": comment", b"event: e", b"id: 1\n", b"\xef\xbb\xbf", b"data: a\n\n"):
        decoder = Decoder()
        list(decoder.feed(body))
        assert decoder.finish() is None


def test_bytes_that_are_not_utf_8_are_an_error_after_the_events_before_them() -> None:
    heard = []
    with pytest.raises(NotUtf8) as raised:  # noqa: PT012
        for event in Decoder().feed(b"data: a\n\ndata: \xff\n\ndata: b\n\n"):
            heard.append(event.data)  # noqa: PERF401
    assert heard == ["a"]
    assert isinstance(raised.value, ValueError)
    assert not raised.value.cut


@pytest.mark.parametrize(("tail", "is_cut"), [(b"\xec\x95", True), (b"\xff", False), (b"\xec\x95a", False)])
def test_an_end_inside_a_character_can_be_told_from_nonsense(tail: bytes, is_cut: bool) -> None:
    decoder = Decoder()
    list(decoder.feed(b"data: " + tail))
    with pytest.raises(NotUtf8) as raised:
        decoder.finish()
    assert raised.value.cut is is_cut


LINES = st.sampled_from(
    ["data: a", "data:b", "data", f"data: {KOREAN}", "event: e", "event", ": ping", "id: 1", "", "", "안녕", "\ufeff"]
)
BODIES = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r", "\r\n"]))).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)
CUTS = st.lists(st.integers(0, 200), max_size=12)


@given(body=BODIES, at=CUTS)
def test_how_the_bytes_are_cut_changes_nothing(body: bytes, at: list[int]) -> None:
    assert events(*cut(body, at)) == events(body)


@given(body=BODIES)
def test_nor_does_it_when_they_come_one_by_one(body: bytes) -> None:
    assert events(*(bytes([byte]) for byte in body)) == events(body)


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"))),
    end=st.sampled_from(["\n", "\r", "\r\n"]),
    at=CUTS,
)
def test_any_texts_come_through(texts: list[str], end: str, at: list[int]) -> None:
    body = "".join("".join(f"data: {line}{end}" for line in text.split("\n")) + end for text in texts).encode()
    assert data(*cut(body, at)) == texts


@given(body=st.binary(max_size=300), at=CUTS)
def test_any_bytes_are_events_or_not_utf_8(body: bytes, at: list[int]) -> None:
    def outcome(parts: list[bytes]) -> list[Event | str]:
        heard: list[Event | str] = []
        decoder = Decoder()
        try:
            for part in parts:
                heard.extend(decoder.feed(part))
            heard += [*iter(decoder.finish, None), "end"]
        except NotUtf8:
            heard.append("not UTF-8")
        return heard

    assert outcome(cut(body, at)) == outcome([body])


def test_a_huge_line_in_tiny_pieces_is_work_that_grows_with_its_length_only() -> None:
    """Counts the decoder's steps, and sees that what it keeps is written in place: one line, not one per piece."""

    def steps(size: int) -> int:
        decoder = Decoder()
        taken = 0

        def count(*_: object) -> None:
            nonlocal taken
            taken += 1

        list(decoder.feed(b"data: "))
        line = decoder._line
        sys.setprofile(count)
        try:
            for _ in range(size):
                list(decoder.feed(b"x"))
        finally:
            sys.setprofile(None)
        assert decoder._line is line
        assert isinstance(line, bytearray)
        assert next(iter(decoder.feed(b"\n\n"))).data == "x" * size
        return taken

    assert steps(40_000) <= 4.1 * steps(10_000)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("data: x", True),
        ("event:x", True),
        ("id:1", True),
        ("retry: 1", True),
        (": ping", True),
        ("\r\n\n\rdata:", True),
        ("\ufeffdata:", True),
        ("\ufeff\n\ndata:", True),
        ('{"text": "a"}', False),
        ("database: x", False),
        ("Data: x", False),
        (" data: x", False),
        ("1\n00:00", False),
        ("\n\ufeffdata:", False),
        ("", None),
        ("\n\n", None),
        ("dat", None),
        ("\ufeff", None),
        ("\ufeff\nretry", None),
        (" \ndata:", True),
        ("  \n  {", False),
        (" \t\n ", None),
    ],
)
def test_a_stream_is_known_by_its_first_line(head: str, expected: bool | None) -> None:
    whole = Opening()
    assert whole.feed(head.encode()) is expected
    pieces = Opening()
    told = [pieces.feed(bytes([byte])) for byte in head.encode()]
    settled = [is_stream for is_stream in told if is_stream is not None]
    assert (settled[0] if settled else None) is expected


def test_blank_lines_before_it_are_not_kept() -> None:
    opening = Opening()
    for _ in range(1_000):
        assert opening.feed(b"\r\n") is None
    assert len(opening.head) == 1
    assert opening.feed(b"data: a\n\n")
    assert data(opening.head) == ["a"]


MOST = MAX_EVENT_BYTES
LONG = {
    "a line": b"data: " + b"x" * MOST,
    "a comment": b":" * (MOST + 1) + b"\n",
    "many lines": b"data:x\n" * (MOST // 2 + 1),
    "many lines and their end": b"data:x\n" * (MOST // 2 + 1) + b"\n\n",
    "many lines of nothing": b"data\n" * (MOST + 1),
    "of characters that are long": b"data:" + "안".encode() * (MOST // 3 + 1) + b"\n\n",
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("size", [4_096, 10**9])
def test_an_event_or_a_line_beyond_a_megabyte_is_refused_behind_the_events_before_it(name: str, size: int) -> None:
    """Of one of 16 MB everybody else waited for seconds, and no limit held."""
    body = b"data: a\n\n" + LONG[name]
    decoder = Decoder()
    heard: list[str] = []

    def hear() -> None:
        for place in range(0, len(body), size):
            heard.extend(event.data for event in decoder.feed(body[place : place + size]))
        decoder.finish()

    with pytest.raises(TooLong) as caught:
        hear()
    assert (heard, len(caught.value.line) <= 1_000) == (["a"], True)


@pytest.mark.parametrize("size", [65_536, 10**9])
def test_what_is_not_beyond_it_is_taken_and_many_of_them_are(size: int) -> None:
    text = "안" * ((MOST - 10) // 3)
    body = (f"data:{text}\n\n".encode() + b"data:x\n" * 9 + b"\n") * 3
    assert (
        data(*(body[place : place + size] for place in range(0, len(body), size))) == [text, "\n".join("x" * 9)] * 3
    )
