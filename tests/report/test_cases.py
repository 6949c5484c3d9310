"""What a run was to be, as cases that have passed or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.config.model import Validity as ValidityConfig
from stt_load.report.cases import Case, cases
from stt_load.report.messages import Messages
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind
from stt_load.stats.model import Check, Validity
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import HEALTHY, run_of, steady

SAY = Messages("en")


def found(run: RunRecord) -> dict[str, Case]:
    cased = cases(SAY, run)
    by_name = {case.name: case for case in cased}
    assert len(by_name) == len(cased)
    return by_name


def checked(run: RunRecord, *checks: Check) -> RunRecord:
    return replace(run, figures=replace(run.summary, validity=Validity("DEGRADED", checks)))


def test_a_run_that_went_well_has_a_case_for_how_it_went_and_one_for_each_check() -> None:
    run = run_of(steady())
    by_name = found(run)
    assert by_name["complete"] == Case("run", "complete", "passed")
    assert by_name["requests"] == Case("run", "requests", "passed", "All 90 requests were answered well.")
    checks = [check.name for check in run.summary.validity.checks]
    assert [case.name for case in by_name.values() if case.group == "validity"] == checks
    assert {by_name[check.name].outcome for check in run.summary.validity.checks if check.verdict == "VALID"} == {
        "passed"
    }
    assert by_name["cpu"].said == "10.0% (limit 80.0%)"
    assert by_name["rows_lost"].said == "0 (limit 0)"
    assert "faults" not in by_name


def test_failures_fail_and_cut_off_requests_are_none() -> None:
    kinds = [None, ErrorKind.HTTP_5XX, ErrorKind.CANCELLED, None]
    case = found(run_of(table([0.0, 1.0, 2.0, 3.0], 0.5, kind=kinds)))["requests"]
    assert case == Case("run", "requests", "failed", "1 of 3 requests failed.")


def test_where_failures_are_to_be_ignored_they_are_told_and_fail_nothing() -> None:
    run = run_of(table([0.0, 1.0], 0.5, kind=[None, ErrorKind.HTTP_5XX]))
    case = next(case for case in cases(SAY, run, failures_fail=False) if case.name == "requests")
    assert case == Case("run", "requests", "passed", "1 of 2 requests failed.")


@pytest.mark.parametrize("run", [run_of(table([], [])), run_of(table([0.0], 0.5, kind=ErrorKind.CANCELLED))])
def test_a_run_in_which_nothing_was_answered_says_nothing_of_the_service(run: RunRecord) -> None:
    assert found(run)["requests"] == Case("run", "requests", "error", SAY("case.nothing"))


def test_a_run_that_ended_early_is_told_as_the_report_tells_it() -> None:
    case = found(run_of(steady(), complete=False, end_reason="interrupted"))["complete"]
    assert case.outcome == "error"
    assert case.said == "Not complete: interrupted (Ctrl-C or a signal) after 90 of 90 requests."


def test_what_broke_in_here_is_an_error_on_one_line() -> None:
    case = found(run_of(steady(), faults=("one\n", "two")))["faults"]
    assert case == Case("run", "faults", "error", "one two")


def test_a_check_without_data_is_skipped() -> None:
    check = Check("cpu", None, 0.8, 0.95, None)
    assert found(checked(run_of(steady()), check))["cpu"] == Case("validity", "cpu", "skipped", "No data.")


@pytest.mark.parametrize(
    ("verdict", "strict", "outcome"),
    [
        ("DEGRADED", False, "doubtful"),
        ("DEGRADED", True, "error"),
        ("INVALID", False, "error"),
    ],
)
def test_a_check_that_did_not_hold_says_why(verdict: str, strict: bool, outcome: str) -> None:
    run = run_of(steady(), Config(validity=ValidityConfig(strict=strict)))
    check = Check("cpu", 0.9, 0.8, 0.95, verdict)  # type: ignore[arg-type]
    case = found(checked(run, check))["cpu"]
    assert case.outcome == outcome
    limit = "95.0%" if verdict == "INVALID" else "80.0%"
    assert case.said is not None
    assert case.said.startswith(f"A load generator process used 90.0% of a CPU core (limit {limit})")


def test_a_count_is_told_as_one() -> None:
    lost = replace(HEALTHY, rows_lost=3)
    case = found(run_of(steady(), generator=lost))["rows_lost"]
    assert case.outcome == "error"
    assert "of which no row tells: 3." in (case.said or "")


def test_names_are_the_same_in_any_language() -> None:
    run = run_of(steady(), generator=Generator())
    english, korean = cases(SAY, run), cases(Messages("ko"), run)
    assert [(one.group, one.name, one.outcome) for one in english] == [
        (one.group, one.name, one.outcome) for one in korean
    ]
    assert [one.said for one in english] != [one.said for one in korean]


def test_a_check_that_holds_as_it_may_be_chance_says_so() -> None:
    check = Check("in_flight", 0.12, None, 0.05, "VALID")
    case = found(checked(run_of(steady()), check))["in_flight"]
    assert (case.outcome, case.said) == ("passed", "12.0% (limit 5.0%, and so much can be chance)")


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        (["p95(response_time_s) < 2"], "passed"),
        (["p95(response_time_s) < 0.1"], "failed"),
        (["p95(ttft_s) < 1"], "failed"),
    ],
    ids=["met", "missed", "no samples"],
)
def test_each_slo_is_a_case_by_what_was_written(limits: list[str], outcome: str) -> None:
    run = run_of(steady(), Config(slo=limits))
    assert [(case.name, case.outcome) for case in found(run).values() if case.group == "slo"] == [
        (limit, outcome) for limit in limits
    ]


@pytest.mark.parametrize(("strict", "outcome"), [(False, "doubtful"), (True, "failed")])
def test_an_slo_that_is_not_certain_is_in_doubt_and_with_strict_slo_missed(strict: bool, outcome: str) -> None:
    rng = np.random.default_rng(3)
    samples = table(np.arange(2_000) * 0.2, 0.4 + 0.2 * rng.random(2_000))
    median = f"p50(response_time_s) < {run_of(samples).summary.metrics.response_time_s.median + 1e-4:.6f}"  # type: ignore[operator]
    run = run_of(samples, Config(slo=[median], validity=ValidityConfig(strict_slo=strict)))
    assert found(run)[median].outcome == outcome


@pytest.mark.parametrize(("slo", "outcome"), [("error_rate < 60%", "passed"), ("p95(response_time_s) < 9", "failed")])
def test_an_slo_that_says_how_many_may_fail_is_what_judges_failures(slo: str, outcome: str) -> None:
    rows = table([0.0, 1.0], 0.5, kind=[None, ErrorKind.HTTP_5XX])
    assert found(run_of(rows, Config(slo=[slo])))["requests"].outcome == outcome
