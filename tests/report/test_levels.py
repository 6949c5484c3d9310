"""The table of loads: of a long ramp a dozen, and a P99 that is the maximum marked."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from stt_load.report.levels import MOST_LEVELS, lines
from stt_load.report.messages import Messages, fitted
from stt_load.report.width import columns
from stt_load.stats.levels import levels
from stt_load.stats.model import Level
from tests.factory import joined, table

SAY = Messages("en")
SHORT = levels(joined(table([0.0, 0.5], 0.5, users=1), table([1.0, 1.1, 1.5], 0.5, users=2, first_seq=2)))


def ramp(count: int) -> tuple[Level, ...]:
    return tuple(replace(SHORT[0], users=users) for users in range(1, count + 1))


def shown(found: tuple[Level, ...]) -> list[int]:
    return [int(line.split()[0]) for line in lines(SAY, found) if line.split() and line.split()[0].isdigit()]


def test_one_load_is_no_table() -> None:
    assert list(lines(SAY, SHORT[:1])) == []


@pytest.mark.parametrize("count", [13, 50, 400])
def test_of_a_ramp_a_dozen_are_shown_from_the_first_to_the_last(count: int) -> None:
    users = shown(ramp(count))
    assert len(users) == len(set(users)) == MOST_LEVELS
    assert (users[0], users[-1]) == (1, count)
    steps = [after - before for before, after in pairwise(users)]
    assert max(steps) - min(steps) <= 1
    assert f"  ... and {count - MOST_LEVELS} more between them, which the result file has" in lines(SAY, ramp(count))


def test_as_many_as_there_is_room_for_are_all_shown() -> None:
    assert shown(ramp(MOST_LEVELS)) == list(range(1, MOST_LEVELS + 1))
    assert not [line for line in lines(SAY, ramp(MOST_LEVELS)) if "more" in line]


def test_a_p99_that_is_the_maximum_is_marked_and_no_other() -> None:
    many = levels(joined(table([0.0, 0.5], 0.5, users=1), table([n / 9 for n in range(9, 200)], 0.5, users=2)))
    head, few, enough, note = list(lines(SAY, many))[2:6]
    assert few.split()[6] == "0.500*"
    assert enough.split()[6] == "0.500"
    assert few.index("0.500*") == enough.index("0.500 ", enough.index("0.500 ") + 20), "digits below digits"
    assert note == "  * the maximum: fewer than 100 answers"
    assert head.endswith("P99   per second"), "a column of its own"


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_fits_its_terminal(language: str, width: int) -> None:
    told = list(fitted(lines)(Messages(language, width), ramp(30)))  # type: ignore[arg-type]
    assert max(map(columns, told)) <= width
