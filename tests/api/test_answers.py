import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.answers import Places, reader
from stt_load.api.api import Api
from stt_load.api.form import Form
from stt_load.api.names import ResponseFormat
from stt_load.api.places import json_in
from stt_load.api.stream import Stream
from stt_load.api.verdict import LONGEST_CHARACTERS, Answer, Failure, Transcript, excerpt, of_status
from stt_load.samples.sample import ErrorKind


def answer(body: str | bytes, status: int = 200, content_type: str = "application/json") -> Answer:
    return Answer(status, content_type, None, body.encode() if isinstance(body, str) else body)


SRT = "1\n00:00:00,000 --> 00:00:01,500\nhello\nthere\n\n2\n00:00:01,500 --> 00:00:02,000\nworld\n"
VTT = (
    "WEBVTT\n\n00:00.000 --> 00:01.500 align:start\nhello there\n\nNOTE not said\n\n00:01.500 --> 00:02.000\nworld\n"
)


@pytest.mark.parametrize(
    ("response_format", "body", "text"),
    [
        ("json", '{"text": "안녕"}', "안녕"),
        ("json", '{"text": ""}', ""),
        ("verbose_json", '{"text": "a", "duration": "10.0", "segments": []}', "a"),
        ("text", "hello\n", "hello"),
        ("text", "", ""),
        ("text", " \r\n", ""),
        ("text", "\ufeffhello", "hello"),
        ("text", "\ufeff", ""),
        ("text", "[Music]", "[Music]"),
        ("text", "{laughs} yes", "{laughs} yes"),
        ("text", '"Go," he said, "now."', '"Go," he said, "now."'),
        ("text", "1984", "1984"),
        ("text", "data: the new oil\n", "data: the new oil"),
        ("text", ": so he said", ": so he said"),
        ("text", "true", "true"),
        ("text", "<unk> hello <unk>", "<unk> hello <unk>"),
        ("text", "<|en|> hello", "<|en|> hello"),
        ("text", "[1] hello", "[1] hello"),
        ("text", "(laughs) yes", "(laughs) yes"),
        ("text", "a < b", "a < b"),
        ("text", "<s> hello </s>", "<s> hello </s>"),
        ("text", "\0\0", ""),
        ("text", "\u200b", ""),
        ("text", "\ufeff\ufeff \u200b", ""),
        ("json", '{"text": "\\u0000\\u200b\\ufeff"}', ""),
        ("json", '{"text": " \\n"}', ""),
        ("json", '{"text": "\\u3000\\u00a0"}', ""),
        ("verbose_json", '{"text": "\\t"}', ""),
        ("json", '{"text": " a\\n"}', " a\n"),
        ("srt", SRT, "hello there world"),
        ("srt", SRT.replace("\n", "\r\n"), "hello there world"),
        ("srt", "", ""),
        ("vtt", VTT, "hello there world"),
        ("vtt", "WEBVTT\n", ""),
        ("srt", " \n", ""),
        ("srt", "1\n00:00 --> 00:01\n \n", ""),
        ("vtt", "\n", ""),
        ("vtt", "\ufeffWEBVTT\n\n00:00.000 --> 00:01.500\n \n", ""),
    ],
)
def test_the_text_is_found(response_format: str, body: str, text: str) -> None:
    assert reader(response_format)(answer(body)) == Transcript(text)


