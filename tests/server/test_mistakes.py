"""Words that are wrong on purpose."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from stt_load.selftest.words import edits
from stt_load.server.mistakes import ROUNDS, looping, misheard, truncated
from stt_load.server.transcript import Segment

SEGMENTS = (
    Segment(0.2, 2.2, "The tall nurse waved."),
    Segment(2.6, 5.1, "Seven goats ate my hat."),
    Segment(5.5, 8.0, "Rain fell all night long."),
)
VOCABULARY = ("apple", "river", "cloud")
segments = st.lists(st.integers(1, 9), min_size=1, max_size=6).map(
    lambda counts: tuple(
        Segment(at * 2.0, at * 2.0 + 1.5, " ".join(f"w{at}x{n}" for n in range(count)))
        for at, count in enumerate(counts)
    )
)


def words(of: tuple[Segment, ...]) -> list[str]:
    return " ".join(segment.text for segment in of).split()


@given(segments, st.integers())
def test_a_truncated_answer_is_a_beginning(of: tuple[Segment, ...], seed: int) -> None:
    said, kept = words(of), words(truncated(of, Random(seed)))
    assert said[: len(kept)] == kept
    assert 1 <= len(kept) <= max(1, 0.65 * len(said))
    assert len(kept) >= int(0.2 * len(said))


@given(segments, st.integers())
def test_a_looping_answer_says_its_last_words_again_and_again(of: tuple[Segment, ...], seed: int) -> None:
    said, heard = words(of), words(looping(of, Random(seed)))
    lengths = [length for length in range(1, 7) if heard[-length * ROUNDS :] == heard[-length:] * ROUNDS]
    assert lengths
    assert any(
        said[: len(heard) - length * (ROUNDS - 1)] == heard[: len(heard) - length * (ROUNDS - 1)]
        for length in lengths
    )


@given(segments, st.integers(), st.floats(0, 1))
def test_no_more_words_are_wrong_than_are_said_to_be(of: tuple[Segment, ...], seed: int, rate: float) -> None:
    heard, planted = misheard(of, rate, VOCABULARY, Random(seed))
    assert edits(words(of), words(heard)).all <= planted <= len(words(of))
    assert all(a.end_s >= a.start_s for segment in heard for a in segment.words())
    if rate == 0:
        assert words(heard) == words(of)
        assert planted == 0


def test_the_share_of_wrong_words_is_the_one_asked_for() -> None:
    many = SEGMENTS * 400
    _heard, planted = misheard(many, 0.1, VOCABULARY, Random(1))
    assert 0.09 < planted / len(words(many)) < 0.11
    found = edits(words(many[:60]), words(misheard(many[:60], 0.1, VOCABULARY, Random(2))[0]))
    assert found.fewest_substitutions <= found.most_substitutions < found.all


def test_the_same_seed_makes_the_same_mistakes() -> None:
    assert misheard(SEGMENTS, 0.5, VOCABULARY, Random(3)) == misheard(SEGMENTS, 0.5, VOCABULARY, Random(3))
    assert misheard(SEGMENTS, 0.5, VOCABULARY, Random(3)) != misheard(SEGMENTS, 0.5, VOCABULARY, Random(4))


def test_words_without_any_stay_so() -> None:
    assert looping((), Random(1)) == truncated((), Random(1)) == ()
