"""Where values lie on an axis, and how its numbers are written."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.html.plot import Quantity, Scale
from stt_load.html.scales import Extent, evened, extent, ticks, written
from tests.html.plots import axis

NONE = np.empty(0)


def texts(seen: Extent, quantity: Quantity = "s", count: int = 5) -> list[str]:
    return [tick.text for tick in ticks(seen, quantity, count)]


def test_a_linear_scale_goes_from_one_end_to_the_other() -> None:
    places = Extent("linear", 10.0, 20.0).places(np.array([10.0, 15.0, 20.0, 25.0, np.nan, np.inf]))
    assert places[:4].tolist() == [0.0, 0.5, 1.0, 1.5]
    assert np.isnan(places[4:]).all()


def test_on_a_logarithmic_scale_ten_lies_in_the_middle_of_1_and_100() -> None:
    assert Extent("log", 0.0, 2.0).places(np.array([1.0, 10.0, 100.0])).tolist() == [0.0, 0.5, 1.0]


def test_what_a_logarithmic_scale_has_no_place_for_lies_at_its_low_end() -> None:
    assert Extent("log", -1.0, 2.0).places(np.array([0.0, -3.0])).tolist() == [0.0, 0.0]


def test_each_further_nine_of_a_tail_is_as_far_away_as_the_one_before() -> None:
    places = Extent("tail", 0.0, 4.0).places(np.array([0.0, 0.9, 0.99, 0.999, 0.9999]))
    assert places == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0], abs=1e-9)


def test_all_of_a_tail_lies_at_its_end() -> None:
    assert Extent("tail", 0.0, 3.0).place(1.0) == 1.0


def test_an_upright_axis_of_what_is_never_negative_begins_at_0_and_ends_at_a_tick_above_all() -> None:
    seen = extent(axis(), np.array([3.1, 7.3, np.nan]), upright=True)
    assert (seen.low, seen.high) == (0.0, 8.0)


def test_an_upright_axis_with_negative_values_holds_0_too() -> None:
    seen = extent(axis(), np.array([-3.0, 2.0]), upright=True)
    assert seen.low <= -3.0
    assert seen.high >= 2.0
    assert seen.place(0.0) == pytest.approx(-seen.low / (seen.high - seen.low))


def test_an_axis_along_the_bottom_is_a_little_wider_than_its_values() -> None:
    seen = extent(axis(), np.array([100.0, 200.0]))
    assert 95 < seen.low < 100
    assert 200 < seen.high < 205


def test_a_margin_never_brings_an_axis_of_times_below_0() -> None:
    assert extent(axis(), np.array([0.0, 60.0])).low == 0.0


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_headroom_stays_free_above_the_values(scale: Scale) -> None:
    seen = extent(axis(scale=scale), np.array([1.0, 50.0]), upright=True, headroom=0.25)
    assert seen.place(50.0) <= 0.76
    assert extent(axis(scale=scale), np.array([1.0, 50.0]), upright=True).place(50.0) > 0.8


def test_ends_that_are_given_are_the_ends() -> None:
    seen = extent(axis(least=5.0, most=50.0), np.array([0.0, 100.0]))
    assert (seen.low, seen.high) == (5.0, 50.0)
    seen = extent(axis(scale="log", least=1.0, most=1_000.0), np.array([0.5, 2.0]))
    assert (seen.low, seen.high) == pytest.approx((0.0, 3.0))


@pytest.mark.parametrize("scale", ["linear", "log", "tail"])
@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("values", [NONE, np.full(3, np.nan), np.zeros(2), np.array([0.7]), np.array([np.inf])])
def test_whatever_the_values_are_there_is_something_to_be_seen(
    scale: Scale, upright: bool, values: np.ndarray
) -> None:
    seen = extent(axis(scale=scale), values, upright=upright)
    assert np.isfinite([seen.low, seen.high]).all()
    assert seen.low < seen.high
    assert ticks(seen, "share" if scale == "tail" else "s", 5)


def test_ends_the_wrong_way_round_are_still_something_to_be_seen() -> None:
    seen = extent(axis(least=5.0, most=2.0), np.array([1.0]))
    assert seen.low < seen.high


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.0, 8.0, ["0", "2", "4", "6", "8"]),
        (0.0, 0.02, ["0.000", "0.005", "0.010", "0.015", "0.020"]),
        (1_000.0, 5_000.0, ["1,000", "2,000", "3,000", "4,000", "5,000"]),
        (-1.0, 1.0, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
    ],
)
def test_ticks_are_round_and_written_alike(low: float, high: float, expected: list[str]) -> None:
    assert texts(Extent("linear", low, high)) == expected


def test_ticks_of_a_count_are_whole() -> None:
    assert texts(Extent("linear", 0.0, 2.0), "count") == ["0", "1", "2"]


def test_shares_are_written_in_percent() -> None:
    assert texts(Extent("linear", 0.0, 1.0), "share") == ["0%", "20%", "40%", "60%", "80%", "100%"]


def test_the_ticks_of_a_tail_are_the_percentiles_that_people_name() -> None:
    seen = extent(axis("share", "tail"), np.array([0.0, 0.9995]))
    assert texts(seen, "share") == ["0%", "50%", "75%", "90%", "95%", "99%", "99.9%"]


def test_a_tail_of_few_requests_reaches_99_percent() -> None:
    assert texts(extent(axis("share", "tail"), np.array([0.0, 0.8])), "share")[-1] == "99%"


def test_the_shorter_a_logarithmic_axis_is_the_more_ticks_it_has_in_a_decade() -> None:
    assert texts(Extent("log", 0.0, 1.0)) == ["1", "2", "3", "4", "6", "8", "10"]
    assert texts(Extent("log", 0.0, 2.0)) == ["1", "2", "5", "10", "20", "50", "100"]
    assert texts(Extent("log", -2.0, 3.0)) == ["0.01", "0.1", "1", "10", "100", "1,000"]
    assert len(texts(Extent("log", -20.0, 20.0))) <= 7


def test_a_logarithmic_axis_without_two_of_these_has_even_steps() -> None:
    assert texts(Extent("log", float(np.log10(62.0)), float(np.log10(79.0))), "s", 4) == ["65", "70", "75"]


def test_ticks_lie_where_the_scale_has_their_values() -> None:
    for seen in (Extent("linear", 0.3, 7.7), Extent("log", -0.5, 1.8), Extent("tail", 0.0, 4.2)):
        for tick in ticks(seen, "ratio", 6):
            assert tick.place == pytest.approx(seen.place(tick.value))
            assert 0 <= tick.place <= 1 + 1e-9


def test_very_large_numbers_have_an_exponent_and_nothing_is_written_as_minus_0() -> None:
    assert written(2.5e9, "count", 5e8) == "2.5e+09"
    assert written(-0.0, "s", 0.5) == "0.0"


def test_evened_takes_each_scale_to_units_in_which_it_is_even() -> None:
    assert evened("linear", np.array([3.0])).tolist() == [3.0]
    assert evened("log", np.array([1_000.0, 0.0])).tolist() == [3.0, -np.inf]
    assert evened("tail", np.array([0.999, 1.0])).tolist() == pytest.approx([3.0, np.inf])


@pytest.mark.parametrize("top", [0.013, 1.0, 2.0, 7.3, 99.0, 1_234.0])
def test_an_upright_axis_ends_so_far_above_the_highest_value_that_its_mark_is_whole(top: float) -> None:
    high = extent(axis(), np.array([0.0, top]), upright=True).high
    assert 1.02 * top <= high <= 1.3 * top
    digits = f"{high:.6e}".partition("e")[0].rstrip("0").replace(".", "")
    assert len(digits) <= 2, "a round value"
