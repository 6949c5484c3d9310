"""The answer of a search on a page, and what there is of a sweep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.html.blocks import Facts, Items, Text
from stt_load.html.capacity import capacity
from stt_load.html.page import Section
from stt_load.html.plot import Plot
from stt_load.report.messages import Language, Messages
from stt_load.storage.levels_record import LevelsRecord
from tests.html.test_load_curve import SWEEP, search, times
from tests.report.searches import found, record_of, tried

SAY = Messages("en")
SEARCH = record_of(*search(), capacity=found(4, 8))


def section_of(record: LevelsRecord) -> Section:
    section = capacity(SAY, record)
    assert section is not None
    return section


def facts_of(record: LevelsRecord) -> dict[str, str]:
    blocks = [block for block in section_of(record).blocks if isinstance(block, Facts)]
    return {fact.name: fact.value for block in blocks for fact in block.facts}


def test_the_answer_of_a_search_stands_above_its_curves() -> None:
    section = section_of(SEARCH)
    assert section.title == "Capacity"
    sentence, beside, *_ = section.blocks
    assert isinstance(sentence, Text)
    assert sentence.text.startswith("Carries 4 requests in flight (10.0 requests/s, 0.400 s each")
    assert "at 8 it does not" in sentence.text
    assert isinstance(beside, Items)
    assert beside.items == (("Knee: not seen.", ()),)
    assert [block.id for block in section.blocks if isinstance(block, Plot)] == [
        "levels-users-p95",
        "levels-users-rate",
    ]


def test_its_numbers_follow_from_each_other() -> None:
    """Little's law: 4 in flight, 0.4 s each, so 10 a second; of clips of 10 s that is 100 s of audio a second, which
    is 100 / 60 hours a minute."""
    assert facts_of(SEARCH) == {
        "Requests per second": "10.0",
        "Each takes": "0.400 s",
        "Seconds of audio per second": "100",
        "Hours of audio per minute": "1.67",
    }


def test_its_numbers_are_those_of_the_level_that_was_carried() -> None:
    """And not of a later test at the same load, which was not passed."""
    levels = (
        tried(0, 4, samples=times(4)),
        tried(1, 8, "fail", samples=times(8)),
        tried(2, 4, "fail", samples=times(6)),
    )
    assert facts_of(record_of(*levels, capacity=found(4, 8)))["Each takes"] == "0.400 s"


def test_users_that_pause_are_not_all_in_flight() -> None:
    samples = times(4)
    samples.rows["pause_s"] = 0.4
    levels = (tried(0, 4, samples=samples), tried(1, 8, "fail", samples=times(8)))
    assert facts_of(record_of(*levels, capacity=found(4, 8)))["In flight at a time"] == "2.00"


def test_what_an_hour_of_audio_costs_is_said_where_a_price_is_known() -> None:
    """3.60 an hour for the deployment, which does 100 hours of audio in it: 0.036 each."""
    record = replace(SEARCH, config=SEARCH.config | {"cost": {"per_hour": 3.6}})
    assert facts_of(record)["An hour of audio costs"] == "0.036"


def test_what_was_asked_for_is_answered() -> None:
    record = record_of(*search(), capacity=found(4, 8), search={"at_least": 8.0})
    items = next(block for block in section_of(record).blocks if isinstance(block, Items))
    assert items.items[0] == ("Asked for: at least 8 requests in flight. It does not carry that.", ())


def test_a_search_that_can_not_tell_has_its_sentence_and_no_numbers() -> None:
    record = record_of(*search()[:2], capacity=found(None, None, limited="generator"))
    section = section_of(record)
    assert isinstance(section.blocks[0], Text)
    assert section.blocks[0].text.startswith("Can't tell")
    assert facts_of(record) == {}


def test_a_sweep_has_its_knee_and_its_curves() -> None:
    record = replace(record_of(*SWEEP), knee=2.0)
    section = section_of(record)
    assert section.title == "Figures at each load"
    (items,) = [block for block in section.blocks if isinstance(block, Items)]
    assert items.items[0][0].startswith("Knee: at 2 in flight;")
    plots = [block for block in section.blocks if isinstance(block, Plot)]
    assert {line.name for plot in plots for line in plot.lines if line.stands} == {"knee: 2"}
    assert not [block for block in section.blocks if isinstance(block, Text | Facts)]


def test_where_no_level_was_tried_there_is_nothing_to_say() -> None:
    assert capacity(SAY, replace(SEARCH, levels=())) is None


@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_both_languages(language: Language) -> None:
    section = capacity(Messages(language), SEARCH)
    assert section is not None
    assert isinstance(section.blocks[0], Text)
    assert section.blocks[0].text.endswith(".")
    assert not section.blocks[0].text.endswith("..")
