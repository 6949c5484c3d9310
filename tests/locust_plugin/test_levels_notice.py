"""What the page says of levels, from levels that were tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from stt_load.config import Config, masked
from stt_load.locust_plugin import levels_notice
from stt_load.report import level_table
from stt_load.report.messages import Messages
from stt_load.run.order import Order
from stt_load.samples.levels import Axis, Capacity, Confirmed, Judged, Levels, Outcome, Search, Tier, Trial
from stt_load.samples.sample import ErrorKind
from stt_load.search.estimate import Estimate
from stt_load.stats.model import Check, Validity, Verdict
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from tests.factory import table
from tests.report.runs import run_of, steady

SAY = Messages("en")
LIMIT = "p95(response_time_s) < 2"
KNOWN = Capacity(
    axis="users",
    carries=4.0,
    fails_at=8.0,
    confirmed=Confirmed(carries=True, fails_at=False),
    binding=LIMIT,
    boundary="slope",
    mode="default",
    resolution=0.1,
    limited=None,
    monotone=True,
    knee=None,
    sentence="carries 4 requests in flight",
)


SEARCH = Levels(
    axis="users",
    search=Search(
        start=None, to=None, resolution=0.1, max_time_s=600.0, max_requests=None, at_least=None, mode="auto"
    ),
)


@dataclass
class View:
    """A sweep or a search as far as it has come."""

    asked: Levels
    tried: Sequence[TriedLevel] = ()
    trial: Trial | None = None
    capacity: Capacity | None = None

    @property
    def number(self) -> int:
        return len(self.tried)

    @property
    def order(self) -> Order:
        return Order(Config(), masked(Config()), "http://it")

    def estimate(self) -> Estimate:
        return Estimate(levels=14, seconds=480.0 if self.tried else None, requests=9400, audio_s=None)


def trial(value: float, tier: Tier = "sweep", axis: Axis = "users") -> Trial:
    return Trial(axis=axis, value=value, tier=tier, requests=90)


def level(number: int, value: float, outcome: Outcome = "measured", tier: Tier = "sweep", **more: Any) -> TriedLevel:
    binding = None if outcome in ("measured", "pass") else LIMIT
    judged = None if outcome == "measured" else Judged(outcome, binding, 90)
    run = run_of(more.pop("samples", None) or steady(), Config(total_requests=100, warmup_requests=10), **more)
    return TriedLevel(number, trial(value, tier), outcome, judged, run)


def record(*levels: TriedLevel, capacity: Capacity | None = None, complete: bool = True) -> LevelsRecord:
    asked = sweep(1) if capacity is None else SEARCH
    info = replace(levels[0].run.info, complete=complete, levels=asked)
    return LevelsRecord(info, levels[0].run.config, levels, capacity, None)


def sweep(*values: float) -> Levels:
    return Levels(axis="users", values=values, requests=90)


def test_of_a_sweep_it_says_which_level_of_how_many_is_on() -> None:
    view = View(sweep(1, 2, 4), [level(0, 1)], trial(2))
    assert levels_notice.title(SAY, view) == "Level 2 of 3: 2 in flight"
    view = View(sweep(1), [level(0, 1)])
    assert levels_notice.title(SAY, view) == "All levels have been tried: the result is being made."


@pytest.mark.parametrize(
    ("tier", "said"),
    [
        ("screen", "Level 1: 2.5/s due, a short look to find the place"),
        ("confirm", "Level 1: 2.5/s due, a longer test to confirm it"),
    ],
)
def test_of_a_search_it_says_what_the_level_is_for(tier: Tier, said: str) -> None:
    assert levels_notice.title(SAY, View(Levels(axis="rate"), trial=trial(2.5, tier, "rate"))) == said


def test_what_is_known_by_now_says_which_end_is_confirmed() -> None:
    assert (
        levels_notice.bracket(SAY, KNOWN)
        == "So far: carried at 4 in flight (confirmed); not carried at 8 in flight (screened only)."
    )
    only_upper = replace(KNOWN, carries=None, confirmed=Confirmed(carries=False, fails_at=True), axis="rate")
    assert levels_notice.bracket(SAY, only_upper) == "So far: not carried at 8/s due (confirmed)."
    nothing = replace(KNOWN, carries=None, fails_at=None)
    assert levels_notice.bracket(SAY, nothing) == "So far no level has passed, and none has failed."


def test_what_all_of_it_costs_is_said_as_before_a_run_on_the_console() -> None:
    (before,) = levels_notice.cost(SAY, View(SEARCH))
    assert before == "Expected: at most 14 levels, 9,400 requests"
    after = levels_notice.cost(SAY, View(SEARCH, [level(0, 1, "pass", "screen")]))
    assert "8 min" in after[0]


def test_there_is_a_table_from_the_first_level_on() -> None:
    assert levels_notice.table(SAY, []) is None
    (row,) = rows_of(levels_notice.table(SAY, [], trial(1)))
    assert {name: cell for name, cell in row.items() if cell} == {"#": "1", "load": "1 in flight"}


def rows_of(found: levels_notice.Table | None) -> list[dict[str, str]]:
    assert found is not None
    return [dict(zip(found.heads, row.cells, strict=True)) for row in found.rows]


def test_a_sweep_has_a_row_for_each_level_as_the_report_has_it_and_one_for_that_which_is_on() -> None:
    levels = [level(0, 1), level(1, 2)]
    found = levels_notice.table(SAY, levels, trial(4))
    first, second, on = rows_of(found)
    assert found is not None
    assert [row.kind for row in found.rows] == ["measured", "measured", "on"]
    assert list(first.values()) == ["1", *level_table.cells(SAY, levels[0], levels)]
    assert (second["#"], second["users"], second["P50"]) == ("2", "2", "0.500")
    assert {name: cell for name, cell in on.items() if cell} == {"#": "3", "users": "4"}
    assert "seconds" in found.caption


def test_a_p99_that_is_the_maximum_is_explained() -> None:
    few, many = (levels_notice.table(SAY, [level(0, 1, samples=steady(n))]) for n in (90, 200))
    assert few is not None
    assert many is not None
    assert few.note.startswith("* the maximum")
    assert many.note == ""


def test_every_mark_is_explained() -> None:
    uncertain, doubtful = (
        level(0, 4, "open", "screen"),
        replace(doubted("DEGRADED"), outcome="pass", trial=trial(8, "screen")),
    )
    found = levels_notice.table(SAY, [uncertain, doubtful])
    assert found is not None
    assert [note[0] for note in found.note.split("; ")] == ["*", "!", "?"]
    assert "below" not in found.note, "there is nothing"


def test_of_a_search_each_row_says_what_its_test_was_and_what_came_of_it() -> None:
    levels = [level(0, 4, "pass", "screen"), level(1, 8, "fail", "confirm")]
    found = levels_notice.table(SAY, levels, trial(6, "confirm"))
    rows = rows_of(found)
    assert [row["purpose"] for row in rows] == ["to find the place", "to confirm", "to confirm"]
    assert [row["test"] for row in rows] == ["pass", "FAIL", ""]
    assert all("tier" not in row for row in rows), "which is what the purpose says"


def test_where_there_are_levels_of_both_kinds_each_says_what_it_is() -> None:
    rows = rows_of(levels_notice.table(SAY, [level(0, 4, "pass", "screen")], trial(2.5, "screen", "rate")))
    assert rows[1]["users"] == "2.5/s due"


def test_a_good_end_is_one_whose_levels_can_be_believed_and_that_knows_what_was_asked() -> None:
    ends = (level(0, 4, "pass", "confirm"), level(1, 8, "fail", "confirm"))
    assert levels_notice.quality(record(*ends, capacity=KNOWN)) == "good"
    assert levels_notice.quality(record(level(0, 1))) == "good"
    assert levels_notice.quality(record(*ends, capacity=replace(KNOWN, limited="max_time"))) == "doubtful"
    assert levels_notice.quality(record(*ends, capacity=replace(KNOWN, monotone=False))) == "doubtful"
    assert levels_notice.quality(record(level(0, 1), complete=False)) == "doubtful"
    assert levels_notice.quality(record(*ends, capacity=replace(KNOWN, carries=None))) == "bad"


def doubted(verdict: Verdict) -> TriedLevel:
    one = level(0, 1)
    check = Check("stalls", 0.5, 0.03, 0.1, verdict)
    return replace(one, run=replace(one.run, figures=replace(one.run.summary, validity=Validity(verdict, (check,)))))


def test_a_sweep_with_failures_or_doubts_is_no_good_news_and_one_that_is_not_to_be_believed_is_bad() -> None:
    kinds: list[ErrorKind | None] = [ErrorKind.HTTP_5XX, ErrorKind.HTTP_5XX, *[None] * 88]
    some = table([number // 5 * 0.5 for number in range(90)], 0.5, users=5, kind=kinds)
    assert levels_notice.quality(record(level(0, 1, samples=some))) == "doubtful"
    assert levels_notice.quality(record(doubted("DEGRADED"))) == "doubtful"
    assert levels_notice.quality(record(doubted("INVALID"))) == "bad"
