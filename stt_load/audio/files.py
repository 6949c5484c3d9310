"""Clips of the user's own recordings: each as it is, or several with pauses between them."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.audio import room
from stt_load.audio.arrangement import Arranged, Arrangement
from stt_load.audio.clip import Clip, Sentence, Word, wav_header
from stt_load.audio.corpus import Recording
from stt_load.audio.entries import spread
from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES
from stt_load.audio.nonce import scramble
from stt_load.audio.store import Store

AHEAD = 16
"""So many clips are foreseen."""
TRIED = 200
"""After so many clips it is known whether that is of use."""


class FilesSource:
    """WAV clips of what `arrangement` puts together, a function of the iteration: the same for each of its attempts,
    and on any worker. The same recording makes the same clip, unless something varies it.

    cache_mb: of samples that are kept decoded, in millions of bytes. `clip` decodes what is not among them.
    """

    takes_time = True

    def __init__(self, arrangement: Arrangement, cache_mb: float) -> None:
        self._arrangement, self._rate_hz = arrangement, arrangement.rate_hz
        self._store = Store(arrangement.recordings, self._rate_hz, round(cache_mb * 1e6))
        self._room = room.noise(arrangement.seed)
        self._most_ahead = round(cache_mb * 1e6) // 2
        self._next = self._asked = self._met = 0
        self._foreseen: set[int] = set()

    def clip(self, seq: int, attempt: int) -> Clip:  # noqa: ARG002 - each says the same
        """The clip of an iteration: header, then pauses and recordings in turn. From any thread. Raises
        `CorpusError` where a recording can't be read any more."""
        self._note(seq)
        arranged, frames = self._arrangement.of(seq), self._arrangement.frames(seq)
        parts: list[bytes | memoryview] = [wav_header(frames, self._rate_hz), *self._parts(seq, arranged)]
        kind = HEADER_BYTES + frames * SAMPLE_BYTES, frames / self._rate_hz, self._rate_hz
        return Clip(parts, *kind, self._said(arranged))

    def load(self) -> None:
        """Decodes what the clips after the last one will need, as far as there is room for it. Where other processes
        make most of those it is given up."""
        if self._asked >= TRIED and 2 * self._met < self._asked:
            return
        ahead = 0
        for seq in range(self._next, self._next + AHEAD):
            order = self._arrangement.of(seq).order
            ahead += SAMPLE_BYTES * sum(self._arrangement.lengths[number] for number in order)
            if ahead > self._most_ahead:
                return
            self._foreseen.add(seq)
            for number in order:
                self._store.samples(number)

    def _note(self, seq: int) -> None:
        """Somebody asks for it."""
        self._next = seq + 1
        self._asked += 1
        if seq in self._foreseen:
            self._foreseen.discard(seq)
            self._met += 1

    def _parts(self, seq: int, arranged: Arranged) -> Iterator[memoryview]:
        place = scramble(seq)
        for number, gap in zip(arranged.order, arranged.gaps, strict=False):
            yield from room.pause(self._room, place, gap)
            yield self._store.samples(number)
            place = scramble(place)
        yield from room.pause(self._room, place, arranged.gaps[-1])

    def _said(self, arranged: Arranged) -> SaidRecordings | None:
        """None where nobody knows what is said."""
        known = [self._arrangement.recordings[number] for number in arranged.order]
        if not known or not known[0].text:
            return None
        return SaidRecordings(tuple(known), self._starts(arranged))

    def _starts(self, arranged: Arranged) -> tuple[float, ...]:
        starts, at = [], 0
        for number, gap in zip(arranged.order, arranged.gaps, strict=False):
            starts.append((at + gap) / self._rate_hz)
            at += gap + self._arrangement.lengths[number]
        return tuple(starts)


class SaidRecordings:
    """What is said in a clip: `recordings`, which begin at `starts`, in seconds."""

    __slots__ = ("_recordings", "_starts")

    def __init__(self, recordings: tuple[Recording, ...], starts: tuple[float, ...]) -> None:
        self._recordings, self._starts = recordings, starts

    def text(self) -> str:
        return " ".join(one.text for one in self._recordings)

    def sentences(self) -> tuple[Sentence, ...]:
        """A recording each."""
        return tuple(_words(one, from_s) for one, from_s in zip(self._recordings, self._starts, strict=True))

    def speech_s(self) -> tuple[float, float]:
        """Where the first word begins and the last one ends."""
        said = self.sentences()
        return said[0][0].from_s, said[-1][-1].to_s


def _words(one: Recording, from_s: float) -> Sentence:
    """Where it is not known when they are spoken, it is estimated."""
    spans = one.words or spread(one.text, one.lasts_s)
    return tuple(
        Word(word, from_s + first_s, from_s + last_s)
        for word, (first_s, last_s) in zip(one.text.split(), spans, strict=True)
    )
