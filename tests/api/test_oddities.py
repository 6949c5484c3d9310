"""What stands in a stream that is no event of its dialect: an error, its end, a text in another place, or nothing."""

from __future__ import annotations

import json

import pytest

from stt_load.api.names import Dialect
from stt_load.api.verdict import Failure, Transcript
from stt_load.samples.sample import ErrorKind
from tests.api.test_stream import DONE, MISTRAL, OPENAI, SPOKEN, SSE, STREAMS, VLLM, as_lines, event, heard, segment

NDJSON = "application/x-ndjson"
HI = segment("hi")


def kind_of(*parts: bytes, dialect: Dialect | None = None, label: str = SSE) -> ErrorKind | str:
    """The kind of the failure, or the transcript; however the bytes are cut."""
    said = set()
    body = b"".join(parts)
    for cut in (list(parts), [body], [bytes([byte]) for byte in body]):
        verdict = heard(cut, dialect, label)[1]
        said.add(verdict.kind if isinstance(verdict, Failure) else verdict.text)
    assert len(said) == 1, said
    return said.pop()


BARE_ERRORS = [
    b'{"error":{"message":"oom"}}\n',
    b'{"error": "x"}\n\n',
    b'{"error": "x"}',
    b'{"error": "a "quote" of it"}\n',
    b"{'error': 'x'}\n",
    b'{"object": "error", "message": "x"}\n',
    b'{"detail": "Internal Server Error"}\n',
]


@pytest.mark.parametrize("bare", BARE_ERRORS)
@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_bare_error_is_one(bare: bytes, dialect: Dialect) -> None:
    parts = STREAMS[dialect][0]
    assert kind_of(*parts[:-1], bare, parts[-1]) is ErrorKind.STREAM_ERROR
    assert kind_of(HI, bare, dialect="segments") is ErrorKind.STREAM_ERROR


JUNK = [
    b"Internal Server Error\n",
    b"<html>502</html>\n",
    b"Error: oom\n",
    b"{}\n",
    b'{"a": \n',
    b'"x"\n\n',
    b"Data: x\n",
]


@pytest.mark.parametrize("junk", JUNK)
def test_a_bare_line_at_the_end_is_one_where_no_done_mark_says_otherwise(junk: bytes) -> None:
    for first in (HI, event("hi")):
        assert kind_of(first, junk) is ErrorKind.BAD_STREAM
        assert kind_of(first, junk, DONE) == "hi"
        assert kind_of(first, junk, first).startswith("hi")
    for parts, expected in (STREAMS[dialect] for dialect in ("openai", "vllm", "mistral")):
        assert kind_of(*parts[:-1], junk, parts[-1]) == expected.text
        assert kind_of(*parts, junk) == expected.text
        assert kind_of(*parts[:-1], junk) is ErrorKind.TRUNCATED


def test_an_empty_error_on_a_bare_line_is_none() -> None:
    assert kind_of(VLLM[1], b'{"error": null}\n\n', DONE) == " 안녕"


FAILURES = [
    {"detail": "Internal Server Error"},
    {"detail": [{"loc": ["body"], "msg": "x"}]},
    {"message": "oom", "code": 500},
    {"message": "oom", "code": "E1"},
    {"status": "failed"},
    {"state": "ERROR"},
    {"status": 500, "message": "oom"},
    {"type": "about:blank", "title": "Bad Gateway", "status": 502},
    {"success": False},
    {"errors": ["oom"]},
    {"data": {"error": "x"}},
    {"type": "response.failed", "response": {"error": {"message": "x"}}},
    {"text": "", "detail": "oom"},
    {"event": "error", "message": "x"},
]


@pytest.mark.parametrize("failure", FAILURES)
def test_an_object_that_tells_of_a_failure_is_an_error(failure: dict[str, object]) -> None:
    said = event(failure)
    for parts in ([HI, said], [said], [said, HI], [event("hi"), said], [VLLM[1], said, DONE], [OPENAI[0], said]):
        assert kind_of(*parts) is ErrorKind.STREAM_ERROR
    for label in (NDJSON, "text/plain"):
        assert kind_of(*as_lines([HI, said]), label=label) is ErrorKind.STREAM_ERROR


