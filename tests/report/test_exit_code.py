"""The first rule that matches decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stt_load.config import Config
from stt_load.report.exit_code import exit_code, verdict_of, worst
from stt_load.samples.generator import Generator
from stt_load.samples.levels import Capacity
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from tests.factory import table
from tests.report.runs import HEALTHY, PROCESS, run_of, steady
from tests.report.searches import closed, found, record_of, tried

SLOW = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=0.05),))
OVERLOADED = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=9.0, cpu_share=1.0, stalled_s=9.0),))
BROKEN = Generator(listener_errors=1)
FAILED = table([0.0, 0.5], 0.5, kind=[None, ErrorKind.HTTP_5XX])
NOTHING = table([], [])
CUT = table([0.0, 0.5], 0.5, kind=ErrorKind.CANCELLED)
LIMITED = table([0.0, 0.5], 0.5, kind=[None, ErrorKind.LOCAL_LIMIT])
PARTLY_CUT = table([0.0, 0.5], 0.5, kind=[None, ErrorKind.CANCELLED])
ONLY_FAILURES = table([0.0, 0.5], 0.5, kind=ErrorKind.TIMEOUT_TOTAL)
WARMUP_ONLY = table([-2.0, -1.0], 0.5, phase=Phase.WARMUP)
UNKNOWN = Generator()


@pytest.mark.parametrize(
    ("samples", "info", "strict", "failures_code", "code"),
    [
        (steady(), {}, False, 1, 0),
        (FAILED, {}, False, 1, 1),
        (FAILED, {}, False, 7, 7),
        (FAILED, {}, False, 0, 0),
        (steady(), {"generator": SLOW}, False, 1, 0),
        (steady(), {"generator": SLOW}, True, 1, 4),
        (steady(), {"generator": BROKEN}, False, 1, 4),
        (FAILED, {"generator": BROKEN}, False, 1, 4),
        (FAILED, {"generator": BROKEN, "end_reason": "interrupted"}, False, 1, 5),
        (steady(20), {"end_reason": "interrupted", "complete": False}, False, 1, 5),
        (steady(20), {"end_reason": "time_limit", "complete": False}, False, 1, 0),
        (steady(20), {"end_reason": "stopped", "complete": False}, False, 1, 0),
        (NOTHING, {"end_reason": "dead_warmup"}, False, 1, 1),
        (NOTHING, {"end_reason": "dead_warmup"}, False, 0, 1),
        (NOTHING, {"end_reason": "gave_up"}, False, 0, 1),
        (steady(20), {"end_reason": "no_users", "complete": False}, False, 1, 1),
        (steady(20), {"end_reason": "no_users", "complete": False}, False, 0, 1),
        (NOTHING, {"end_reason": "not_ready"}, False, 1, 1),
        (NOTHING, {"generator": BROKEN}, False, 1, 4),
        (PARTLY_CUT, {"end_reason": "time_limit", "complete": False}, False, 1, 0),
        *((nothing, {"end_reason": "time_limit"}, False, 1, 1) for nothing in (NOTHING, WARMUP_ONLY, CUT)),
        *((nothing, {"end_reason": "time_limit"}, False, 0, 1) for nothing in (NOTHING, WARMUP_ONLY, CUT)),
        *((nothing, {"end_reason": "finished", "generator": UNKNOWN}, False, 1, 1) for nothing in (NOTHING, CUT)),
        *((nothing, {"end_reason": "interrupted"}, False, 1, 5) for nothing in (NOTHING, WARMUP_ONLY, CUT)),
        *((nothing, {"generator": BROKEN}, False, 1, 4) for nothing in (WARMUP_ONLY, CUT)),
        (NOTHING, {"end_reason": "no_users"}, False, 1, 1),
        (ONLY_FAILURES, {"generator": UNKNOWN}, False, 1, 1),
        (ONLY_FAILURES, {"generator": OVERLOADED}, True, 1, 1),
        (LIMITED, {}, False, 1, 4),
        (steady(), {"generator": replace(HEALTHY, rows_lost=1)}, False, 1, 4),
        (ONLY_FAILURES, {"generator": UNKNOWN}, False, 7, 7),
        (ONLY_FAILURES, {"generator": UNKNOWN}, False, 0, 1),
    ],
)
def test_the_code(samples: object, info: dict[str, object], strict: bool, failures_code: int, code: int) -> None:
    config = Config.model_validate({"validity": {"strict": strict}})
    run = run_of(samples, config, **info)  # type: ignore[arg-type]
    assert exit_code(run, failures_code=failures_code) == code


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 1], 1),
        ([1, 3, 0], 3),
        ([3, 4, 1], 4),
        ([4, 5], 5),
        ([5, 2, 4], 2),
        ([6, 1], 6),
        ([6, 3], 3),
        ([0, 7], 7),
        ([7, 1], 1),
        ([7, 6], 6),
    ],
)
def test_of_several_runs_the_first_code_in_the_order_is_that_of_all(codes: list[int], code: int) -> None:
    assert worst(codes) == worst(reversed(codes)) == code


VALID, DOUBTED, OVER = ({"generator": one} for one in (HEALTHY, SLOW, OVERLOADED))
NO_ANSWER = table([0.0, 0.5], 0.5, kind=ErrorKind.TIMEOUT_TOTAL)


def searched(
    *generators: dict[str, Any],
    answer: Capacity,
    at_least: float | None = None,
    strict: bool = False,
    samples: Samples | None = None,
    **info: Any,
) -> int:
    """What a search ends with, whose levels had these generators."""
    levels = [tried(number, 4, samples=samples or closed(4), **one) for number, one in enumerate(generators)]
    record = record_of(*levels, capacity=answer, search={"at_least": at_least}, **info)
    record.config["validity"]["strict"] = strict
    return exit_code(record)


@pytest.mark.parametrize(
    ("answer", "at_least", "code"),
    [
        (found(), None, 0),
        (found(4.0, None), None, 0),
        (found(4.0, None, limited="generator"), None, 0),
        (found(None, 1.0), None, 3),
        (found(None, None), None, 6),
        (found(4.0, 6.0), 4.0, 0),
        (found(4.0, 6.0), 3.0, 0),
        (found(4.0, 6.0), 6.0, 3),
        (found(4.0, 6.0), 7.0, 3),
        (found(4.0, 6.0), 5.0, 6),
        (found(4.0, None, limited="generator"), 5.0, 6),
        (found(None, 1.0), 1.0, 3),
        (found(4.0, None, limited="gone"), None, 6),
        (found(4.0, 6.0, limited="gone"), 3.0, 6),
    ],
)
def test_a_search_ends_with_what_its_answer_is_worth(answer: Capacity, at_least: float | None, code: int) -> None:
    assert searched(VALID, answer=answer, at_least=at_least) == code
    assert searched(VALID, answer=answer, at_least=at_least, end_reason="interrupted") == 5
    assert searched(VALID, answer=answer, at_least=at_least, faults=("Something broke",)) == 4
    # One level that is VALID is enough, and none is not.
    assert searched(DOUBTED, VALID, OVER, answer=answer, at_least=at_least) == code
    assert searched(DOUBTED, OVER, answer=answer, at_least=at_least) == 4
    assert searched(VALID, DOUBTED, answer=answer, at_least=at_least, strict=True) == 4
    assert searched(VALID, VALID, answer=answer, at_least=at_least, strict=True) == code


def test_a_search_without_a_good_answer_has_missed_its_limits() -> None:
    assert searched(VALID, answer=found(None, 1.0), samples=NO_ANSWER) == 3
    assert searched(VALID, answer=found(None, None), samples=NO_ANSWER, end_reason="dead_warmup") == 3


def swept(*generators: dict[str, Any], strict: bool = False, samples: Samples | None = None, **info: Any) -> int:
    """What a sweep ends with, each level of which misses its limit."""
    rows = samples or closed(9, slots=1)
    users = float(rows["users"].max())
    levels = [tried(number, users, "measured", "sweep", samples=rows, **one) for number, one in enumerate(generators)]
    assert samples or all(level.run.summary.slo[0].verdict == "missed" for level in levels)
    record = record_of(*levels, **info)
    record.config["validity"]["strict"] = strict
    return exit_code(record)


def test_a_sweep_is_not_judged_by_its_levels() -> None:
    assert swept(VALID, VALID) == 0
    assert swept(VALID, OVER) == 0
    assert swept(DOUBTED, OVER) == 0
    assert swept(OVER, OVER) == 4
    assert swept(VALID, DOUBTED, strict=True) == 4
    assert swept(VALID, samples=closed(4, n=100, fail=50)) == 0
    assert swept(VALID, samples=NO_ANSWER) == 1
    assert swept(VALID, end_reason="gave_up") == 1
    assert swept(VALID, end_reason="time_limit") == 0
    assert swept(VALID, end_reason="workers_lost") == 4, "as a plain run"
    assert swept(VALID, end_reason="interrupted") == 5


def test_in_a_search_the_test_of_a_level_replaces_the_count_of_requests() -> None:
    few = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=0.0001),))
    level = tried(0, 4, samples=closed(4, n=40), generator=few)
    assert verdict_of(level) == "VALID"
    assert verdict_of(replace(level, trial=replace(level.trial, tier="sweep"))) == level.run.summary.validity.verdict
