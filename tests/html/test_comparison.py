"""The page of a comparison, as data and as HTML."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from stt_load.comparison.model import Comparison, Unlike
from stt_load.html.blocks import Facts, Items, Table, Text
from stt_load.html.comparison import bare, comparison_page
from stt_load.html.document import document
from stt_load.html.page import Page
from stt_load.html.plot import Plot
from stt_load.report.messages import Language, Messages
from stt_load.storage.run_record import RunRecord
from tests.html.browser import PHONE, SCREEN, needs_browser, shown
from tests.report.comparisons import ERRORS, ONE, P95, SHOWN, SIX, THREE, WER
from tests.report.runs import run_of, steady

SAY = Messages("en")
HOSTILE = "<script>document.title='x'</script><img src=http://evil.example/a>"


def runs(files: tuple[str, ...], response_s: float, **info: str) -> list[RunRecord]:
    return [run_of(steady(response_s=response_s), path=Path(file), **info) for file in files]


def page_of(found: Comparison, language: Language = "en", **info: str) -> Page:
    say = Messages(language)
    return comparison_page(say, found, runs(found.baseline, 0.5, **info), runs(found.candidate, 0.56, **info))


def test_the_verdict_comes_first_and_then_what_is_worse() -> None:
    page = page_of(SIX)
    first = page.sections[0]
    assert first.title is None
    assert first.blocks[:2] == (
        Text("The candidate is worse: p95(response_time_s).", "bad"),
        Text("It is better: throughput_rps.", "good"),
    )
    facts = first.blocks[2]
    assert isinstance(facts, Facts)
    assert [(one.name, one.tone) for one in facts.facts][:2] == [("p95(response_time_s)", "bad"), ("wer", "doubtful")]
    assert (facts.facts[0].value, facts.facts[0].about) == ("+12.0%", "0.500 s → 0.560 s; WORSE")
    assert (facts.facts[1].value, facts.facts[1].about) == ("can't tell", "3.00% → n/a")


def test_each_section_and_a_plot_for_each_metric() -> None:
    page = page_of(SIX)
    assert [one.id for one in page.sections] == ["verdict", "metrics", "distribution", "values", "runs"]
    plots = [block for one in page.sections for block in one.blocks if isinstance(block, Plot)]
    assert len(plots) == 1 + len(SIX.differences)
    assert len({plot.id for plot in plots}) == len(plots)


def test_every_run_is_listed_and_what_each_side_was_made_with() -> None:
    say, base = SAY, runs(THREE.baseline, 0.5, target="http://old/")
    page = comparison_page(say, THREE, base, runs(THREE.candidate, 0.56, target="http://new/"))
    baseline, candidate, sides = [block for block in page.sections[-1].blocks if isinstance(block, Table)]
    assert [row[0] for row in baseline.rows] == list(THREE.baseline)
    assert [row[0] for row in candidate.rows] == list(THREE.candidate)
    assert (baseline.caption, candidate.caption) == ("Baseline", "Candidate")
    assert sides.rows[0] == ("target", "http://old/", "http://new/")


def test_a_metric_that_is_the_same_in_every_run_is_a_sentence_and_no_plot() -> None:
    same = replace(ERRORS, candidate=(0.0,) * 6)
    absent = replace(WER, baseline=(None,) * 6, candidate=(None,) * 6)
    page = page_of(replace(SIX, differences=(P95, same, absent)))
    blocks = next(one for one in page.sections if one.id == "values").blocks[1:]
    assert [type(block) for block in blocks] == [Plot, Text, Text]
    assert blocks[1:] == (Text("error_rate: 0.00% in every run."), Text("No run has a figure of wer."))
    some = replace(WER, baseline=(0.0,) * 6, candidate=(0.0, None, 0.0, 0.0, None, 0.0))
    page = page_of(replace(SIX, differences=(some,)))
    assert next(one for one in page.sections if one.id == "values").blocks[1:] == (
        Text("wer: 0.00% in 10 of 12 runs; the others have no such figure."),
    )


def test_what_makes_runs_unlike_is_said_above_all_figures() -> None:
    items = page_of(ONE).sections[0].blocks[0]
    assert isinstance(items, Items)
    (sentence, lines) = items.items[0]
    assert sentence.startswith("Compared by force")
    assert lines[0] == "model: whisper-1 (baseline), whisper-2 (candidate)"


@pytest.mark.parametrize(
    ("text", "said"), [("❌ It is.", "It is."), ("p: how often", "p: how often"), ("3 runs", "3 runs")]
)
def test_signs_of_the_console_are_left_out(text: str, said: str) -> None:
    assert bare(text) == said


class Elements(HTMLParser):
    """What a document is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", SHOWN)
def test_the_document_needs_nothing_beside_it(name: str, language: Language) -> None:
    page = page_of(SHOWN[name], language)
    text = document(Messages(language), page)
    assert len(text.encode()) < 300_000
    elements = Elements()
    elements.feed(text)
    assert not [attributes for _, attributes in elements.found if attributes.keys() & {"src", "onclick"}]
    assert {tag for tag, _ in elements.found}.isdisjoint({"img", "iframe", "object"})
    assert sum(tag == "svg" and values.get("role") == "img" for tag, values in elements.found) == sum(
        isinstance(block, Plot) for one in page.sections for block in one.blocks
    )


def test_somebody_elses_text_is_text() -> None:
    unlike = (Unlike(HOSTILE, (HOSTILE,), (HOSTILE,)),)
    found = replace(ONE, baseline=(f"{HOSTILE}.json",), unlike=unlike)
    plain_elements, elements = Elements(), Elements()
    plain_elements.feed(document(SAY, page_of(ONE)))
    elements.feed(document(SAY, page_of(found, target=HOSTILE, version=HOSTILE)))
    counts = [[tag for tag, _ in one.found].count("script") for one in (plain_elements, elements)]
    assert counts[0] == counts[1]
    assert "img" not in {tag for tag, _ in elements.found}


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("width", "dark"), [(SCREEN, False), (PHONE, True)])
def test_in_a_browser(tmp_path: Path, width: int, dark: bool, scripts: bool) -> None:
    """On a screen and on a phone, in light and dark, with scripts and without: no error, no request, no sideways
    scrolling, and somebody else's text is text."""
    found = replace(SIX, unlike=(Unlike(HOSTILE, (HOSTILE,), (HOSTILE,)),))
    file = tmp_path / "page.html"
    file.write_text(document(SAY, page_of(found, target=HOSTILE)), encoding="utf-8")
    with shown(file, width=width, dark=dark, scripts=scripts) as page:
        assert page.tab.title().startswith("Comparison of runs")
        assert page.tab.locator("figure.plot").count() == 1 + len(SIX.differences)
        drawing = page.tab.locator("figure.plot .drawing").first.bounding_box()
        assert drawing is not None
        assert drawing["height"] > 100
        assert page.tab.get_by_text("document.title='x'").count() > 0
        assert page.tab.get_by_text("The candidate is worse: p95(response_time_s).", exact=True).is_visible()
        if scripts:
            assert not page.is_too_wide
        assert (page.said, page.asked) == ([], [])
