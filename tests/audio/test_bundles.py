"""Recordings that go together into a clip: each once before any again, where each has room in every clip."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.bundles import Bundles, Queue


@given(
    lengths=st.lists(st.integers(1, 50), min_size=1, max_size=40),
    asked=st.lists(st.integers(0, 60), max_size=60),
)
def test_the_first_that_fits_is_taken_as_from_a_list(lengths: list[int], asked: list[int]) -> None:
    queue, left = Queue(lengths), list(range(len(lengths)))
    assert queue.is_empty
    queue.fill()
    for most in asked:
        expected = next((place for place in left if lengths[place] <= most), None)
        assert queue.take(most) == expected
        if expected is not None:
            left.remove(expected)
        assert queue.is_empty == (not left)
        assert list(queue) == left
    queue.fill()
    assert [queue.take(50) for _ in lengths] == list(range(len(lengths)))
    queue.put(0)
    assert list(queue) == [0]


@given(
    lengths=st.lists(st.integers(5, 70), min_size=1, max_size=30),
    frames=st.lists(st.integers(74, 300), min_size=1, max_size=30),
)
def test_all_come_once_before_any_comes_again_and_none_is_too_long(lengths: list[int], frames: list[int]) -> None:
    gap = 2
    bundles = Bundles(lengths, lambda number: frames[number % len(frames)], gap)
    count = 4 * len(lengths)
    made = [bundles.of(number) for number in range(count)]
    for number, bundle in enumerate(made):
        assert bundle
        assert sum(lengths[place] for place in bundle) + (len(bundle) + 1) * gap <= frames[number % len(frames)]
    said = list(chain.from_iterable(made))
    for round_ in range(len(said) // len(lengths)):
        assert sorted(said[round_ * len(lengths) :][: len(lengths)]) == list(range(len(lengths)))


def test_a_bundle_is_filled_as_far_as_there_is_something_for_it() -> None:
    bundles = Bundles([40, 10, 70, 30], lambda _: 100, 2)
    assert [bundles.of(number) for number in range(3)] == [(0, 1, 3), (2, 1), (0, 3)]


def test_a_long_one_waits_for_a_clip_that_has_room() -> None:
    bundles = Bundles([90, 10], lambda number: 100 if number % 5 == 4 else 20, 2)
    made = [bundles.of(number) for number in range(10)]
    assert made == [(1,), (1,), (1,), (1,), (0,)] * 2


def test_late_ones_come_before_others_and_no_more_often_than_these() -> None:
    bundles = Bundles([20, 90, 80, 10], lambda number: 100 if number % 3 == 2 else 24, 2)
    made = [bundles.of(number) for number in range(9)]
    assert made == [(0,), (3,), (1,), (0,), (3,), (2,), (0,), (3,), (1,)]


def test_a_clip_too_short_for_any_is_empty_and_takes_nothing() -> None:
    bundles = Bundles([10, 20], lambda number: 5 if number == 1 else 40, 2)
    assert [bundles.of(number) for number in range(3)] == [(0, 1), (), (0, 1)]


def test_who_asks_for_a_late_one_first_gets_the_same() -> None:
    lengths = [(7 * one) % 50 + 5 for one in range(100)]
    one, other = (Bundles(lengths, lambda number: 60 + number % 90, 3) for _ in range(2))
    late = one.of(400)
    assert [one.of(number) for number in range(401)] == [other.of(number) for number in range(401)]
    assert late == other.of(400)


def test_who_is_late_comes_once_and_then_waits_for_the_others() -> None:
    """The third has no room in four clips, in which the others come twice."""
    clips = [10, 10, 10, 10, 50, 50, 50]
    bundles = Bundles([10, 10, 50], clips.__getitem__, 0)
    assert [bundles.of(number) for number in range(len(clips))] == [(0,), (1,), (0,), (1,), (2,), (0, 1), (2,)]
