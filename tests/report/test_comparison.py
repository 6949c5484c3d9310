"""The comparison of runs as the console has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.comparison.model import Difference, Unlike
from stt_load.report.comparison import report
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from tests.report.comparisons import GOLDEN, ONE, P95, SHOWN, SIX, THREE, WER, golden

SAY = Messages("en")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", SHOWN)
def test_golden_files(name: str, language: Language) -> None:
    """Made anew by python -m tests.report.comparisons."""
    for file, text in golden(name, language).items():
        assert text == (GOLDEN / file).read_text(encoding="utf-8"), file


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("name", SHOWN)
def test_no_line_is_longer_than_the_terminal(name: str, width: int, language: Language) -> None:
    lines = list(report(Messages(language, width), SHOWN[name]))
    assert [line for line in lines if columns(line) > width] == []


def test_what_is_worse_comes_first_and_every_run_has_its_value() -> None:
    lines = list(report(SAY, SIX))
    claims = [line for line in lines if line.startswith("  - ")]
    assert claims[0].startswith("  - WORSE: p95(response_time_s) +12.0%")
    assert claims[1].startswith("  - can't tell: wer: 2 of 12 runs")
    assert "      candidate: 0.555 s, 0.560 s, 0.570 s, 0.550 s, 0.565 s, 0.560 s" in lines


def test_three_runs_a_side_say_what_they_cant_say() -> None:
    text = " ".join(" ".join(report(SAY, THREE)).split())
    assert "all of the candidate's runs are worse than all of the baseline's (1 in 20 by chance)" in text
    assert (
        "can't decide: the least p is 1 in 20, and it takes less than 0.01. 5 runs a side would (2 metrics)" in text
    )
    assert "WORSE: " not in text


def test_one_run_a_side_says_nothing_of_the_next() -> None:
    text = " ".join(" ".join(report(SAY, ONE)).split())
    assert "differs within these runs: p95(response_time_s) +12.0%" in text
    assert "Another run of the same may differ by as much" in text
    assert " p " not in text


def test_a_comparison_by_force_says_in_what_the_runs_differ() -> None:
    hostile = replace(ONE, unlike=(Unlike("model", ("\x1b[31mred",), tuple(map(str, range(9)))),))
    lines = list(report(SAY, hostile))
    assert "  - model: [31mred (baseline), 0, 1, 2, 3, 4, ... (candidate)" in lines


def test_a_metric_that_no_run_has_comes_last_and_has_no_values() -> None:
    nothing = replace(WER, baseline=(None,) * 6, candidate=(None,) * 6, baseline_mean=None)
    lines = list(report(SAY, replace(SIX, differences=(nothing, P95), verdict="worse")))
    assert any(line.split() == ["wer", "-", "-", "-", "-", "-"] for line in lines)
    place = lines.index("  - can't tell: wer: no run has such a figure")
    assert place == max(number for number, line in enumerate(lines) if line.startswith("  - "))
    assert lines[place + 1] == ""


def test_where_no_run_has_any_metric_nothing_is_said_of_how_many_runs_would_decide() -> None:
    nothing = replace(WER, baseline=(None,) * 6, candidate=(None,) * 6, baseline_mean=None)
    text = "\n".join(report(SAY, replace(SIX, differences=(nothing,), verdict="cant_tell")))
    assert "can't be told" in text
    assert "runs a side" not in text
    assert "Holm" not in text


@pytest.mark.parametrize("change", [1e6, -0.00001, 0.0])
def test_changes_of_any_size(change: float) -> None:
    one: Difference = replace(P95, change=change)
    lines = list(report(SAY, replace(SIX, differences=(one,))))
    assert any(line.startswith("  - WORSE: p95(response_time_s) ") for line in lines)
