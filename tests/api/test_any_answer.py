"""Whatever a service says, it comes down to a verdict that a row can hold and that can be written and read back."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.answers import Places, reader
from stt_load.api.api import Api
from stt_load.api.batch import Course, Plan
from stt_load.api.form import Bare
from stt_load.api.job_path import JobPath
from stt_load.api.names import DIALECTS, Dialect
from stt_load.api.places import NO_JSON, json_in, parsed
from stt_load.api.request import Body
from stt_load.api.stream import Stream
from stt_load.api.verdict import LONGEST_WAIT_S, Answer, Failure, Step, Transcript, checked, storable, transcript_of
from stt_load.samples.fields import in_range
from stt_load.samples.sample import ErrorKind
from tests.api.documents import answers, anything, deep, documents, texts

FORMATS = ("json", "verbose_json", "diarized_json", "text", "srt", "vtt")
PLACES = Places(duration="duration", processing_time="took", processing_time_unit_s=0.001)
ODD_PLACES = (
    Places("text", "ceil(duration)", 1.0, "sum(usage.*)", 1.0),
    Places("segments[].text | join(' ', @)", "max_by(segments, &end).end", 1.0, "to_number(took)", 1.0),
    Places("text || error", "length(text)", 1.0, "avg(took)", 1.0),
)
PLAN = Plan(
    "/jobs", None, "id", [], "id", JobPath("/jobs/{id}"), "status", frozenset({"done"}), frozenset({"failed"}), 1.0
)
CLIP = Body((b"RIFF",), 4)

headers = st.none() | st.text(st.characters(codec=None), max_size=60) | st.sampled_from(["1e9", "9" * 400, "-1"])
statuses = st.sampled_from([200, 201, 204, 429, 503]) | st.integers(0, 1_000)
bodies = (documents | deep).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary()


def check(verdict: object) -> None:
    """It is a verdict, its numbers are in range, its texts can be written as JSON and read back."""
    if isinstance(verdict, Failure):
        assert isinstance(verdict.kind, ErrorKind)
        assert 0 <= verdict.wait_s <= LONGEST_WAIT_S
        text = storable(verdict.message)
    else:
        assert isinstance(verdict, Transcript)
        assert in_range("server_audio_s", verdict.audio_s)
        assert in_range("processing_s", verdict.processing_s)
        assert in_range("tokens", verdict.tokens)
        assert verdict.tokens is None or isinstance(verdict.tokens, int)
        text = verdict.text
    assert json.loads(json.dumps(text, ensure_ascii=False, allow_nan=False).encode()) == text
    assert checked(verdict) == verdict


@pytest.mark.parametrize("response_format", FORMATS)
@given(body=bodies)
def test_of_every_format(response_format: str, body: bytes) -> None:
    check(reader(response_format, PLACES)(Answer(200, "application/json", None, body)))


@given(body=documents, kind=st.sampled_from(["text/plain", "text/html", "application/json"]))
def test_no_object_and_no_array_is_plain_text(body: str, kind: str) -> None:
    verdict = reader("text", PLACES)(Answer(200, kind, None, body.encode("utf-8", "surrogatepass")))
    check(verdict)
    document = parsed(body)
    if isinstance(verdict, Transcript) and isinstance(document, dict | list | str):
        assert verdict.json_for_text
        said = document.get("text") if isinstance(document, dict) else document
        while isinstance(said, str) and said.strip().startswith('"') and json_in(said.strip()) is not NO_JSON:
            said = json_in(said.strip())
        assert isinstance(said, str)
        assert verdict.text == transcript_of(said).text.strip()


@pytest.mark.parametrize("response_format", FORMATS)
@given(beside=answers, error=texts.filter(lambda said: json.loads(said).strip()), cut=st.integers(1, 100))
def test_an_error_in_it_is_a_failure_in_every_format(response_format: str, beside: str, error: str, cut: int) -> None:
    verdict = reader(response_format, PLACES)(
        Answer(200, "text/plain", None, f'{beside[:-1]}, "error": {error}}}'.encode())
    )
    check(verdict)
    assert isinstance(verdict, Failure)
    event = f'data: {beside[:-1]}, "error": {error}}}\n\n'.encode()
    stream = Stream(None, reader(response_format, PLACES))
    stream.feed(event[:cut], 0.0)
    stream.feed(event[cut:], 0.0)
    assert isinstance(stream.read(Answer(200, "", None, event)), Failure)


@pytest.mark.parametrize("places", ODD_PLACES)
@given(document=answers | anything)
def test_at_every_place(places: Places, document: str) -> None:
    check(reader("json", places)(Answer(200, "application/json", None, document.encode())))


@given(status=statuses, kind=headers, location=headers, retry_after=headers, retry_after_ms=headers, body=bodies)
def test_with_any_status_and_headers(
    status: int,
    kind: str | None,
    location: str | None,
    retry_after: str | None,
    retry_after_ms: str | None,
    body: bytes,
) -> None:
    api = Api(Bare(), reader("text"), secrets=("s3cret",))
    check(api.read(Answer(status, kind or "", location, body, retry_after, retry_after_ms=retry_after_ms)))


FIELDS = ["data: ", "data:", "event: ", "id: ", ": ", "", "data: data: ", "data: : ", "event: ping\ndata: "]
events = st.lists(
    st.tuples(st.sampled_from(FIELDS), documents | st.sampled_from(["[DONE]", "ping", "2026-01-02"])),
    max_size=6,
)


@pytest.mark.parametrize("dialect", [None, *DIALECTS])
@given(said=events, kind=headers, cuts=st.lists(st.integers(0, 2_000), max_size=4))
def test_in_every_dialect_of_a_stream(
    dialect: Dialect | None, said: list[tuple[str, str]], kind: str | None, cuts: list[int]
) -> None:
    body = "".join(f"{field}{document}\n\n" for field, document in said).encode("utf-8", "surrogatepass")
    for content_type in (kind or "", "text/event-stream"):
        stream = Stream(dialect, reader("json", PLACES))
        stream.begin(content_type)
        ends = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
        for at_s, (start, end) in enumerate(pairwise(ends)):
            stream.feed(body[start:end], float(at_s))
        api = Api(Bare(), reader("json", PLACES), secrets=("s3cret",))
        verdict = api.read(Answer(200, content_type, None, body, stream=stream))
        check(verdict)
        if isinstance(verdict, Transcript):
            raw = [document for _, document in said if isinstance(json_in(document.strip()), dict | list)]
            assert not any(len(document) > 2 and document in verdict.text for document in raw), "JSON is no text"
        assert in_range("deltas", stream.texts.count)
        gaps = stream.texts.gaps
        assert gaps is None or in_range("gap_max_s", gaps.max_s)


@pytest.mark.parametrize("step", get_args(Step)[1:])
@given(body=bodies, status=statuses)
def test_at_every_step_of_a_job(step: Step, body: bytes, status: int) -> None:
    course = Course(PLAN, CLIP)
    course.step = step
    answer = Answer(status, "application/json", None, body, step=step)
    course.take(answer)
    check(Api(Bare(), reader("json", PLACES), plan=PLAN).read(answer))
    if course.request is not None:
        course.request.path.encode("ascii")
        assert course.pause_s in (0.0, PLAN.interval_s)
