"""Runs held against runs, as a whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.comparison.compare import compare
from stt_load.comparison.model import DEFAULT_METRICS, Comparison
from stt_load.config.model import Config
from stt_load.samples.sample import ErrorKind
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.report.test_level_cases import DOUBTED

P95 = "all.response_time_s.p95"


def run(number: int, factor: float = 1.0, *, failed: int = 0, n: int = 200, **config: Any) -> RunRecord:
    """Run `number` of a service: 5 users, each of whom is answered after about half a second; runs differ by 1%."""
    random = np.random.default_rng(number)
    response_s = random.uniform(0.4, 0.6, n) * factor * random.lognormal(0, 0.01)
    waves = np.cumsum(np.concatenate(([0.0], response_s.reshape(-1, 5).max(axis=1)[:-1])))
    kinds: list[ErrorKind | None] = [ErrorKind.HTTP_5XX if i < failed else None for i in range(n)]
    rows = table(np.repeat(waves, 5), response_s, users=5, kind=kinds)
    return run_of(rows, Config.model_validate(config), path=Path(f"run_{number}.json"))


def runs(numbers: Sequence[int], factor: float = 1.0, **more: Any) -> list[RunRecord]:
    return [run(number, factor, **more) for number in numbers]


def claims_of(found: Comparison) -> dict[str, str]:
    return {one.metric: one.claim for one in found.differences}


def test_six_slower_runs_against_six_are_worse() -> None:
    found = compare(runs(range(6)), runs(range(10, 16), 1.3))
    assert found.verdict == "worse"
    assert claims_of(found) == {
        P95: "worse",
        "all.response_time_s.p99": "worse",
        "throughput_rps": "worse",
        "accuracy.wer": "cant_tell",
        "error_rate": "no_difference",
    }
    assert tuple(claims_of(found)) == DEFAULT_METRICS
    one = found.differences[0]
    assert one.change == pytest.approx(0.3, abs=0.03)
    assert one.interval is not None
    assert one.interval.low is not None
    assert one.interval.high is not None
    assert one.interval.low < one.change < one.interval.high
    assert one.p == pytest.approx(1 / 924)
    # Four metrics have data: the error rate is 0 in all runs, and WER is of no run.
    assert one.p_adjusted == pytest.approx(4 / 924)
    assert one.finds is not None
    assert 0.03 <= one.finds < 0.1
    assert (found.runs_needed, found.smallest_p) == (6, pytest.approx(1 / 924))
    assert found.baseline == tuple(f"run_{i}.json" for i in range(6))
    assert found.unlike == ()


def test_six_alike_are_no_worse_though_no_run_has_words() -> None:
    assert compare(runs(range(6)), runs(range(10, 16))).verdict == "no_worse"


def test_six_faster_ones_are_better_and_no_worse() -> None:
    found = compare(runs(range(6)), runs(range(10, 16), 0.7))
    assert (found.verdict, claims_of(found)[P95]) == ("no_worse", "better")


def test_three_a_side_can_t_tell_and_say_how_many_could() -> None:
    found = compare(runs(range(3)), runs(range(10, 13), 1.5))
    assert (found.verdict, found.smallest_p, found.runs_needed) == ("cant_tell", 1 / 20, 6)
    assert {one.finds for one in found.differences} == {None}


def test_five_a_side_are_enough_for_two_metrics() -> None:
    five, others = runs(range(5)), runs(range(10, 15), 1.5)
    assert compare(five, others, (P95, "throughput_rps")).verdict == "worse"
    assert compare(five, others, (P95, "throughput_rps", "error_rate")).verdict == "cant_tell"


def test_one_run_a_side_says_at_most_that_these_differ() -> None:
    found = compare(runs([1]), runs([2], 1.5))
    assert found.verdict == "cant_tell"
    one = found.differences[0]
    assert (one.claim, one.p, one.p_adjusted, one.finds) == ("differs", None, None, None)
    assert one.interval is not None
    assert found.smallest_p is None
    assert claims_of(compare(runs([1]), runs([2])))[P95] == "cant_tell"


def test_one_that_is_slower_by_less_than_the_least_change_doesn_t_differ() -> None:
    assert claims_of(compare(runs([1]), runs([1], 1.5), (P95,), 0.6)) == {P95: "cant_tell"}


def test_where_nothing_can_be_measured_it_can_t_be_told() -> None:
    found = compare(runs(range(6)), runs(range(10, 16)), ("accuracy.wer",))
    assert (found.verdict, claims_of(found)) == ("cant_tell", {"accuracy.wer": "cant_tell"})


def test_a_candidate_that_fails_altogether_is_worse_in_what_can_be_told() -> None:
    found = compare(runs(range(6)), runs(range(10, 16), failed=150))
    assert found.verdict == "worse"
    one = found.differences[0]
    assert (one.claim, one.candidate, one.candidate_mean, one.change) == ("worse", (None,) * 6, None, None)
    assert claims_of(found)["error_rate"] == "worse"


def test_a_metric_that_only_the_candidate_lacks_can_t_be_told() -> None:
    found = compare(runs(range(6)), runs(range(10, 16), failed=200), ("response_time_s.p95",))
    assert (found.verdict, claims_of(found)) == ("cant_tell", {"response_time_s.p95": "cant_tell"})


def test_a_greater_least_change_lets_more_pass() -> None:
    six, slower = runs(range(6)), runs(range(10, 16), 1.1)
    assert compare(six, slower, (P95,), 0.03).verdict == "worse"
    assert compare(six, slower, (P95,), 0.2).verdict == "no_worse"


def test_runs_in_doubt_are_named() -> None:
    good = run_of(steady(), path=Path("good.json"))
    doubtful = run_of(steady(), path=Path("odd.json"), generator=DOUBTED)
    assert compare([doubtful], [good]).degraded == ("odd.json",)
    assert compare([good], [good]).degraded == ()


def test_what_makes_them_incomparable_is_said_and_they_are_compared_all_the_same() -> None:
    found = compare(runs(range(6)), runs(range(10, 16), 1.3, api={"model": "large"}))
    assert [one.name for one in found.unlike] == ["api.model"]
    assert found.verdict == "worse"


def test_it_is_the_same_each_time_and_json_has_all_of_it() -> None:
    first, again = (compare(runs(range(6)), runs(range(10, 16), failed=150)) for _ in range(2))
    assert first == again
    assert json.loads(json.dumps(asdict(first), allow_nan=False))["verdict"] == "worse"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (([], runs([1])), "baseline: there are no runs"),
        ((runs([1]), []), "candidate: there are no runs"),
        ((runs([1]), runs([2]), ()), "metrics: there are none"),
        ((runs([1]), runs([2]), ("nonsense",)), "'nonsense' can't be compared"),
        ((runs([1]), runs([2]), (P95,), 1.0), "least_change: 1.0 is no share"),
        ((runs([1]), runs([2]), (P95,), -0.1), "least_change: -0.1 is no share"),
        ((runs([1]), runs([2]), (P95,), float("nan")), "least_change: nan is no share"),
        ((runs([1]), runs([2]), (P95,), 0.1, 1.0), "alpha: 1.0 is no probability"),
    ],
)
def test_what_can_t_be_compared_is_refused(arguments: tuple[Any, ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        compare(*arguments)
