"""Numbers of any size in answers, and verdicts of any kind, by real locust processes: the run ends, with a result."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes.running import against, rows, run
from tests.processes.saying import saying

pytestmark = pytest.mark.locust

ANSWERS = (
    '{"text": "hi", "usage": {"total_tokens": 3000000000}}',
    '{"text": "hi", "duration": 1e39}',
    '{"text": "hi", "duration": NaN, "took": -1}',
    '{"text": "hi", "usage": {"seconds": 1e999}, "took": "1e300"}',
    f'{{"text": "hi", "usage": {{"total_tokens": {"9" * 5_000}}}}}',
    '{"text": "\\ud800", "duration": 0.1, "took": 0.01, "usage": {"total_tokens": 7}}',
)
STREAM = ('data: {"type": "transcript.text.delta", "delta": "a"}\n\n' * 70_000) + (
    'data: {"type": "transcript.text.done", "text": "", "usage": {"total_tokens": 1e20}}\n\n'
)


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_numbers_that_no_row_can_hold_are_left_out_and_told(tmp_path: Path, user_class: str) -> None:
    api = {"response": {"processing_time": "took"}, "capture_headers": ["X-Served-By"]}
    with saying(*ANSWERS) as url:
        ran = run(tmp_path, against(url, 62, 2, 2, audio_duration=0.1, api=api), user_class)
    measured = rows(ran.result, "measured")
    assert len(measured) == 60
    assert all(row["ok"] for row in measured)
    named = [row["out_of_range"] for row in measured]
    assert named.count(["tokens"]) == 20
    assert named.count(["server_audio_s"]) == 10
    assert named.count(["server_audio_s", "processing_s"]) == 20
    assert named.count(None) == 10
    (found,) = [one["values"] for one in ran.result["findings"] if one["name"] == "out_of_range"]
    assert found == {"said": 50, "answers": 60, "server_audio_s": 30, "processing_s": 20, "tokens": 20}
    assert "In 50 of 60 answers it said numbers that are beyond all reason" in " ".join(ran.out.split())
    (headers,) = {row["headers"]["x-served-by"] for row in measured}
    assert len(headers) < 1_100


def test_a_stream_of_very_many_pieces(tmp_path: Path) -> None:
    with saying(STREAM, kind="text/event-stream") as url:
        api = {"stream": True, "max_answer_bytes": 32 * 1024 * 1024}
        ran = run(tmp_path, against(url, 3, 1, 1, audio_duration=0.1, api=api), "FastSttUser")
    for row in rows(ran.result, "measured"):
        assert (row["deltas"], row["text_length"], row["out_of_range"]) == (70_000, 70_000, ["tokens"])


PLAIN = (
    " Hello world.\n",
    '{"text": "in JSON"}',
    '""',
    " \n",
    '{"error": "failed to read audio data"}',
    '{"text": "", "error": {"message": "out of memory"}}',
    "<!doctype html><title>Sign in</title>",
)


@pytest.mark.slow
@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_plain_text_is_judged_by_what_stands_in_it(tmp_path: Path, user_class: str) -> None:
    """With the label that whisper.cpp gives its transcripts."""
    api = {"response_format": "text"}
    with saying(*PLAIN, kind="text/html; charset=utf-8") as url:
        ran = run(tmp_path, against(url, 15, 1, 1, audio_duration=0.1, api=api), user_class)
    measured = rows(ran.result, "measured")
    said = {(row["error_kind"], row["text_length"], row["json_for_text"]) for row in measured}
    assert said == {(None, 12, False), (None, 7, True), (None, 0, True), (None, 0, False), ("no_text", None, False)}
    told = " ".join(row["error"] for row in measured if row["error"])
    assert "an error in the answer: failed to read audio data" in told
    assert "an error in the answer: out of memory" in told
    assert "an HTML page" in told
    (found,) = [one["values"] for one in ran.result["findings"] if one["name"] == "json_for_text"]
    assert found == {"in_json": 4, "answers": 8}
    assert "4 of 8 texts came in JSON" in " ".join(ran.out.split())


@pytest.mark.slow
@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_blanks_only_are_empty_texts(tmp_path: Path, user_class: str) -> None:
    with saying('{"text": " \\n"}', '{"text": "\\u3000"}') as url:
        ran = run(tmp_path, against(url, 5, 1, 1, audio_duration=0.1), user_class)
    assert {row["text_length"] for row in rows(ran.result, "measured")} == {0}
    assert "empty_texts" in {one["name"] for one in ran.result["findings"]}


DELTA = 'data: {"type": "transcript.text.delta", "delta": "hello"}\n\n'
DONE = 'data: {"type": "transcript.text.done", "text": "hello"}\n\n'
NOISY = {
    "named": 'event: ping\ndata: {"type": "ping"}\n\n' + DELTA + "event: ping\ndata: 2026-01-02 03:04:05\n\n" + DONE,
    "words": "data: alive\n\ndata: : ping\n\ndata: null\n\ndata: {}\n\n" + DELTA + "data: alive\n\n" + DONE,
    "twice": (DELTA + DONE).replace("data: ", "data: data: "),
    "lines": (DELTA + DONE).replace("data: ", ""),
    "no error": DELTA.replace("}", ', "error": ""}') + DONE.replace("}", ', "error": {}}'),
    "words only": "data: hel\n\ndata: {}\n\ndata: lo\n\n",
}
FAILING = {
    "wrapped error": 'data: data: {"error": {"message": "out of memory"}}\n\n',
    "error behind words": 'data: 2026-01-02 03:04:05\n\ndata: {"error": {"message": "out of memory"}}\n\n',
}


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_noise_in_a_stream_is_no_text_and_hides_none(tmp_path: Path, user_class: str) -> None:
    bodies = [*NOISY.values(), *FAILING.values()]
    with saying(*bodies, kind="text/event-stream") as url:
        ran = run(tmp_path, against(url, 17, 1, 1, audio_duration=0.1, api={"stream": True}), user_class)
    measured = rows(ran.result, "measured")
    assert {(row["error_kind"], row["text_length"]) for row in measured} == {(None, 5), ("stream_error", None)}
    assert sum(row["ok"] for row in measured) == 12
    assert all(row["first_text_s"] is not None for row in measured if row["ok"])
    assert all("out of memory" in row["error"] for row in measured if not row["ok"])


@pytest.mark.slow
@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_who_is_refused_waits_as_long_as_it_is_asked_to_in_whatever_form(tmp_path: Path, user_class: str) -> None:
    """Of the header twice, at least the first counts."""
    asked = ["Retry-After: 0.6\r\n", "retry-after-ms: 600\r\nRetry-After: 30\r\n", "Retry-After: 1\r\n" * 2]
    with saying("{}", status="429 Too Many Requests", headers=asked) as url:
        config = against(url, 8, 2, 2, audio_duration=0.1, continue_on_dead_warmup=True)
        ran = run(tmp_path, config, user_class)
    measured = rows(ran.result, "measured")
    assert {row["error_kind"] for row in measured} == {"shed"}
    assert {row["pause_s"] for row in measured} == {0.6, 1.0}


RETURNS = """
import itertools
import numpy
from stt_load import FastSttUser, install
from stt_load.api.verdict import Failure, Transcript