@pytest.mark.parametrize(
    ("response_format", "body", "kind"),
    [
        ("json", "not json", ErrorKind.BAD_JSON),
        ("json", "", ErrorKind.BAD_JSON),
        ("json", b"\xff\xfe\x00", ErrorKind.BAD_JSON),
        ("json", "[]", ErrorKind.NO_TEXT),
        ("json", '{"error": {"message": "busy"}}', ErrorKind.NO_TEXT),
        ("json", '{"text": null}', ErrorKind.NO_TEXT),
        ("verbose_json", '{"text": 5}', ErrorKind.NO_TEXT),
        ("text", "<!DOCTYPE html><title>Sign in</title>", ErrorKind.NO_TEXT),
        ("text", "\n <html>\r\n<head>", ErrorKind.NO_TEXT),
        ("text", "<!-- error --><p>", ErrorKind.NO_TEXT),
        ("text", '<?xml version="1.0"?><Error/>', ErrorKind.NO_TEXT),
        ("text", "<h1>502 Bad Gateway</h1>", ErrorKind.NO_TEXT),
        ("text", "<BODY>", ErrorKind.NO_TEXT),
        ("text", 'data: {"text": "hello"}\n\ndata: [DONE]\n\n', ErrorKind.NO_TEXT),
        ("text", ': ping\r\nevent: x\r\ndata:{"text": "hello"}\r\n\r\n', ErrorKind.NO_TEXT),
        ("text", "data: hel\r\n\r\ndata: lo\r\n\r\n", ErrorKind.NO_TEXT),
        ("text", "event: error\ndata: oom\n\n", ErrorKind.NO_TEXT),
        ("text", "event: error\r\ndata: oom", ErrorKind.NO_TEXT),
        ("text", ": ping\n\ndata: hello\n\n", ErrorKind.NO_TEXT),
        ("text", "data: hel\r\rdata: lo\r\r", ErrorKind.NO_TEXT),
        ("text", "{'error': 'boom'}", ErrorKind.NO_TEXT),
        ("text", "{'text': 'hello'}", ErrorKind.BAD_JSON),
        ("text", "<Error><Code>AccessDenied</Code></Error>", ErrorKind.NO_TEXT),
        ("text", "502\n<html><body>Bad Gateway</body></html>", ErrorKind.NO_TEXT),
        ("text", "<b>Fatal error</b>: Uncaught", ErrorKind.NO_TEXT),
        ("text", "Error<br>x", ErrorKind.NO_TEXT),
        ("text", "<svg width='1'/>", ErrorKind.NO_TEXT),
        ("text", '"<html>"', ErrorKind.NO_TEXT),
        ("text", "[1,2,3", ErrorKind.BAD_JSON),
        ("text", '["a", "b"', ErrorKind.BAD_JSON),
        ("text", "['a', 'b']", ErrorKind.BAD_JSON),
        ("text", "[" * 1_500 + "]" * 1_500, ErrorKind.BAD_JSON),
        ("srt", "<Error><Code>AccessDenied</Code></Error>", ErrorKind.NO_TEXT),
        ("text", "null", ErrorKind.NO_TEXT),
        ("text", "[]", ErrorKind.NO_TEXT),
        ("text", "{}", ErrorKind.NO_TEXT),
        ("text", '["a"]', ErrorKind.NO_TEXT),
        ("text", '{"transcript": "a"}', ErrorKind.NO_TEXT),
        ("text", '{"text": 5}', ErrorKind.NO_TEXT),
        ("text", '{"text": "cut o', ErrorKind.BAD_JSON),
        ("text", '[{"text": "cut o', ErrorKind.BAD_JSON),
        ("srt", '{"text": "hello"}', ErrorKind.NO_TEXT),
        ("vtt", '{"text": "hello"}', ErrorKind.NO_TEXT),
        ("text", b"\xff\xff", ErrorKind.NO_TEXT),
        ("srt", "hello", ErrorKind.NO_TEXT),
        ("vtt", SRT, ErrorKind.NO_TEXT),
    ],
)
def test_an_answer_without_the_asked_text_is_a_typed_failure(
    response_format: str, body: str | bytes, kind: ErrorKind
) -> None:
    verdict = reader(response_format)(answer(body))
    assert isinstance(verdict, Failure)
    assert verdict.kind is kind
    assert verdict.message.startswith("HTTP 200")


@pytest.mark.parametrize("body", ["event: error\ndata: oom\n\n", "data: hello\n\n", ": x\n\ndata: hello\n\n"])
def test_events_that_nobody_asked_for_are_no_transcript(body: str) -> None:
    verdict = reader("text")(answer(body, content_type="text/event-stream; charset=utf-8"))
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.NO_TEXT
    assert "a stream of events" in verdict.message
    assert reader("text")(answer("hello", content_type="text/event-stream")) == Transcript("hello")


