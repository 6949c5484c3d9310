"""Names beside lines, none on another."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from stt_load.html.labels import LINE_PX, NARROWEST_PX, Label, Named, placed
from stt_load.report.width import columns

HEIGHT = 260


def box(label: Label, width: float) -> tuple[float, float, float]:
    """From one x to the other and its baseline, for letters 6.5 px wide, in a plot of this width."""
    wide = columns(label.text) * 6.5
    left = label.x * width - (wide if label.anchor == "end" else 0)
    return left, left + wide, label.y_px


def overlaps(labels: tuple[Label, ...], width: float) -> list[tuple[str, str]]:
    found = []
    for one, other in combinations(labels, 2):
        (left, right, y), (other_left, other_right, other_y) = box(one, width), box(other, width)
        if left < other_right and other_left < right and abs(y - other_y) < 12:
            found.append((one.text, other.text))
    return found


def test_the_name_of_a_line_across_stands_above_it_at_the_right() -> None:
    (label,) = placed([Named("SLO: P95 ≤ 2 s", "limit", y_px=100.0)], HEIGHT)
    assert (label.anchor, label.x) == ("end", 1.0)
    assert 100 - LINE_PX < label.y_px < 100


def test_where_there_is_no_room_above_it_stands_below() -> None:
    (label,) = placed([Named("limit", "limit", y_px=2.0)], HEIGHT)
    assert label.y_px > 2


def test_names_are_apart_on_every_screen() -> None:
    names = [
        Named("SLO: P95 ≤ 2 s", "limit", y_px=100.0),
        Named("P95 1.9 s", "second", y_px=104.0),
        Named("P99 2.1 s", "second", y_px=97.0),
        Named("SLO: P99 ≤ 60 s", "limit", y_px=0.0, beyond="↑"),
        *(Named(f"스테이지 {number}: 사용자 {2**number}명", "stage", x=number / 6) for number in range(6)),
        *(Named(f"P{share}", "quiet", x=share / 100) for share in (50, 95, 99)),
    ]
    labels = placed(names, HEIGHT)
    assert len(labels) == len(names)
    for width in (NARROWEST_PX, 300, 500, 900):
        assert overlaps(labels, width) == []


def test_names_stay_inside_the_height_and_those_without_room_are_left_out() -> None:
    labels = placed([Named(f"A stage with a long name {number}", "stage", x=0.4) for number in range(40)], HEIGHT)
    assert 10 <= len(labels) < 40
    assert all(0 < label.y_px <= HEIGHT for label in labels)
    assert overlaps(labels, NARROWEST_PX) == []


def test_a_long_name_is_cut_and_is_one_line() -> None:
    (label,) = placed([Named("x\n" * 500, "stage", x=0.0)], HEIGHT)
    assert columns(label.text) <= 34
    assert "\n" not in label.text


def test_an_arrow_stays_where_a_name_is_cut() -> None:
    (label,) = placed([Named("y" * 90, "limit", y_px=0.0, beyond="↑")], HEIGHT)
    assert label.text.endswith("... ↑")


def test_a_name_begins_at_its_line_and_ends_there_where_it_has_no_room() -> None:
    left, right = placed([Named("P50", "edge", x=0.2), Named("P99: 1.250 s", "edge", x=0.8)], HEIGHT)
    assert (left.anchor, left.x, right.anchor, right.x) == ("start", 0.2, "end", 0.8)


def test_the_name_of_a_stage_without_room_ends_with_its_stage_and_not_in_the_one_before() -> None:
    (label,) = placed([Named("Stage 3: 22 requests/s", "stage", x=0.6, until=0.9)], HEIGHT)
    assert (label.anchor, label.x) == ("end", 0.9)


def test_what_has_no_name_has_no_label() -> None:
    assert placed([Named("", "stage", x=0.6)], HEIGHT) == ()


def test_the_name_of_a_line_across_hides_no_curve_where_there_is_room_beside_it() -> None:
    name = Named("p95(response_time_s) < 1", "limit", y_px=100.0)
    rising = (np.array([0.0, 0.8, 0.8, 1.0]), np.array([250.0, 240.0, 20.0, 20.0]))
    (at_left,) = placed([name], HEIGHT, [rising])
    assert (at_left.anchor, at_left.x, at_left.y_px) == ("start", 0.0, 95.0)
    above = (np.array([0.0, 1.0]), np.array([90.0, 90.0]))
    (below,) = placed([name], HEIGHT, [above])
    assert (below.anchor, below.y_px) == ("end", 115.0)
    broken = (np.array([0.0, 0.9, 1.0]), np.array([90.0, np.nan, 115.0]))
    assert placed([name], HEIGHT, [broken])[0].anchor == "end"
    everywhere = (np.array([0.0, 0.5, 0.5, 0.9, 0.9, 1.0]), np.array([0.0, 0.0, 250.0, 250.0, 0.0, 0.0]))
    assert placed([name], HEIGHT, [everywhere])[0].anchor == "end", "there is no better place"
    two = [rising, (np.array([0.0, 0.2, 0.2]), np.array([250.0, 240.0, 0.0]))]
    assert placed([name], HEIGHT, two)[0].anchor == "end", "one is hidden here as there: at the right, as always"
    assert placed([name], HEIGHT, [*two, rising])[0].anchor == "start", "one is hidden, and not two"
    sloping = (np.array([0.0, 1.0]), np.array([250.0, 130.0]))
    assert placed([name], HEIGHT, [sloping])[0].y_px == 95.0