turns = itertools.cycle([
    None, "hello", {}, Transcript(None), Transcript(5), Failure("no_such_kind", "x"), Failure("cancelled", "x"),
    Transcript("hi", tokens=3_000_000_000), Transcript("hi", audio_s=float("nan"), processing_s="-1"),
    Transcript("hi", tokens=numpy.int64(7)), Failure("no_text", "nothing", float("inf")),
])

class Mine(FastSttUser):
    def read_answer(self, answer):
        return next(turns)

install(default_user=Mine)
"""


@pytest.mark.slow
def test_whatever_a_read_answer_returns_is_a_verdict(tmp_path: Path) -> None:
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(RETURNS, encoding="utf-8")
    with saying(ANSWERS[0]) as url:
        config = against(url, 23, 1, 1, audio_duration=0.1, continue_on_dead_warmup=True, api={"on_shed": "continue"})
        ran = run(tmp_path, config, locustfile=locustfile)
    measured = rows(ran.result, "measured")
    assert len(measured) == 22
    kinds = [row["error_kind"] for row in measured]
    assert (kinds.count("hook_error"), kinds.count("no_text"), kinds.count(None)) == (14, 2, 6)
    told = {row["error"].partition(":")[0] for row in measured if row["error_kind"] == "hook_error"}
    assert "read_answer returned None" in told
    assert "read_answer returned a str" in told
    assert "read_answer returned a Transcript whose text is None" in told
    named = [row["out_of_range"] for row in measured if row["error_kind"] is None]
    assert named.count(["server_audio_s", "processing_s"]) == 2
    assert [row["tokens"] for row in measured if row["tokens"] is not None] == [7, 7]
