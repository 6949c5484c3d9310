"""What a person reads of latency by the clip's length, in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.report import lengths
from stt_load.report.console import result
from stt_load.report.messages import Language, Messages, fitted
from stt_load.report.width import columns
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import run_of

EN, KO = Messages("en"), Messages("ko")
LINE = "An answer takes 0.21 s + 0.043 s per second of audio"


def run(audio_s: np.ndarray, service_s: np.ndarray, users: int = 1) -> RunRecord:
    return run_of(table(np.cumsum(service_s) - service_s, service_s, audio_s=audio_s, users=users))


def line(n: int = 120, users: int = 1) -> RunRecord:
    """Clips of 3 to 62.5 s, half a second apart."""
    audio_s = 3 + 0.5 * np.arange(n)
    return run(audio_s, 0.21 + 0.043 * audio_s, users)


def steps() -> RunRecord:
    audio_s = np.arange(10.0, 301.0)
    return run(audio_s, 0.3 + 0.52 * np.ceil(audio_s / 30))


def told(one: RunRecord, say: Messages = EN) -> list[str]:
    return list(lengths.lines(say, one.summary))


def test_the_block_in_english() -> None:
    assert told(line()) == [
        "",
        "Response time by length of audio (s):",
        "   length  answers  median    P95    P99     RTF",
        "    0–5 s        5   0.382  0.425  0.425*  0.096",
        "   5–10 s       10   0.532  0.640  0.640*  0.070",
        "  10–20 s       20   0.855  1.048  1.070*  0.057",
        "  20–30 s       20   1.285  1.478  1.500*  0.051",
        "  30–60 s       60   2.145  2.725  2.790*  0.048",
        "   > 60 s        5   2.855  2.898  2.898*  0.046",
        "  * the maximum: fewer than 100 answers",
        f"  {LINE}",
        "  95% of the answers are within 0.000 s of that (clips of 3.0 to 62.5 s).",
    ]


def test_the_block_in_korean() -> None:
    lines = told(line(), KO)
    assert lines[1:4] == [
        "오디오 길이별 응답 시간(초):",
        "       길이  응답  중앙값    P95    P99     RTF",
        "      0–5초     5   0.382  0.425  0.425*  0.096",
    ]
    assert lines[9:] == [
        "  * 응답이 100개 미만이어서 최댓값과 같습니다",
        "  응답 한 건에 걸리는 시간: 0.21초 + 오디오 1초당 0.043초",
        "  응답의 95%가 이 값에서 0.000초 이내입니다(오디오 길이 3.0–62.5초).",
    ]


def test_steps_in_words() -> None:
    assert "  An answer takes 0.30 s + 0.52 s per started 30 s of audio" in told(steps())
    assert "30초마다 0.52초" in "\n".join(told(steps(), KO))


def test_more_than_one_user_is_said() -> None:
    assert f"  {LINE}, which includes queueing" in told(line(users=2))
    assert "  응답 한 건에 걸리는 시간: 0.21초 + 오디오 1초당 0.043초, 대기 시간 포함" in told(line(users=2), KO)


def test_clips_of_one_length_are_passed_over() -> None:
    same = run(np.full(50, 10.0), np.full(50, 0.5))
    assert told(same) == []
    assert EN("lengths.heading") not in list(result(EN, same))


def test_without_a_formula_there_is_the_table_alone() -> None:
    random = np.random.default_rng(1)
    noise = run(random.uniform(3, 60, 600), random.uniform(0.5, 1.0, 600))
    lines = told(noise)
    assert noise.summary.metrics.service_time_fit.model is None
    assert lines[1] == "Response time by length of audio (s):"
    assert not [one for one in lines if "takes" in one]


def test_lengths_of_one_bucket_have_a_formula_without_a_table() -> None:
    audio_s = np.linspace(10.5, 20, 60)
    lines = told(run(audio_s, 0.21 + 0.043 * audio_s))
    assert lines[:2] == ["", f"  {LINE}"]


def test_no_mark_where_every_length_has_answers_enough() -> None:
    lines = told(run(np.tile([2.0, 8.0], 100), np.tile([0.5, 0.6], 100)))
    assert lines[2:5] == [
        "  length  answers  median    P95    P99    RTF",
        "   0–5 s      100   0.500  0.500  0.500  0.250",
        "  5–10 s      100   0.600  0.600  0.600  0.075",
    ]


@pytest.mark.parametrize(
    ("fixed_s", "each_s", "words"),
    [
        (0.21, 0.043, "0.21 s + 0.043 s"),
        (12.346, 1.5, "12.35 s + 1.50 s"),
        (0.0, 0.00043, "0.00 s + 0.00043 s"),
        (-0.1, 0.05, "-0.10 s + 0.050 s"),
        (0.0999, 0.00004, "0.100 s + 0.000040 s"),
    ],
)
def test_two_digits_at_least_say_something(fixed_s: float, each_s: float, words: str) -> None:
    audio_s = np.linspace(10, 60, 60)
    shown = "\n".join(told(run(audio_s, fixed_s + each_s * audio_s)))
    assert f"An answer takes {words} per second of audio" in shown


def test_it_stands_after_the_rates_and_before_the_accuracy() -> None:
    shown = list(result(EN, line()))
    place = shown.index("Response time by length of audio (s):")
    assert shown[place - 1] == ""
    assert any(one.startswith("Data:") for one in shown[:place])


def test_words_by_length_stand_with_the_accuracy_for_what_was_scored() -> None:
    rows = line().samples.rows.copy()
    scored = rows["audio_s"] <= 10
    for name, value in {"words": 20, "substitutions": 1, "deletions": 0, "insertions": 0, "characters": 80}.items():
        rows[name][scored] = value
    rows["character_edits"][scored] = 4
    shown = list(result(EN, run_of(Samples(rows))))
    place = shown.index("  By length of audio:")
    assert shown[place + 1 : place + 4] == [
        "  length  answers  words   WER   CER",
        "   0–5 s        5    100  5.0%  5.0%",
        "  5–10 s       10    200  5.0%  5.0%",
    ]


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_fits_its_terminal(language: Language, width: int) -> None:
    shown = list(fitted(lengths.lines)(Messages(language, width), line(users=3).summary))
    assert max(map(columns, shown)) <= width
