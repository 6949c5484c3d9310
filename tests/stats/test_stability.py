"""Whether the same clips are heard alike: the figures, and a probability that is exact."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import combinations, product
from operator import ne

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.accuracy import RepeatedClip, Repeats
from stt_load.stats.blocks import Stability
from stt_load.stats.stability import MOST_EDITS, SIGNIFICANT_P, UNKNOWN, by_chance, stability, unstable


def of(*clips: RepeatedClip) -> Stability:
    return stability(Repeats(len(clips), "words", clips))


def clips(count: int, control: int, measured: int, repeated: int, size: int = 20) -> list[RepeatedClip]:
    return [RepeatedClip(seq, size, control, measured, repeated) for seq in range(count)]


def test_rates_are_sums_of_edits_over_sums_of_words() -> None:
    found = of(RepeatedClip(3, 10, 1, 2, 3), RepeatedClip(9, 30, 0, 0, None))
    assert (found.n, found.answers) == (2, 3)
    assert found.control == pytest.approx(1 / 40)
    assert found.load == pytest.approx(5 / (2 * 10 + 30))


@pytest.mark.parametrize("one", [RepeatedClip(1, 10, None, 1, 1), RepeatedClip(1, 10, 1, None, None)])
def test_a_clip_counts_with_a_control_and_an_answer_from_the_run(one: RepeatedClip) -> None:
    assert of(one) == UNKNOWN
    assert of(one, RepeatedClip(2, 10, 0, 0, 0)).n == 1


def test_a_clip_whose_first_answer_is_empty_counts_with_the_words_of_the_others() -> None:
    found = of(RepeatedClip(1, 0, 10, 10, 0), RepeatedClip(2, 10, 0, 10, 0))
    assert (found.n, found.control, found.load) == (2, 1.0, 1.0)
    assert of(RepeatedClip(1, 0, 0, 0, 0)) == UNKNOWN, "nothing of no words is no share"


def test_where_nothing_was_said_again_nothing_is_known() -> None:
    assert stability(None) == stability(Repeats(20)) == UNKNOWN == Stability(0)
    assert list(unstable(UNKNOWN)) == []


def by_counting(groups: Sequence[Sequence[int]]) -> float:
    """Of all ways in which one of each group can be the control, how many come to as little as the first ones."""
    observed = sum(group[0] for group in groups)
    ways = [sum(chosen) <= observed for chosen in product(*groups)]
    return sum(ways) / len(ways)


@given(st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=6), min_size=1, max_size=5))
def test_the_probability_is_that_of_all_ways_counted(groups: list[list[int]]) -> None:
    assert by_chance(groups) == pytest.approx(by_counting(groups))


@given(st.lists(st.lists(st.integers(0, 100_000), min_size=2, max_size=6), min_size=1, max_size=30))
def test_it_is_a_probability_whatever_the_answers(groups: list[list[int]]) -> None:
    assert 0 < by_chance(groups) <= 1


def test_what_is_far_off_is_as_far_off_as_can_be() -> None:
    assert by_chance([(0, 10 * MOST_EDITS, 0)]) == by_chance([(0, MOST_EDITS, 0)])


@pytest.mark.parametrize(
    ("pairs", "fewest"),
    [((0, 5, 5, 5, 5, 5), 4), ((0, 5, 5, 5, 5, 0), 7), ((0, 5, 0, 5, 0, 5), 10)],
    ids=["both others", "both alike", "one of them"],
)
def test_so_many_clips_with_other_answers_under_load_are_no_chance(pairs: tuple[int, ...], fewest: int) -> None:
    """Of all pairs of a clip's four answers: those from before the run, first with later ones, and the others."""
    same = [(0,) * 6] * 10
    assert by_chance([pairs] * fewest + same) < SIGNIFICANT_P
    assert by_chance([pairs] * (fewest - 1) + same) > SIGNIFICANT_P


WORDS = 20


def answer(chance: random.Random, rate: float, bad: float) -> list[int]:
    """Some words of it are others, and now and then all of them, as hallucinations are."""
    rate = 1.0 if chance.random() < bad else rate
    return [chance.randrange(1, 1_000_000) if chance.random() < rate else 0 for _ in range(WORDS)]


