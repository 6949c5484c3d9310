"""Response times in the course of a run, as a plot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.html.latency_time import latency_time
from stt_load.html.plot import Plot
from stt_load.report.messages import Language, Messages
from stt_load.samples.run_info import Stage
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import AT_A_RATE, joined, table
from tests.report.runs import run_of, steady

EN = Messages("en")


def plot_of(run: RunRecord, say: Messages = EN) -> Plot:
    section = latency_time(say, run)
    assert section is not None
    (plot,) = (block for block in section.blocks if isinstance(block, Plot))
    return plot


def mixed() -> Samples:
    """Ten of the warm-up, five that fail, two that are cut off, and the rest well."""
    kinds: list[ErrorKind | None] = [None] * 90
    kinds[10:15] = [ErrorKind.HTTP_5XX] * 5
    kinds[-2:] = [ErrorKind.CANCELLED] * 2
    return joined(
        table(np.arange(-5.0, 0, 0.5), 0.4, phase=Phase.WARMUP, first_seq=90), table(np.arange(90.0), 0.5, kind=kinds)
    )


def test_without_requests_there_is_nothing_to_say() -> None:
    assert latency_time(EN, run_of(table([], []))) is None


def test_the_moving_p95_is_of_what_succeeded() -> None:
    kinds = [ErrorKind.TIMEOUT_READ if number % 5 == 0 else None for number in range(200)]
    times = [60.0 if number % 5 == 0 else 0.5 for number in range(200)]
    (moving,) = (
        one for one in plot_of(run_of(table(np.arange(200.0), times, kind=kinds))).series if one.form == "line"
    )
    assert set(moving.y[np.isfinite(moving.y)].tolist()) == {0.5}


def test_each_request_is_a_point_among_its_own_kind() -> None:
    found = {one.name: one for one in plot_of(run_of(mixed())).series}
    assert {name: (len(one.x), one.role) for name, one in found.items() if one.form == "points"} == {
        "Succeeded, in no figure": (10, "quiet"),
        "Succeeded": (83, "main"),
        "Cut off": (2, "third"),
        "Failed, after so long": (5, "bad"),
    }
    assert found["Failed, after so long"].x.tolist() == [10, 11, 12, 13, 14]
    assert found["Succeeded, in no figure"].x.max() < 0
    assert np.all(found["Succeeded"].y == 0.5)


def test_a_point_stands_where_its_request_was_due_whatever_it_waited() -> None:
    late = table(np.arange(30.0), 2.0, sent_after_s=1.5)
    series = plot_of(run_of(late, load=AT_A_RATE)).series[0]
    assert series.x.tolist() == list(range(30))
    assert set(series.y.tolist()) == {2.0}


def test_a_line_of_the_moving_p95_and_what_it_is_over() -> None:
    times_s = np.where(np.arange(1_000) < 500, 0.5, 0.9)
    section = latency_time(EN, run_of(table(np.arange(1_000.0), times_s)))
    assert section is not None
    plot, text = section.blocks
    assert isinstance(plot, Plot)
    line = plot.series[-1]
    assert (line.name, line.form, line.role) == ("Moving P95", "line", "second")
    assert line.y[line.x < 400] == pytest.approx(0.5)
    assert line.y[line.x > 500] == pytest.approx(0.9)
    assert "1 min 40 s" in str(text)


def test_too_few_for_a_p95_have_no_line() -> None:
    section = latency_time(EN, run_of(table(np.arange(19.0), 0.5)))
    assert section is not None
    _, text = section.blocks
    assert str(text).count("There is no moving P95: it takes 20 answers that succeeded") == 1
    assert [one.form for one in plot_of(run_of(table(np.arange(19.0), 0.5))).series] == ["points"]


def test_why_an_open_loop_begins_with_nothing_is_said() -> None:
    rows = table(1.3 + np.arange(100.0), 0.5)
    section = latency_time(EN, run_of(rows, load=AT_A_RATE))
    assert section is not None
    assert "the first request was due after 1.30 s." in str(section.blocks[-1])
    of_users = latency_time(EN, run_of(rows))
    assert of_users is not None
    assert not [block for block in of_users.blocks if "was due" in getattr(block, "text", "")]


def test_no_part_of_the_line_is_of_two_stages() -> None:
    """The second stage is four times as slow: the line breaks between them, and is on no side what the other is."""
    rows = table(np.arange(400) / 4, np.where(np.arange(400) < 200, 0.5, 2.0)).rows.copy()
    rows["stage"] = np.arange(400) // 200
    load = replace(
        AT_A_RATE, staged=True, stages=(Stage(first=4, last=4, for_s=50), Stage(first=4, last=4, for_s=50))
    )
    plot = plot_of(run_of(Samples(rows), load=load))
    line = next(one for one in plot.series if one.form == "line")
    known = np.isfinite(line.y)
    assert set(line.y[known & (line.x < 50)].tolist()) == {0.5}
    assert set(line.y[known & (line.x >= 50)].tolist()) == {2.0}
    assert np.flatnonzero(~known).tolist() == [100]
    assert line.x[99] < 50 <= line.x[100]
    assert [one.name for one in plot.lines] == ["Stage 1: 4/s", "Stage 2: 4/s"]


def test_limits_of_response_times_lie_across() -> None:
    run = run_of(steady(), Config(slo=["p95(response_time_s) < 800 ms", "error_rate < 1%"]))
    assert [(line.name, line.at) for line in plot_of(run).lines] == [("p95(response_time_s) < 800 ms", 0.8)]


def test_a_timeout_far_from_all_others_does_not_squash_them() -> None:
    slow = joined(steady(), table([10.0], 300.0, kind=ErrorKind.TIMEOUT_TOTAL, first_seq=500))
    assert plot_of(run_of(slow)).y.scale == "log"
    assert plot_of(run_of(steady())).y.scale == "linear"


def test_the_table_has_every_request_once_by_when_it_was_due() -> None:
    table_ = plot_of(run_of(mixed())).table
    assert table_.heads == ("Due", "requests", "failed", "Median (s)", "P95 (s)", "Max (s)")
    assert sum(int(row[1]) for row in table_.rows) == 100
    assert sum(int(row[2]) for row in table_.rows) == 5
    assert table_.rows[0] == ("-5 to 0 s", "10", "0", "0.400", "0.400", "0.400")
    only_failed = next(row for row in table_.rows if row[0] == "10 to 15 s")
    assert only_failed == ("10 to 15 s", "5", "5", "n/a", "n/a", "n/a")


def test_one_request_alone_is_shown() -> None:
    plot = plot_of(run_of(table([0.0], 0.5)))
    assert [(len(one.x), one.name) for one in plot.series] == [(1, "Succeeded")]
    assert sum(int(row[1]) for row in plot.table.rows) == 1
    at_once = plot_of(run_of(table([0.0], 0.0)))
    assert at_once.table.rows == ()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_words(language: Language) -> None:
    about = plot_of(run_of(mixed()), Messages(language)).about
    assert "100" in about
    assert "0.500" in about