@pytest.mark.parametrize("label", ["application/xml", "text/xml"])
def test_xml_is_no_transcript(label: str) -> None:
    verdict = reader("text")(answer("<status>", content_type=label))
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.NO_TEXT


def test_of_a_name_that_stands_twice_the_last_counts_in_every_format() -> None:
    is_none = answer('{"error": "x", "error": null, "text": "hi"}')
    is_one = answer('{"error": null, "error": "x", "text": "hi"}')
    assert reader("json")(is_none) == Transcript("hi")
    assert reader("text")(is_none) == Transcript("hi", json_for_text=True)
    for response_format in ("json", "text"):
        assert isinstance(reader(response_format)(is_one), Failure)


def test_tags_in_subtitles_are_no_page() -> None:
    body = SRT.replace("hello", "<i>hello</i><br>")
    assert isinstance(reader("srt")(answer(body)), Transcript)


FORMATS = ("json", "verbose_json", "diarized_json", "text", "srt", "vtt")


@pytest.mark.parametrize("response_format", FORMATS)
@pytest.mark.parametrize("beside", [{}, {"text": ""}, {"text": "hello"}, {"text": SRT}])
@pytest.mark.parametrize(
    "error", ["all busy", {"message": "all busy"}, {"code": 7, "why": "all busy"}, ["all busy"], "\ud800 all busy"]
)
def test_an_error_in_a_200_is_a_failure_whatever_stands_beside_it(
    response_format: str, beside: dict[str, str], error: object
) -> None:
    for document in ({"error": error, **beside}, {**beside, "error": error}):
        for kind in ("application/json", "text/plain"):
            verdict = reader(response_format)(answer(json.dumps(document), content_type=kind))
            assert isinstance(verdict, Failure)
            assert verdict.kind is ErrorKind.NO_TEXT
            assert verdict.message.startswith("HTTP 200, an error in the answer: ")
            assert "all busy" in verdict.message
            verdict.message.encode()


@pytest.mark.parametrize(
    "said", [{"object": "error", "message": "too long"}, {"type": "error", "message": "too long"}]
)
def test_an_error_of_vllm_of_old_in_a_200(said: dict[str, str]) -> None:
    for response_format in FORMATS:
        verdict = reader(response_format)(answer(json.dumps({**said, "text": ""})))
        assert isinstance(verdict, Failure)
        assert "too long" in verdict.message


def test_an_error_that_is_not_escaped_is_one_in_plain_text() -> None:
    for response_format in ("text", "srt", "vtt"):
        verdict = reader(response_format)(answer('{"error": "a "quote" in it"}'))
        assert isinstance(verdict, Failure)
        assert 'a "quote" in it' in verdict.message


@pytest.mark.parametrize("empty", ["", " ", False, None, {}, [], 0, {"message": ""}])
def test_an_empty_error_is_none(empty: object) -> None:
    body = json.dumps({"text": "hello", "error": empty})
    assert reader("json")(answer(body)) == Transcript("hello")
    assert reader("text")(answer(body)) == Transcript("hello", json_for_text=True)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"text": "hello"}', "hello"),
        ('\ufeff\n{"text": " hello\\n"}\n', "hello"),
        ('{"text": ""}', ""),
        ('{"text": " "}', ""),
        ('"hello"', "hello"),
        ('" hello\\n"', "hello"),
        ('""', ""),
        ('" "', ""),
        (json.dumps(json.dumps({"text": "hello"})), "hello"),
        (json.dumps(json.dumps("hello")), "hello"),
    ],
)
def test_a_transcript_in_json_where_plain_text_was_asked_for_is_read_and_named(body: str, text: str) -> None:
    assert reader("text")(answer(body)) == Transcript(text, json_for_text=True)


