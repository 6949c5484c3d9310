"""The table of loads: of a long ramp a dozen, and a P99 that is the maximum marked."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from stt_load.report.levels import MOST_LEVELS, lines
from stt_load.report.messages import Messages, fitted
from stt_load.report.width import columns
from stt_load.stats.blocks import Requests
from stt_load.stats.levels import levels
from stt_load.stats.model import Level
from tests.factory import joined, table

SAY = Messages("en")
SHORT = levels(joined(table([0.0, 0.5], 0.5, users=1), table([1.0, 1.1, 1.5], 0.5, users=2, first_seq=2)))


def ramp(count: int) -> tuple[Level, ...]:
    return tuple(replace(SHORT[0], first=users, last=users) for users in range(1, count + 1))


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


def stage(number: int, first: float, last: float, settling: int = 0, **figures: object) -> Level:
    own = replace(SHORT[1].figures, **figures)
    return Level("rate", number, first, last, 0.0, 60.0, settling, own)


def test_stages_have_a_row_each_however_many_they_are() -> None:
    found = tuple(stage(number, 5.0, 5.0) for number in range(MOST_LEVELS + 3))
    assert shown(found) == list(range(1, MOST_LEVELS + 4))
    assert not [line for line in lines(SAY, found) if "more between" in line]


def test_one_stage_has_its_row_too() -> None:
    said = list(lines(SAY, (stage(0, 5.0, 5.0),)))
    assert said[1] == "By stage (the figures above mix them):"
    assert said[2].split()[:2] == ["#", "due/s"]
    assert said[3].split()[:2] == ["1", "5"]


def test_a_ramp_says_where_it_goes_and_what_settled_is_counted() -> None:
    said = list(lines(SAY, (stage(0, 5.0, 5.0, 4), stage(1, 5.0, 20.0, 7, throughput_rps=None))))
    assert said[4].split()[:2] == ["2", "5–20"]
    assert "  Beside these, in no figure, as each stage was settling: 4, 7" in said
    assert not [line for line in said if line.startswith("  No rate")]
    assert max(map(columns, said)) <= 80


def test_stages_of_users_are_told_as_users() -> None:
    said = list(lines(SAY, (replace(stage(0, 2.0, 2.0), kind="users"), replace(stage(1, 4.0, 4.0), kind="users"))))
    assert said[2].split()[:2] == ["#", "users"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_table_of_stages_with_ramps_and_what_was_cut_off_fits_into_80_columns(language: str) -> None:
    requests = replace(SHORT[1].figures.requests, total=123_456, succeeded=100_000, failed=12_345, unfinished=345)
    many = {"requests": requests, "p99_s": 112.345, "p95_s": 100.123, "throughput_rps": 1234.56}
    found = (stage(0, 3.0, 12.0, **many), stage(1, 12.5, 120.5, **many))
    said = list(lines(Messages(language), found))  # type: ignore[arg-type]
    assert max(map(columns, said)) <= 80
    assert len(said) == 5, "a line for the heads, and one for each stage"


def test_where_nothing_was_measured_no_figures_stand_above() -> None:
    nothing = stage(0, 5, 5, settling=4, requests=Requests(0, 0, 0, 0))
    assert "By stage (nothing was measured of any):" in lines(SAY, (nothing, nothing))
    assert "By stage (the figures above mix them):" in lines(SAY, (nothing, stage(1, 5, 5)))
