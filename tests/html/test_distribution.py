"""The distribution of response times, as a plot."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.html.distribution import distribution
from stt_load.html.plot import Plot
from stt_load.report.messages import Language, Messages
from stt_load.samples.sample import ErrorKind
from stt_load.storage.run_record import RunRecord
from tests.factory import joined, table
from tests.report.runs import run_of, steady

EN = Messages("en")


def plot_of(run: RunRecord, say: Messages = EN) -> Plot:
    section = distribution(say, run)
    assert section is not None
    plot = section.blocks[0]
    assert isinstance(plot, Plot)
    return plot


def hundred(*kinds: ErrorKind | None) -> RunRecord:
    """0.01 to 1 s, the slowest ones last; `kinds` is what became of these."""
    became: list[ErrorKind | None] = [*[None] * (100 - len(kinds)), *kinds]
    return run_of(table(np.arange(100.0), np.arange(1, 101) / 100, kind=became))


def test_without_an_answer_there_is_nothing_to_say() -> None:
    assert distribution(EN, run_of(table([], []))) is None
    assert distribution(EN, run_of(table([0.0, 1.0], 0.5, kind=ErrorKind.CONNECT))) is None


def test_where_all_succeeded_there_is_one_curve() -> None:
    section = distribution(EN, hundred())
    assert section is not None
    assert len(section.blocks) == 1
    plot = plot_of(hundred())
    assert [(one.name, one.form) for one in plot.series] == [
        ("Succeeded (n = 100)", "steps"),
        ("P50, P95, P99", "points"),
    ]
    assert plot.series[1].y == pytest.approx([0.5, 0.95, 0.99])
    assert plot.table.heads == ("Quantile", "Succeeded (s)", "95% CI (s)")


def test_failures_have_a_curve_of_every_request_that_ends_before_them() -> None:
    plot = plot_of(hundred(*[ErrorKind.SHED] * 10))
    every, ok, _ = plot.series
    assert (every.name, every.role, ok.name, ok.role) == (
        "Every request (n = 100)",
        "second",
        "Succeeded (n = 90)",
        "main",
    )
    assert (every.x[-1], every.y[-1]) == pytest.approx((0.9, 0.9))
    assert ok.x[-1] > 0.99


def test_the_table_says_what_falls_on_a_failure() -> None:
    found = {row[0]: row for row in plot_of(hundred(*[ErrorKind.SHED] * 10)).table.rows}
    assert found["Min"] == ("Min", "0.010", "", "0.010")
    assert found["P50"][1::2] == ("0.450", "0.500")
    assert found["P90"][1::2] == ("0.810", "0.900")
    assert found["P95"][1::2] == ("0.860", "> timeout")
    assert found["Max"][1::2] == ("0.900", "> timeout")


def test_what_was_cut_off_counts_at_its_age_or_more() -> None:
    found = {row[0]: row for row in plot_of(hundred(*[ErrorKind.CANCELLED] * 10)).table.rows}
    assert found["P90"][1::2] == ("0.810", "0.900")
    assert found["P95"][1::2] == ("0.860", ">= 0.950")
    assert found["Max"][1::2] == ("0.900", ">= 1.000")


def test_only_the_quantile_that_falls_on_what_was_cut_off_may_be_more() -> None:
    found = {row[0]: row for row in plot_of(hundred(ErrorKind.CANCELLED, *[None] * 5)).table.rows}
    assert [found[name][3] for name in ("P90", "P95", "P99", "Max")] == ["0.900", ">= 0.950", "0.990", "1.000"]


def test_of_two_alike_the_one_that_was_cut_off_is_the_slower() -> None:
    samples = table(np.arange(40.0), 1.0, kind=[ErrorKind.CANCELLED, *[None] * 39])
    found = {row[0]: row for row in plot_of(run_of(samples)).table.rows}
    assert (found["Min"][3], found["P95"][3], found["Max"][3]) == ("1.000", "1.000", ">= 1.000")


def test_of_every_request_the_figures_are_those_of_the_summary() -> None:
    """Whatever became of them, ties among them."""
    draw = np.random.default_rng(9)
    kinds = (None, ErrorKind.HTTP_5XX, ErrorKind.CANCELLED, ErrorKind.DROPPED)
    compared = 0
    for n in draw.integers(2, 300, 60).tolist():
        of_each = [kinds[one] for one in draw.choice(4, n, p=draw.dirichlet([8, 1, 1, 1]))]
        run = run_of(table(np.arange(float(n)), draw.exponential(1.0, n).round(1), kind=of_each))
        every, section = run.summary.metrics.all.response_time_s, distribution(EN, run)
        if section is None or all(one is None for one in of_each):
            continue
        found = {row[0]: row[-1] for row in plot_of(run).table.rows}
        for shown, name in (("P50", "median"), ("P90", "p90"), ("P95", "p95"), ("P99", "p99")):
            value = getattr(every, name)
            text = "> timeout" if value is None else f"{value:.3f}"
            assert found[shown] == (f">= {text}" if name in every.at_least else text)
            compared += 1
    assert compared > 100


def test_the_figures_are_those_of_the_summary() -> None:
    run = run_of(table(np.arange(2_000.0), np.random.default_rng(3).lognormal(-0.7, 0.4, 2_000)))
    times = run.summary.metrics.response_time_s
    plot = plot_of(run)
    found = {row[0]: row for row in plot.table.rows}
    assert found["P99.9"][1] == EN.number(times.p999, 3)
    assert found["P95"][2] == f"{times.intervals['p95'].low:.3f}–{times.intervals['p95'].high:.3f}"
    assert [line.name for line in plot.lines] == [
        f"P50: {times.median:.3f} s",
        f"P95: {times.p95:.3f} s",
        f"P99: {times.p99:.3f} s",
    ]


def test_the_warm_up_is_in_no_curve() -> None:
    """It took twice as long."""
    curve = plot_of(run_of(steady())).series[0]
    assert set(curve.y.tolist()) == {0.5}


def test_limits_lie_across() -> None:
    run = run_of(steady(), Config(slo=["p99(response_time_s) < 2 s"]))
    across = [line for line in plot_of(run).lines if not line.stands]
    assert [(line.name, line.at, line.role) for line in across] == [("p99(response_time_s) < 2 s", 2.0, "limit")]


def test_a_long_tail_is_logarithmic() -> None:
    long = joined(steady(), table([100.0], 60.0, first_seq=900))
    assert plot_of(run_of(long)).y.scale == "log"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_words(language: Language) -> None:
    section = distribution(Messages(language), hundred(*[ErrorKind.SHED] * 10))
    assert section is not None
    assert len(section.blocks) == 2
    assert "0.450" in plot_of(hundred(*[ErrorKind.SHED] * 10), Messages(language)).about
