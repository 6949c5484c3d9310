import json
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.answers import reader
from stt_load.api.event_reader import MOST_INSIDE
from stt_load.api.names import DIALECTS, Dialect
from stt_load.api.pieces import Gaps
from stt_load.api.sse import MAX_EVENT_BYTES
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.api.words import is_blank
from stt_load.samples.sample import ErrorKind

SSE = "text/event-stream; charset=utf-8"


def event(document: object, name: str | None = None) -> bytes:
    data = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return (f"event: {name}\n" if name else "").encode() + f"data: {data}\n\n".encode()


def openai(kind: str, **fields: object) -> bytes:
    return event({"type": f"transcript.text.{kind}", **fields})


def mistral(kind: str, **fields: object) -> bytes:
    return event({"type": f"transcription.{kind}", **fields}, f"transcription.{kind}")


def vllm(text: str | None, finish_reason: str | None = None) -> bytes:
    choice: dict[str, Any] = {"delta": {"content": text}}
    if finish_reason:
        choice |= {"finish_reason": finish_reason, "stop_reason": None}
    head = {"id": "trsc-1", "object": "transcription.chunk", "created": 1, "model": "whisper"}
    return event({**head, "choices": [choice]})


def segment(text: str, **fields: object) -> bytes:
    return event({"text": text, **fields})


DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 4, "completion_tokens": 20, "total_tokens": 24}

OPENAI = [
    openai("delta", delta="안녕", logprobs=[{"token": "안녕", "bytes": [236, 149], "logprob": -0.1}]),
    openai("delta", delta="하세요"),
    openai("delta", delta=", 세계"),
    openai(
        "done",
        text="안녕하세요, 세계.",
        usage={"type": "tokens", "input_tokens": 14, "output_tokens": 31, "total_tokens": 45},
    ),
]
VLLM = [
    vllm(""),
    vllm(" 안녕"),
    vllm("하세요"),
    vllm("", "stop"),
    event({"id": "trsc-1", "object": "transcription.chunk", "choices": [], "usage": USAGE}),
    DONE,
]
MISTRAL = [
    mistral("language", audio_language="ko"),
    mistral("text.delta", text="안녕"),
    mistral("text.delta", text=" 세계"),
    mistral("segment", text="안녕 세계", start=0.0, end=1.5),
    mistral(
        "done", model="voxtral-mini", text="안녕 세계", language="ko", usage={**USAGE, "prompt_audio_seconds": 10}
    ),
]
SEGMENTS = [segment("Hello there."), segment("안녕하세요."), segment(" A third one.", language="ko", duration=2.1)]
PLAIN = [event(" 안녕"), event("하세요"), event(""), event(", 세계")]
STREAMS: dict[Dialect, tuple[list[bytes], Transcript]] = {
    "openai": (OPENAI, Transcript("안녕하세요, 세계.", tokens=45)),
    "vllm": (VLLM, Transcript(" 안녕하세요", tokens=24)),
    "mistral": (MISTRAL, Transcript("안녕 세계", audio_s=10.0, tokens=24)),
    "segments": (SEGMENTS, Transcript("Hello there. 안녕하세요. A third one.")),
    "plain": (PLAIN, Transcript(" 안녕하세요, 세계")),
}


def answer(body: bytes, content_type: str = SSE) -> Answer:
    return Answer(200, content_type, None, body)


def heard(
    parts: list[bytes], dialect: Dialect | None = None, content_type: str = SSE, response_format: str = "json"
) -> tuple[Stream, Transcript | Failure]:
    """The stream that got each part one second after the other, from second 1, and what it says."""
    stream = Stream(dialect, reader(response_format))
    stream.begin(content_type)
    for second, part in enumerate(parts, 1):
        stream.feed(part, float(second))
    return stream, stream.read(answer(b"".join(parts), content_type))


def failure(parts: list[bytes], dialect: Dialect | None = None) -> Failure:
    verdict = heard(parts, dialect)[1]
    assert isinstance(verdict, Failure)
    assert verdict.message.startswith("HTTP 200, ")
    return verdict


