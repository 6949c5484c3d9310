"""`stt-load selftest --capacity`: what it says of an answer, and a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.cli import main
from stt_load.selftest import capacity
from stt_load.selftest.bench import Outcome, TrialError
from stt_load.selftest.capacity import code, told_after, told_before
from stt_load.selftest.cases import Subject
from stt_load.selftest.searches import USERS, Planted

SAID = "It carries so and so many."


def result(**values: Any) -> dict[str, Any]:
    found = {
        "axis": "users",
        "carries": 10,
        "fails_at": 11,
        "confirmed": {"carries": True, "fails_at": False},
        "limited": None,
        "sentence": SAID,
    }
    return {"capacity": found | values, "levels": [{}] * 9, "requests": [{}] * 600}


@pytest.mark.parametrize(
    ("found", "expected", "last"),
    [
        (result(), 0, "✅ Right"),
        (result(carries=20, fails_at=21), 1, "❌ Wrong: carries 20, more than 10; fails at 21, more than 11."),
        (result(limited="generator", carries=4, fails_at=None), 2, "This machine's load generator had too little"),
        (result() | {"capacity": None}, 1, "❌ Wrong: there is no answer."),
    ],
)
def test_an_answer_is_told_beside_the_truth(
    found: dict[str, Any],
    expected: int,
    last: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of a search that is not made: what is said of its result."""
    asked: list[Planted] = []

    def find(of: Planted, subject: Subject, within: Path) -> Outcome:
        assert (subject, within.is_dir()) == (Subject("FastSttUser"), True)
        asked.append(of)
        return Outcome(found, [])

    monkeypatch.setattr(capacity, "search", find)
    assert main(["selftest", "--capacity"]) == expected == code(USERS, found)
    assert asked == [USERS]
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith(last)
    assert said[-2].startswith("9 levels, 600 requests, ")


def test_both_ends_and_how_they_are_known_stand_in_columns() -> None:
    lines = [line.split() for line in told_after(USERS, result(), 61.2)]
    assert ["truth", "10", "11"] in lines
    assert ["answer", "10", "11"] in lines
    assert ["confirmed", "screened"] in lines
    assert SAID.split() in lines
    assert ["9", "levels,", "600", "requests,", "61", "s."] in lines
    assert ["answer", "4", "none"] in [
        line.split() for line in told_after(USERS, result(carries=4, fails_at=None), 1)
    ]


def test_what_is_searched_for_is_said_before() -> None:
    said = " ".join(" ".join(told_before(USERS)).split())
    assert "10 are carried, and 11 are not" in said
    assert "p95(response_time_s) < 1.05 s" in said


def test_a_search_that_can_not_be_made_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise TrialError("locust ended with exit code 2")

    monkeypatch.setattr(capacity, "search", fail)
    assert main(["selftest", "--capacity"]) == 2
    assert "locust ended with exit code 2" in capsys.readouterr().err
