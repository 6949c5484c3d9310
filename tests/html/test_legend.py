"""What the marks of a plot mean, below it."""

from __future__ import annotations

from xml.etree import ElementTree

from stt_load.html.legend import legend
from stt_load.html.plot import Band, Plot
from tests.html.plots import plot, series


def entries(drawn: Plot) -> dict[str, list[str]]:
    """Each name with the classes of its samples; nothing where there is no legend."""
    root = ElementTree.fromstring(f"<div>{legend(drawn)}</div>")
    return {
        "".join(item.itertext()): [path.get("class", "") for path in item.iter("path")] for item in root.iter("li")
    }


def test_each_series_has_its_name_and_a_sample_of_what_it_looks_like() -> None:
    drawn = plot(series([1], [1], name="Succeeded"), series([1], [1], name="P95", form="line", role="second"))
    assert entries(drawn) == {"Succeeded": ["points role-main"], "P95": ["line role-second"]}


def test_what_has_one_name_and_role_is_one_entry() -> None:
    rows = [series([0, 1], [1, n], name="Baseline", form="line", role="second") for n in range(3)]
    drawn = plot(*rows, series([0, 1], [1, 2], name="Candidate", form="line"))
    assert list(entries(drawn)) == ["Baseline", "Candidate"]


def test_a_name_in_two_forms_shows_both() -> None:
    drawn = plot(series([1], [1], name="P95"), series([1], [1], name="P95", form="line"), series([1], [1]))
    assert entries(drawn)["P95"] == ["points role-main", "line role-main"]


def test_bands_are_named_but_for_stages_which_are_named_in_the_plot() -> None:
    bands = (
        Band(name="Warm-up", first=0, last=1, role="warmup"),
        Band(name="Stall", first=2, last=3, role="stall"),
        Band(name="Stall", first=4, last=5, role="stall"),
        Band(name="Stage 1", first=1, last=5, role="stage"),
    )
    assert list(entries(plot(series([1], [1]), bands=bands))) == ["Rows", "Warm-up", "Stall"]


def test_one_series_alone_needs_no_legend() -> None:
    assert legend(plot(series([0, 1], [1, 2]))) == ""


def test_names_of_anybody_stay_texts() -> None:
    drawn = plot(series([1], [1], name="<script>\u202e"), series([1], [1], name="&"))
    assert list(entries(drawn)) == ["<script>\ufffd", "&"]