@pytest.mark.parametrize(
    "other",
    [
        {"status": "processing"},
        {"status": 200},
        {"message": "ok", "code": 0},
        {"detail": ""},
        {"ok": True},
        {"type": "progress", "detail": "half"},
        {"errors": []},
        {"data": {"error": None}},
        {"status": "completed"},
    ],
)
def test_one_that_tells_of_none_is_none(other: dict[str, object]) -> None:
    assert kind_of(HI, event(other), HI) == "hi hi"
    assert kind_of(VLLM[1], event(other), DONE) == " 안녕"


def test_a_message_at_the_end_of_segments_is_no_end() -> None:
    assert kind_of(HI, event({"message": "out of memory"})) is ErrorKind.BAD_STREAM
    assert kind_of(HI, event({"message": "all is said", "status": "completed"})) == "hi"


@pytest.mark.parametrize("kind", ["transcript.text.error", "transcription.error", "response.failed", "server_error"])
@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_type_or_a_name_that_ends_in_error_is_one(kind: str, dialect: Dialect) -> None:
    parts = STREAMS[dialect][0]
    for said in (event({"type": kind, "message": "x"}), event("boom", kind), event({"message": "boom"}, kind)):
        assert kind_of(*parts[:-1], said, parts[-1]) is ErrorKind.STREAM_ERROR
        assert kind_of(said) is ErrorKind.STREAM_ERROR


def test_an_error_in_a_choice_is_one() -> None:
    for error in ("x", {"message": "x"}, {"code": 7}):
        said = event({"choices": [{"delta": {"content": "a"}, "error": error}]})
        assert kind_of(VLLM[1], said, DONE) is ErrorKind.STREAM_ERROR
    assert kind_of(event({"choices": [{"delta": {"content": "a"}, "error": None}]}), DONE) == "a"


def test_words_under_a_name_are_no_transcript() -> None:
    for words in ("boom", '"boom"', "data: boom"):
        assert kind_of(event(words, "transcript.note")) is ErrorKind.BAD_STREAM
        assert kind_of(event(words, "transcript.note"), event("hi")) == "hi"
    assert kind_of(event("hi", "message")) == "hi"
    assert kind_of(HI, event("boom", "transcript.note")) is ErrorKind.BAD_STREAM


@pytest.mark.parametrize(
    "choice",
    [
        {"text": "hello"},
        {"message": {"role": "assistant", "content": "hello"}},
        {"message": {"content": [{"type": "text", "text": "hello"}]}},
        {"delta": {"content": [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]}},
    ],
)
def test_a_text_at_another_place_of_a_choice_is_read(choice: dict[str, object]) -> None:
    assert kind_of(event({"choices": [choice]}), DONE) == "hello"


def test_a_message_at_the_end_repeats_what_came_before() -> None:
    assert kind_of(VLLM[1], event({"choices": [{"message": {"content": " 안녕"}}]}), DONE) == " 안녕"


@pytest.mark.parametrize(
    "said",
    [
        {"choices": [{"delta": "hello"}]},
        {"choices": ["hello"]},
        {"choices": [{"delta": {"text": "hello"}}]},
        {"choices": [{"delta": {"content": {"text": "hello"}}}]},
        {"choices": [{"message": "hello"}]},
        {"choices": [], "text": "hello"},
        {"type": "transcript.text.delta", "text": "hello"},
        {"type": "transcript.text.partial", "text": "hello"},
        {"type": "transcript.text.delta", "delta": {"text": "hello"}},
        {"type": "transcript.text.done", "transcript": "hello"},
        {"type": "transcription.text.delta", "delta": "hello"},
    ],
)
def test_a_text_where_nobody_looks_is_never_an_empty_one(said: dict[str, object]) -> None:
    assert kind_of(event(said), DONE) is ErrorKind.BAD_STREAM
    assert kind_of(event(said), {"o": OPENAI, "c": VLLM, "n": MISTRAL}["o" if "type" in said else "c"][1], DONE) != ""


@pytest.mark.parametrize("content", ["", None, [], [{"type": "text", "text": ""}], {}])
def test_an_empty_text_is_one_at_any_place(content: object) -> None:
    for choice in ({"delta": {"role": "assistant", "content": content}}, {"message": {"content": content}}):
        assert kind_of(event({"choices": [choice]}), DONE) == ""


