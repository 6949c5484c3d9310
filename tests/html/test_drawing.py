"""Plots as SVG, read as the XML that it is."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from stt_load.html.drawing import DASHED, draw
from stt_load.html.plot import Band, Line, Plot, Role
from tests.html.plots import FOLDER, GALLERY, axis, failures, latency_over_time, plot, series
from tests.html.test_paths import read

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e"


def elements(drawn: Plot) -> ElementTree.Element:
    """The SVG and its legend under one root. Fails where it isn't well-formed."""
    return ElementTree.fromstring(f"<div>{draw(drawn)}</div>")


def of_class(root: ElementTree.Element, *names: str) -> list[ElementTree.Element]:
    """Of the SVG; the legend has samples of the same classes."""
    svg = root[0]
    return [one for one in svg.iter() if set(names) <= set(one.get("class", "").split())]


def texts(root: ElementTree.Element, name: str) -> list[str]:
    return [one.text or "" for one in of_class(root, name)]


def percent(text: str | None) -> float:
    assert text is not None
    return float(text.removesuffix("%"))


def legend(root: ElementTree.Element) -> list[str]:
    return ["".join(item.itertext()) for item in root.iter("li")]


@pytest.mark.parametrize("made", GALLERY)
def test_every_plot_is_well_formed_and_says_what_it_is(made: object) -> None:
    drawn: Plot = made()  # type: ignore[operator]
    svg = elements(drawn)[0]
    assert svg.get("role") == "img"
    title, about = svg[0], svg[1]
    assert (title.tag, title.text, about.tag, about.text) == ("title", drawn.title, "desc", drawn.about)
    assert svg.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"


@pytest.mark.parametrize("made", GALLERY)
def test_nothing_is_styled_or_run_in_place_as_the_page_forbids_it(made: object) -> None:
    for one in elements(made()).iter():  # type: ignore[operator]
        assert not {name for name in one.attrib if name == "style" or name.startswith("on") or "href" in name}
        assert one.tag in {"div", "svg", "title", "desc", "path", "rect", "text", "ul", "li"}


def test_texts_of_anybody_stay_texts() -> None:
    drawn = plot(
        series([1, 2], [1, 2], name=HOSTILE),
        series([1, 2], [1, 2], name=HOSTILE, role="bad"),
        x=axis(label=HOSTILE),
        y=axis(label=HOSTILE),
        id='x" onload="alert(3)',
        title=HOSTILE,
        about=HOSTILE,
        bands=(Band(name=HOSTILE, first=1, last=2, role="stage"), Band(name=HOSTILE, first=1, last=2, role="stall")),
        lines=(Line(name=HOSTILE, at=1.0), Line(name=HOSTILE, at=1.5, stands=True)),
    )
    root = elements(drawn)
    assert not {one.tag for one in root.iter()} & {"script", "img"}
    assert root[0].get("onload") is None
    assert "\u202e" not in str(draw(drawn))
    assert root[0][0].text == HOSTILE.replace("\u202e", "\ufffd")


def test_points_lie_where_their_values_are() -> None:
    """Axes with given ends, so that the places are known: a quarter of the width, and half of the height."""
    root = elements(plot(series([25.0], [5.0]), x=axis(least=0.0, most=100.0), y=axis(least=0.0, most=10.0)))
    (path,) = of_class(root, "points")
    assert read(path.get("d", "")) == [[(1_000, 500), (1_000, 500)]]


def test_ticks_stand_beside_their_values() -> None:
    root = elements(plot(series([0, 100], [0, 10]), x=axis(least=0.0, most=100.0), y=axis(least=0.0, most=10.0)))
    along = {one.text: one for one in of_class(root, "tick") if "%" in one.get("x", "")}
    upright = {one.text: one for one in of_class(root, "tick") if "%" not in one.get("x", "")}
    assert [percent(along[text].get("x")) for text in ("0", "20", "100")] == [0.0, 20.0, 100.0]
    heights = [float(upright[text].get("y", "nan")) for text in ("0", "10")]
    assert heights[0] - heights[1] == 260


def test_marks_of_failures_lie_above_others_and_lines_above_all() -> None:
    kinds = [one.get("class", "").split()[0] for one in elements(latency_over_time())[0].iter("path")]
    roles = [one.get("class", "") for one in elements(latency_over_time())[0].iter("path")]
    bad = next(number for number, name in enumerate(roles) if "points" in name and "role-bad" in name)
    assert "points" not in kinds[bad + 1 :]
    assert kinds.index("line") > bad


def test_marks_of_failures_lie_above_others_that_come_after_them() -> None:
    x = np.arange(100.0)
    root = elements(plot(series(x, x, name="Failed", role="bad"), series(x, x)))
    assert "role-bad" in of_class(root, "points")[-1].get("class", "")


