"""The levels of a sweep or a search on a page: a table of all, and each by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.config import Config
from stt_load.html.blocks import Facts, Folded, Items, Pairs, Table, Text
from stt_load.html.capacity import capacity
from stt_load.html.document import document
from stt_load.html.page import Page, Section
from stt_load.html.plot import Plot
from stt_load.html.tried_levels import MOST_EXAMPLES, MOST_LEVELS, tone_of, tried_levels
from stt_load.report.messages import Language, Messages
from stt_load.samples.accuracy import Accuracy, Example
from stt_load.samples.generator import Generator
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from tests.html.test_load_curve import SWEEP, level, search, times
from tests.report.searches import LIMIT, RARE, found, record_of, tried

SAY = Messages("en")
SEARCH = record_of(*search(), capacity=found(4, 8))
LATE = Generator(workers=(), rows_lost=3)
"""Rows are missing: what was measured is in doubt."""


def section_of(record: LevelsRecord) -> Section:
    section = tried_levels(SAY, record)
    assert section is not None
    return section


def folded(record: LevelsRecord) -> list[Folded]:
    return [block for block in section_of(record).blocks if isinstance(block, Folded)]


def test_a_row_for_each_level_the_lowest_load_first() -> None:
    table = section_of(SEARCH).blocks[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["4", "4", "8", "8", "16"]
    assert [row[-1] for row in table.rows] == ["pass?", "pass", "pass?", "FAIL", "FAIL"]
    assert table.tones == ("plain", "good", "plain", "bad", "bad")
    assert table.caption == "Levels (times in seconds)"


def test_a_level_that_is_in_doubt_says_so_and_why() -> None:
    doubtful = tried(1, 8, samples=times(8), generator=LATE)
    assert tone_of(doubtful) == "doubtful"
    section = section_of(record_of(level(0, 4), doubtful, capacity=found(4, None)))
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert table.rows[1][-1].endswith("!")
    (doubts,) = [block for block in section.blocks if isinstance(block, Items)]
    ((heading, why),) = doubts.items
    assert heading == "8 in flight, to confirm: the measurement is INVALID:"
    assert any("no row tells: 3" in sentence for sentence in why)
    assert any("in doubt" in block.text for block in section.blocks if isinstance(block, Text))


def test_each_level_has_what_it_was_judged_by_and_its_times() -> None:
    alone = folded(SEARCH)
    assert [one.summary for one in alone][1].startswith("4 in flight, to confirm: 10.00/s, P95 0.400 s, 0.0% failed")
    believed, limits, numbers = alone[1].blocks
    assert isinstance(believed, Facts)
    assert (believed.facts[0].name, believed.facts[0].value) == ("Measurement", "VALID")
    assert isinstance(limits, Table)
    assert {row[0] for row in limits.rows} == {LIMIT, RARE}
    assert isinstance(numbers, Table)
    assert numbers.rows == (("Response time", *["0.400"] * 6),)


def test_of_a_rate_the_service_time_is_there_too() -> None:
    (one,) = folded(record_of(tried(0, 4.0, axis="rate"), capacity=found(4.0, None, axis="rate")))
    times_table = one.blocks[-1]
    assert isinstance(times_table, Table)
    assert [row[0] for row in times_table.rows] == ["Response time", "Service time"]


def test_of_wrong_answers_the_worst_are_shown_and_of_right_ones_none() -> None:
    def with_examples(one: TriedLevel, *wers: float) -> TriedLevel:
        worst = tuple(Example(number, 0, "one two", "one to", wer) for number, wer in enumerate(wers))
        return replace(one, run=replace(one.run, accuracy=Accuracy(worst=worst)))

    wrong, right = with_examples(SWEEP[0], 0.9, 0.5, 0.4, 0.0), with_examples(SWEEP[1], 0.0)
    pairs = [[block for block in one.blocks if isinstance(block, Pairs)] for one in folded(record_of(wrong, right))]
    assert [len(one) for one in pairs] == [1, 0]
    assert len(pairs[0][0].pairs) == MOST_EXAMPLES
    assert pairs[0][0].pairs[0].about == "Request 0: WER 90%"


def test_what_a_level_has_found_is_said_in_whole_sentences() -> None:
    samples = times(8, fail=40)
    (one,) = folded(record_of(tried(0, 8, "fail", samples=samples), capacity=found(None, 8)))
    sentences = [text for block in one.blocks if isinstance(block, Items) for text, _ in block.items]
    assert all("\n" not in text and not text.startswith("-") for text in sentences)


def test_of_very_many_levels_not_each_is_shown_alone() -> None:
    few = times(2, n=20)
    levels = [tried(n, 1 + n, "measured", "sweep", samples=few) for n in range(MOST_LEVELS + 2)]
    section = section_of(record_of(*levels))
    assert len([block for block in section.blocks if isinstance(block, Folded)]) == MOST_LEVELS
    last = section.blocks[-1]
    assert isinstance(last, Text)
    assert last.text == "Of 2 more levels the figures are in the table alone."
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) == MOST_LEVELS + 2


def test_a_sweep_is_not_judged() -> None:
    levels = [level(n, users, "measured", "sweep", config=Config()) for n, users in enumerate((1, 2))]
    table = section_of(record_of(*levels)).blocks[0]
    assert isinstance(table, Table)
    assert "test" not in table.heads
    assert set(table.tones) == {"plain"}


def test_where_no_level_was_tried_there_is_nothing_to_say() -> None:
    assert tried_levels(SAY, replace(SEARCH, levels=())) is None


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_row_has_all_its_cells_in_both_languages(language: Language) -> None:
    section = tried_levels(Messages(language), SEARCH)
    assert section is not None
    inner = [one for block in section.blocks if isinstance(block, Folded) for one in block.blocks]
    for block in (*section.blocks, *inner):
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} == {len(block.heads)}


def test_a_level_of_which_nothing_was_measured_is_there_and_says_that_it_is_not_known() -> None:
    nothing = level(1, 8, "open", "screen", samples=times(8).where(times(8)["seq"] < 0))
    record = record_of(level(0, 4), nothing, capacity=found(4, None, limited="interrupted"))
    table = section_of(record).blocks[0]
    assert isinstance(table, Table)
    assert table.rows[1][table.heads.index("P95")] == "n/a"
    (believed, *_) = folded(record)[1].blocks
    assert isinstance(believed, Facts)
    assert (believed.facts[0].value, believed.facts[0].tone) == ("n/a", "doubtful")
    drawn = capacity(SAY, record)
    assert drawn is not None
    assert {plot.id for plot in drawn.blocks if isinstance(plot, Plot)} == {"levels-users-p95", "levels-users-rate"}


def test_many_levels_with_long_answers_stay_small() -> None:
    """300 kB is what a page may have beside its rows; styles and scripts are 90 of them."""
    said, heard = "one two three four " * 20, "one too free for more " * 18
    accuracy = Accuracy(worst=(Example(1, 0, said, heard, 0.9),))
    levels = [tried(n, 1 + n, "measured", "sweep", samples=times(2, n=20)) for n in range(MOST_LEVELS + 10)]
    levels = [replace(one, run=replace(one.run, accuracy=accuracy)) for one in levels]
    section = section_of(record_of(*levels))
    bare = len(document(SAY, Page("en", "title", "source", ())))
    assert len(document(SAY, Page("en", "title", "source", (section,)))) - bare < 200_000
