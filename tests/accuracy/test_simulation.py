"""Swaps are found and not invented, by simulation: answers of recognisers that mishear 5, 20 and 40% of the words."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache

import pytest
from rapidfuzz.distance import Levenshtein

from stt_load.accuracy.flaws import looping, truncated
from stt_load.accuracy.mistaken import Suspect, repeated, suspect, swapped
from stt_load.accuracy.references import Alphabet
from stt_load.samples.accuracy import FEWEST_WORDS
from tests.accuracy.speech import Recogniser, in_bursts, independent, sentences, shipped_sentences, texts_from

STAND_IN = sentences(257)
PACKS = {"stand-in": STAND_IN, "shipped": shipped_sentences(), "thirty": STAND_IN[:30]}
FULL = 100_000
QUICK = 4_000


class Simulation:
    """Clips of a pack in the order in which they are sent, as words and as letters."""

    def __init__(self, pool: Sequence[str], fewest: int, most: int, clips: int) -> None:
        texts = texts_from(pool, fewest, most)
        self.clips = [" ".join(texts(seq, 0)).lower().replace(".", "").split() for seq in range(clips)]
        self.alphabet = Alphabet()
        self.edits: list[int] = []
        self.letters = lru_cache(400)(lambda place: self.alphabet.letters(self.clips[place]))

    def suspects(self, hear: Recogniser, whose: Callable[[int], int], seed: int = 7) -> dict[int, Suspect]:
        """What a run would look at again: the answer to each clip is that of `whose`."""
        chance, found = random.Random(seed), {}
        self.edits = []
        for place in range(len(self.clips)):
            heard = self.alphabet.letters(hear(chance, self.clips[whose(place)]))
            self.edits.append(Levenshtein.distance(self.letters(place), heard))
            if suspect(len(self.clips[place]), self.edits[-1]):
                found[place] = Suspect(place, heard, self.edits[-1])
        return found

    def swaps(self, suspects: dict[int, Suspect]) -> dict[int, int]:
        """Where each comes from, of those that are found."""
        edits = self.edits.__getitem__
        pairs = ((place, swapped(one, self.letters, edits, len(self.clips))) for place, one in suspects.items())
        return {place: other for place, other in pairs if other is not None}


def vocabulary(pool: Sequence[str]) -> list[str]:
    return " ".join(pool).lower().replace(".", "").split()


def neighbour(place: int) -> int:
    """Each has that of the one beside it: all are swapped in pairs."""
    return place ^ 1


def own(place: int) -> int:
    return place


RECOGNISERS = {"independent": independent, "in bursts": in_bursts}
RATES = (0.05, 0.2, 0.4)
SIZES = pytest.mark.parametrize(
    "clips", [QUICK, pytest.param(FULL, marks=[pytest.mark.slow, pytest.mark.simulation])], ids=str
)


@SIZES
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", RECOGNISERS)
@pytest.mark.parametrize("pack", PACKS)
def test_no_answer_with_errors_is_taken_for_another_s(pack: str, kind: str, rate: float, clips: int) -> None:
    pool = PACKS[pack]
    simulation = Simulation(pool, 2, 13, clips)
    suspects = simulation.suspects(RECOGNISERS[kind](rate, vocabulary(pool)), own)
    assert len(suspects) > (clips // 4 if rate == 0.4 else 0) or rate < 0.4
    assert not simulation.swaps(suspects)
    assert not repeated(suspects, simulation.letters)


@SIZES
@pytest.mark.parametrize(
    ("kind", "rate", "sentences", "least"),
    [
        *(("independent", rate, (2, 13), 0.99) for rate in RATES),
        *(("in bursts", rate, (2, 13), 0.9) for rate in RATES),
        ("independent", 0.4, (2, 2), 0.9),
    ],
)
@pytest.mark.parametrize("pack", PACKS)
def test_planted_swaps_are_found_with_their_partners(
    pack: str, kind: str, rate: float, sentences: tuple[int, int], least: float, clips: int
) -> None:
    pool, clips = PACKS[pack], clips // 10
    simulation = Simulation(pool, *sentences, clips)
    found = simulation.swaps(simulation.suspects(RECOGNISERS[kind](rate, vocabulary(pool)), neighbour))
    judged = [place for place in range(clips) if len(simulation.clips[place]) >= FEWEST_WORDS]
    assert sum(found.get(place) == neighbour(place) for place in judged) >= least * len(judged)


@SIZES
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", RECOGNISERS)
def test_an_answer_with_errors_is_neither_truncated_nor_a_loop(kind: str, rate: float, clips: int) -> None:
    """A burst of words left out at the end of a clip is no different from one that is cut off."""
    hear, chance = RECOGNISERS[kind](rate, vocabulary(STAND_IN)), random.Random(3)
    simulation = Simulation(STAND_IN, 2, 13, clips)
    cut = loops = 0
    for place, words in enumerate(simulation.clips):
        said, heard = simulation.letters(place), simulation.alphabet.letters(hear(chance, words))
        cut += truncated(said, heard, Levenshtein.distance(said, heard))
        loops += looping(said, heard)
    assert cut <= (clips / 10_000 if kind == "in bursts" else 0)
    assert loops == 0


@SIZES
@pytest.mark.parametrize(("rate", "least"), [(0.05, 0.99), (0.2, 0.97), (0.4, 0.9)])
def test_what_is_cut_off_is_found(rate: float, least: float, clips: int) -> None:
    hear, chance = independent(rate, vocabulary(STAND_IN)), random.Random(3)
    simulation = Simulation(STAND_IN, 3, 13, clips // 10)
    found = 0
    for place, words in enumerate(simulation.clips):
        rest = hear(chance, words[: round(len(words) * chance.uniform(0.2, 0.6))])
        said, heard = simulation.letters(place), simulation.alphabet.letters(rest)
        found += truncated(said, heard, Levenshtein.distance(said, heard))
    assert found >= least * len(simulation.clips)


@SIZES
@pytest.mark.parametrize("rate", RATES)
def test_what_goes_round_ten_times_is_found(rate: float, clips: int) -> None:
    hear, chance = independent(rate, vocabulary(STAND_IN)), random.Random(3)
    simulation = Simulation(STAND_IN, 2, 13, clips // 10)
    found = 0
    for place, words in enumerate(simulation.clips):
        start, length = chance.randrange(len(words) - 7), chance.randint(1, 8)
        heard = hear(chance, words[:start]) + words[start : start + length] * 10
        found += looping(simulation.letters(place), simulation.alphabet.letters(heard))
    assert found == len(simulation.clips)
