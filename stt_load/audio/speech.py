"""Random clips of speech whose words are known: recorded sentences in random order, with room noise between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stt_load.audio import room
from stt_load.audio.clip import Clip, Sentence, Word, head_of
from stt_load.audio.lengths import Lengths
from stt_load.audio.names import FEWEST_SAMPLES, SAMPLE_BYTES
from stt_load.audio.nonce import faint
from stt_load.audio.pack import Pack, Recording
from stt_load.audio.plan import Planned, SpeechPlan
from stt_load.audio.pool import Pool

_PLACE, _SPREAD, _SHIFT = (1 << 32) - 1, 0x9E3779B1, 33 - room.STARTS.bit_length()
"""Where in the room noise each pause begins: the upper ones of 32 bits, which an odd number spreads from one pause to
the next (2^32 over the golden ratio: D. Knuth, The Art of Computer Programming 3, 6.4). Nothing hangs on it."""
FIRST_CLIPS = 64
"""What so many clips need is decoded before the rest."""


class SpeechSource:
    """WAV clips in which sentences of a pack are spoken, each a function of (seed, seq, attempt): the same on any
    worker.

    seed: 0 to 2^64 - 1. lengths: of the clips. folder: of the cache of decoded samples; None for none. Which
    sentences, and the pauses between them: see `SpeechPlan`.

    Every clip differs from every other of the run, by construction. Its first eight samples are the eight bytes of
    its word (`word_of`), each as a sample of its own. They are always there, as before the first sentence there is a
    pause of at least 0.15 s, and a clip without sentences is all pause. Equal clips have equal first samples, hence
    equal words, hence equal seq and attempt (seq below 2^48, attempt below 2^16), as seq, attempt -> word is one to
    one. The rest of the clip plays no part in it: the order of the sentences may be the same in two clips.

    A clip costs a list of views: nothing is copied, whatever its length.
    """

    takes_time = False

    def __init__(self, pack: Pack, seed: int, lengths: Lengths, folder: Path | None = None) -> None:
        self._pack, self._rate_hz = pack, (rate_hz := lengths.rate_hz)
        self._lengths = pack.lengths(rate_hz)
        self._plan = SpeechPlan(pack, lengths, seed)
        self._same = None if lengths.same is None else head_of(lengths.same, rate_hz)
        self._room = room.noise(seed)
        self._pool = Pool(pack, rate_hz, folder)

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration: header with nonce, then pauses and sentences in turn."""
        planned = self._plan.plan(seq, attempt)
        word, order, gaps, frames = planned
        noise, place, pause = self._room, word & _PLACE, gaps[0] - FEWEST_SAMPLES
        header, kind = self._same or head_of(frames, self._rate_hz)
        parts: list[bytes | memoryview] = [header + faint(word)]
        for recording, gap in zip(map(self._pool.recording, order), gaps[1:], strict=True):
            if pause <= room.LONGEST_PART:
                start = (place >> _SHIFT) * SAMPLE_BYTES
                parts += noise[start : start + pause * SAMPLE_BYTES], recording
            else:
                parts += *room.pause(noise, place >> _SHIFT, pause), recording
            place = place * _SPREAD & _PLACE
            pause = gap
        parts += room.pause(noise, place >> _SHIFT, pause)
        return Clip(parts, *kind, self._said(planned) if order else None)

    def load(self) -> None:
        """Decodes what is not there yet: first what the first clips need, in their order."""
        self._pool.load(islice(self._needed(), FIRST_CLIPS * 8))

    def _needed(self) -> Iterator[int]:
        for seq in range(FIRST_CLIPS):
            yield from self._plan.plan(seq, 0).order

    def _said(self, planned: Planned) -> SaidSentences:
        return SaidSentences(self._pack, self._lengths, self._rate_hz, planned)


class SaidSentences:
    """What a planned clip says, with instants in seconds from its beginning."""

    __slots__ = ("_lengths", "_pack", "_planned", "_rate_hz")

    def __init__(self, pack: Pack, lengths: list[int], rate_hz: int, planned: Planned) -> None:
        self._pack, self._lengths, self._rate_hz, self._planned = pack, lengths, rate_hz, planned

    def text(self) -> str:
        recordings = self._pack.recordings
        return " ".join([recordings[number].text for number in self._planned.order])

    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(
            tuple(Word(word.text, from_s + word.from_s, from_s + word.to_s) for word in recording.words)
            for recording, from_s in self._starts()
        )

    def speech_s(self) -> tuple[float, float]:
        """Where the first word begins and the last one ends."""
        *_, (last, from_s) = starts = list(self._starts())
        first, first_s = starts[0]
        return first_s + first.words[0].from_s, from_s + last.words[-1].to_s

    def _starts(self) -> Iterator[tuple[Recording, float]]:
        """Each recording, and where it begins."""
        at = 0
        for number, gap in zip(self._planned.order, self._planned.gaps, strict=False):
            at += gap
            yield self._pack.recordings[number], at / self._rate_hz
            at += self._lengths[number]
