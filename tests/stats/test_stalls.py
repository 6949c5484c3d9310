"""Do the checks see what stalls of the generator do to figures, and nothing where they do nothing?

In simulated time, against response times as the server made them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from stt_load.samples.sample import Phase
from stt_load.stats.model import Check, Validity
from stt_load.stats.validity import judge
from tests.factory import NO_PAUSE
from tests.stats.simulation import Pauses, Watched, watched_loops

Cell = tuple[int, int, float, float]
"""Users, slots, median of the service, length of a run: medians of 100 and 500 ms, with a queue and without."""

SHORT: list[Cell] = [(8, 8, 0.1, 9.0), (50, 25, 0.05, 9.0), (8, 4, 0.25, 9.0), (50, 50, 0.5, 9.0)]
LONG: list[Cell] = [(users, slots, median_s, 60.0) for users, slots, median_s, _ in SHORT]
LONGEST: list[Cell] = [(8, 8, 0.1, 600.0), (8, 8, 0.5, 600.0)]
HICCUPS = Pauses(0.02, 10.0, 0.001)
"""A healthy generator: a millisecond late, and a fiftieth of a second in every ten."""
ONCE_SHORTLY = Pauses(0.3)
A_SECOND_IN_FOUR = Pauses(1.0, 4.0)
EIGHT_SECONDS = Pauses(8.0)
A_QUARTER_BUSY = Pauses(0.005, 0.020)
MOSTLY_BUSY = Pauses(0.015, 0.020)


def runs_of(cells: list[Cell], pauses: Pauses, runs: int, seed: int = 11) -> Iterator[tuple[Watched, Validity]]:
    rng = np.random.default_rng(seed)
    for users, slots, service_s, length_s in cells:
        sizes = {"users": users, "slots": slots, "service_s": service_s, "length_s": length_s}
        for one in watched_loops(rng, runs=runs, pauses=pauses, **sizes):  # type: ignore[arg-type]
            measured = one.samples.phase(Phase.MEASURED)
            yield (
                one,
                judge(one.samples, measured, users=users, load=NO_PAUSE, generator=one.generator),
            )


def of(validity: Validity, name: str) -> Check:
    return next(check for check in validity.checks if check.name == name)


def harm(one: Watched) -> float:
    """The largest relative change of a printed figure."""
    told, true = np.sort(one.samples.response_s), np.sort(one.answered_s)
    ranks = [0.5, 0.95] + [0.99] * (len(told) >= 1_000)
    places = [int(np.ceil(p * len(told))) - 1 for p in ranks]
    pairs = [(told.mean(), true.mean()), *((told[place], true[place]) for place in places)]
    return max(float(is_s / was_s) - 1 for is_s, was_s in pairs)


def check_healthy(cells: list[Cell], runs: int) -> None:
    verdicts = Counter(validity.verdict for _, validity in runs_of(cells, HICCUPS, runs))
    assert verdicts["INVALID"] == 0
    assert verdicts["DEGRADED"] < 0.01 * verdicts.total(), verdicts


def check_harm(cells: list[Cell], runs: int) -> None:
    harmed = 0
    for pauses in (ONCE_SHORTLY, A_SECOND_IN_FOUR, EIGHT_SECONDS, A_QUARTER_BUSY, MOSTLY_BUSY):
        if pauses.length_s < cells[0][3]:
            for one, validity in runs_of(cells, pauses, runs):
                if harm(one) > 0.05:
                    harmed += 1
                    assert of(validity, "stalls").verdict in ("DEGRADED", "INVALID"), (pauses, harm(one), validity)
    assert harmed > runs


@pytest.mark.simulation
def test_healthy_runs_are_believed() -> None:
    """300 of them."""
    check_healthy(SHORT, 75)


@pytest.mark.simulation
def test_figures_that_stalls_have_made_are_doubted() -> None:
    check_harm(SHORT, 15)


@pytest.mark.simulation
@pytest.mark.parametrize("pauses", [Pauses(1.1), A_SECOND_IN_FOUR])
def test_a_generator_that_stands_still_for_a_tenth_of_the_window_is_never_believed(pauses: Pauses) -> None:
    verdicts = Counter(validity.verdict for _, validity in runs_of(SHORT, pauses, 25))
    assert verdicts == {"INVALID": 100}


def test_a_second_in_every_four_is_told_by_the_figures_too() -> None:
    for _, validity in runs_of(SHORT[:1], A_SECOND_IN_FOUR, 5):
        assert (of(validity, "stalls").value or 0) > 0.1


@pytest.mark.simulation
@pytest.mark.slow
@pytest.mark.parametrize(("cells", "runs"), [(LONG, 75), (LONGEST, 30)])
def test_long_healthy_runs_are_believed(cells: list[Cell], runs: int) -> None:
    check_healthy(cells, runs)


@pytest.mark.simulation
@pytest.mark.slow
@pytest.mark.parametrize(("cells", "runs"), [(SHORT, 100), (LONG, 33)])
def test_figures_that_stalls_have_made_are_doubted_in_every_run(cells: list[Cell], runs: int) -> None:
    check_harm(cells, runs)


@pytest.mark.simulation
@pytest.mark.slow
def test_eight_seconds_void_a_minute_and_are_nothing_in_ten() -> None:
    assert {validity.verdict for _, validity in runs_of(LONG, EIGHT_SECONDS, 25)} == {"INVALID"}
    for one, validity in runs_of(LONGEST, EIGHT_SECONDS, 10):
        assert harm(one) < 0.05
        assert of(validity, "stalls").verdict == "VALID"