def told(stream: Stream) -> tuple[float | None, float | None, int, Gaps | None]:
    return stream.texts.first_s, stream.ended_s, stream.texts.count, stream.texts.gaps


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("is_set", [True, False])
def test_each_dialect_is_understood_set_or_recognised(dialect: Dialect, is_set: bool) -> None:
    parts, expected = STREAMS[dialect]
    stream, verdict = heard(parts, dialect if is_set else None)
    assert verdict == expected
    assert stream.dialect == dialect


def test_of_an_answer_that_is_no_stream_no_dialect_is_named() -> None:
    for whole in (b'{"text": "hello"}', b"", b"hello"):
        assert heard([whole], content_type="application/json")[0].dialect is None


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("openai", (1.0, 4.0, 3, Gaps(1.0, 1.0, 1.0))),
        ("vllm", (2.0, 6.0, 2, Gaps(1.0, 1.0, 1.0))),
        ("mistral", (2.0, 5.0, 2, Gaps(1.0, 1.0, 1.0))),
        ("segments", (1.0, None, 3, Gaps(1.0, 1.0, 1.0))),
        ("plain", (1.0, None, 3, Gaps(1.5, 2.0, 2.0))),
    ],
)
def test_when_the_text_came_and_the_stream_ended(dialect: Dialect, expected: object) -> None:
    assert told(heard(STREAMS[dialect][0])[0]) == expected


def test_gaps_are_of_the_parts_that_the_text_came_in() -> None:
    stream = Stream(None, reader("json"))
    stream.begin(SSE)
    assert stream.texts.gaps is None
    for at_s in range(1, 42):  # 40 gaps of 1 to 40 seconds
        stream.feed(openai("delta", delta="x"), at_s * (at_s - 1) / 2)
    assert stream.texts.gaps == Gaps(20.5, 38.0, 40.0)
    both = heard([OPENAI[0] + OPENAI[1], OPENAI[2], OPENAI[3]])[0]
    assert both.texts.gaps == Gaps(0.5, 1.0, 1.0)
    assert heard([vllm("a"), DONE])[0].texts.gaps is None


def test_a_stream_without_speech_is_an_empty_transcript() -> None:
    for parts in (
        [openai("done", text="")],
        [vllm("", "stop"), DONE],
        [mistral("done", text="")],
        [segment("")],
        [DONE],
    ):
        stream, verdict = heard(parts)
        assert verdict == Transcript("")
        assert (stream.texts.first_s, stream.texts.count, stream.texts.gaps) == (None, 0, None)


def test_the_text_of_the_end_is_the_transcript_unless_it_is_empty() -> None:
    # speaches says so: see stt_load.api.dialects.
    assert heard([OPENAI[0], OPENAI[1], openai("done", text="")])[1] == Transcript("안녕하세요")
    stream, verdict = heard([openai("done", text="안녕")])
    assert verdict == Transcript("안녕")
    assert told(stream) == (1.0, 1.0, 1, None)


def test_diarized_segments_are_text_only_where_no_deltas_are() -> None:
    one = openai("segment", id="seg_1", start=0, end=1, speaker="A", text="안녕하세요")
    two = openai("segment", id="seg_2", start=1, end=2, speaker="B", text="네.")
    stream, verdict = heard([one, two, openai("done", text="")])
    assert verdict == Transcript("안녕하세요 네.")
    assert told(stream) == (1.0, 3.0, 2, Gaps(1.0, 1.0, 1.0))
    for parts in ([OPENAI[0], OPENAI[1], one], [one, OPENAI[0], OPENAI[1]]):
        stream, verdict = heard([*parts, openai("done")])
        assert verdict == Transcript("안녕하세요")
        assert stream.texts.count == 2
        assert stream.texts.first_s == 1.0


def test_done_ends_any_dialect() -> None:
    for parts in (OPENAI[:2], MISTRAL[:3], SEGMENTS, PLAIN):
        stream, verdict = heard([*parts, DONE])
        assert isinstance(verdict, Transcript)
        assert stream.ended_s == len(parts) + 1


def test_after_the_end_nothing_counts_but_an_error() -> None:
    after = [vllm("more"), openai("delta", delta="more"), event("more"), event('{"broken'), DONE, b"data: \xff\n\n"]
    for dialect in ("openai", "vllm", "mistral"):
        parts, expected = STREAMS[dialect]
        plain = heard(parts)[0]
        stream, verdict = heard([*parts, *after])
        assert verdict == expected
        assert told(stream) == told(plain)
    late = failure([*VLLM, event({"error": {"message": "too late"}})])
    assert late.kind is ErrorKind.STREAM_ERROR


