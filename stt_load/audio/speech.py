"""Random clips of speech whose words are known: recorded sentences in random order, with room noise between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from stt_load.audio.clip import Clip, Sentence, Word, wav_header
from stt_load.audio.names import FEWEST_SAMPLES, HEADER_BYTES, SAMPLE_BYTES
from stt_load.audio.nonce import faint
from stt_load.audio.pack import Pack, Recording
from stt_load.audio.plan import Planned, SpeechPlan
from stt_load.audio.pool import Pool

ROOM_PEAK = 57
"""Of the room noise, which is spread evenly: its RMS is 60 dB below full scale (57 / sqrt(3) = 33 of 32,768). Speech
is some 37 dB above; the embedded server hears it from 300 on."""
STARTS = 1 << 14
"""How far into the room noise a pause may start: drawn by 14 bits."""
LONGEST_PART = 1 << 15
"""Samples of room noise in one piece; longer pauses are of several. All of it is 98 kB: a processor's cache holds
that while megabytes of speech come and go."""
_PLACE, _SPREAD, _SHIFT = (1 << 32) - 1, 0x9E3779B1, 33 - STARTS.bit_length()
"""Where in the room noise each pause begins: the upper ones of 32 bits, which an odd number spreads from one pause to
the next (2^32 over the golden ratio: D. Knuth, The Art of Computer Programming 3, 6.4). Nothing hangs on it."""
FIRST_CLIPS = 64
"""What so many clips need is decoded before the rest."""


class SpeechSource:
    """WAV clips of one length in which sentences of a pack are spoken, each a function of (seed, seq, attempt): the
    same on any worker.

    seed: 0 to 2^64 - 1. frames: samples in each clip, at least FEWEST_SAMPLES. rate_hz: sample rate. folder: of the
    cache of decoded samples; None for none. Which sentences, and the pauses between them: see `SpeechPlan`.

    Every clip differs from every other of the run, by construction. Its first eight samples are the eight bytes of
    its word (`word_of`), each as a sample of its own. They are always there, as before the first sentence there is a
    pause of at least 0.15 s, and a clip without sentences is all pause. Equal clips have equal first samples, hence
    equal words, hence equal seq and attempt (seq below 2^48, attempt below 2^16), as seq, attempt -> word is one to
    one. The rest of the clip plays no part in it: the order of the sentences may be the same in two clips.

    A clip costs a list of views: nothing is copied, whatever its length.
    """

    def __init__(self, pack: Pack, seed: int, frames: int, rate_hz: int, folder: Path | None = None) -> None:
        if frames < FEWEST_SAMPLES:
            raise ValueError(f"a clip of {frames} samples: at least {FEWEST_SAMPLES} are needed to make it unique")
        self._pack, self._rate_hz = pack, rate_hz
        self._lengths = pack.lengths(rate_hz)
        self._plan = SpeechPlan(pack, frames, rate_hz, seed)
        self._kind = HEADER_BYTES + frames * SAMPLE_BYTES, frames / rate_hz, rate_hz
        self._header = wav_header(frames, rate_hz)
        room = np.random.Generator(np.random.PCG64(seed)).integers(
            -ROOM_PEAK, ROOM_PEAK + 1, STARTS + LONGEST_PART, dtype="<i2"
        )
        self._room = memoryview(room.tobytes())
        self._pool = Pool(pack, rate_hz, folder)

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration: header with nonce, then pauses and sentences in turn."""
        planned = self._plan.plan(seq, attempt)
        word, order, gaps = planned
        room, place, pause = self._room, word & _PLACE, gaps[0] - FEWEST_SAMPLES
        parts: list[bytes | memoryview] = [self._header + faint(word)]
        for recording, gap in zip(map(self._pool.recording, order), gaps[1:], strict=True):
            if pause <= LONGEST_PART:
                start = (place >> _SHIFT) * SAMPLE_BYTES
                parts += room[start : start + pause * SAMPLE_BYTES], recording
            else:
                parts += *self._long_pause(place >> _SHIFT, pause), recording
            place = place * _SPREAD & _PLACE
            pause = gap
        parts += self._long_pause(place >> _SHIFT, pause)
        return Clip(parts, *self._kind, self._said(planned) if order else None)

    def load(self) -> None:
        """Decodes what is not there yet: first what the first clips need, in their order."""
        self._pool.load(islice(self._needed(), FIRST_CLIPS * 8))

    def _long_pause(self, place: int, samples: int) -> Iterator[memoryview]:
        """Room noise of so many samples, in pieces."""
        while samples > 0:
            piece = min(samples, LONGEST_PART)
            start = place % STARTS * SAMPLE_BYTES
            yield self._room[start : start + piece * SAMPLE_BYTES]
            samples -= piece
            place += piece

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