def test_few_points_lie_above_the_line_through_them() -> None:
    drawn = plot(series([0, 1], [1, 2]), series([0, 1], [1, 2], form="line"))
    kinds = [one.get("class", "").split()[0] for one in elements(drawn)[0].iter("path")]
    assert kinds.index("points") > kinds.index("line")


def test_few_points_are_large_and_many_small() -> None:
    few, some, many = (
        of_class(elements(plot(series(np.arange(count), np.ones(count)))), "points")[0].get("class")
        for count in (10, 500, 4_000)
    )
    assert (few, some, many) == ("points few role-main", "points role-main", "points many role-main")


def test_the_size_of_marks_is_that_of_the_whole_plot_and_failures_have_their_own() -> None:
    few, many = series([0, 1], [1, 2], role="warmup"), series(np.arange(4_000), np.ones(4_000))
    root = elements(plot(few, many, series([0, 1], [1, 2], role="bad")))
    assert of_class(root, "points", "role-warmup", "many")
    assert of_class(root, "points", "role-bad", "few")


def test_a_band_is_as_wide_as_it_lasts_and_never_out_of_sight() -> None:
    root = elements(
        plot(
            series([0, 100], [1, 2]),
            x=axis(least=0.0, most=100.0),
            bands=(
                Band(name="Warm-up", first=-5, last=10, role="warmup"),
                Band(name="Stall", first=50, last=50.001, role="stall"),
                Band(name="Stall", first=200, last=201, role="stall"),
            ),
        )
    )
    bands = of_class(root, "band")
    assert [(percent(one.get("x")), percent(one.get("width"))) for one in bands] == [(0.0, 10.0), (50.0, 0.3)]
    assert legend(root) == ["Rows", "Warm-up", "Stall"]


def test_stages_are_told_apart_by_every_second_being_shaded_and_have_their_names_in_the_plot() -> None:
    stages = tuple(Band(name=f"Stage {n}", first=10 * n, last=10 * n + 10, role="stage") for n in range(4))
    root = elements(plot(series([0, 40], [1, 2]), x=axis(least=0.0, most=40.0), bands=stages))
    assert [percent(one.get("x")) for one in of_class(root, "band")] == [25.0, 75.0]
    assert texts(root, "label") == ["Stage 0", "Stage 1", "Stage 2", "Stage 3"]
    assert legend(root) == []


def test_the_name_of_a_stage_that_is_a_line_stands_in_its_own_stage() -> None:
    lines = tuple(Line(name=f"Stage {n}: 100/s", at=25.0 * n, stands=True, role="stage") for n in range(4))
    root = elements(plot(series([0, 100], [1, 2]), x=axis(least=0.0, most=100.0), lines=lines))
    places = [(percent(one.get("x")), one.get("text-anchor")) for one in of_class(root, "label")]
    assert places == [(0.0, "start"), (25.0, "start"), (50.0, "start"), (100.0, "end")]


def test_names_at_the_top_stand_above_all_values() -> None:
    """At the values' highest place a name would hide them."""
    stages = tuple(Line(name=f"Stage {n}: 100/s", at=30.0 * n, stands=True, role="stage") for n in range(4))
    root = elements(plot(series(np.arange(100.0), np.full(100, 5.8)), lines=stages))
    lowest_name = max(float(one.get("y", "nan")) for one in of_class(root, "label"))
    (path,) = of_class(root, "points")
    highest_mark = min(y for stroke in read(path.get("d", "")) for _, y in stroke) * 260 / 1_000
    assert lowest_name < highest_mark


def test_a_limit_near_the_values_is_in_the_plot() -> None:
    root = elements(plot(series([1, 2], [1.0, 1.2]), lines=(Line(name="SLO 2 s", at=2.0),)))
    (line,) = of_class(root, "crossing")
    assert texts(root, "label") == ["SLO 2 s"]
    assert "2.0" in texts(root, "tick")
    assert line.get("class") == "crossing role-limit"


def test_a_limit_far_above_is_said_at_the_edge_and_does_not_flatten_the_values() -> None:
    root = elements(plot(series([1, 2], [1.0, 1.2]), lines=(Line(name="SLO 60 s", at=60.0),)))
    assert of_class(root, "crossing") == []
    assert texts(root, "label") == ["SLO 60 s ↑"]
    assert "50" not in texts(root, "tick")


def test_a_limit_is_drawn_where_there_are_no_values() -> None:
    root = elements(plot(series([], []), lines=(Line(name="SLO 2 s", at=2.0),)))
    assert len(of_class(root, "crossing")) == 1