def test_an_unknown_event_after_the_first_is_ignored() -> None:
    for dialect in ("openai", "vllm", "mistral", "segments"):
        parts, expected = STREAMS[dialect]
        news = [event({"type": "news", "delta": 5, "choices": "none"}), event("", "ping"), b": ping\n\n"]
        assert heard([parts[0], *news, *parts[1:]])[1] == expected


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        (event({"error": {"message": "CUDA out of memory", "type": "InternalServerError", "code": 500}}), "CUDA out"),
        (event({"error": "all busy"}), "all busy"),
        (event({"error": {"code": 7}}), '"code": 7'),
        (event({"object": "error", "message": "too long", "code": 400}), "too long"),
        (event({"type": "error", "code": "x", "message": "no credit"}), "no credit"),
        (event({"message": "overloaded"}, "error"), "overloaded"),
        (event("overloaded", "error"), "overloaded"),
        (event("", "error"), "error in the stream"),
        (event('{"error": "a "quote" of transformers"}'), 'a "quote"'),
        (event('{"error": "half a character: \\ud800"}'), "half a character: ?"),
        (event({"error": {"message": "말" * 9_999}}), "말" * 500 + "..."),
        (vllm("", "abort"), "finish_reason abort"),
    ],
)
def test_an_error_in_the_stream_is_one_whatever_follows(said: bytes, quoted: str) -> None:
    for parts in ([said, DONE], [VLLM[1], said, *VLLM[2:]], [said], [VLLM[1], event("{"), said]):
        verdict = failure(parts, "vllm")
        assert verdict.kind is ErrorKind.STREAM_ERROR
        assert quoted in verdict.message
        verdict.message.encode()
    assert heard([VLLM[1], said])[0].ended_s is None
    assert heard([VLLM[1], said, DONE])[0].ended_s == 3.0


def test_an_error_without_escapes_is_one_in_plain_text_too() -> None:
    verdict = failure([PLAIN[0], event('{"error": "a "quote""}')], "plain")
    assert verdict.kind is ErrorKind.STREAM_ERROR
    assert heard([openai("delta", delta="a", error=None), OPENAI[3]])[1] == STREAMS["openai"][1]


@pytest.mark.parametrize("dialect", ["openai", "vllm", "mistral"])
def test_a_stream_without_its_done_mark_is_truncated(dialect: Dialect) -> None:
    parts = STREAMS[dialect][0]
    for whole in (parts[:-1], [*parts[:-1], parts[-1][:-9]], [*parts[:-1], parts[-1][:9]]):
        assert failure(whole).kind is ErrorKind.TRUNCATED
    assert "without" in failure(parts[:-1]).message


def test_a_body_that_ends_inside_an_event_is_truncated() -> None:
    assert failure([SEGMENTS[0], SEGMENTS[1][:-9]]).kind is ErrorKind.TRUNCATED
    assert failure([PLAIN[0], "data: 안".encode()[:-1]]).kind is ErrorKind.TRUNCATED


def test_a_missing_blank_line_at_the_end_is_forgiven() -> None:
    for parts, expected in STREAMS.values():
        for missing in (1, 2):
            stream, verdict = heard([*parts[:-1], parts[-1][:-missing]])
            assert verdict == expected
            assert told(stream) == told(heard(parts)[0])


