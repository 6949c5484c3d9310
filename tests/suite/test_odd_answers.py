"""Numbers of any size in answers, and verdicts of any kind, by real locust processes: the run ends, with a result."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite.running import against, rows, run
from tests.suite.saying import saying

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


RETURNS = """
import itertools
import numpy
from stt_load.suite import install
from stt_load.users import FastSttUser
from stt_load.wire.verdict import Failure, Transcript

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
