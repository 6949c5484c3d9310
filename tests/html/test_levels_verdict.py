"""The first thing that a page says of a sweep or a search."""

from __future__ import annotations

from dataclasses import replace

from stt_load.html.blocks import Fact, Facts, Text
from stt_load.html.levels_verdict import levels_verdict
from stt_load.report.messages import Messages
from stt_load.storage.levels_record import LevelsRecord
from tests.storage.trying import levels_of, search_of

SAY = Messages("en")


def facts(record: LevelsRecord) -> dict[str, Fact]:
    found = levels_verdict(SAY, record).blocks[0]
    assert isinstance(found, Facts)
    return {fact.name: fact for fact in found.facts}


def test_a_search_says_what_is_carried_and_what_is_not() -> None:
    found = facts(search_of())
    assert (found["Carries"].value, found["Carries"].about) == ("2", "requests in flight, confirmed")
    assert (found["Fails at"].value, found["Fails at"].about) == ("4", "requests in flight, screened only")
    assert found["What fails first"].value == "p95(response_time_s) < 2"
    assert found["Levels tried"].value == "3"


def test_a_sweep_says_where_its_knee_is() -> None:
    assert facts(levels_of())["Knee"].value == "2"
    assert facts(levels_of(knee=None))["Knee"].value == "n/a"
    assert "Carries" not in facts(levels_of())


def test_one_that_was_ended_says_so() -> None:
    record = search_of()
    info = replace(record.info, complete=False, end_reason="interrupted")
    record = replace(record, info=info)
    assert facts(record)["Run"].tone == "doubtful"
    texts = [block.text for block in levels_verdict(SAY, record).blocks if isinstance(block, Text)]
    assert any(text.startswith("Not complete: interrupted") for text in texts)
