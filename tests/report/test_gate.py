"""What became of a gate's limits, in words: on the console, in Markdown, as cases, and in the exit code."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from stt_load.config import Config
from stt_load.report.annotations import commands
from stt_load.report.cases import cases
from stt_load.report.console import result
from stt_load.report.exit_code import exit_code
from stt_load.report.gate import amount, lines
from stt_load.report.junit import junit
from stt_load.report.markdown import markdown
from stt_load.report.messages import Messages
from stt_load.report.series import brief
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind
from stt_load.storage.run_record import RunRecord
from stt_load.storage.series import one_run
from tests.factory import table
from tests.gates.made import P95, RATE, held, limit
from tests.report.runs import run_of, steady

SAY = Messages("en")
# 90 requests of 5 users that take 0.5 s each: 10 a second.
OVER = (limit(P95, 0.4), limit(RATE, 8.0, better="higher"))
FAILED = table([0.0, 0.5], 0.5, kind=[None, ErrorKind.HTTP_5XX])


def within() -> RunRecord:
    return held(run_of(steady()))


def over() -> RunRecord:
    return held(run_of(steady()), *OVER)


def test_a_run_without_a_gate_has_nothing_to_say_of_one() -> None:
    run = run_of(steady())
    assert (list(lines(SAY, run)), run.summary.gate) == ([], ())
    assert not [case for case in cases(SAY, run) if case.group == "gate"]
    assert "gate" not in markdown(SAY, run, cases(SAY, run)).lower()


def test_each_limit_is_a_line_those_that_are_passed_first() -> None:
    assert list(lines(SAY, within())) == [
        "",
        "Gate gate.json, limits learnt from 5 good runs:",
        "  - within: p95(response_time_s) (observed 0.500 s, at most 0.600 s)",
        "  - within: throughput_rps (observed 10.00 requests/s, at least 5.00 requests/s)",
    ]
    run = held(run_of(steady()), limit(RATE, 8.0, better="higher"), limit(P95, 0.4))
    assert list(lines(SAY, run))[2:] == [
        "  - OVER: p95(response_time_s) (observed 0.500 s, at most 0.400 s)",
        "  - within: throughput_rps (observed 10.00 requests/s, at least 8.00 requests/s)",
        "  Over a limit once may be bad luck: run it again. A second run over the same",
        "  limit means that it has become worse.",
    ]


def test_they_stand_in_the_report_and_in_the_few_lines_of_a_run_of_a_series() -> None:
    run = over()
    for said in (list(result(SAY, run)), list(brief(SAY, run))):
        assert "Gate gate.json, limits learnt from 5 good runs:" in said
        assert all(len(line) <= SAY.width for line in said)
    korean = "\n".join(lines(Messages("ko"), run))
    assert "초과: p95(response_time_s) (측정값 0.500초, 최대 0.400초)" in korean


def test_no_data_counts_as_over_and_so_does_what_is_beyond_all_that_succeeded() -> None:
    run = held(run_of(steady()), limit("ttft_s.p95", 1.0))
    assert "  - OVER: ttft_s.p95 (no data, which counts as over, at most 1.000 s)" in list(lines(SAY, run))
    run = held(run_of(FAILED), limit(P95, 1.0))
    assert f"  - OVER: p95(response_time_s) (observed {SAY('latency.beyond')}, at most 1.000 s)" in list(
        lines(SAY, run)
    )


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        (P95, 0.41234, "0.412 s"),
        (P95, None, "> timeout"),
        ("ttft_s.p95", None, "n/a"),
        ("throughput_rps", 31.149, "31.15 requests/s"),
        ("error_rate", 0.01234, "1.23%"),
        ("accuracy.wer", 0.08, "8.00%"),
        ("rtf.overall", 0.12345, "0.123"),
        ("requests.failed", 3, "3"),
        ("of_a_later_version", 0.5, "0.500"),
    ],
)
def test_values_have_their_units(metric: str, value: float | None, said: str) -> None:
    assert amount(SAY, metric, value) == said


def test_a_limit_that_is_passed_is_no_failed_case_but_one_that_another_run_has_to_tell() -> None:
    found = {case.name: case for case in cases(SAY, over()) if case.group == "gate"}
    assert [(name, case.outcome) for name, case in found.items()] == [
        ("p95(response_time_s)", "error"),
        ("throughput_rps", "passed"),
    ]
    assert found["throughput_rps"].said == "observed 10.00 requests/s, at least 8.00 requests/s"
    assert "run it again" in (found["p95(response_time_s)"].said or "")


def test_ci_systems_are_told() -> None:
    run = over()
    found = cases(SAY, run)
    assert '<testsuite name="stt-load.gate" tests="2" failures="0" errors="1"' in junit(run, found)
    (command,) = commands(found)
    assert command.startswith("::error title=stt-load%3A p95(response_time_s)::observed 0.500 s, at most 0.400 s")


def test_markdown_has_a_row_for_each_limit() -> None:
    run = over()
    text = markdown(SAY, run, cases(SAY, run))
    assert text.startswith("## 🟡")
    assert "**Gate gate.json, limits learnt from 5 good runs**" in text
    assert re.search(r"\| 🟡 \| p95\(response\\_time\\_s\) \| at most 0.400 s \| 0.500 s \| OVER \|", text)
    assert re.search(r"\| ✅ \| throughput\\_rps \| at least 8.00 requests/s \| 10.00 requests/s \| within \|", text)
    head = text.partition("<details>")[0]
    assert head.count("Over a limit once may be bad luck") == 1
    assert "- ⛔" not in head, "the table has it already"


def test_over_a_limit_once_is_6_which_comes_after_an_slo_and_before_failures() -> None:
    assert exit_code(within()) == 0
    assert exit_code(over()) == 6
    assert exit_code(over(), gated=False) == 0
    missed = Config.model_validate({"slo": ["p95(response_time_s) < 0.1"]})
    assert exit_code(held(run_of(steady(), missed), *OVER)) == 3
    assert exit_code(held(run_of(steady(), generator=Generator(listener_errors=1)), *OVER)) == 4
    assert exit_code(held(run_of(steady(), end_reason="interrupted", complete=False), *OVER)) == 5
    assert exit_code(held(run_of(FAILED), *OVER)) == 6
    assert exit_code(held(run_of(FAILED), *OVER), gated=False) == 1
    assert exit_code(held(run_of(steady(), end_reason="time_limit", complete=False), *OVER)) == 6


@pytest.mark.parametrize(
    "run",
    [
        run_of(table([], [])),
        run_of(table([0.0, 0.5], 0.5, kind=[ErrorKind.HTTP_5XX] * 2)),
        run_of(steady(), end_reason="gave_up", complete=False),
        run_of(table([], []), end_reason="crashed", complete=False),
        run_of(steady(), end_reason="no_users", complete=False),
    ],
    ids=["nothing", "all failed", "given up", "crashed", "no users"],
)
def test_that_nothing_was_measured_is_no_bad_luck_which_another_run_would_tell(run: RunRecord) -> None:
    """No data is never a pass, and in the result it is over."""
    run = held(run, *OVER)
    assert exit_code(run) == 1
    assert all(one.is_over for one in run.summary.gate) or run.info.end_reason != "finished"
    for said in (" ".join(result(SAY, run)), markdown(SAY, run, cases(SAY, run)).partition("<details>")[0]):
        assert said.count("Not held against its limits: nothing was measured") == 1
        assert "run it again" not in said
        assert "OVER" not in said
    assert {case.outcome for case in cases(SAY, run) if case.group == "gate"} == {"skipped"}
    assert run.over_gate == frozenset()
    assert one_run(1, run, 1).over == ()


def test_a_limit_of_the_error_rate_says_how_many_may_fail() -> None:
    errors = limit("error_rate", None, method="errors", errors=450, total=900, clustering=1.0)
    errors = replace(errors, values=(0.5,) * 5)
    assert exit_code(held(run_of(FAILED), errors)) == 0
    assert exit_code(held(run_of(FAILED), limit(RATE, 0.1, better="higher"))) == 1


def test_names_of_files_are_shown_as_text() -> None:
    run = over()
    assert run.info.gate is not None
    named = replace(run.info.gate, file="\x1b[31mgate|*.json")
    run = replace(run, info=replace(run.info, gate=named))
    assert "\x1b" not in "".join(lines(SAY, run))
    assert "gate\\|\\*.json" in markdown(SAY, run, cases(SAY, run))
