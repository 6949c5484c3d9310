"""Whole pages in Chromium: wide and narrow, light and dark, with scripts and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.html.writing import write_report
from stt_load.report.messages import Language, Messages
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord
from tests.html.browser import PHONE, SCREEN, needs_browser, shown
from tests.html.rich import rich_run
from tests.storage.trying import levels_of, search_of

pytestmark = [pytest.mark.slow, needs_browser]


def page(folder: Path, record: RunRecord | LevelsRecord, language: Language = "en") -> Path:
    path = folder / "report.html"
    write_report(path, Messages(language), record)
    return path


RECORDS = {"run": rich_run, "search": search_of, "sweep": levels_of}
PAPER = 718
"""Pixels of A4 between margins of 1 cm, at 96 of them an inch."""


@pytest.mark.parametrize(("kind", "language"), [("run", "en"), ("run", "ko"), ("search", "en"), ("sweep", "ko")])
@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_nothing_is_asked_for_nothing_is_wrong_and_nothing_is_too_wide(
    tmp_path: Path, kind: str, width: int, language: Language
) -> None:
    path = page(tmp_path, RECORDS[kind](), language)
    with shown(path, width=width, dark=width == PHONE) as found:
        assert found.said == []
        assert [url for url in found.asked if not url.startswith("data:")] == []
        assert not found.is_too_wide


@pytest.mark.parametrize("kind", ["run", "search"])
def test_it_fits_on_paper(tmp_path: Path, kind: str) -> None:
    with shown(page(tmp_path, RECORDS[kind]()), width=PAPER) as found:
        found.tab.emulate_media(media="print")
        assert not found.is_too_wide
        assert not found.tab.locator("nav").is_visible()


def test_what_a_service_has_said_is_text_and_runs_nowhere(tmp_path: Path) -> None:
    with shown(page(tmp_path, rich_run())) as found:
        assert found.tab.evaluate("typeof window.planted") == "undefined"
        assert found.tab.locator("img").count() == 0
        assert found.tab.locator("td, li, dd, p", has_text="<script>window.planted = 1</script>").count() > 0
        assert found.said == []


def test_what_is_put_into_the_page_later_does_not_run_either(tmp_path: Path) -> None:
    """The policy is what holds where escaping should ever fail."""
    path = page(tmp_path, rich_run())
    text = path.read_text(encoding="utf-8")
    evil = "<script>window.planted = 1</script><img src=x onerror='window.planted = 2'><p style='color: red'>x</p>"
    path.write_text(text.replace("<main>", f"<main>{evil}", 1), encoding="utf-8")
    with shown(path) as found:
        assert found.tab.evaluate("typeof window.planted") == "undefined"
        assert any("Content Security Policy" in line for line in found.said)


def test_without_scripts_all_of_it_can_be_read(tmp_path: Path) -> None:
    path = page(tmp_path, rich_run())
    with shown(path, scripts=False) as found:
        assert not found.is_too_wide
        for heading in found.tab.locator("h2").all():
            assert heading.is_visible()
        plots = found.tab.locator("figure.plot").all()
        assert len(plots) >= 4
        for plot in plots:
            box = plot.locator("svg").first.bounding_box()
            assert box is not None
            assert box["height"] > 100
            summary = plot.locator("details.numbers > summary")
            summary.click()
            assert plot.locator("details.numbers td").first.is_visible(), "a browser unfolds without scripts, too"


def test_each_way_round_texts_stand_out_from_what_is_behind_them(tmp_path: Path) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, of the style sheet's own colours, as the browser has them."""
    path = page(tmp_path, rich_run(50))
    for dark in (False, True):
        with shown(path, dark=dark) as found:
            for text, behind in (
                ("--ink", "--paper"), ("--ink", "--card"), ("--muted", "--paper"), ("--muted", "--card"),
                ("--accent", "--card"), ("--good", "--card"), ("--bad", "--card"), ("--doubtful", "--card"),
                ("--ink", "--bad-tint"), ("--ink", "--doubtful-tint"), ("--ink", "--good-tint"),
            ):  # fmt: skip
                script = "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
                colours = [str(found.tab.evaluate(script, name)) for name in (text, behind)]
                assert contrast(*colours) >= 4.5, (dark, text, behind)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio, of colours as #rrggbb."""
    high, low = sorted(map(_luminance, (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_hundred_thousand_rows_are_shown(tmp_path: Path) -> None:
    with shown(page(tmp_path, rich_run(100_000, 3_600.0))) as found:
        assert found.said == []
        assert found.tab.locator("figure.plot svg").first.is_visible()
        ready_ms = found.tab.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
        print(f"complete after {ready_ms:.0f} ms")
        assert ready_ms < 10_000