@pytest.mark.parametrize(
    ("parts", "dialect", "quoted"),
    [
        ([event("{broken")], None, "{broken"),
        ([event("[1]")], "vllm", "[1]"),
        ([OPENAI[0], event('{"a": ' * 100_000)], None, '{"a":'),
        ([event({"foo": 1})], None, "foo"),
        ([event({"type": "news"})], None, "news"),
        (OPENAI, "vllm", "not one of vllm"),
        (PLAIN, "openai", "안녕"),
        ([OPENAI[0], b"data: \xff\n\n", OPENAI[3]], None, "not UTF-8"),
        ([b"data: \xff"], None, "not UTF-8"),
        ([b""], None, "no event"),
        ([b": ping\n\n: ping\n\n"], None, "ping"),
        ([b""], "openai", "no event"),
        ([event("ping"), event({"result": "hello"})], None, "no event of a known kind"),
        ([event({}), event("null")], None, "no event of a known kind"),
        ([event("hello", "result")], None, "named result"),
        ([event({"delta": "hello"}, "delta")], "plain", "named delta"),
        ([SEGMENTS[0], event("Internal Server Error")], None, "Internal Server Error"),
        ([PLAIN[0], event("{broken")], None, "{broken"),
        ([b'{"foo": "a"}'], "segments", "no event of segments"),
        ([b"<html>Bad gateway</html>"], None, "Bad gateway"),
    ],
)
def test_what_is_no_such_stream_is_a_typed_failure(parts: list[bytes], dialect: Dialect | None, quoted: str) -> None:
    verdict = failure(parts, dialect)
    assert verdict.kind is ErrorKind.BAD_STREAM
    assert quoted in verdict.message


@pytest.mark.parametrize("dialect", ["segments", "plain"])
def test_an_empty_body_is_a_clip_without_speech_where_a_service_says_it_so(dialect: Dialect) -> None:
    assert heard([], dialect)[1] == Transcript("")


def test_a_server_that_does_not_stream_is_read_as_if_not_asked_to() -> None:
    body = '{"text": "안녕"}'.encode()
    stream, verdict = heard([body[:4], body[4:12], body[12:]], None, "application/json")
    assert verdict == Transcript("안녕")
    assert told(stream) == (3.0, None, 1, None)
    assert heard([b"hello\n"], "vllm", "text/plain", "text")[1] == Transcript("hello")
    stream, verdict = heard([b'{"text": ""}'], None, "application/json")
    assert verdict == Transcript("")
    assert told(stream) == (None, None, 0, None)
    assert heard([b"<html>"], None, "text/html")[1] == reader("json")(answer(b"<html>"))
    assert heard([], None, "application/json")[1] == reader("json")(answer(b""))


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_a_stream_is_one_whatever_its_content_type(content_type: str) -> None:
    for parts, expected in STREAMS.values():
        assert heard([b"\r\n: hi\r\n", *parts], None, content_type)[1] == expected
        first = heard(parts, None, content_type)[0]
        assert told(first) == told(heard(parts)[0])


def test_a_stream_can_be_read_once_more_as_a_whole() -> None:
    parts = [VLLM[1], event({"error": {"message": "key sk-123 is bad"}}), DONE]
    stream, verdict = heard(parts)
    masked = b"".join(parts).replace(b"sk-123", b"***")
    once_more = stream.again(answer(masked))
    assert isinstance(once_more, Failure)
    assert "***" in once_more.message
    assert stream.read(answer(b"".join(parts))) == verdict
    for parts, expected in STREAMS.values():
        stream, _ = heard(parts)
        before = told(stream)
        assert stream.again(answer(b"".join(parts))) == stream.read(answer(b"".join(parts))) == expected
        assert told(stream) == before


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"text": "a"}', "application/json"), (b"data: a", SSE), (b"data: a\n\ndata: b\ndata: \xff", SSE)],
)
def test_reading_twice_says_the_same(body: bytes, content_type: str) -> None:
    stream, verdict = heard([body], None, content_type)
    before = told(stream)
    assert stream.read(answer(body, content_type)) == verdict
    assert told(stream) == before


SMALL = {
    "openai": openai("delta", delta="a"),
    "vllm": vllm("a"),
    "segments": segment("a"),
    "plain": event("a"),
    "noise": event({}),
    "lines": b'{"type": "transcript.text.delta", "delta": "a"}\n',
}


MOST_CALLS = 44


@pytest.mark.parametrize("small", SMALL)
def test_very_many_small_events_are_little_work(small: str) -> None:
    """Two million of them took 14 s in one go. Calls are counted: they take the same on any machine."""
    count = 1_000
    part = SMALL[small] * count
    stream, calls = Stream(None, reader("json")), 0

    def tell(_: object, kind: str, __: object) -> None:
        nonlocal calls
        calls += kind in ("call", "c_call")

    stream.feed(part, 0.0)
    sys.setprofile(tell)
    try:
        stream.feed(part, 0.0)
    finally:
        sys.setprofile(None)
    assert calls <= MOST_CALLS * count


