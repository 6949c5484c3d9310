"""Plots that are zoomed: in Chromium, on a page with the policy that every page of ours has."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stt_load.html import area, drawing, labels, scales
from stt_load.html.document import document
from stt_load.html.page import Page, Section
from stt_load.html.plot import Axis, Band, Line, Plot, Scale
from stt_load.report.messages import Messages
from tests.html.browser import PHONE, needs_browser, shown
from tests.html.plots import FOLDER, GALLERY, axis, latency_over_time, plot, series

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
WIDE = 1_000


def page_of(folder: Path, *plots: Plot) -> Path:
    sections = tuple(Section(f"s{number}", f"Section {number}", (one,)) for number, one in enumerate(plots))
    file = folder / "page.html"
    file.write_text(document(Messages("en"), Page("en", "Plots", "run.json", sections)), encoding="utf-8")
    return file


def live(tab: Tab, id: str) -> None:
    """Scrolls to a plot and waits until the script has drawn it."""
    tab.locator(f"#{id}").scroll_into_view_if_needed()
    tab.wait_for_selector(f"#{id} .is-live .u-over")


def hover(tab: Tab, id: str, x: float, y: float) -> str:
    """What is shown at a place of the plot, in shares of its width and height from the bottom left."""
    over = tab.locator(f"#{id} .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"])
    tip = tab.locator(f"#{id} .tip")
    return tip.inner_text() if tip.is_visible() else ""


def drag(tab: Tab, id: str, first: tuple[float, float], last: tuple[float, float]) -> None:
    over = tab.locator(f"#{id} .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    ends = [(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]) for x, y in (first, last)]
    tab.mouse.move(*ends[0])
    tab.mouse.down()
    tab.mouse.move(*ends[1], steps=5)
    tab.mouse.up()


def test_the_script_reads_what_the_page_has() -> None:
    """Without a browser: the names that Python writes are those that the script and the style sheet look for."""
    script = (FOLDER / "script.js").read_text(encoding="utf-8")
    template = (FOLDER / "blocks.j2").read_text(encoding="utf-8")
    for attribute in ("zoom", "back"):
        assert f"data-{attribute}=" in template
        assert f"dataset.{attribute}" in script
    assert "figure.plot[data-zoom]" in script
    assert 'class="drawing"' in template
    assert "innerHTML" not in script
    style = (FOLDER / "plot.css").read_text(encoding="utf-8")
    for name in re.findall(r'element\("\w+", "([\w-]+)"\)', script):
        assert f".{name}" in style


def test_numbers_that_python_and_the_script_share_are_the_same() -> None:
    script = (FOLDER / "script.js").read_text(encoding="utf-8")
    assert f"const HEIGHT = {area.HEIGHT_PX};" in script
    assert f"const NINES = {scales.MOST_NINES};" in script
    assert f"height: {area.HEIGHT_PX}px" in (FOLDER / "plot.css").read_text(encoding="utf-8")
    assert f"count <= {drawing.FEW_POINTS}" in script
    assert f"plot.marks <= {drawing.FEW_POINTS}" in script
    assert f"count >= (bad ? {drawing.MANY_FAILURES} : {drawing.MANY_POINTS})" in script
    assert f"length > {labels.LONGEST}" in script


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(tmp_path_factory.mktemp("gallery"), *(made() for made in GALLERY))


@pytest.mark.slow
@needs_browser
def test_every_kind_of_plot_comes_to_life_without_an_error_or_a_request(gallery: Path) -> None:
    for dark in (False, True):
        with shown(gallery, width=WIDE, dark=dark) as page:
            tab = page.tab
            for made in GALLERY:
                live(tab, made().id)
                assert not tab.locator(f"#{made().id} .plot-area").is_visible()
            assert page.said == page.asked == []


@pytest.mark.slow
@needs_browser
def test_without_scripts_the_svg_is_there(gallery: Path) -> None:
    with shown(gallery, width=WIDE, scripts=False) as page:
        tab = page.tab
        for made in GALLERY:
            box = tab.locator(f"#{made().id} .plot-area").bounding_box()
            assert box is not None
            assert box["width"] > 700
            assert box["height"] == 260
        assert page.said == page.asked == []


@pytest.mark.slow
@needs_browser
def test_on_paper_it_is_the_svg_again(gallery: Path) -> None:
    with shown(gallery, width=WIDE) as page:
        tab = page.tab
        live(tab, "latency")
        tab.emulate_media(media="print")
        assert tab.locator("#latency .plot-area").is_visible()
        assert not tab.locator("#latency .live").is_visible()


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_needs_no_scrolling_sideways(gallery: Path, scripts: bool) -> None:
    with shown(gallery, width=PHONE, scripts=scripts) as page:
        tab = page.tab
        if scripts:
            for made in GALLERY:
                live(tab, made().id)
        assert tab.locator("html").evaluate("(html) => html.scrollWidth") == PHONE
        for made in GALLERY:
            assert drawn_width(tab, made().id, "canvas" if scripts else ".plot-area") <= PHONE


def drawn_width(tab: Tab, id: str, what: str) -> float:
    box = tab.locator(f"#{id} {what}").bounding_box()
    assert box is not None
    return box["x"] + box["width"]


SCALES: list[tuple[Scale, float, float, float]] = [
    ("linear", 0.0, 100.0, 50.0),  # half of it lies in the middle
    ("log", 1.0, 100.0, 10.0),  # and so do 10 between 1 and 100,
    ("tail", 0.0, 0.9999, 0.99),  # and 99% between 0 and 99.99%
]


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize(("scale", "least", "most", "middle"), SCALES)
def test_what_is_under_the_pointer_is_named_where_the_scale_has_it(
    tmp_path: Path, scale: Scale, least: float, most: float, middle: float
) -> None:
    rows = series([least, middle, most], [1.0, 5.25, 9.0])
    along = Axis(label="Share", quantity="ratio", scale=scale, least=least, most=most)
    file = page_of(tmp_path, plot(rows, x=along, y=axis(least=0.0, most=10.0)))
    with shown(file, width=WIDE) as page:
        tab = page.tab
        live(tab, "rows")
        assert hover(tab, "rows", 0.5, 0.525) == f"Share: {middle:.2f}\nRows: 5.250 s"
        assert hover(tab, "rows", 0.25, 0.2) == ""
        assert page.said == page.asked == []


@pytest.mark.slow
@needs_browser
def test_of_lines_the_value_at_the_pointer_is_named_and_of_steps_the_one_that_lasts(tmp_path: Path) -> None:
    line = series([0, 40, 100], [2, 4, 6], name="Line", form="line")
    steps = series([0, 40, 100], [1, 3, 5], name="Steps", form="steps")
    ends = {"least": 0.0, "most": 100.0}
    file = page_of(tmp_path, plot(line, steps, x=axis(**ends), y=axis("count", label="Users")))
    with shown(file, width=WIDE) as page:
        tab = page.tab
        live(tab, "rows")
        assert hover(tab, "rows", 0.35, 0.5).splitlines()[1:] == ["Line: 4", "Steps: 1"]
        assert hover(tab, "rows", 0.45, 0.5).splitlines()[1:] == ["Line: 4", "Steps: 3"]


@pytest.mark.slow
@needs_browser
def test_dragging_zooms_and_both_ways_back_show_all_again(tmp_path: Path) -> None:
    """After a zoom into the middle fifth its middle is still the middle, and its quarter another value."""
    numbers = np.arange(101.0)
    rows = series(numbers, numbers, name="Row")
    file = page_of(tmp_path, plot(rows, x=axis(least=0.0, most=100.0), y=axis("count", least=0.0, most=100.0)))
    with shown(file, width=WIDE) as page:
        tab = page.tab
        live(tab, "rows")
        back = tab.locator("#rows button.back")
        assert not back.is_visible()
        ways: list[Callable[[], None]] = [back.click, tab.locator("#rows .u-over").dblclick]
        for way in ways:
            drag(tab, "rows", (0.4, 0.4), (0.6, 0.6))
            assert back.is_visible()
            assert "Row: 45" in hover(tab, "rows", 0.25, 0.25)
            way()
            assert not back.is_visible()
            assert "Row: 25" in hover(tab, "rows", 0.25, 0.25)
        assert page.said == page.asked == []


@pytest.mark.slow
@needs_browser
def test_who_cannot_see_it_is_told_what_it_shows(gallery: Path) -> None:
    with shown(gallery, width=WIDE) as page:
        live(page.tab, "latency")
        assert page.tab.get_by_role("img", name="Latency over time. Response times.").is_visible()


@pytest.mark.slow
@needs_browser
def test_a_click_alone_zooms_nowhere(gallery: Path) -> None:
    with shown(gallery, width=WIDE) as page:
        tab = page.tab
        live(tab, "latency")
        drag(tab, "latency", (0.5, 0.5), (0.5, 0.5))
        assert not tab.locator("#latency button.back").is_visible()


@pytest.mark.slow
@needs_browser
def test_texts_of_anybody_stay_texts_in_what_the_script_shows(tmp_path: Path) -> None:
    drawn = plot(
        series([1], [1], name=HOSTILE),
        x=axis(label=HOSTILE, least=0.0, most=2.0),
        y=axis(label=HOSTILE, least=0.0, most=2.0),
        title=HOSTILE,
        bands=(Band(name=HOSTILE, first=0, last=1, role="stage"),),
        lines=(Line(name=HOSTILE, at=1.5),),
    )
    with shown(page_of(tmp_path, drawn), width=WIDE) as page:
        tab = page.tab
        live(tab, "rows")
        assert hover(tab, "rows", 0.5, 0.5) == f"{HOSTILE}: 1.000\n{HOSTILE}: 1.000 s"
        assert tab.locator("img").count() == 0
        assert page.said == page.asked == []


@pytest.mark.slow
@needs_browser
def test_where_a_plot_cannot_be_read_its_svg_stays(tmp_path: Path) -> None:
    file = page_of(tmp_path, latency_over_time())
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('<script type="application/json">{', '<script type="application/json">'), "utf-8")
    with shown(file, width=WIDE) as page:
        tab = page.tab
        for _ in range(600):
            if page.said:
                break
            tab.wait_for_timeout(50)
        assert [message for message in page.said if "JSON" in message] == page.said != []
        assert tab.locator("#latency .plot-area").is_visible()
        assert tab.locator("#latency .live").count() == 0


@pytest.mark.slow
@needs_browser
def test_a_window_of_another_width_has_a_plot_of_its_width(gallery: Path) -> None:
    with shown(gallery, width=WIDE) as page:
        tab = page.tab
        live(tab, "latency")
        before = drawn_width(tab, "latency", "canvas")
        tab.set_viewport_size({"width": 700, "height": 900})
        tab.wait_for_function(
            "before => document.querySelector('#latency canvas').clientWidth < before - 200", arg=before
        )
        assert drawn_width(tab, "latency", "canvas") <= 700
