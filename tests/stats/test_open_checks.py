"""The checks of an open loop: what they judge, and what they leave to others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.model import Check
from stt_load.stats.open_checks import at_least_p99
from stt_load.stats.validity import DEFAULT_LIMITS, judge
from tests.factory import table
from tests.load.timetables import open_loop

NAMES = ("achieved_rate", "schedule_lag", "dropped")


def checks(samples: Samples, generator: Generator) -> dict[str, Check]:
    load = open_loop((1.0, 1.0, None), planned=len(samples))
    found = judge(
        samples, samples.phase(Phase.MEASURED), users=1, load=load, generator=generator, limits=DEFAULT_LIMITS
    )
    return {check.name: check for check in found.checks}


def arrivals(dropped: range, late: range = range(0)) -> Samples:
    """One a second, 100 in all; those of `dropped` are never sent, those of `late` half a second after they were
    due."""
    after_s = np.zeros(100)
    after_s[list(dropped)], after_s[list(late)] = np.nan, 0.5
    kinds: list[ErrorKind | None] = [ErrorKind.DROPPED if n in dropped else None for n in range(100)]
    return table(np.arange(100.0), 1.0, kind=kinds, sent_after_s=after_s)


def test_what_was_due_while_a_worker_was_missing_is_judged_as_a_change_of_the_load_alone() -> None:
    samples = arrivals(range(40, 60), range(60, 66))
    alone = checks(samples, Generator())
    assert [alone[name].verdict for name in NAMES] == ["INVALID", "INVALID", "INVALID"]
    missed = checks(samples, Generator(load_changes=((39.5, 65.5),)))
    assert [missed[name].verdict for name in NAMES] == ["VALID", "VALID", "VALID"]
    assert missed["load_changed"].verdict == "DEGRADED"


@pytest.mark.parametrize("change", [(0.0, 30.0), (61.0, 99.0)])
def test_what_was_dropped_at_another_time_is_still_for_want_of_slots(change: tuple[float, float]) -> None:
    found = checks(arrivals(range(40, 45)), Generator(load_changes=(change,)))
    assert [found[name].verdict for name in ("achieved_rate", "dropped")] == ["INVALID", "INVALID"]


def test_a_run_in_which_the_load_was_never_as_asked_has_nothing_to_be_held_against() -> None:
    found = checks(arrivals(range(10)), Generator(load_changes=((-1.0, 200.0),)))
    assert [found[name].verdict for name in NAMES] == [None, None, None]


@pytest.mark.parametrize("n", [1, 20, 80, 300, 1_000])
def test_p99_is_at_least_what_more_have_than_chance_makes_of_one_in_a_hundred(n: int) -> None:
    """By the binomial law in whole numbers: so many of n are above it by chance in less than 1 of 1,000."""
    ways = [math.comb(n, late) * 99 ** (n - late) for late in range(n + 1)]
    enough = next((late for late in range(n) if 1_000 * sum(ways[late:]) < 100**n), n)
    values = np.arange(n)[::-1]
    assert at_least_p99(values.astype(float)) == n - enough


def test_of_many_arrivals_it_comes_near_to_p99() -> None:
    assert at_least_p99(np.arange(100_000.0)) == pytest.approx(99_000, abs=110)


def test_of_nothing_nothing_is_late() -> None:
    assert at_least_p99(np.array([np.nan])) is None


def test_one_late_arrival_of_eighty_is_no_sign_of_anything_in_a_level_of_a_search() -> None:
    def verdict(late: int, *, tested: bool) -> str | None:
        lag_s = np.full(80, 0.001)
        lag_s[30 : 30 + late] = 0.05
        samples = table(np.arange(80) * 0.1, 0.5 + lag_s, sent_after_s=lag_s)
        load = open_loop((10.0, 10.0, None), planned=80)
        found = judge(samples, samples, users=5, load=load, generator=Generator(), tested=tested)
        return next(one.verdict for one in found.checks if one.name == "schedule_lag")

    assert (verdict(1, tested=False), verdict(1, tested=True)) == ("DEGRADED", "VALID")
    assert verdict(20, tested=True) == "DEGRADED"
