"""Which sentences a clip says, and the pauses between them: whole numbers alone, no sample is looked at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

from stt_load.audio.lengths import Lengths
from stt_load.audio.nonce import WORD, word_of
from stt_load.audio.pack import Pack

LEAST_GAP_S, SHORT_GAP_S, LONG_GAP_S = 0.15, 0.3, 0.6
"""Pauses, also before the first sentence and after the last one: none is shorter than the first, and where sentences
can be found for it, each is between the second and the third."""
LONGEST_TAIL_S = 1.0
"""After the last sentence: what goes on in silence is where recognisers make words up."""

_MULTIPLIER, _INCREMENT = 6364136223846793005, 1442695040888963407


class Planned(NamedTuple):
    """word: the 64 bits that the clip is drawn from. order: the recordings, by their index in the pack. gaps: samples
    before, between and after them, one more than there are recordings. frames: samples of all together."""

    word: int
    order: tuple[int, ...]
    gaps: tuple[int, ...]
    frames: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice's recordings by their place in the pack (`numbers`), with their samples; and the same by length:
    `sorted_lengths` rising, `by_length` the places in `numbers`."""

    numbers: list[int]
    lengths: list[int]
    by_length: list[int]
    sorted_lengths: list[int]
    steps: list[int]


class SpeechPlan:
    """What each clip of a run says: a function of (pack, lengths, seed, seq, attempt), the same anywhere.

    lengths: of the clips. seed: 0 to 2^64 - 1.

    The bits of a clip's word (`stt_load.audio.nonce.word_of`) begin a linear congruential sequence modulo 2^64 (D.
    Knuth's multiplier, The Art of Computer Programming 2, 3.3.4), whose upper bits choose. One voice says the whole
    clip. Its sentences are walked through from any place, with a step that has no divisor in common with their
    number: so none comes twice before all have come. The last one is chosen by its length, so that the pauses come
    out as they ought to.
    """

    def __init__(self, pack: Pack, lengths: Lengths, seed: int) -> None:
        self._pack, self._same, self._frames, self._seed = pack, lengths.same, lengths.frames, seed & WORD
        rate_hz = lengths.rate_hz
        self._least, self._short, self._long, self._tail = (
            round(gap_s * rate_hz) for gap_s in (LEAST_GAP_S, SHORT_GAP_S, LONG_GAP_S, LONGEST_TAIL_S)
        )
        self._ranges = ((self._short, self._long), (self._least, self._tail))
        self._voices = [one for one in _voices(pack, rate_hz) if self._least_clip(one) <= lengths.longest]
        self._enough = max(map(self._least_clip, self._voices), default=0)

    @property
    def is_silent(self) -> bool:
        """No recording is short enough: nobody speaks in any of these clips."""
        return not self._voices

    def texts(self, seq: int, attempt: int) -> tuple[str, ...]:
        """What the clip says, sentence by sentence."""
        recordings = self._pack.recordings
        return tuple(recordings[number].text for number in self.plan(seq, attempt).order)

    def plan(self, seq: int, attempt: int) -> Planned:
        """The clip of an iteration: its sentences and pauses are as long together as it is to be."""
        word, frames, voices = word_of(self._seed, seq, attempt), self._same or self._frames(seq), self._voices
        if frames < self._enough:
            voices = [one for one in voices if self._least_clip(one) <= frames]
        if not voices:
            return Planned(word, (), (frames,), frames)
        voice = voices[word % len(voices)]
        state, walked, rest = self._walked(voice, word, frames)
        state, rest = self._ended(voice, state, walked, rest)
        order, gaps = tuple(map(voice.numbers.__getitem__, walked)), self._gaps(state, len(walked), rest)
        return Planned(word, order, gaps, frames)

    def _least_clip(self, voice: Voice) -> int:
        """Samples of a clip that has room for the shortest sentence of a voice."""
        return voice.sorted_lengths[0] + 2 * self._least

    def _walked(self, voice: Voice, state: int, rest: int) -> tuple[int, list[int], int]:
        """Sentences until one more will do, and the samples that are left then of `rest`."""
        lengths, count, least, long = voice.lengths, len(voice.lengths), self._least, self._long
        # A quarter of the sentences are longer: some of them are left for the end.
        long_one = voice.sorted_lengths[3 * count // 4]
        walked = list[int]()
        while rest > long_one + (len(walked) + 2) * long:
            if not len(walked) % count:  # the pack is at its end: another walk through it
                state = state * _MULTIPLIER + _INCREMENT & WORD
                place, step = (state >> 40) % count, voice.steps[(state >> 16 & 0xFFFFFF) % len(voice.steps)]
                if walked and place == walked[-1]:
                    place = (place + step) % count
            if rest - lengths[place] < (len(walked) + 2) * least:
                break
            walked.append(place)
            rest -= lengths[place]
            place = (place + step) % count
        return state, walked, rest

    def _ended(self, voice: Voice, state: int, walked: list[int], rest: int) -> tuple[int, int]:
        """With the last sentence, where there is one for it: the samples that are left.

        Where none makes the pauses as they ought to be, the one before it is chosen anew instead of a last one.
        """
        state = state * _MULTIPLIER + _INCREMENT & WORD
        for least, most in self._ranges:
            if walked and (len(walked) + 1) * least <= rest <= (len(walked) + 1) * most:
                return state, rest
            if (place := self._last(voice, state >> 33, walked, rest, least, most)) is not None:
                walked.append(place)
                return state, rest - voice.lengths[place]
            if walked:
                before = walked.pop()
                place = self._last(voice, state >> 33, walked, rest + voice.lengths[before], least, most)
                walked.append(before if place is None else place)
                if place is not None:
                    return state, rest + voice.lengths[before] - voice.lengths[place]
        return self._longest(voice, state, walked, rest)

    def _last(self, voice: Voice, chance: int, walked: list[int], rest: int, least: int, most: int) -> int | None:
        """A sentence that leaves pauses from `least` to `most` samples on average; none that was said already."""
        pauses = len(walked) + 2
        low = bisect_left(voice.sorted_lengths, rest - pauses * most)
        high = bisect_right(voice.sorted_lengths, rest - pauses * least)
        if low == high:
            return None
        said = _of_this_walk(voice, walked)
        for turn in range(high - low):
            place = voice.by_length[low + (chance + turn) % (high - low)]
            if place not in said:
                return place
        return None

    def _longest(self, voice: Voice, state: int, walked: list[int], rest: int) -> tuple[int, int]:
        """Pauses will be long: the longest sentence that has room, if any."""
        high = bisect_right(voice.sorted_lengths, rest - (len(walked) + 2) * self._least)
        said = _of_this_walk(voice, walked)
        for place in reversed(voice.by_length[:high]):
            if place not in said:
                walked.append(place)
                return state, rest - voice.lengths[place]
        return state, rest

    def _gaps(self, state: int, said: int, rest: int) -> tuple[int, ...]:
        """`rest` samples over said + 1 pauses, by chance longer and shorter, in pairs."""
        even, more = divmod(rest, said + 1)
        if even >= self._tail:
            even, more = divmod(rest - self._tail, said)
            return (*[even + 1] * more, *[even] * (said - more), self._tail)
        gaps = [even + 1] * more + [even] * (said + 1 - more)
        play = min(even - self._short, self._long - even - 1)
        if play > 0:
            for number in range(1, said + 1, 2):
                state = state * _MULTIPLIER + _INCREMENT & WORD
                shift = (state >> 33) % (2 * play + 1) - play
                gaps[number - 1] += shift
                gaps[number] -= shift
        return tuple(gaps)


def _of_this_walk(voice: Voice, walked: list[int]) -> list[int]:
    """What has been said since the walk began anew; at its very beginning, what was said just before."""
    since = len(walked) % len(voice.lengths)
    return walked[-since:] if since else walked[-1:]


def _voices(pack: Pack, rate_hz: int) -> list[Voice]:
    """Those who say anything."""
    numbers: list[list[int]] = [[] for _ in pack.voices]
    for number, one in enumerate(pack.recordings):
        numbers[one.voice].append(number)
    return [_voice(own, pack.lengths(rate_hz)) for own in numbers if own]


def _voice(numbers: list[int], lengths: list[int]) -> Voice:
    own = [lengths[number] for number in numbers]
    by_length = sorted(range(len(own)), key=own.__getitem__)
    steps = [step for step in range(1, len(own) + 1) if gcd(step, len(own)) == 1]
    return Voice(numbers, own, by_length, [own[place] for place in by_length], steps)
