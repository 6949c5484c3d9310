"""What is learnt of runs, and which runs and metrics are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.gates.learn import GateError, learn
from stt_load.gates.levels import level
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.gate_verdicts import verdicts
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import run_of

TIMES = ("all.response_time_s.p95", "throughput_rps", "error_rate")


def rows(response_s: float, *, n: int = 100, failed: int = 0, wrong: int | None = None) -> Samples:
    """Measured ones of one user. wrong: of 10 words in each answer, a word in so many of them; None: not scored."""
    kinds: list[Any] = [*[ErrorKind.HTTP_5XX] * failed, *[None] * (n - failed)]
    samples = table(response_s * np.arange(n), response_s * np.linspace(0.9, 1.1, n), kind=kinds)
    if wrong is not None:
        filled: Any = samples.rows
        filled["words"], filled["characters"] = 10, 50
        for name in ("substitutions", "insertions", "character_edits"):
            filled[name] = 0
        filled["deletions"] = np.arange(n) >= n - wrong
    return samples


def run(
    place: int = 0,
    samples: Samples | None = None,
    *,
    name: str | None = None,
    config: Config | None = None,
    **info: Any,
) -> RunRecord:
    """A good one; the place makes it another than the others."""
    samples = rows(0.5 + place / 1000) if samples is None else samples
    metadata = {"seed": place, "users": 1, "load": ClosedLoop(users=1, request_delay_s=0.0)} | info
    return run_of(samples, config, path=Path(f"{name or place}.json"), **metadata)


def runs(count: int = 5, of: Callable[[int], RunRecord] = run) -> list[RunRecord]:
    return [of(place) for place in range(count)]


def test_the_limits_of_five_good_runs() -> None:
    gate = learn(runs(), metrics=TIMES)
    assert [one.metric for one in gate.limits] == list(TIMES)
    assert [one.method for one in gate.limits] == ["prediction", "prediction", "errors"]
    assert gate.runs == ("0.json", "1.json", "2.json", "3.json", "4.json")
    assert (gate.level, gate.false_alarms, gate.strict) == (level(5, 3, strict=False), 0.01, False)
    assert gate.conditions["concurrent_requests"] == "1"
    p95 = gate.limits[0]
    assert p95.limit == pytest.approx(0.5 * 1.09 * 1.03, rel=0.01)  # the floor: the runs are within 1%
    assert len(p95.values) == 5


def test_a_run_as_the_others_is_within_and_a_slow_one_is_over() -> None:
    gate = learn(runs(), metrics=TIMES)

    def over(one: RunRecord) -> list[str]:
        measured = one.samples.where(one.samples["phase"] == Phase.MEASURED)
        return [each.metric for each in verdicts(gate, measured, one.summary.metrics) if each.is_over]

    assert over(run(2)) == []
    assert over(run(0, rows(0.6))) == ["all.response_time_s.p95", "throughput_rps"]
    assert over(run(0, rows(0.5, failed=3))) == ["error_rate"]
    assert over(run(0, rows(0.5, failed=100))) == list(TIMES)  # beyond all answers, and no answer


def test_words_have_a_limit_where_they_are_scored() -> None:
    scored = runs(of=lambda place: run(place, rows(0.5, wrong=30 + place)))
    gate = learn(scored, metrics=("accuracy.wer",))
    (limit,) = gate.limits
    assert (limit.method, limit.errors, limit.total) == ("words", 160, 5_000)
    bad = run(9, rows(0.5, wrong=80))
    assert verdicts(gate, bad.samples, bad.summary.metrics)[0].is_over
    good = run(9, rows(0.5, wrong=33))
    assert not verdicts(gate, good.samples, good.summary.metrics)[0].is_over


def test_without_texts_the_default_gate_has_no_limit_of_words_and_is_none_the_stricter_for_it() -> None:
    gate = learn(runs())
    assert [one.metric for one in gate.left_out] == ["accuracy.wer"]
    assert gate.left_out[0].reason == "No run has a value."
    assert gate.level == level(5, 4, strict=False)


def test_a_limit_that_finds_little_is_left_out_and_still_counts() -> None:
    """Runs whose times differ by 20%, and none whose requests fail."""
    apart = runs(of=lambda place: run(place, rows(0.4 + place / 10)))
    gate = learn(apart, metrics=TIMES)
    assert [one.metric for one in gate.limits] == ["error_rate"]
    assert [one.metric for one in gate.left_out] == ["all.response_time_s.p95", "throughput_rps"]
    assert "It would find only what is worse by" in gate.left_out[0].reason
    assert gate.level == level(5, 3, strict=False)


def test_so_is_one_of_failures_that_finds_only_far_more_of_them() -> None:
    """Of runs that have between 5 and 60 failures of 100; and of four requests each, which all would have to fail."""
    apart = [run(place, rows(0.5, failed=failed)) for place, failed in enumerate((5, 20, 60, 10, 40))]
    with pytest.raises(
        GateError, match=r"error_rate: It would find (nothing|only \d+% and worse), and .* has 27.00%"
    ):
        learn(apart, metrics=("error_rate",))
    short = runs(of=lambda place: run(place, rows(0.5, n=4)))
    with pytest.raises(GateError, match=r"error_rate: It would find nothing, and the baseline has 0.00%"):
        learn(short, metrics=("error_rate",))
    wrong = runs(of=lambda place: run(place, rows(0.5, wrong=20 + 3 * place)))
    assert learn(wrong, metrics=("accuracy.wer",)).limits[0].finds is not None


def test_what_counts_is_how_far_above_the_baseline_failures_are_found() -> None:
    many = runs(of=lambda place: run(place, rows(0.5, n=1_000, failed=400 + place)))
    (limit,) = learn(many, metrics=("error_rate",)).limits
    assert limit.finds_at is not None
    assert 0.42 < limit.finds_at < 0.6


def test_no_limit_at_all_is_no_gate() -> None:
    apart = runs(of=lambda place: run(place, rows(0.4 + place / 10)))
    with pytest.raises(GateError, match=r"(?s)no metric has a limit.*p95\(response_time_s\): It would find only"):
        learn(apart, metrics=TIMES[:1])


def test_what_a_run_has_no_value_of_is_left_out_by_name() -> None:
    some = [*runs(4), run(4, rows(0.5, failed=10), name="failing")]  # its P95 lies beyond all answers
    gate = learn(some, metrics=TIMES[:2])
    (left,) = gate.left_out
    assert (left.metric, left.reason) == (TIMES[0], "There is no value, or one beyond all answers, in failing.json.")


def test_what_is_0_has_no_limit_in_per_cent() -> None:
    gate = learn(runs(), metrics=("throughput_rps", "schedule_lag_s.median"))
    (left,) = gate.left_out
    assert left.metric == "schedule_lag_s.median"


def test_a_metric_asked_for_twice_has_one_limit() -> None:
    assert len(learn(runs(), metrics=("throughput_rps", "throughput_rps")).limits) == 1


@pytest.mark.parametrize(("count", "strict", "kind"), [(4, False, "a gate"), (9, True, "a strict gate")])
def test_too_few_runs(count: int, strict: bool, kind: str) -> None:
    with pytest.raises(GateError, match=rf"runs: {count}; {kind} is learnt from {count + 1} at least"):
        learn(runs(count), metrics=TIMES, strict=strict)


def test_a_strict_gate_of_ten_runs() -> None:
    gate = learn(runs(10), metrics=TIMES, strict=True)
    assert (gate.strict, gate.false_alarms, gate.level) == (True, 0.001, level(10, 3, strict=True))


def test_all_that_is_wrong_with_runs_is_said_at_once() -> None:
    broken = Generator(rows_lost=3)
    wrong = [
        *runs(3),
        replace(run(2), path=Path("copy.json")),
        run(4, name="lost", generator=broken),
        run(5, name="cut", complete=False, end_reason="interrupted"),
        run(6, name="big", load=ClosedLoop(users=8, request_delay_s=0.0)),
    ]
    with pytest.raises(GateError) as raised:
        learn(wrong, metrics=TIMES)
    lines = str(raised.value).splitlines()
    assert "copy.json: the same run as 2.json; each may be there once" in lines
    assert "lost.json: INVALID; its figures can't be believed" in lines
    assert "cut.json: it did not run to its end (interrupted); a gate is learnt from whole runs" in lines
    differ = next(line for line in lines if line.startswith("concurrent_requests"))
    assert differ.endswith("8 in big.json")
    assert "the runs differ: 1 in 0.json, 1.json, 2.json, copy.json, lost.json, cut.json; " in differ


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nonsense", "'nonsense' is no path of a metric that can be better or worse"),
        ("window_s", "'window_s' is no path"),
        ("dropped", "'dropped' has no limit in a gate; choose times, rates, error_rate"),
        ("accuracy.swapped", "'accuracy.swapped' has no limit in a gate"),
        ("stability.load", "'stability.load' has no limit in a gate"),
    ],
)
def test_metrics_that_have_no_limit(path: str, said: str) -> None:
    with pytest.raises(GateError, match=said):
        learn(runs(), metrics=(path, "throughput_rps"))


def test_no_metric_is_no_gate() -> None:
    with pytest.raises(GateError, match="metrics: there are none"):
        learn(runs(), metrics=())
