"""What CI systems count of a run of levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stt_load.report.answer import sentence
from stt_load.report.cases import Case
from stt_load.report.ci import cases_of
from stt_load.report.level_cases import cases
from stt_load.report.messages import Messages
from stt_load.samples.levels import Capacity
from stt_load.samples.sample import ErrorKind
from stt_load.storage.levels_record import LevelsRecord
from tests.factory import table
from tests.report.runs import HEALTHY, PROCESS, run_of, steady
from tests.report.searches import found, record_of, tried

SAY = Messages("en")
DOUBTED = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=0.05),))
BUSY = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=9.0),))


def searched(answer: Capacity, at_least: float | None = None, **info: Any) -> LevelsRecord:
    return record_of(
        tried(0, 4, tier="screen"), tried(1, 6, "fail"), capacity=answer, search={"at_least": at_least}, **info
    )


def by_name(found: tuple[Case, ...]) -> dict[str, Case]:
    return {f"{case.group} {case.name}": case for case in found}


def test_a_load_that_is_not_carried_is_no_failure_of_a_search() -> None:
    record = searched(found())
    assert {name: case.outcome for name, case in by_name(cases(SAY, record)).items()} == {
        "run complete": "passed",
        "capacity carries": "passed",
        "level 1: users 4 (screen)": "passed",
        "level 2: users 6 (confirm)": "passed",
    }
    assert by_name(cases(SAY, record))["capacity carries"].said == sentence(SAY, record)
    assert cases_of(SAY, record) == cases(SAY, record)
    assert "level" not in {case.group for case in cases_of(SAY, run_of(steady()))}


@pytest.mark.parametrize(
    ("answer", "at_least", "outcome"),
    [
        (found(None, 1.0), None, "failed"),
        (found(None, None), None, "error"),
        (found(4.0, None), None, "passed"),
        (found(), 4.0, "passed"),
        (found(), 6.0, "failed"),
        (found(), 5.0, "error"),
    ],
)
def test_the_answer_is_a_case_and_says_what_was_asked_for(
    answer: Capacity, at_least: float | None, outcome: str
) -> None:
    name = "capacity carries" if at_least is None else f"capacity carries {at_least:g}"
    assert by_name(cases(SAY, searched(answer, at_least)))[name].outcome == outcome


def test_levels_whose_figures_can_not_be_believed() -> None:
    nothing = table([0.0, 0.5], 0.5, kind=ErrorKind.TIMEOUT_TOTAL, users=4)
    broken: list[dict[str, Any]] = [{"generator": DOUBTED}, {"generator": BUSY}, {"samples": nothing}]
    levels = [tried(number, 4, "measured", "sweep", **one) for number, one in enumerate(broken)]
    record = record_of(*levels)
    assert [case.outcome for case in cases(SAY, record) if case.group == "level"] == ["doubtful", "error", "skipped"]
    record.config["validity"]["strict"] = True
    assert [case.outcome for case in cases(SAY, record) if case.group == "level"] == ["error", "error", "skipped"]
    assert "capacity" not in {case.group for case in cases(SAY, record)}


def test_a_run_that_was_cut_short_or_broke_is_an_error() -> None:
    found_ = by_name(cases(SAY, searched(found(), complete=False, end_reason="interrupted", faults=("It broke",))))
    assert found_["run complete"].outcome == "error"
    assert "interrupted" in (found_["run complete"].said or "")
    assert found_["run faults"] == Case("run", "faults", "error", "It broke")


def test_a_level_in_doubt_is_no_error_of_a_search_that_has_its_answer() -> None:
    def outcomes(answer: Capacity, *, strict: bool = False, complete: bool = False) -> list[str]:
        levels = tried(0, 4, generator=BUSY), tried(1, 4), tried(2, 6, "fail")
        record = record_of(*levels, capacity=answer, complete=complete, end_reason="finished")
        record.config["validity"]["strict"] = strict
        return [case.outcome for case in cases(SAY, record) if case.group in ("run", "level")]

    assert outcomes(found()) == ["doubtful", "doubtful", "passed", "passed"]
    assert outcomes(found(), complete=True) == ["passed", "doubtful", "passed", "passed"]
    assert outcomes(found(None, 4.0)) == ["doubtful", "doubtful", "passed", "passed"], "which is an answer"
    assert outcomes(found(), strict=True) == ["error", "error", "passed", "passed"]
    assert outcomes(found(None, None)) == ["error", "error", "passed", "passed"], "it can't tell"