def outcome(parts: list[bytes], dialect: Dialect | None, content_type: str = SSE) -> object:
    """All that may not hang on where the bytes are cut."""
    stream, verdict = heard(parts, dialect, content_type)
    return verdict, stream.texts.count, stream.ended_s is None, stream.texts.first_s is None


def cut(body: bytes, at: list[int]) -> list[bytes]:
    places = [0, *sorted(min(place, len(body)) for place in at), len(body)]
    return [body[start:end] for start, end in pairwise(places)]


PART = st.sampled_from(
    [part for parts, _ in STREAMS.values() for part in parts]
    + [event({"error": ""}), event("data: data: hi"), event("null"), event("ping"), event({}, "ping"), event('"a"')]
    + [event({"error": "안 돼"}), b"data: \xff\n\n", event("{"), b": ping\n\n", b"\xef\xbb\xbf", b"\n", b"data: \xec"]
)
BODIES = st.one_of(
    st.sampled_from([b"".join(parts) for parts, _ in STREAMS.values()]),
    st.sampled_from([b"".join(parts).replace(b"\n", b"\r\n") for parts, _ in STREAMS.values()]),
    st.lists(PART, max_size=8).map(b"".join),
    st.binary(max_size=200),
)
CUTS = st.lists(st.integers(0, 900), max_size=20)
KINDS = st.sampled_from([SSE, "application/json"])
SET = st.sampled_from([None, *DIALECTS])


@given(body=BODIES, at=CUTS, dialect=SET, content_type=KINDS)
def test_how_the_bytes_are_cut_changes_no_text(
    body: bytes, at: list[int], dialect: Dialect | None, content_type: str
) -> None:
    expected = outcome([body], dialect, content_type)
    assert outcome(cut(body, at), dialect, content_type) == expected
    assert outcome([bytes([byte]) for byte in body], dialect, content_type) == expected


@given(parts=st.lists(st.one_of(PART, st.binary(max_size=60))), dialect=SET, content_type=KINDS)
def test_any_bytes_are_a_transcript_or_a_failure(
    parts: list[bytes], dialect: Dialect | None, content_type: str
) -> None:
    stream, verdict = heard(parts, dialect, content_type)
    assert isinstance(verdict, Transcript | Failure)
    assert stream.again(answer(b"".join(parts), content_type)) == verdict
    assert (stream.texts.gaps is None) == (stream.texts.count < 2)
    assert (stream.texts.first_s is None) == (stream.texts.count == 0)


TEXTS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=8)


def spoken(texts: list[str]) -> Transcript:
    text = "".join(texts)
    return Transcript("" if is_blank(text) else text)


@given(texts=TEXTS)
def test_any_texts_come_through(texts: list[str]) -> None:
    ends = {"openai": [openai("done", text="")], "mistral": [mistral("done")], "vllm": [DONE]}
    for dialect, parts in (
        ("openai", [openai("delta", delta=text) for text in texts]),
        ("mistral", [mistral("text.delta", text=text) for text in texts]),
        ("vllm", [vllm(text) for text in texts]),
    ):
        stream, verdict = heard([*parts, *ends[dialect]])
        assert verdict == spoken(texts)
        assert stream.texts.count == sum(not is_blank(text) for text in texts)
        assert stream.ended_s == len(texts) + 1


