"""How long clips are: within bounds, distributed as asked, the same wherever they are drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.lengths import OUTERMOST, Duration, Even, Length, Lengths, Lognormal, length_of

SEEDS = st.integers(0, 2**64 - 1)
SEQS = st.integers(0, 2**48 - 1)
MANY = 20_000
FURTHEST = 1.95 / math.sqrt(MANY)
"""Between the shares of so many draws and a distribution: exceeded by one seed in a thousand (Kolmogorov's limit)."""
TALKS = {"lognormal": {"median": 8.0, "sigma": 0.6, "max": 60.0}}


def drawn(length: Length, seed: int, count: int = MANY) -> list[float]:
    return [length.at(seed, seq) for seq in range(count)]


def distance(values: list[float], share: Callable[[float], float]) -> float:
    """The largest between what share of `values` is below one of them, and `share` (Kolmogorov and Smirnov's)."""
    shares = [share(value) for value in sorted(values)]
    count = len(shares)
    return max(max((place + 1) / count - each, each - place / count) for place, each in enumerate(shares))


def normal(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


@pytest.mark.parametrize(
    ("duration", "bounds"),
    [
        (None, (10, 10)),
        (7, (7, 7)),
        (0.0005, (0.0005, 0.0005)),
        ("3..20", (3, 20)),
        ("0.1..7200", (0.1, 7_200)),
        ("2.5..2.5", (2.5, 2.5)),
        (TALKS, (8 * math.exp(-3.0902 * 0.6), 60)),
        ({"lognormal": {"median": 8.0, "sigma": 0.6}}, (8 * math.exp(-3.0902 * 0.6), 8 * math.exp(3.0902 * 0.6))),
        ({"lognormal": {"median": 0.1, "sigma": 5.0, "max": None}}, (0.1, 0.1 * math.exp(3.0902 * 5))),
    ],
)
def test_the_shortest_and_the_longest(duration: Duration, bounds: tuple[float, float]) -> None:
    length = length_of(duration)
    assert (length.shortest_s, length.longest_s) == pytest.approx(bounds, rel=1e-3)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("0.05..3", "0.05..3 begins below 0.1 s; choose a range above that, such as 3..20"),
        (
            {"lognormal": {"median": 0.05, "sigma": 1.0}},
            "lognormal.median is 0.05, below 0.1 s; choose one above that",
        ),
        ({"empirical": "none.csv"}, "none.csv can't be read: No such file or directory; name a file of lengths"),
    ],
)
def test_what_no_clip_can_have_is_refused(duration: Duration, expected: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as raised:
        length_of(duration)
    assert str(raised.value) == expected


@pytest.mark.parametrize("seed", [0, 1, 2**53])
def test_a_range_is_filled_evenly(seed: int) -> None:
    assert distance(drawn(length_of("3..20"), seed), lambda length_s: (length_s - 3) / 17) < FURTHEST


@pytest.mark.parametrize("seed", [0, 1, 2**53])
@pytest.mark.parametrize("most", [60.0, 9.0, None])
def test_lognormal_lengths_are_those_of_the_distribution_between_its_ends(seed: int, most: float | None) -> None:
    length = Lognormal(8.0, 0.6, most)
    whole = [normal(math.log(end_s / 8) / 0.6) for end_s in (length.shortest_s, length.longest_s)]

    def share(length_s: float) -> float:
        return (normal(math.log(length_s / 8) / 0.6) - whole[0]) / (whole[1] - whole[0])

    assert distance(drawn(length, seed), share) < FURTHEST
    assert whole[0] == pytest.approx(OUTERMOST, rel=1e-6)


def test_an_end_that_nothing_reaches_cuts_nothing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stt_load.audio.lengths.unit", lambda *_: 1 - 2.0**-53)
    assert 8 < Lognormal(8.0, 0.01, 1e6).at(1, 1) < 9


def test_the_median_is_the_median() -> None:
    below = sum(length_s < 8 for length_s in drawn(length_of({"lognormal": {"median": 8.0, "sigma": 0.6}}), 3))
    assert abs(below - MANY / 2) < 4 * math.sqrt(MANY) / 2


@given(
    median_s=st.floats(0.1, 1e3),
    sigma=st.floats(0.001, 5),
    most=st.floats(1.001, 1e3) | st.none(),
    seed=SEEDS,
    seq=SEQS,
)
def test_no_lognormal_length_is_beyond_the_ends(
    median_s: float, sigma: float, most: float | None, seed: int, seq: int
) -> None:
    length = Lognormal(median_s, sigma, None if most is None else most * median_s)
    assert 0.1 <= length.shortest_s <= length.at(seed, seq) <= length.longest_s


@given(st.floats(0.1, 7_200), st.floats(0.1, 7_200), st.sampled_from([1_000, 11_025, 16_000, 48_000]), SEEDS, SEQS)
def test_lengths_are_whole_samples_within_their_range(
    one_s: float, other_s: float, rate_hz: int, seed: int, seq: int
) -> None:
    low_s, high_s = sorted((one_s, other_s))
    lengths = Lengths(Even(low_s, high_s), rate_hz, seed)
    assert round(low_s * rate_hz) <= lengths.frames(seq) <= lengths.longest == round(high_s * rate_hz)
    assert lengths.seconds(seq) == lengths.frames(seq) / rate_hz
    assert lengths.frames(seq) == Lengths(Even(low_s, high_s), rate_hz, seed).frames(seq)


@given(st.integers(8, 2**40), st.integers(1_000, 384_000), SEQS)
def test_clips_that_are_all_alike_have_exactly_their_samples(frames: int, rate_hz: int, seq: int) -> None:
    lengths = Lengths(Even(frames / rate_hz, frames / rate_hz), rate_hz, 1)
    assert lengths.same == lengths.longest == lengths.frames(seq) == frames


def test_a_clip_without_room_for_the_nonce_is_refused() -> None:
    with pytest.raises(ValueError, match="a clip of 7 samples: at least 8"):
        Lengths(length_of(7 / 16_000), 16_000, 1)


def test_what_is_known_comes_once_before_any_of_it_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "lengths.csv"
    path.write_text("seconds\n" + "".join(f"{number / 8}\n" for number in range(1, 200)), encoding="utf-8")
    length = length_of({"empirical": str(path)})
    assert (length.shortest_s, length.longest_s) == (0.125, 24.875)
    rounds = [[length.at(5, seq) for seq in range(begin, begin + 199)] for begin in (0, 199)]
    assert sorted(rounds[0]) == [number / 8 for number in range(1, 200)] != rounds[0]
    assert rounds[0] == rounds[1]
    assert [length.at(6, seq) for seq in range(199)] != rounds[0]


@pytest.mark.parametrize("duration", ["3..20", TALKS])
def test_other_seeds_give_other_lengths(duration: Duration) -> None:
    length = length_of(duration)
    seeds = [*range(300), *(number << 16 for number in range(1, 300))]
    assert len({tuple(Lengths(length, 16_000, seed).frames(seq) for seq in range(4)) for seed in seeds}) == len(seeds)


def test_they_are_the_same_on_any_machine() -> None:
    """As a run on many processes needs it: a worker and its master work each length out for itself."""
    of_a_range, of_talks = (Lengths(length_of(duration), 16_000, 14) for duration in ("3..20", TALKS))
    assert [of_a_range.frames(seq) for seq in range(4)] == [83_781, 118_611, 113_492, 169_655]
    assert [of_talks.frames(seq) for seq in range(4)] == [65_553, 87_049, 84_018, 118_280]