def clip(chance: random.Random, without: tuple[float, float], under: tuple[float, float], seq: int) -> RepeatedClip:
    four = [answer(chance, *how) for how in (without, without, under, under)]
    control, measured, repeated, *between = [sum(map(ne, one, other)) for one, other in combinations(four, 2)]
    return RepeatedClip(seq, WORDS, control, measured, repeated, tuple(between))


def run(
    chance: random.Random, without: tuple[float, float], under: tuple[float, float], count: int = 20
) -> Stability:
    return of(*(clip(chance, without, under, seq) for seq in range(count)))


@pytest.mark.parametrize(("runs", "most"), [(300, 2), pytest.param(1_500, 5, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("rate", "bad"), [(0.02, 0.0), (0.1, 0.0), (0.3, 0.0), (0.05, 0.1), (0.0, 0.05)])
def test_where_load_changes_nothing_a_finding_is_a_rarity(rate: float, bad: float, runs: int, most: int) -> None:
    """With 20 clips each: p below 0.001 in one of a thousand, so more than `most` are chance in 1 of 250."""
    chance = random.Random(f"{rate} {bad}")
    found = sum(any(unstable(run(chance, (rate, bad), (rate, bad)))) for _ in range(runs))
    assert found <= most


def in_silence(chance: random.Random, rate: float, seq: int) -> RepeatedClip:
    """Some of its answers are empty, whether there is load or not."""
    four = [0 if chance.random() < rate else WORDS for _ in range(4)]
    control, measured, repeated, *between = [abs(one - other) for one, other in combinations(four, 2)]
    return RepeatedClip(seq, four[0], control, measured, repeated, tuple(between))


@pytest.mark.parametrize("rate", [0.1, 0.3])
def test_answers_that_are_empty_now_and_then_are_no_finding(rate: float) -> None:
    """Without the clips whose first answer is empty, about 30 of 1,000 such runs have one."""
    chance = random.Random(f"empty {rate}")
    runs = [of(*(in_silence(chance, rate, seq) for seq in range(100))) for _ in range(400)]
    assert sum(any(unstable(found)) for found in runs) < 3


@pytest.mark.parametrize(
    ("without", "under", "least"),
    [((0.0, 0.0), (0.1, 0.0), 0.99), ((0.05, 0.0), (0.15, 0.0), 0.95), ((0.0, 0.0), (0.0, 0.4), 0.9)],
    ids=["a tenth", "ten points more", "two of five answers whole"],
)
def test_what_twenty_clips_find(without: tuple[float, float], under: tuple[float, float], least: float) -> None:
    chance = random.Random(f"{without} {under}")
    found = [any(unstable(run(chance, without, under))) for _ in range(200)]
    assert sum(found) / len(found) >= least


def test_a_finding_takes_five_points_more_and_no_chance() -> None:
    def names(*clips: RepeatedClip) -> list[str]:
        return [finding.name for finding in unstable(of(*clips))]

    assert names(*clips(20, 0, 1, 1)) == ["unstable"], "exactly five points"
    assert names(*clips(20, 0, 1, 1, size=21)) == [], "less, however sure"
    assert names(*clips(6, 0, 10, 10)) == [], "six may be chance"
    assert names(*clips(20, 10, 0, 0)) == [], "the run is better"


def test_the_finding_has_the_figures() -> None:
    (finding,) = unstable(of(*clips(20, 1, 4, 6)))
    assert finding.values["load_share"] == pytest.approx(0.25)
    assert finding.values["control_share"] == pytest.approx(0.05)
    assert finding.values["clips"] == 20
    assert finding.values["p"] == pytest.approx(3.0**-20)


def test_answers_that_are_wrong_as_a_whole_are_named_however_few() -> None:
    found = of(
        RepeatedClip(1, 10, 0, 10, 0, measured_flaw="swapped"),
        RepeatedClip(2, 10, 0, 10, 8, measured_flaw="swapped", repeated_flaw="truncated"),
        *clips(30, 0, 0, 0),
    )
    assert (found.swapped, found.truncated, found.repeated, found.looping) == (2, 1, 0, 0)
    named = {finding.name: finding.values for finding in unstable(found)}
    assert named == {
        "again_swapped": {"wrong": 2, "answers": 64},
        "again_truncated": {"wrong": 1, "answers": 64},
    }
    assert math.isfinite(found.p or math.nan)