def test_it_is_read_from_the_place_that_is_configured() -> None:
    body = '{"result": {"said": "hello"}, "length": 2.5, "usage": {"total_tokens": 7}}'
    read = reader("text", Places("result.said", duration="length"))
    assert read(answer(body)) == Transcript("hello", audio_s=2.5, tokens=7, json_for_text=True)
    assert reader("text", Places("[0].said"))(answer('[{"said": "a"}]')) == Transcript("a", json_for_text=True)


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8", "application/json", ""])
@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
def test_what_stands_in_it_counts_not_its_label(response_format: str, content_type: str) -> None:
    """whisper.cpp calls plain text text/html."""
    body = {"text": " Hello world.\n", "srt": SRT, "vtt": VTT}[response_format]
    expected = reader(response_format)(answer(body, content_type="text/plain"))
    assert isinstance(expected, Transcript)
    assert reader(response_format)(answer(body, content_type=content_type)) == expected


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, ErrorKind.REDIRECT),
        (400, ErrorKind.HTTP_4XX),
        (401, ErrorKind.AUTH),
        (403, ErrorKind.AUTH),
        (404, ErrorKind.HTTP_4XX),
        (413, ErrorKind.TOO_LARGE),
        (415, ErrorKind.UNSUPPORTED),
        (429, ErrorKind.SHED),
        (500, ErrorKind.HTTP_5XX),
        (503, ErrorKind.SHED),
        (599, ErrorKind.HTTP_5XX),
    ],
)
def test_a_status_outside_2xx_is_a_typed_failure_with_the_servers_words(status: int, kind: ErrorKind) -> None:
    failure = of_status(answer('{"error": "no way"}', status))
    assert failure is not None
    assert failure.kind is kind
    assert f"HTTP {status}" in failure.message
    if kind is not ErrorKind.REDIRECT:
        assert "no way" in failure.message


def test_a_2xx_status_says_nothing_against_the_answer() -> None:
    assert of_status(answer("", 200)) is None
    assert of_status(answer("", 299)) is None


@given(st.binary(max_size=3_000))
def test_an_excerpt_is_one_short_line_of_any_bytes(body: bytes) -> None:
    text = excerpt(body)
    assert 0 < len(text) <= 203
    assert "\n" not in text


@given(
    body=st.binary(max_size=2_000), response_format=st.sampled_from(["json", "verbose_json", "text", "srt", "vtt"])
)
def test_any_answer_is_either_a_transcript_or_a_failure(body: bytes, response_format: str) -> None:
    verdict = reader(response_format)(answer(body))
    assert isinstance(verdict, Transcript | Failure)


def test_a_key_that_the_server_echoes_is_not_repeated() -> None:
    api = Api(Form([]), reader("json"), secrets=["sk-123"])
    verdict = api.read(answer("Authorization: Bearer sk-123 is not valid", 401))
    assert isinstance(verdict, Failure)
    assert "sk-123" not in verdict.message
    assert "***" in verdict.message


def test_a_stream_without_a_key_in_it_is_read_once() -> None:
    """Of one of 16 MB that takes seconds, in which all other users stand still."""
    body = b'data: {"choices": []}\n\n'
    stream = Stream(None, reader("json"))
    stream.begin("text/event-stream")
    stream.feed(body, 0.0)
    stream.again = lambda _: pytest.fail("it is read again")  # type: ignore[method-assign]
    verdict = Api(Form([]), reader("json"), secrets=["sk-123"]).read(Answer(200, "", None, body, stream=stream))
    assert isinstance(verdict, Failure)
    assert verdict.kind == ErrorKind.TRUNCATED


@pytest.mark.parametrize("before", range(150, 260, 7))
def test_a_key_that_the_message_is_cut_in_leaves_no_half_of_it(before: int) -> None:
    key = "sk-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    api = Api(Form([]), reader("json"), secrets=[key])
    for status in (200, 400):
        verdict = api.read(answer("x" * before + key + "y" * 900, status))
        assert isinstance(verdict, Failure)
        assert "sk-A" not in verdict.message


