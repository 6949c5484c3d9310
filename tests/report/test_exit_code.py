"""The first rule that matches decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.config import Config
from stt_load.report.exit_code import exit_code
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind, Phase
from tests.factory import table
from tests.report.runs import HEALTHY, PROCESS, run_of, steady

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
