"""What a run of levels came to at each load, as plots: of levels whose figures are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.html.load_curve import best, curves
from stt_load.html.plot import Plot, Series
from stt_load.report.messages import Language, Messages
from stt_load.samples.accuracy import Accuracy
from stt_load.samples.levels import Capacity
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from tests.factory import table
from tests.report.searches import LIMIT, found, record_of, tried

SAY = Messages("en")


def times(users: int, *, fail: int = 0, n: int = 100, wrong: Sequence[int] = ()) -> Samples:
    """`users` users whose requests take 0.1 s for each of them, so that 10 a second are done whatever their number.
    wrong: words of each answer that are, of ten."""
    kinds: list[ErrorKind | None] = [*[None] * (n - fail), *[ErrorKind.HTTP_5XX] * fail]
    samples = table(np.arange(n) // users * 0.1 * users, 0.1 * users, users=users, kind=kinds)
    if wrong:
        samples.rows["words"], samples.rows["characters"] = 10, 50
        samples.rows["substitutions"] = wrong
        for name in ("deletions", "insertions", "character_edits", "flaw"):
            samples.rows[name] = 0
    return samples


def level(number: int, users: int, *args: Any, samples: Samples | None = None, **more: Any) -> TriedLevel:
    return tried(number, users, *args, samples=times(users) if samples is None else samples, **more)


def plots(*levels: TriedLevel, capacity: Capacity | None = None, language: Language = "en") -> dict[str, Plot]:
    return {plot.id: plot for plot in curves(Messages(language), record_of(*levels, capacity=capacity))}


def line(plot: Plot, role: str = "main") -> Series:
    return next(one for one in plot.series if one.form == "line" and one.role == role)


SWEEP = tuple(level(number, users, "measured", "sweep") for number, users in enumerate((1, 2, 4, 16)))


def test_a_sweep_has_the_p95_and_the_rate_of_each_load() -> None:
    made = plots(*SWEEP)
    assert list(made) == ["levels-users-p95", "levels-users-rate"]
    p95 = made["levels-users-p95"]
    assert line(p95).x.tolist() == [1, 2, 4, 16]
    assert line(p95).y.tolist() == pytest.approx([0.1, 0.2, 0.4, 1.6])
    assert line(made["levels-users-rate"]).y[:3].tolist() == pytest.approx([10, 10, 10], rel=0.02)
    assert (p95.x.scale, p95.y.quantity, p95.y.least) == ("log", "s", 0.0)
    assert p95.table.heads[:3] == ("users", "tier", "n")
    assert [row[0] for row in p95.table.rows] == ["1", "2", "4", "16"]
    assert [row[-1] for row in p95.table.rows] == ["0.100", "0.200", "0.400", "1.600"], (
        "no outcome: nothing is judged"
    )


def test_loads_that_are_near_each_other_are_drawn_as_far_apart_as_they_are() -> None:
    assert plots(*SWEEP[:3])["levels-users-p95"].x.scale == "linear"


def test_of_one_load_there_is_no_curve() -> None:
    assert plots(SWEEP[0]) == {}
    assert plots(level(0, 4, "open", "screen"), level(1, 4)) == {}


def search() -> tuple[TriedLevel, ...]:
    return (
        level(0, 4, "open", "screen"),
        level(1, 8, "open", "screen"),
        level(2, 4, samples=times(4, n=200)),
        level(3, 8, "fail", samples=times(8, n=200)),
        level(4, 16, "fail", "screen"),
    )


def test_a_load_is_known_by_its_longest_test_and_every_test_is_a_point() -> None:
    assert [(one.trial.value, one.trial.tier) for one in best(search())] == [
        (4, "confirm"),
        (8, "confirm"),
        (16, "screen"),
    ]
    plot = plots(*search(), capacity=found(4, 8))["levels-users-p95"]
    assert line(plot).x.tolist() == [4, 8, 16]
    points = {one.name: one.x.tolist() for one in plot.series if one.form == "points"}
    assert points == {"carried": [4], "not carried": [8, 16], "not certain": [4, 8]}
    assert len(plot.table.rows) == 5
    assert [row[-1] for row in plot.table.rows] == ["pass?", "pass", "pass?", "FAIL", "FAIL"]


def test_a_later_look_does_not_take_the_place_of_a_test_and_a_later_test_does() -> None:
    levels = [level(0, 4), level(1, 4, "fail", "screen"), level(2, 8, "fail"), level(3, 8)]
    assert [one.number for one in best(levels)] == [0, 3]


def test_both_ends_the_knee_and_the_limit_are_marked_in_words() -> None:
    capacity = found(4, 8, knee=2.0)
    plot = plots(*search(), capacity=capacity)["levels-users-p95"]
    marked = {(one.name, one.at, one.stands, one.role) for one in plot.lines}
    assert marked == {
        (LIMIT, 2.0, False, "limit"),
        ("carried: 4 (confirmed)", 4.0, True, "edge"),
        ("not carried: 8 (confirmed)", 8.0, True, "bad"),
        ("knee: 2", 2.0, True, "quiet"),
    }
    screened = plots(*search(), capacity=found(4, 8, sure=False))["levels-users-rate"]
    assert {one.name for one in screened.lines} == {"carried: 4 (screened only)", "not carried: 8 (screened only)"}


def test_an_end_that_was_not_found_is_not_marked() -> None:
    plot = plots(*search(), capacity=found(4, None))["levels-users-rate"]
    assert [one.name for one in plot.lines] == ["carried: 4 (confirmed)"]


def test_where_requests_failed_the_p95_of_all_stands_beside_and_ends_where_it_is_beyond_all() -> None:
    plot = plots(level(0, 2), level(1, 4, samples=times(4, fail=2)), level(2, 8, "fail", samples=times(8, fail=50)))[
        "levels-users-p95"
    ]
    of_all = line(plot, "second")
    assert of_all.y[:2].tolist() == pytest.approx([0.2, 0.4])
    assert math.isnan(of_all.y[2])
    assert line(plot).y[2] == pytest.approx(0.8)
    assert plot.table.rows[2][3:5] == ("0.800", "> timeout")


def test_a_level_without_an_answer_leaves_a_gap() -> None:
    plot = plots(level(0, 2), level(1, 4, "fail", samples=times(4, fail=100)))["levels-users-p95"]
    assert math.isnan(line(plot).y[1])
    assert [one.x.tolist() for one in plot.series if one.form == "points"] == [[2]]


def test_a_rate_has_what_was_due_beside_what_was_done() -> None:
    levels = [tried(number, rate, axis="rate") for number, rate in enumerate((2.0, 4.0))]
    plot = plots(*levels, capacity=found(4.0, None, axis="rate"))["levels-rate-rate"]
    assert line(plot, "quiet").y.tolist() == line(plot, "quiet").x.tolist() == [2, 4]
    assert line(plot).y.tolist() == pytest.approx([2, 4], rel=0.3), "200 arrivals"
    assert plot.x.label == "requests due per second"


def test_audio_is_counted_in_audio() -> None:
    levels = [tried(number, rate, axis="audio_rate", samples=times(2)) for number, rate in enumerate((50.0, 100.0))]
    plot = plots(*levels)["levels-audio-rate-rate-audio"]
    assert line(plot).y.tolist() == pytest.approx([100, 100], rel=0.02), "10 clips a second of 10 s each"


def test_each_axis_has_its_curves_that_of_the_answer_first() -> None:
    users = [level(number, value, "open", "screen") for number, value in enumerate((1, 2))]
    rates = [tried(number + 2, value, axis="rate") for number, value in enumerate((4.0, 8.0))]
    made = plots(*users, *rates, capacity=found(8.0, None, axis="rate"))
    assert list(made) == ["levels-rate-p95", "levels-rate-rate", "levels-users-p95", "levels-users-rate"]
    assert list(made["levels-users-rate"].lines) == [], "the answer is not of users"
    assert len({plot.title for plot in made.values()}) == len(made)


def test_errors_have_their_interval_where_one_is_known() -> None:
    wrong = [number % 3 for number in range(100)]
    made = plots(level(0, 1, samples=times(1, wrong=[0] * 100)), level(1, 2, samples=times(2, wrong=wrong)))
    plot = made["levels-users-wer"]
    assert line(plot).y.tolist() == pytest.approx([0.0, sum(wrong) / 1_000])
    low, high = (one for one in plot.series if one.role == "quiet" and one.form == "line")
    assert math.isnan(low.y[0])
    assert low.y[1] < sum(wrong) / 1_000 < high.y[1]
    assert plot.y.most is None
    assert plot.table.rows[1][3:] == ("9.9%", f"{low.y[1]:.1%}", f"{high.y[1]:.1%}", "pass")


def test_where_nothing_is_wrong_anywhere_the_axis_does_not_go_to_all() -> None:
    plot = plots(*(level(number, 1 + number, samples=times(1 + number, wrong=[0] * 100)) for number in range(2)))[
        "levels-users-wer"
    ]
    assert plot.y.most == 0.1
    assert len(plot.table.heads) == 5, "without an interval there is no column for it"


def of_limit(limit: str) -> Config:
    return Config.model_validate({"slo": [limit]})


@pytest.mark.parametrize(
    ("limit", "figure", "quantity", "values"),
    [
        ("error_rate < 1%", "error_rate", "share", [0.0, 0.5]),
        ("p99(service_time_s) < 2", "p99(service_time_s)", "s", [0.2, math.nan]),
        ("throughput_rps > 4", "throughput_rps", "rps", None),
    ],
)
def test_a_figure_that_binds_and_is_in_no_other_curve_has_its_own(
    limit: str, figure: str, quantity: str, values: list[float] | None
) -> None:
    levels = [
        level(0, 2, samples=times(2), config=of_limit(limit)),
        level(1, 4, "fail", samples=times(4, fail=50), config=of_limit(limit)),
    ]
    plot = plots(*levels, capacity=found(2, 4, binding=limit))["levels-users-binding"]
    assert (plot.title, plot.y.label, plot.y.quantity) == (f"{figure} at each load", figure, quantity)
    assert limit in [one.name for one in plot.lines]
    if values is not None:
        assert np.array_equal(line(plot).y.round(6), values, equal_nan=True)


def test_of_korean_words_are_in_no_other_curve_and_characters_are() -> None:
    """The rate that is drawn is that of characters."""
    for limit, drawn in (("wer < 5%", True), ("cer < 5%", False)):
        levels = []
        for number in range(2):
            one = level(number, 2 + number, samples=times(2 + number, wrong=[1] * 100), config=of_limit(limit))
            scoring = Accuracy(normalisation="korean", scored=100)
            levels.append(replace(one, run=replace(one.run, accuracy=scoring)))
        made = plots(*levels, capacity=found(2, 3, binding=limit))
        assert "levels-users-cer" in made
        assert ("levels-users-binding" in made) == drawn


@pytest.mark.parametrize("limit", ["p95(response_time_s) < 2", "wer < 5%"])
def test_one_that_is_there_already_has_not(limit: str) -> None:
    levels = [level(number, 2 + number, config=of_limit(limit)) for number in range(2)]
    assert "levels-users-binding" not in plots(*levels, capacity=found(2, 3, binding=limit))


def test_a_limit_of_words_is_in_the_curve_of_words() -> None:
    levels = [level(n, 1 + n, samples=times(1 + n, wrong=[n] * 100), config=of_limit("wer < 5%")) for n in range(2)]
    plot = plots(*levels, capacity=found(1, 2, binding="wer < 5%"))["levels-users-wer"]
    assert ("wer < 5%", 0.05) in [(one.name, one.at) for one in plot.lines]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_ids_are_unique_and_every_row_has_all_its_cells(language: Language) -> None:
    record: LevelsRecord = record_of(*search(), capacity=found(4, 8))
    made = curves(Messages(language), record)
    assert len({plot.id for plot in made}) == len(made)
    for plot in made:
        assert {len(row) for row in plot.table.rows} == {len(plot.table.heads)}
        assert all(len(one.x) == len(one.y) for one in plot.series)
        assert plot.about != plot.title