def test_a_line_that_stands_outside_is_left_out() -> None:
    lines = (Line(name="P50", at=5.0, stands=True), Line(name="P99", at=50.0, stands=True))
    root = elements(plot(series([0, 10], [1, 2]), x=axis(least=0.0, most=10.0), lines=lines))
    assert texts(root, "label") == ["P50"]


def test_bars_of_several_kinds_stand_beside_each_other() -> None:
    root = elements(failures())
    (first,), (second,) = of_class(root, "bars", "role-bad"), of_class(root, "bars", "role-second")
    corners = [sorted({x for x, _ in read(one.get("d", ""))[3]}) for one in (first, second)]
    assert corners[0][1] == pytest.approx(corners[1][0], abs=1)


def test_bars_of_one_name_stand_beside_each_other_too() -> None:
    rows = [series([0, 1, 2], [1, 2, height], form="bars") for height in (3, 4)]
    first, second = of_class(elements(plot(*rows)), "bars")
    assert read(first.get("d", ""))[1][0] != read(second.get("d", ""))[1][0]


def test_numbers_that_would_touch_on_a_phone_are_shown_on_wide_screens_only() -> None:
    root = elements(plot(series([0, 1], [1, 2]), x=axis("count", label="Rows", least=0.0, most=700_000.0)))
    hidden = [one for one in of_class(root, "tick") if "wide-only" in one.get("class", "")]
    assert 0 < len(hidden) < 8


@pytest.mark.parametrize("form", ["points", "line", "steps", "area", "bars"])
@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [np.inf, -np.inf], [0.0, 0.0]])
def test_a_plot_of_nothing_is_an_empty_frame(form: str, values: list[float]) -> None:
    root = elements(plot(series(np.arange(len(values)), values, form=form)))
    assert len(of_class(root, "axis")) == 1
    assert "nan" not in str(draw(plot(series(np.arange(len(values)), values, form=form))))


def test_a_plot_without_series_is_an_empty_frame() -> None:
    assert len(of_class(elements(plot()), "axis")) == 1


def test_five_thousand_points_are_less_than_60_kb() -> None:
    assert len(draw(latency_over_time(5_000)).encode()) < 60_000


def test_the_style_sheet_knows_every_role_in_light_and_dark() -> None:
    roles = re.findall(r'"(\w+)"', re.search(r"Role = Literal\[(.*?)\]", _source("plot.py"), re.DOTALL)[1])  # type: ignore[index]
    light, dark = _source("plot.css").split("@media (prefers-color-scheme: dark)", 1)
    assert len(roles) >= 10
    for role in roles:
        assert f"--plot-{role}:" in light
        assert f"--plot-{role}:" in dark
        assert f".role-{role} {{" in dark


def _source(name: str) -> str:
    return Path(FOLDER / name).read_text(encoding="utf-8")


def _luminance(colour: str) -> float:
    """Relative, by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_stand_out_from_the_page_as_wcag_asks(scheme: int) -> None:
    """3 to 1 for what is drawn (1.4.11), 4.5 to 1 for names, which have the colour of their lines (1.4.3)."""
    card = re.findall(r"--card: (#\w{6})", _source("style.css"))[scheme]
    found = re.findall(r"--plot-(\w+): (#\w{6})", _source("plot.css"))
    roles = {role: [colour for name, colour in found if name == role][scheme] for role, _ in found}
    for role, colour in roles.items():
        low, high = sorted((_luminance(colour), _luminance(card)))
        least = {"grid": 1.0, "axis": 1.5, "warmup": 3.0, "stall": 3.0}.get(role, 4.5)
        assert (high + 0.05) / (low + 0.05) >= least, role


def test_a_mark_on_an_axis_is_whole_and_a_line_that_leaves_the_plot_is_cut() -> None:
    drawn = plot(series([1, 2, 3], [0, 0, 1]), series([1, 2, 3], [0, 0, 9], form="line"))
    root = elements(drawn)[0]
    around = {path.get("class", "").split()[0]: svg for svg in root.iter() for path in svg.findall("path")}
    assert "marks" in around["points"].get("class", "").split()
    assert "marks" not in around["line"].get("class", "").split()
    assert re.search(r"\.marks \{ overflow: visible; \}", _source("plot.css"))


@pytest.mark.parametrize("roles", [("second", "main"), ("main", "second")])
def test_of_lines_that_are_the_same_the_dashed_one_is_seen_on_the_other(roles: tuple[Role, Role]) -> None:
    drawn = plot(*(series([1, 2], [3, 4], form="steps", role=role) for role in roles))
    paths = [one.get("class", "") for one in elements(drawn)[0].iter() if "steps" in one.get("class", "")]
    assert paths == ["steps role-main", "steps role-second"]
    dashed = set(re.findall(r"\.plot \.line\.role-(\w+), [^{]*\{[^}]*stroke-dasharray", _source("plot.css")))
    assert dashed == set(DASHED)