@given(texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")).map("말{}".format)))
def test_any_lines_come_through_as_plain_text(texts: list[str]) -> None:
    assert heard([event(text) for text in texts], "plain")[1] == Transcript("".join(texts))


NOISE = {
    "a word": event("ping"),
    "a time": event("2026-01-02 03:04:05"),
    "a number": event("17"),
    "nothing": event("null"),
    "an empty object": event({}),
    "an empty array": event("[]"),
    "an array": event('[{"text": "no"}]'),
    "JSON of no dialect": event({"type": "ping", "at": 5}),
    "a state": event({"status": "processing"}),
    "no text": event({"text": ""}),
    "a comment sent on": event(": ping - 2026-01-02"),
    "an empty comment sent on": event(":"),
    "a named one": event({"type": "ping"}, "ping"),
    "a named word": event("alive", "heartbeat"),
    "a named text": event({"text": "no"}, "keepalive"),
    "a named one sent on": b"data: event: ping\ndata: data: no\n\n",
    "a name without data": b"event: ping\n\n",
    "quotes": event('"ping"'),
    "blanks": event("  "),
}
SPOKEN = [dialect for dialect in DIALECTS if dialect != "plain"]


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("dialect", SPOKEN)
@pytest.mark.parametrize("is_set", [True, False])
def test_noise_is_no_text_and_tells_no_dialect(noise: str, dialect: Dialect, is_set: bool) -> None:
    parts, expected = STREAMS[dialect]
    quiet = told(heard(parts)[0])
    noisy = [one for part in parts for one in (NOISE[noise], part)]
    stream, verdict = heard(noisy, dialect if is_set else None)
    assert verdict == expected
    first_s, ended_s, deltas, _ = quiet
    twice = [None if at_s is None else 2 * at_s for at_s in (first_s, ended_s)]
    assert (stream.texts.first_s, stream.ended_s, stream.texts.count) == (*twice, deltas)


NAMED = ("a named one", "a named word", "a named text", "a named one sent on", "a name without data")
SILENT = ("nothing", "an empty object", "an empty array", "an array", "JSON of no dialect", "a comment sent on")


@pytest.mark.parametrize("noise", [*NAMED, *SILENT, "an empty comment sent on", "a state"])
@pytest.mark.parametrize("is_set", [True, False])
def test_what_can_not_be_words_is_none_in_a_stream_of_words_either(noise: str, is_set: bool) -> None:
    noisy = [one for part in PLAIN for one in (NOISE[noise], part)]
    stream, verdict = heard(noisy, "plain" if is_set else None)
    assert verdict == STREAMS["plain"][1]
    assert (stream.texts.first_s, stream.texts.count) == (2.0, 3)


def test_words_are_the_transcript_only_where_no_event_is_of_a_dialect() -> None:
    words = [event("one"), event(" two")]
    stream, verdict = heard(words)
    assert verdict == Transcript("one two")
    assert told(stream) == (1.0, None, 2, Gaps(1.0, 1.0, 1.0))
    stream, verdict = heard([*words, segment("three")])
    assert verdict == Transcript("three")
    assert told(stream) == (3.0, None, 1, None)
    assert heard([event({"text": ""}), *words])[1] != Transcript("one two")


def test_json_is_no_word_where_words_are_what_is_set() -> None:
    for json_event in (OPENAI[0], SEGMENTS[0], event({"result": "hello"}), event('{"text": "br')):
        for parts in ([json_event], [PLAIN[0], json_event], [json_event, PLAIN[0]]):
            assert failure(parts, "plain").kind is ErrorKind.BAD_STREAM


def again_as_data(part: bytes) -> bytes:
    """The events of `part` as a server writes them whose library adds another `data: ` to each line."""
    return b"".join(b"data: %s\n" % line for line in part.split(b"\n")[:-1]) + b"\n"


def as_a_string(part: bytes) -> bytes:
    _, _, data = part.decode().strip().rpartition("data: ")
    return event(json.dumps(data, ensure_ascii=False))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_event_in_the_data_of_another_is_one(dialect: Dialect) -> None:
    parts, expected = STREAMS[dialect]
    times = told(heard(parts)[0])
    once = [again_as_data(part) for part in parts]
    twice = [again_as_data(part) for part in once]
    for wrapped in (once, twice, [b"data: " + part for part in parts if not part.startswith(b"event")]):
        if len(wrapped) < len(parts):
            continue  # a name goes into no data line
        stream, verdict = heard(wrapped)
        assert verdict == expected
        assert told(stream) == times
    if dialect != "plain":
        assert heard([as_a_string(part) for part in parts])[1] == expected
    assert heard([again_as_data(b"".join(parts))])[1] == expected, "several in one"


@pytest.mark.parametrize("wrap", [again_as_data, lambda part: event(json.dumps(part.decode()))])
def test_a_flood_of_events_in_the_data_of_one_is_not_heard_to_its_end(wrap: Callable[[bytes], bytes]) -> None:
    """It is one step, in which all other users stand still; as many of their own are heard in small steps."""
    many = event({"text": "a"}) * (MOST_INSIDE + 2)
    assert isinstance(heard([many])[1], Transcript)
    verdict = heard([wrap(many)])[1]
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.BAD_STREAM
    assert "more than 10,000 events in one" in verdict.message
    assert isinstance(heard([wrap(event({"text": "a"}) * MOST_INSIDE)] * 2)[1], Transcript)


@pytest.mark.parametrize("levels", [1, 3, 10, 10_000])
def test_an_error_is_one_however_it_is_wrapped_or_nothing_is(levels: int) -> None:
    """The first levels are undone; beyond them it can't be understood, and is no text either."""
    said = event("data: " * levels + json.dumps({"error": {"message": "out of memory"}}))
    for parts in ([said], [DONE, said], [event("2026-01-02 03:04:05"), said]):
        verdict = heard(parts)[1]
        if levels <= 3:
            assert isinstance(verdict, Failure)
            assert (verdict.kind, "out of memory" in verdict.message) == (ErrorKind.STREAM_ERROR, True)
    assert isinstance(heard([said])[1], Failure)


@pytest.mark.parametrize("empty", ["", " ", False, None, {}, [], 0, {"message": None, "code": 0}, [{}]])
def test_an_empty_error_is_none(empty: object) -> None:
    parts = [vllm(" 안녕"), vllm("하세요"), DONE]
    said = [event({"error": empty, **json.loads(part[6:])}) for part in parts[:2]]
    assert heard([*said, DONE])[1] == heard(parts)[1] == Transcript(" 안녕하세요")
    assert heard([*parts, event({"error": empty})])[1] == Transcript(" 안녕하세요"), "nor behind the end"
    text = json.dumps({"error": empty, "choices": [{"delta": {"content": "hi"}}]})
    assert failure([f"data: {text[:-9]}".encode()]).kind is ErrorKind.TRUNCATED


@pytest.mark.parametrize("name", ["error", "ping", "transcript.text.delta"])
def test_an_error_is_one_whatever_the_name_of_its_event(name: str) -> None:
    verdict = failure([OPENAI[0], event({"error": "all busy"}, name), OPENAI[3]])
    assert (verdict.kind, "all busy" in verdict.message) == (ErrorKind.STREAM_ERROR, True)


def test_blanks_only_are_an_empty_text() -> None:
    for parts in (
        [openai("delta", delta=" "), openai("delta", delta="\n"), openai("done", text=" \n")],
        [vllm(" "), vllm("\u3000"), DONE],
        [segment(" "), segment("\n")],
        [event("  "), event("   ")],
    ):
        stream, verdict = heard(parts)
        assert verdict == Transcript("")
        assert (stream.texts.first_s, stream.texts.count, stream.texts.gaps) == (None, 0, None)
    stream, verdict = heard([vllm(" "), vllm("a"), vllm(" "), vllm("b"), DONE])
    assert verdict == Transcript(" a b")
    assert told(stream) == (2.0, 5.0, 2, Gaps(2.0, 2.0, 2.0))


def as_lines(parts: list[bytes]) -> list[bytes]:
    return [part.rpartition(b"data: ")[2].strip() + b"\n" for part in parts]


@pytest.mark.parametrize("dialect", SPOKEN)
@pytest.mark.parametrize(
    "content_type", ["application/x-ndjson", "application/jsonl; charset=utf-8", SSE, "text/plain"]
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n"])
def test_lines_of_json_are_a_stream(dialect: Dialect, content_type: str, end: bytes) -> None:
    parts, expected = STREAMS[dialect]
    lines = [line.replace(b"\n", end) for line in as_lines(parts)]
    stream, verdict = heard(lines, None, content_type)
    assert verdict == expected
    assert told(stream) == told(heard(parts)[0])
    stream, verdict = heard([*lines[:-1], lines[-1].rstrip()], None, content_type)
    assert verdict == expected, "without the last line's end"


def test_lines_with_noise_or_an_error_between_them() -> None:
    lines = as_lines(OPENAI)
    noise = [b'{"type": "ping"}\n', b"\n", b"{}\n", b"ping\n"]
    assert heard([noise[0], *lines[:2], *noise, *lines[2:]], None, "text/plain")[1] == STREAMS["openai"][1]
    verdict = heard([lines[0], b'{"error": "all busy"}\n'], None, "text/plain")[1]
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.STREAM_ERROR
    verdict = heard([lines[0], lines[1][:-9]], None, "text/plain")[1]
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.TRUNCATED


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "a"}\n',
        b'{"text": "a"}',
        b'{\n"text": "a"\n}\n',
        b'\n{"text":\n"a"}',
        b'{"text": "a", "usage": {"seconds": 5}}\n\n',
        b'{"error": "all busy"}\n',
        b'{"error": "all busy"}',
        b'{"type": "transcript.text.done", "text": "a"}\n',
    ],
)
def test_one_object_is_no_stream_of_lines(body: bytes) -> None:
    for parts in ([body], [body[:9], body[9:]]):
        stream, verdict = heard(parts, None, "application/json")
        assert verdict == reader("json")(answer(body))
        assert stream.ended_s is None
        assert stream.texts.first_s in (None, float(len(parts)))
    if b"{\n" in body:
        assert heard([body])[1] == reader("json")(answer(body)), "nor is one on many lines whose label says so"


