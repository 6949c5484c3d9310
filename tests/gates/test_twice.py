"""Over a limit once may be bad luck; over the same limit twice in a row is none."""

from __future__ import annotations

import pytest

from stt_load.gates.twice import Decision, decision, in_both, over
from stt_load.samples.gate import GateResult

NONE, TIME, RATE, BOTH = (frozenset(one) for one in ((), ("time",), ("rate",), ("time", "rate")))


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([], "within"),
        ([NONE], "within"),
        ([TIME], "again"),
        ([NONE, NONE], "within"),
        ([TIME, NONE], "within"),
        ([NONE, TIME], "again"),
        ([TIME, RATE], "again"),
        ([TIME, TIME], "over"),
        ([TIME, BOTH], "over"),
        ([TIME, NONE, TIME], "again"),
        ([TIME, NONE, TIME, NONE], "within"),
        ([TIME, RATE, TIME], "again"),
        ([RATE, BOTH, NONE, NONE], "over"),
    ],
)
def test_what_runs_say_one_after_the_other(runs: list[frozenset[str]], found: Decision) -> None:
    assert decision(runs) == found


def test_which_limits_two_in_a_row_are_over() -> None:
    assert in_both([TIME, BOTH, RATE]) == BOTH
    assert in_both([TIME, RATE]) == in_both([TIME]) == in_both([]) == NONE


def test_a_run_is_over_what_its_results_say() -> None:
    results = [
        GateResult(metric=name, observed=1.0, limit=2.0, is_over=is_over)
        for name, is_over in (("time", True), ("rate", False))
    ]
    assert over(results) == TIME
    assert over(()) == NONE
