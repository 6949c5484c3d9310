"""Plots with fewer points that look the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stt_load.html.plot import Plot
from stt_load.html.thinning import MOST, thinned
from stt_load.report.messages import Messages
from tests.html.plots import axis, distribution, latency_over_time, plot, series

SAY = Messages("en")


def many(count: int = 60_000) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.random.default_rng(5)
    return np.sort(numbers.uniform(0, 600, count)), numbers.lognormal(0, 0.4, count)


def points_of(found: Plot) -> int:
    return sum(row.x.size for row in found.series)


def pairs(found: Plot, number: int = 0) -> set[tuple[float, float]]:
    row = found.series[number]
    return set(zip(row.x.tolist(), row.y.tolist(), strict=True))


def test_what_the_eye_can_see_stays_as_it_is() -> None:
    small = latency_over_time(3_000)
    assert thinned(SAY, small) is small


def test_of_many_points_five_thousand_stay_and_it_is_said() -> None:
    x, y = many()
    found = thinned(SAY, plot(series(x, y)))
    assert points_of(found) == MOST == 5_000
    assert found.thinned is not None
    assert found.thinned.startswith("5,000 of 60,000 points")
    assert pairs(found) <= set(zip(x.tolist(), y.tolist(), strict=True))


def test_what_lies_apart_is_kept() -> None:
    """One row of a hundred thousand that took long is what somebody looks for."""
    x, y = many(100_000)
    apart = [(100.25, 40.0), (333.5, 25.0), (599.5, 33.0)]
    x, y = np.append(x, [at for at, _ in apart]), np.append(y, [value for _, value in apart])
    assert set(apart) <= pairs(thinned(SAY, plot(series(x, y))))


def test_the_least_the_greatest_and_both_ends_are_kept() -> None:
    x, y = many()
    kept = thinned(SAY, plot(series(x, y))).series[0]
    assert (kept.y.min(), kept.y.max()) == (y.min(), y.max())
    assert (kept.x.min(), kept.x.max()) == (x.min(), x.max())


def test_the_greatest_of_every_five_seconds_is_kept() -> None:
    """Columns are 5.1 s wide here: 612 s of an axis in 120."""
    x, y = many()
    kept = thinned(SAY, plot(series(x, y), x=axis(least=0.0, most=600.0))).series[0]
    for start in range(0, 600, 5):
        of_all, of_kept = ((x >= start) & (x < start + 5), (kept.x >= start) & (kept.x < start + 5))
        assert kept.y[of_kept].max() == y[of_all].max()


def test_what_is_dense_stays_denser() -> None:
    numbers = np.random.default_rng(6)
    x = np.concatenate((numbers.uniform(0, 100, 80_000), numbers.uniform(100, 200, 8_000)))
    kept = thinned(SAY, plot(series(x, numbers.lognormal(0, 0.4, x.size)))).series[0]
    assert (kept.x < 100).sum() > 1.5 * (kept.x >= 100).sum()


def test_a_rare_kind_is_kept_whole() -> None:
    x, y = many()
    failed = np.arange(x.size) % 300 == 0
    found = thinned(
        SAY, plot(series(x[~failed], y[~failed]), series(x[failed], y[failed], name="Failed", role="bad"))
    )
    assert found.series[1].x.size == failed.sum()
    assert points_of(found) == MOST


def test_failures_in_a_crowd_of_their_own_are_kept_whole_as_well() -> None:
    """So near to each other that no cell tells them apart."""
    x, y = many()
    found = thinned(
        SAY, plot(series(x, y), series(np.linspace(300, 301, 200), np.full(200, 1.0), name="Failed", role="bad"))
    )
    assert found.series[1].x.size == 200


def test_many_failures_do_not_crowd_out_what_succeeded() -> None:
    """One request in a hundred failed; the picture is still one of the others."""
    x, y = many(100_000)
    failed = np.arange(x.size) % 100 == 0
    found = thinned(
        SAY, plot(series(x[~failed], y[~failed]), series(x[failed], y[failed], name="Failed", role="bad"))
    )
    assert found.series[0].x.size > 4 * found.series[1].x.size > 0


def test_where_nearly_all_failed_these_are_thinned_too() -> None:
    x, y = many()
    assert points_of(thinned(SAY, plot(series(x, y, role="bad")))) == MOST


def test_a_line_keeps_the_extremes_of_every_column_its_ends_and_its_gaps() -> None:
    x = np.arange(50_000.0)
    y = np.sin(x / 700)
    y[20_011] = 9.0
    y[30_000:30_100] = np.nan
    found = thinned(SAY, plot(series(x, y, form="line")))
    kept = found.series[0]
    assert kept.x.size <= 2_001
    assert (kept.x[0], kept.x[-1]) == (0.0, 49_999.0)
    assert kept.y[np.isfinite(kept.y)].max() == 9.0
    gap = np.flatnonzero(np.isnan(kept.y))
    assert gap.size >= 1
    assert 30_000 <= kept.x[gap[0]] < 30_100
    assert (np.diff(kept.x) > 0).all()


def test_lines_say_that_they_are_drawn_through_fewer_points() -> None:
    found = thinned(SAY, distribution())
    assert points_of(found) < 5_000
    assert found.thinned is not None
    assert "of 39,950 points" in found.thinned


def test_a_line_among_points_is_not_counted_as_some_of_them() -> None:
    x, y = many()
    found = thinned(SAY, plot(series(x, y), series([0, 600], [1, 1], name="P95", form="line")))
    assert found.thinned is not None
    assert found.thinned.startswith("4,998 of 60,000 points")
    assert points_of(found) == MOST


def test_many_lines_come_to_about_as_many_points_as_one() -> None:
    x = np.arange(20_000) / 20_000
    rows = [series(x, x * n, form="line", name=str(n)) for n in range(1, 13)]
    assert points_of(thinned(SAY, plot(*rows))) <= 1.1 * MOST


def test_what_was_left_out_before_is_still_said() -> None:
    x, y = many()
    found = thinned(SAY, replace(plot(series(x, y)), thinned="Two are missing."))
    assert found.thinned is not None
    assert found.thinned.startswith("Two are missing. 5,000 of 60,000")


def test_rows_without_a_number_are_not_counted() -> None:
    x, y = many()
    y[::2] = np.nan
    found = thinned(SAY, plot(series(x, y)))
    assert found.thinned is not None
    assert "of 30,000 points" in found.thinned
    nothing = plot(series(x, np.full(x.size, np.nan)), series(x, np.full(x.size, np.nan), form="line"))
    assert thinned(SAY, nothing).thinned is None


@pytest.mark.parametrize("scale", ["log", "tail"])
def test_other_scales_are_thinned_as_they_are_seen(scale: str) -> None:
    x, y = many()
    found = thinned(SAY, plot(series(x / 601, y), x=axis("share", scale)))  # type: ignore[arg-type]
    assert points_of(found) == MOST


def test_the_same_plot_is_thinned_the_same_way() -> None:
    x, y = many()
    first, second = (thinned(SAY, plot(series(x, y))).series[0] for _ in range(2))
    assert (first.x == second.x).all()
    assert (first.y == second.y).all()
