"""Shapes as SVG paths, read again by a reader of the few commands that they have."""

from __future__ import annotations

import re

import numpy as np
import pytest

from stt_load.html import paths

NAN = np.nan
Place = tuple[int, int]


def read(path: str) -> list[list[Place]]:
    """Each stroke's corners. The commands as SVG 2, section 9.3, has them."""
    strokes: list[list[Place]] = []
    x = y = 0
    for command, words in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path):
        numbers = [int(word) for word in re.findall(r"-?\d+", words)]
        if command in "Mm":
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
            strokes.append([(x, y)])
        elif command == "l":
            for right, down in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + right, y + down
                strokes[-1].append((x, y))
        elif command in "HhVv":
            (number,) = numbers
            x = {"H": number, "h": x + number}.get(command, x)
            y = {"V": number, "v": y + number}.get(command, y)
            strokes[-1].append((x, y))
        elif command == "z":
            x, y = strokes[-1][0]
            strokes[-1].append((x, y))
        else:
            raise AssertionError(command)
    return strokes


def at(x: float, y: float) -> Place:
    return round(x * 4_000), round((1 - y) * 1_000)


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_a_point_is_a_stroke_of_no_length_where_it_lies() -> None:
    strokes = read(paths.points(array(0.5, 0.25), array(0.1, 0.9)))
    assert sorted(strokes) == [[at(0.25, 0.9)] * 2, [at(0.5, 0.1)] * 2]


def test_points_that_fall_together_are_one_and_those_without_a_number_none() -> None:
    strokes = read(paths.points(array(0.5, 0.5, NAN, 0.2), array(0.1, 0.1, 0.5, NAN)))
    assert strokes == [[at(0.5, 0.1)] * 2]


def test_points_outside_are_not_drawn() -> None:
    assert paths.points(array(-0.1, 1.1, 0.5, 0.5), array(0.5, 0.5, 1.2, -0.2)) == ""


def test_no_points_are_no_path() -> None:
    for shape in (paths.points, paths.line, paths.steps):
        assert shape(array(), array()) == ""
    assert paths.area(array(), array(), 0.0) == ""
    assert paths.bars(array(), array(), 0.1, 0.0) == ""


def test_a_line_goes_from_place_to_place() -> None:
    (stroke,) = read(paths.line(array(0, 0.5, 1), array(0, 1, 0.25)))
    assert stroke == [at(0, 0), at(0.5, 1), at(1, 0.25)]


def test_a_place_without_a_number_breaks_a_line_and_one_alone_is_a_mark() -> None:
    strokes = read(paths.line(array(0, 0.2, 0.4, 0.6, 0.8, 1), array(0, 1, NAN, 0.5, NAN, 0.25)))
    assert strokes == [[at(0, 0), at(0.2, 1)], [at(0.6, 0.5)] * 2, [at(1, 0.25)] * 2]


def test_steps_stay_at_a_value_until_the_next_one() -> None:
    (stroke,) = read(paths.steps(array(0, 0.5, 1), array(0.2, 0.8, 0.4)))
    assert stroke == [at(0, 0.2), at(0.5, 0.2), at(0.5, 0.8), at(1, 0.8), at(1, 0.4)]


def test_an_area_is_closed_at_its_floor() -> None:
    (stroke,) = read(paths.area(array(0, 0.5, 1), array(0.5, 1, 0.5), 0.25))
    assert stroke == [at(0, 0.5), at(0.5, 1), at(1, 0.5), at(1, 0.25), at(0, 0.25), at(0, 0.5)]


def test_a_bar_rises_from_its_floor_with_its_x_in_the_middle() -> None:
    (stroke,) = read(paths.bars(array(0.5), array(0.75), 0.2, 0.0))
    assert stroke == [at(0.4, 0), at(0.4, 0.75), at(0.6, 0.75), at(0.6, 0), at(0.4, 0)]


def test_what_is_far_outside_stays_at_a_number_that_renderers_can_count() -> None:
    (stroke,) = read(paths.line(array(0, 1), array(0, 1e12)))
    assert max(abs(number) for place in stroke for number in place) <= 10 * 4_000


@pytest.mark.parametrize("seed", range(5))
def test_any_line_ends_within_a_grid_step_of_its_last_place(seed: int) -> None:
    """Relative steps add up to no error: each is a whole number."""
    numbers = np.random.default_rng(seed)
    x, y = np.sort(numbers.random(2_000)), numbers.random(2_000)
    (stroke,) = read(paths.line(x, y))
    assert stroke[-1] == at(x[-1], y[-1])


def test_five_thousand_points_take_less_than_60_kb() -> None:
    numbers = np.random.default_rng(3)
    assert len(paths.points(numbers.random(5_000), numbers.random(5_000))) < 60_000


def test_places_of_a_line_that_fall_together_are_told_once() -> None:
    path = paths.line(np.array([0.0, 1e-6, 2e-6, 1.0]), np.array([1.0, 1.0, 1.0, 0.0]))
    assert path == f"M0 0l{paths.ACROSS} {paths.DOWN}"
