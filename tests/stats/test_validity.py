"""The verdict: healthy runs and starved generators."""

from dataclasses import replace

import numpy as np
import pytest

from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind
from stt_load.stats.evidence import Limits
from stt_load.stats.validity import OF_FIGURES, OF_THE_RUN
from tests.factory import NO_PAUSE, table
from tests.stats.judging import EMPTY, OBSERVED, STEADY, check, judged, worker
from tests.stats.simulation import closed_loops, observed

OVERLOADED = Generator(workers=(worker(5.0, 1.0, 30.0),), load_changes=((0.0, 1.0),))
SHAPES = [(1, 1, 90), (5, 5, 90), (5, 1, 200), (8, 2, 300), (32, 4, 960), (32, 32, 500)]


def test_without_data_there_is_no_verdict_and_nothing_against_the_run() -> None:
    found = judged(EMPTY, Generator())
    assert found.verdict is None
    assert {(one.value, one.verdict) for one in found.checks} == {(None, None)}


def test_what_was_not_observed_is_not_judged() -> None:
    verdicts = {one.name: one.verdict for one in judged(STEADY, Generator(workers=(worker(),))).checks}
    assert verdicts == {
        "stalls": None,
        "busy_loop": None,
        "stalled_share": None,
        "cpu": None,
        "closed_loop_share": "VALID",
        "in_flight": None,
        "load_changed": "VALID",
        "listener_errors": "VALID",
        "rows_lost": None,
        "local_limits": "VALID",
        "stalled_timeouts": "VALID",
    }


@pytest.mark.parametrize("kind", [ErrorKind.HTTP_5XX, ErrorKind.TIMEOUT_TOTAL, ErrorKind.CANCELLED])
def test_without_a_good_answer_there_is_nothing_to_believe_or_to_doubt(kind: ErrorKind) -> None:
    """All failed in 40 ms; all timed out; all cut off. They end as what they are."""
    failed = table(np.arange(30) / 25, 0.04, kind=kind)
    assert judged(failed, OBSERVED).verdict is None
    assert judged(failed, OVERLOADED).verdict is None
    of_figures = {one.verdict for one in judged(failed, OVERLOADED).checks[:6]}
    assert of_figures == {None}


@pytest.mark.parametrize(
    "broken",
    [
        replace(OBSERVED, listener_errors=1),
        replace(OBSERVED, rows_lost=1),
        replace(OBSERVED, load_changes=((0.0, 1.0),), all_workers_lost=True),
    ],
)
def test_a_run_that_broke_is_void_whatever_came_of_it(broken: Generator) -> None:
    assert judged(table(np.arange(30.0), 1.0, kind=ErrorKind.HTTP_5XX), broken).verdict == "INVALID"
    assert judged(STEADY, broken).verdict == "INVALID"


def test_a_row_that_is_missing_voids_the_run() -> None:
    verdicts = [check("rows_lost", STEADY, replace(OBSERVED, rows_lost=lost)).verdict for lost in (None, 0, 1)]
    assert verdicts == [None, "VALID", "INVALID"]


def test_the_worst_check_is_the_verdict_and_limits_can_be_set() -> None:
    busy = Generator(workers=(worker(lag_s=0.05, cpu=0.99),))
    assert judged(STEADY, busy).verdict == "INVALID"
    assert judged(STEADY, busy, limits=Limits(cpu=(None, 1.0))).verdict == "DEGRADED"
    assert judged(STEADY, busy, limits=Limits(cpu=(None, 1.0), busy_loop=(0.06, 0.1))).verdict == "VALID"


@pytest.mark.simulation
def test_healthy_runs_are_believed() -> None:
    rng = np.random.default_rng(7)
    verdicts = []
    for users, slots, requests in SHAPES:
        for pause_s in (0.0, 0.5):
            loops = closed_loops(
                rng, runs=25, users=users, slots=slots, requests=requests, pause_s=pause_s, late_s=0.002
            )
            for index in range(25):
                run = loops.run(index)
                verdicts.append(judged(run, observed(rng, run, period_s=0.1, lag_s=0.002), users).verdict)
    assert len(verdicts) == 300
    assert verdicts.count("VALID") >= 297
    assert "INVALID" not in verdicts


@pytest.mark.simulation
def test_a_starved_generator_is_never_believed() -> None:
    rng = np.random.default_rng(8)
    for users, slots, requests in SHAPES:
        # Late by as long as an answer takes where there is no queue, and by half a cycle where there is one.
        late_s = max(1.0, users / slots)
        loops = closed_loops(rng, runs=50, users=users, slots=slots, requests=requests, late_s=late_s)
        runs = [loops.run(index) for index in range(50)]
        found = [judged(run, observed(rng, run, period_s=0.1), users) for run in runs]
        assert {one.verdict for one in found} == {"INVALID"}


@pytest.mark.simulation
def test_samples_that_went_missing_are_noticed() -> None:
    rng = np.random.default_rng(9)
    loops = closed_loops(rng, runs=50, users=5, slots=5, requests=500, shape=4.0)
    verdicts = []
    for index in range(50):
        run = loops.run(index)
        kept = run.where(rng.random(len(run)) > 0.3)
        verdicts.append(check("in_flight", kept, observed(rng, run, period_s=0.1), 5).verdict)
    assert verdicts == ["INVALID"] * 50


def test_a_listener_error_voids_the_run_even_if_nothing_was_measured() -> None:
    assert check("listener_errors", STEADY, Generator()).verdict == "VALID"
    assert check("listener_errors", STEADY, Generator(listener_errors=1)).verdict == "INVALID"
    assert judged(EMPTY, Generator(listener_errors=1)).verdict == "INVALID"


def test_the_list_of_checks_is_that_of_the_loads_model() -> None:
    found = [one.name for one in judged(STEADY, Generator()).checks]
    assert found[: len(OF_FIGURES["closed"])] == [
        *("stalls", "busy_loop", "stalled_share", "cpu", "closed_loop_share", "in_flight")
    ]
    assert len(found) == len(OF_FIGURES[NO_PAUSE.model]) + len(OF_THE_RUN)
