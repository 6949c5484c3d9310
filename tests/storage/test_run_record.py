"""A run as a report sees it: its blocks read back typed, its figures made once."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.samples.generator import Generator, Stall
from stt_load.samples.rounding import rounded
from stt_load.samples.run_info import Clock, ClosedLoop, RunInfo
from stt_load.storage.run_record import ReportError, read_as
from tests.factory import table
from tests.report.runs import HEALTHY, run_of, steady

PATH = Path("result.json")


def test_a_block_is_read_back_as_what_it_was() -> None:
    stalled = replace(HEALTHY, stalls=(Stall(0, 1.0, 1.5),), load_changes=((1.0, 2.0),))
    info = run_of(steady(), generator=stalled, clocks={"a": Clock(0.5, 0.001)}, faults=("one",)).info
    as_json: dict[str, Any] = asdict(info) | {"workers": list(info.workers), "faults": list(info.faults)}
    assert read_as(RunInfo, as_json, PATH) == info
    assert read_as(RunInfo, as_json | {"of_a_later_version": 1}, PATH) == info


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": "x"}, "seed: .*integer"),
        ({"workers": [["x"]]}, r"workers\.0: .*string"),
        ({"end_reason": "tired"}, "end_reason: "),
        ({"generator": {"workers": [{"worker": 0}]}}, r"generator\.workers\.0\.loop_lag_p99_s: "),
        ({"load": {"model": "open"}}, r"load\.open\.stages: "),
        ({"load": {"model": "closed", "users": "x"}}, r"load\.closed\.users: "),
        ({"load": {"model": "half"}}, r"load: .*'half'.*'closed', 'open'"),
        ({"load": {"users": 5}}, r"load: .*model"),
    ],
)
def test_what_is_missing_or_of_another_type_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ReportError, match=rf"^result\.json: damaged, no report can be made of it \(RunInfo {said}"):
        read_as(RunInfo, asdict(run_of(steady()).info) | change, PATH)


def test_figures_are_made_once() -> None:
    run = run_of(steady())
    assert run.summary is run.summary


def test_figures_are_made_of_what_is_saved() -> None:
    """A load that has more decimals than a result makes other figures in the last digit."""
    idle = table(np.arange(40) // 5, 0.5, users=5)
    run = run_of(idle, load=ClosedLoop(users=5, request_delay_s=0.123456789))
    assert replace(run, info=rounded(run.info)).summary == run.summary


def test_after_a_fault_the_figures_stay_and_are_not_believed() -> None:
    run = run_of(steady())
    broken = replace(run.info, generator=Generator(listener_errors=1))
    assert run.invalid(broken).summary.metrics == run.summary.metrics
    assert run.invalid(broken).summary.validity.verdict == "INVALID"
    nothing = run.without_figures(broken).summary
    assert (nothing.metrics.requests.total, nothing.validity.verdict) == (0, "INVALID")
