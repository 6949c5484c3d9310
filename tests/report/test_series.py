"""What is said of several runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.report import series
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.stats.metrics import METRICS
from stt_load.storage.series import OneLevel, OneRun, SeriesRecord
from tests.locust_plugin.test_levels_notice import KNOWN
from tests.report.runs import run_of, steady

SAY = Messages("en")


def a_run(number: int, verdict: str = "VALID", **figures: float) -> OneRun:
    return OneRun(number, f"x_{number}.json", number, "2024", True, "finished", verdict, 0, figures)  # type: ignore[arg-type]


def said(*runs: OneRun, planned: int | None = None, say: Messages = SAY) -> list[str]:
    return list(series.summary(say, SeriesRecord(planned or len(runs), "it", runs, 0), Path("x.summary.json")))


def test_the_table_has_a_row_for_each_figure_that_there_is_in_its_unit() -> None:
    lines = said(a_run(1, throughput_rps=10.0, error_rate=0.02), a_run(2, throughput_rps=14.0, error_rate=0.0))
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ") and ".." in line}
    assert rows["throughput_rps"] == ["12.000", "2.828", "10.000", "14.000", "-13.412..37.412"]
    assert rows["error_rate"][:4] == ["1.0%", "1.4%", "0.0%", "2.0%"]
    assert len(rows) == 2
    assert lines[-1] == "💾 Summary saved to x.summary.json"


def test_of_one_run_there_is_no_spread_to_show() -> None:
    (row,) = (line for line in said(a_run(1, throughput_rps=10.0), planned=2) if "throughput_rps" in line)
    assert row.split() == ["throughput_rps", "10.000", "-", "10.000", "10.000", "-"]


def test_runs_that_are_missing_or_not_to_be_believed_are_named() -> None:
    text = " ".join(said(a_run(1), a_run(2, "DEGRADED"), planned=3))
    assert "Not complete: 2 of 3 runs" in text
    assert "Not VALID: run 2." in text
    text = " ".join(said(a_run(1), a_run(2)))
    assert "Not complete" not in text
    assert "Not VALID" not in text


def test_every_headline_is_a_figure_of_the_table() -> None:
    paths = {metric.path for metric in METRICS}
    assert set(series.HEADLINES) <= paths
    assert set(series.RATIOS) <= set(series.HEADLINES)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 80, 116])
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    say = Messages(language, width)
    figures = dict.fromkeys(series.HEADLINES, 12345.678)
    lines = [
        *said(a_run(1, **figures), a_run(2, "INVALID", **figures), planned=4, say=say),
        *said(a_sweep(1, 12345.678, 1, 1e6), a_sweep(2, 1.5, 1, 1e6), say=say),
        *said(replace(a_run(1), capacity=KNOWN), say=say),
        *series.heading(say, 3, 12, 2**53),
        *series.levels_heading(say, 3, 12),
        *series.brief(say, run_of(steady())),
    ]
    assert max(map(columns, lines)) <= width


def test_a_run_in_short_has_its_verdict_its_headline_and_why_it_ended() -> None:
    lines = list(series.brief(SAY, run_of(steady(20), complete=False, end_reason="time_limit")))
    assert "VALID" in lines[0]
    assert "20 measured" in lines[1]
    assert any("Not complete" in line for line in lines)


def test_each_limit_says_in_how_many_runs_it_was_met() -> None:
    limit = "p95(response_time_s) < 2"
    runs = [
        replace(a_run(number), slo={limit: verdict}) for number, verdict in enumerate(("met", "missed", "met"), 1)
    ]
    assert f"{limit}: met in 2 runs, missed in 1, uncertain in 0" in said(*runs)


def a_sweep(number: int, times: float, *values: float) -> OneRun:
    levels = tuple(
        OneLevel("users", value, "VALID", {"response_time_s.p95": times * value, "error_rate": 0.0})
        for value in values
    )
    return replace(a_run(number), levels=levels)


def test_of_sweeps_there_is_a_table_for_each_figure_with_a_row_for_each_level() -> None:
    lines = said(a_sweep(1, 1.0, 1, 16), a_sweep(2, 1.5, 1, 16))
    place = lines.index("response_time_s.p95 of each level:")
    assert lines[place + 1].split()[:2] == ["users", "mean"]
    assert [line.split()[:2] for line in lines[place + 2 : place + 4]] == [["1", "1.250"], ["16", "20.000"]]
    assert not any("error_rate" in line for line in lines), "there were none"
    assert any("Student" in line or "intervals" in line for line in lines)


def test_of_searches_each_answer_is_said_and_how_far_they_lie_apart() -> None:
    answers = (KNOWN, replace(KNOWN, carries=6.0, fails_at=None))
    lines = said(*(replace(a_run(number), capacity=one) for number, one in enumerate(answers, 1)))
    assert [line for line in lines if line.startswith("Run ")] == [
        "Run 1: carried: 4 in flight; not carried: 8 in flight",
        "Run 2: carried: 6 in flight; not carried: n/a",
    ]
    (row,) = (line.split() for line in lines if line.strip().startswith("carries"))
    assert row[:5] == ["carries", "5.000", "1.414", "4.000", "6.000"]
