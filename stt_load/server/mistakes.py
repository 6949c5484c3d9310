"""Words that are wrong on purpose: others, none, one too many; an end that is missing, words over and over again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from random import Random

from stt_load.server.known import bare
from stt_load.server.transcript import Segment

Segments = tuple[Segment, ...]

LEAST_KEPT, MOST_KEPT = 0.20, 0.65
"""Of the words of a truncated answer."""
LONGEST_ROUND, ROUNDS = 6, 10
"""How many words are said over and over again, and how often."""


def truncated(segments: Segments, random: Random) -> Segments:
    """The first of the words, at least one."""
    words = sum(len(one) for one in map(_words, segments))
    left = max(1, int(words * random.uniform(LEAST_KEPT, MOST_KEPT)))
    kept: list[Segment] = []
    for segment in segments:
        if left > 0:
            kept.append(_of(_words(segment)[:left]))
            left -= len(kept[-1].timed)
    return tuple(kept)


def looping(segments: Segments, random: Random) -> Segments:
    """Some of the words, the last of them ROUNDS times; in what time is left, or the time that they had."""
    words = list(chain.from_iterable(map(_words, segments)))
    if not words:
        return segments
    until = random.randint(1, max(1, len(words) // 2))
    before, again = words[: until - 1], words[until - 1 : until - 1 + random.randint(1, LONGEST_ROUND)]
    start_s, end_s = again[0].start_s, words[-1].end_s
    said = [one.text for one in again] * ROUNDS
    word_s = (end_s - start_s) / len(said)
    loop = [Segment(start_s + at * word_s, start_s + (at + 1) * word_s, text) for at, text in enumerate(said)]
    return tuple(_of(part) for part in (before, loop) if part)


def misheard(segments: Segments, rate: float, vocabulary: Sequence[str], random: Random) -> tuple[Segments, int]:
    """Each word wrong with the probability `rate`, and how many are: three of five are another word of the
    vocabulary, one is missing, and after one comes another word."""
    planted = 0
    heard = []
    for segment in segments:
        words: list[Segment] = []
        for word in _words(segment):
            is_wrong = random.random() < rate
            planted += is_wrong
            words += _mistaken(word, vocabulary, random) if is_wrong else [word]
        if words:
            heard.append(_of(words))
    return tuple(heard), planted


def _mistaken(word: Segment, vocabulary: Sequence[str], random: Random) -> Iterable[Segment]:
    kind = random.randrange(5)
    if kind == 0:
        return ()
    another = random.choice([one for one in random.choices(vocabulary, k=8) if one != bare(word.text)] or ["nothing"])
    if kind == 1:
        middle_s = (word.start_s + word.end_s) / 2
        return Segment(word.start_s, middle_s, word.text), Segment(middle_s, word.end_s, another)
    return (Segment(word.start_s, word.end_s, another),)


def _words(segment: Segment) -> list[Segment]:
    return list(segment.words())


def _of(words: Sequence[Segment]) -> Segment:
    """At least one word as a segment."""
    return Segment(words[0].start_s, words[-1].end_s, " ".join(word.text for word in words), tuple(words))
