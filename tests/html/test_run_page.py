"""The pages of a run and of levels: which sections there are, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.html.document import document
from stt_load.html.page import Page
from stt_load.html.run_page import RUN_SECTIONS, page_of
from stt_load.report.messages import Language, Messages
from stt_load.samples.sample import ErrorKind
from tests.factory import table
from tests.html.reading import Reader
from tests.report.runs import run_of, steady
from tests.storage.trying import levels_of, search_of

SAY = Messages("en")


def ids(page: Page) -> list[str]:
    return [section.id for section in page.sections]


def test_the_verdict_is_first_and_where_it_comes_from_last() -> None:
    page = page_of(SAY, run_of(steady(), path=Path("there/result.json")))
    assert ids(page)[:2] == ["verdict", "figures"]
    assert ids(page)[-2:] == ["findings", "provenance"]
    assert page.title == "Load test of http://127.0.0.1:8000/v1/audio/transcriptions"
    assert page.source == "result.json · 2024-01-01 12:00:00 (+09:00)"


def test_sections_come_in_the_order_in_which_a_reader_asks() -> None:
    order = (
        "verdict gate headline latency_time distribution length_plot rates_time streaming failures tables accuracy"
    )
    assert [make.__name__ for make in RUN_SECTIONS] == [*order.split(), "warmup", "findings", "provenance"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_kind_of_run_has_a_page_in_both_languages(language: Language) -> None:
    say = Messages(language)
    records = [
        run_of(steady()),
        run_of(table([], [])),
        run_of(table([0.0, 1.0], 0.5, kind=ErrorKind.HTTP_5XX)),
        run_of(steady(), complete=False, end_reason="crashed", ended_at=None),
        levels_of(),
        search_of(),
    ]
    for record in records:
        page = page_of(say, record)
        assert len(ids(page)) == len(set(ids(page)))
        found = Reader(document(say, page))
        assert found.all("html")[0].attributes["lang"] == language
        anchors = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
        assert len(anchors) == len(set(anchors)), "an id of two elements leads nowhere"


def test_a_search_and_a_sweep_are_called_so() -> None:
    assert page_of(SAY, search_of()).title.startswith("Search for what http://")
    assert page_of(SAY, levels_of()).title.startswith("Levels of load on http://")


def test_what_a_service_says_is_no_markup_in_any_section() -> None:
    evil = "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>"
    rows = table([float(number) for number in range(60)], 0.5, kind=[ErrorKind.HTTP_5XX] * 20 + [None] * 40)
    texts = rows.rows.copy()
    texts["error"] = [0] * 20 + [-1] * 40
    run = run_of(type(rows)(texts, (evil,)), detail=evil, first_transcript=evil, target=f"http://{evil}/")
    found = Reader(document(SAY, page_of(SAY, run)))
    assert not found.all("img")
    assert "alert(1)" not in "".join(
        one.text for one in found.all("script") if one.attributes.get("type") != "application/json"
    )
    assert any(evil in text for text in found.texts("pre")) or any("alert(1)" in text for text in found.texts("td"))