@pytest.mark.parametrize("before", range(1_860, 1_900, 3))
def test_a_key_that_a_location_is_cut_in_leaves_no_half_of_it(before: int) -> None:
    key = "sk-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    api = Api(Form([]), reader("json"), secrets=[key])
    verdict = api.read(Answer(302, "", "x" * before + key + "y" * 900, b""))
    assert isinstance(verdict, Failure)
    assert "sk-A" not in verdict.message


@pytest.mark.parametrize("key", ["abc/def+ghi==", 'quo"ted\\key', "열쇠-열쇠"])
def test_a_key_that_stands_in_json_in_another_way_is_not_repeated(key: str) -> None:
    api = Api(Form([]), reader("json"), secrets=[key])
    for said in (json.dumps(key), json.dumps(key, ensure_ascii=False), json.dumps(key).replace("/", "\\/")):
        for body in (f'{{"error": {said}}}', f'{{"error": "{"x" * 195}{said[1:]}}}', f'{{"detail": {said}}}'):
            for status in (200, 400):
                verdict = api.read(answer(body, status))
                assert isinstance(verdict, Failure)
                message = verdict.message
                assert not any(half in message for half in ("abc", "def", "quo", "ted", "열쇠", "uc5f4")), message


def test_other_messages_can_be_cleaned_too() -> None:
    api = Api(Form([]), reader("json"), secrets=["sk-123", "hunter2"])
    assert api.hide("no sk-123, no hunter2") == "no ***, no ***"


DEEPGRAM = '{"results": {"channels": [{"alternatives": [{"transcript": "hello there", "confidence": 1}]}]}}'


@pytest.mark.parametrize(
    ("expression", "body", "text"),
    [
        ("results.channels[0].alternatives[0].transcript", DEEPGRAM, "hello there"),
        ("join(' ', segments[].text)", '{"segments": [{"text": "a"}, {"text": "b"}]}', "a b"),
        ("[0].text", '[{"text": ""}]', ""),
        ("@", '"alone"', "alone"),
    ],
)
def test_the_text_is_where_the_expression_says(expression: str, body: str, text: str) -> None:
    assert reader("json", Places(expression))(answer(body)) == Transcript(text)


@pytest.mark.parametrize(
    ("expression", "body"),
    [
        ("results.channels[0].alternatives[0].transcript", '{"results": {"channels": []}}'),
        ("text", '{"text": 5}'),
        ("text", '{"text": ["a"]}'),
        ("join(' ', segments[].text)", '{"segments": "none"}'),
    ],
)
def test_no_text_there_is_a_failure_that_names_the_place(expression: str, body: str) -> None:
    failure = reader("json", Places(expression))(answer(body))
    assert isinstance(failure, Failure)
    assert failure.kind is ErrorKind.NO_TEXT
    assert f"`{expression}`" in failure.message
    assert body[:20] in failure.message


def test_an_expression_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="Incomplete expression"):
        reader("json", Places("a["))


@pytest.mark.parametrize(("status", "wait_s"), [(503, 7.0), (429, 7.0), (500, 0.0), (404, 0.0)])
def test_only_a_shed_is_a_reason_to_wait(status: int, wait_s: float) -> None:
    failure = of_status(Answer(status, "", None, b"", retry_after="7"))
    assert failure is not None
    assert failure.wait_s == wait_s
    failure = of_status(Answer(status, "", None, b"", retry_after="9", retry_after_ms="7000"))
    assert failure is not None
    assert failure.wait_s == wait_s, "the milliseconds come first"


def test_a_location_is_cut_and_the_message_has_its_end() -> None:
    failure = of_status(Answer(302, "", "https://h/" + "x" * 60_000, b""))
    assert failure is not None
    assert len(failure.message) < LONGEST_CHARACTERS
    assert failure.message.startswith("HTTP 302 Found to https://h/xxx")
    assert failure.message.endswith("xxx...: not followed")
    short = of_status(Answer(302, "", "https://h/x", b""))
    assert short is not None
    assert short.message == "HTTP 302 Found to https://h/x: not followed"