def test_one_line_is_a_stream_where_the_label_says_so() -> None:
    for label in (SSE, "application/x-ndjson"):
        assert heard([b'{"text": "a"}'], "segments", label)[1] == Transcript("a")
        verdict = heard([b'{"error": "all busy"}\n'], None, label)[1]
        assert isinstance(verdict, Failure)
        assert verdict.kind is ErrorKind.STREAM_ERROR


LINES = st.lists(
    st.sampled_from([line for parts, _ in STREAMS.values() for line in as_lines(parts)])
    | st.sampled_from(
        [
            b"{\n",
            b"\n",
            b"\r\n",
            b'{"text": "a"}',
            b"\xff\n",
            b"[DONE]\n",
            b'{"error": "x"}\n',
            b" {}\n",
            b"\xef\xbb\xbf",
        ]
    ),
    max_size=6,
).map(b"".join)


@given(body=LINES, at=CUTS, dialect=SET, content_type=st.sampled_from([SSE, "application/json", "application/jsonl"]))
def test_how_lines_are_cut_changes_nothing(
    body: bytes, at: list[int], dialect: Dialect | None, content_type: str
) -> None:
    expected = outcome([body], dialect, content_type)
    assert outcome(cut(body, at), dialect, content_type) == expected
    assert outcome([bytes([byte]) for byte in body], dialect, content_type) == expected


