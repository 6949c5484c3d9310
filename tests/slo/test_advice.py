"""How many requests a limit needs."""

from __future__ import annotations

import pytest

from stt_load.slo.advice import rows_needed, sentences, shortages
from stt_load.slo.parse import parse
from stt_load.stats import quantiles


@pytest.mark.parametrize(
    ("p", "users", "needed"), [(0.95, 1, 200), (0.99, 1, 1_000), (0.999, 1, 10_000), (0.5, 1, 30), (0.95, 20, 600)]
)
def test_how_many_an_interval_takes(p: float, users: int, needed: int) -> None:
    assert rows_needed(p, users) == needed


def test_it_is_said_where_too_few_are_planned() -> None:
    slos = [
        "p95(response_time_s) < 2",
        "p95(ttft_s) < 1",
        "p999(ttft_s) < 1",
        "error_rate < 1%",
        {"each": "wer < 1%"},
    ]
    assert list(sentences(slos, planned=90)) == [
        "P95 needs 200 measured rows, 500 advised; 90 are planned",
        "P99.9 needs 10,000 measured rows, 25,000 advised; 90 are planned",
    ]
    assert not list(sentences(slos[:2], planned=200))
    assert len(list(sentences(slos[:2], planned=599, concurrency=20))) == 1


def test_what_is_lost_nobody_knows_where_there_is_no_number() -> None:
    slos = [{"limit": "error_rate < 1%", "abort": True}, {"limit": "shed_rate == 0", "abort": True}, "wer < 1%"]
    (said,) = sentences(slos, planned=None)
    assert said.startswith("error_rate < 1% can end the run only where")


def test_what_cant_be_counted_ends_no_run_and_that_is_said() -> None:
    slos = [{"limit": limit, "abort": True} for limit in ("steady_rps > 1", "wer < 1%", "mean(rtf) < 1")]
    told = list(sentences(slos, planned=500))
    assert [said.partition(" is known ")[0] for said in told] == ["steady_rps > 1", "wer < 1%", "mean(rtf) < 1"]
    assert told[0] == "steady_rps > 1 is known when the run is over, so it can't end it (abort)"


def test_they_are_the_numbers_that_intervals_go_by() -> None:
    from stt_load.slo import advice

    assert (advice.FEWEST_BEYOND, advice.FEWEST_WAVES) == (quantiles.FEWEST_BEYOND, quantiles.FEWEST_WAVES)
    assert shortages([parse("p95(ttft_s) < 1")], planned=199)