@pytest.mark.parametrize(
    ("document", "places", "expected"),
    [
        ({"duration": "9.5"}, {}, None),
        ({"duration": "9.5"}, {"duration": "duration"}, 9.5),
        ({"meta": {"ms": 9_500}}, {"duration": "meta.ms", "duration_unit_s": 0.001}, 9.5),
        ({"usage": {"type": "duration", "seconds": 10}}, {}, 10.0),
        ({"usage": {"type": "duration", "seconds": 10}, "duration": 9.5}, {"duration": "duration"}, 9.5),
        ({"duration": "long"}, {"duration": "duration"}, None),
        ({"duration": True}, {"duration": "duration"}, None),
    ],
)
def test_the_length_that_the_service_has_heard(
    document: dict[str, Any], places: dict[str, Any], expected: float | None
) -> None:
    """Numbers may come as texts: vLLM's `duration` does."""
    verdict = reader("json", Places(**places))(answer(json.dumps({"text": "x"} | document).encode()))
    assert verdict == Transcript("x", audio_s=expected)


def test_what_the_service_says_of_its_work() -> None:
    document = {"text": "x", "timing": {"ms": "1500"}, "usage": {"type": "tokens", "total_tokens": 42}}
    read = reader("verbose_json", Places(processing_time="timing.ms", processing_time_unit_s=0.001))
    assert read(answer(json.dumps(document).encode())) == Transcript("x", processing_s=1.5, tokens=42)


@pytest.mark.parametrize("response_format", ["json", "text", "srt", "vtt"])
@pytest.mark.parametrize(
    "filling", ["\n", " \n", "1\n", "1 ", "\r\n\r\n", "00:00 --> ", "9", "data:\n", ":\n", "id:\ndata:", "\t"]
)
@pytest.mark.parametrize("beginning", ["WEBVTT x", "data:", "data: x", "{", '{"error":"', "<"])
def test_no_answer_takes_longer_than_its_length(response_format: str, filling: str, beginning: str) -> None:
    """All other users stand still while one is read. By the square of its length this would take minutes."""
    body = answer(beginning + filling * (200_000 // len(filling)) + "x")
    began_s = time.process_time()
    reader(response_format)(body)
    assert time.process_time() - began_s < 5


@pytest.mark.parametrize("line", [":\n", "id:\n", ":\r\n", "retry:1\n\n"])
def test_a_text_of_fields_of_events_is_known_by_its_beginning(line: str) -> None:
    """16 MB of them took 16 s and 2.4 GB."""
    began_s = time.process_time()
    found = reader("text")(answer(line * 1_000_000, content_type="text/plain"))
    assert isinstance(found, Failure)
    assert "a stream of events" in found.message
    assert time.process_time() - began_s < 0.3  # 0.01 s where this was written
    assert isinstance(reader("text")(answer(line * 50, content_type="text/plain")), Transcript)


def test_json_for_a_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def counting(text: str) -> Any:
        read.append(text)
        return json_in(text)

    monkeypatch.setattr("stt_load.api.answers.json_in", counting)
    body = '{"text": "hello", "error": []}'
    assert reader("text")(answer(body)) == Transcript("hello", json_for_text=True)
    assert read == [body]


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_stream_that_somebody_has_put_into_json_is_no_transcript(form: ResponseFormat) -> None:
    """LiteLLM's proxy (1.108.7) does so with the stream of the service behind it."""
    events = 'data: {"type": "transcript.text.delta", "delta": "hello"}\n\ndata: {"type": "transcript.text.done"}\n\n'
    failure = reader(form)(Answer(200, "application/json", None, json.dumps({"text": events}).encode()))
    assert isinstance(failure, Failure)
    assert failure.kind is ErrorKind.NO_TEXT
    assert "HTTP 200, a stream of events as the text at `text`: {" in failure.message
    said = reader(form)(Answer(200, "application/json", None, b'{"text": "data: that is what counts"}'))
    assert said == Transcript("data: that is what counts", json_for_text=form == "text")