LONG = "x" * MAX_EVENT_BYTES


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (openai("delta", delta="a") + openai("done", text=LONG), SSE),
        (openai("delta", delta="a") + openai("done", text=LONG)[:-1], SSE),
        (segment("a") + b"data: x\n" * (MAX_EVENT_BYTES // 2 + 1), SSE),
        (b'{"text": "a"}\n{"text": "' + LONG.encode() + b'"}\n', "application/x-ndjson"),
    ],
)
def test_an_event_beyond_a_megabyte_is_no_event(body: bytes, content_type: str) -> None:
    stream = Stream(None, reader("json"))
    stream.begin(content_type)
    for place in range(0, len(body), 4_096):
        stream.feed(body[place : place + 4_096], 1.0)
    found = stream.read(Answer(200, content_type, None, body))
    assert isinstance(found, Failure)
    assert found.kind is ErrorKind.BAD_STREAM
    assert "an event of more than 1048576 bytes" in found.message
    assert len(found.message) < 700


@pytest.mark.parametrize("text", ["a", LONG])
def test_one_json_for_a_stream_is_read_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as a line, and an event, and as a whole."""
    read = []
    for module in ("json_lines", "event_reader"):
        monkeypatch.setattr(f"stt_load.api.{module}.json_in", read.append)
    stream = Stream(None, reader("json"))
    stream.begin("application/json")
    body = json.dumps({"text": text}).encode()
    for place in range(0, len(body), 4_096):
        stream.feed(body[place : place + 4_096], 1.0)
    assert stream.read(Answer(200, "application/json", None, body)) == Transcript(text)
    assert not read