@pytest.mark.parametrize(
    "data",
    [
        '[1,2,{"a":',
        "[" * 5000 + "]" * 5000,
        "['a', 'b']",
        "<html>502</html>",
        "<Error><Code>x</Code></Error>",
        "[1,2,3",
        "Error<br>x",
        "<b>Fatal error</b>: Uncaught",
    ],
)
def test_what_is_no_words_is_no_transcript(data: str) -> None:
    for dialect in (None, "plain"):
        for parts in ([event(data)], [event("hi"), event(data)], [event(data), event("hi")]):
            assert kind_of(*parts, dialect=dialect) is ErrorKind.BAD_STREAM  # type: ignore[arg-type]
    half = len(data) // 2
    said = heard([event(data[:half]), event(data[half:])])[1]
    assert isinstance(said, Failure), "nor in pieces"


@pytest.mark.parametrize(
    "data", ["[Music]", "[1] hello", "{inaudible}", "<unk>", "(laughs)", "a < b", "[laughter] yes"]
)
def test_words_in_brackets_are_words(data: str) -> None:
    assert kind_of(event(data)) == kind_of(event(data), dialect="plain") == data


NOISE = [
    b"null\n",
    b"[]\n",
    b"{}\n",
    b"ping\n",
    b"2026-01-02 03:04:05\n",
    b": ping\n",
    b"17\n",
    b'{"type": "ping"}\n',
]


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("dialect", SPOKEN)
def test_noise_among_lines_is_no_text_wherever_it_stands(noise: bytes, dialect: Dialect) -> None:
    parts, expected = STREAMS[dialect]
    lines = as_lines(parts)
    assert kind_of(*[one for line in lines for one in (noise, line)], label=NDJSON) == expected.text
    assert kind_of(noise, noise, label=NDJSON) is ErrorKind.BAD_STREAM


def test_words_on_lines_are_no_transcript() -> None:
    assert kind_of(b"Internal Server Error\n", label=NDJSON) is ErrorKind.BAD_STREAM
    assert kind_of(b"hello\nworld\n", dialect="plain", label=NDJSON) is ErrorKind.BAD_STREAM
    assert kind_of(*as_lines([HI]), b"Internal Server Error\n", label=NDJSON) is ErrorKind.BAD_STREAM


@pytest.mark.parametrize("dialect", SPOKEN)
def test_lines_that_end_or_begin_in_other_ways(dialect: Dialect) -> None:
    parts, expected = STREAMS[dialect]
    lines = [line.strip() for line in as_lines(parts)]
    for label in (NDJSON, "application/json-seq", "text/plain"):
        for written in (b"%s\r", b"  %s\n", b"\t%s\r\n", b"\x1e%s\n", b"\x1e%s", b" \n%s\n"):
            assert kind_of(*[written % line for line in lines], label=label) == expected.text
    strings = [json.dumps(line.decode()).encode() + b"\n" for line in lines]
    assert kind_of(*strings, label=NDJSON) == expected.text


LIFE = [
    b"data: : ping\n\n",
    b"data:\n\n",
    b'data: ""\n\n',
    b": ping\n\n",
    b"data\n\n",
    b"id: 1\n\n",
    b"data: data:\n\n",
]


@pytest.mark.parametrize("sign", LIFE)
def test_nothing_but_signs_of_life_is_no_transcript(sign: bytes) -> None:
    for count in (1, 3):
        for dialect in (None, *SPOKEN):
            assert kind_of(*[sign] * count, dialect=dialect) is ErrorKind.BAD_STREAM
    assert kind_of(sign, HI, sign) == "hi"
    assert kind_of(sign, DONE) == ""


def test_an_empty_piece_is_one_where_the_words_are_set() -> None:
    assert kind_of(event(""), dialect="plain") == ""
    assert kind_of(b": ping\n\n", dialect="plain") is ErrorKind.BAD_STREAM


@pytest.mark.parametrize("blank", ["\u200b", "\0\0", "\ufeff \u2060", "\x07"])
def test_what_nobody_sees_is_an_empty_text_in_a_stream(blank: str) -> None:
    for parts in (
        [event({"choices": [{"delta": {"content": blank}}]}), DONE],
        [segment(blank)],
        [event(blank + "\t")],
    ):
        stream, verdict = heard(parts)
        assert verdict == Transcript("")
        assert (stream.texts.first_s, stream.texts.count) == (None, 0)
