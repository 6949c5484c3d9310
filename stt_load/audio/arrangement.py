"""Which recordings of the user's own each clip holds, and the pauses between them. No sample is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import median_low
from typing import Any, NamedTuple

from stt_load.audio.bundles import Bundles
from stt_load.audio.corpus import Corpus, CorpusError, Recording
from stt_load.audio.draws import permutation
from stt_load.audio.lengths import Lengths, length_of
from stt_load.audio.pack import rescaled
from stt_load.audio.pauses import cuts
from stt_load.audio.plan import LEAST_GAP_S, LONGEST_TAIL_S

USUAL_OF = 200
"""So many lengths are drawn to know what is usual."""


class Arranged(NamedTuple):
    """order: recordings, by their place in `Arrangement.recordings`. gaps: samples before, between and after them,
    one more than there are recordings."""

    order: tuple[int, ...]
    gaps: tuple[int, ...]


class Arrangement:
    """What each clip of a run holds: a function of the corpus, the rate, the seed and the iteration, whatever its
    attempt; the same on any worker. `Singly` and `Joined` are the two kinds.

    recordings: what clips are made of, lengths: their samples at rate_hz. left_out: those that aren't used, and why,
    a sentence each.
    """

    left_out: tuple[str, ...] = ()

    def __init__(self, recordings: tuple[Recording, ...], rate_hz: int, seed: int) -> None:
        self.recordings, self.rate_hz, self.seed = recordings, rate_hz, seed
        self.lengths = [rescaled(one.frames, one.rate_hz, rate_hz) for one in recordings]

    def of(self, seq: int) -> Arranged:
        """The clip of an iteration."""
        raise NotImplementedError

    def frames(self, seq: int) -> int:
        """Its samples."""
        raise NotImplementedError

    def seconds(self, seq: int) -> float:
        """How long that is."""
        return self.frames(seq) / self.rate_hz

    def texts(self, seq: int, attempt: int) -> tuple[str, ...]:  # noqa: ARG002 - each says the same
        """What it says, recording by recording; nothing where nobody knows."""
        return tuple(text for number in self.of(seq).order if (text := self.recordings[number].text))


class Singly(Arrangement):
    """One recording a clip, as it is: all in random order, then again in the same."""

    def __init__(self, corpus: Corpus, rate_hz: int, seed: int) -> None:
        super().__init__(corpus.recordings, rate_hz, seed)
        self._order = permutation(len(self.recordings), seed)

    def of(self, seq: int) -> Arranged:
        return Arranged((self._order[seq % len(self._order)],), (0, 0))

    def frames(self, seq: int) -> int:
        return self.lengths[self._order[seq % len(self._order)]]


class Joined(Arrangement):
    """Several recordings a clip, of the length that is asked for, with pauses between them.

    One that is longer than most clips is cut in its pauses, where it is known when its words are spoken; and left out
    where that is not known and it is longer than any clip. Raises `CorpusError` where nothing is left.
    """

    def __init__(self, corpus: Corpus, lengths: Lengths, seed: int) -> None:
        rate_hz = lengths.rate_hz
        self._clip_frames = lengths.frames
        self._least, self._tail = round(LEAST_GAP_S * rate_hz), round(LONGEST_TAIL_S * rate_hz)
        longest_s = (lengths.longest - 2 * self._least) / rate_hz
        usual_s = (median_low(map(lengths.frames, range(USUAL_OF))) - 2 * self._least) / rate_hz
        left_out: list[str] = []
        super().__init__(tuple(_fitting(corpus, usual_s, longest_s, left_out)), rate_hz, seed)
        if not self.recordings:
            raise CorpusError(
                f"{corpus.name}: no recording has room in a clip of {lengths.longest / rate_hz:g} s: the shortest "
                f"lasts {min(one.lasts_s for one in corpus.recordings):.2f} s, and there are {LEAST_GAP_S} s before "
                "and after it"
            )
        self.left_out = tuple(left_out)
        self._order = permutation(len(self.recordings), seed)
        self._bundles = Bundles([self.lengths[number] for number in self._order], lengths.frames, self._least)

    def of(self, seq: int) -> Arranged:
        order = tuple(self._order[place] for place in self._bundles.of(seq))
        return Arranged(order, self._gaps(len(order), self.frames(seq) - sum(self.lengths[one] for one in order)))

    def frames(self, seq: int) -> int:
        return self._clip_frames(seq)

    def _gaps(self, said: int, rest: int) -> tuple[int, ...]:
        """`rest` samples over said + 1 pauses, as alike as can be; the last one is not too long, for what goes on in
        silence is where recognisers make words up."""
        even, more = divmod(rest, said + 1)
        if even < self._tail or not said:
            return (*[even + 1] * more, *[even] * (said + 1 - more))
        even, more = divmod(rest - self._tail, said)
        return (*[even + 1] * more, *[even] * (said - more), self._tail)


def arrangement_of(
    corpus: Corpus, rate_hz: int, seed: int, duration: float | str | Mapping[str, Any] | None
) -> Arrangement:
    """That of a run. duration: of clips, as a configuration has it; None for the recordings as they are.

    Raises `CorpusError` where none has room, ValueError for a length that is none.
    """
    if duration is None:
        return Singly(corpus, rate_hz, seed)
    return Joined(corpus, Lengths(length_of(duration), rate_hz, seed), seed)


def _fitting(corpus: Corpus, usual_s: float, longest_s: float, left_out: list[str]) -> Iterator[Recording]:
    """What has room, cut where that is needed; why others have not goes to `left_out`."""
    for one in corpus.recordings:
        pieces = list(_pieces(one, usual_s)) if one.lasts_s > usual_s else []
        if pieces:
            yield from pieces
        elif one.lasts_s <= longest_s:
            yield one
        else:
            why = "its words have no pauses to cut it in" if one.words else "it isn't known when its words are spoken"
            left_out.append(f"{one.name} lasts {one.lasts_s:.2f} s, {longest_s:.2f} s have room, and {why}")


def _pieces(one: Recording, most_s: float) -> Iterator[Recording]:
    """The recording, cut in its pauses."""
    texts = one.text.split()
    for cut in cuts(one.words, one.lasts_s, most_s):
        first, end = (round(at_s * one.rate_hz) for at_s in (cut.from_s, cut.to_s))
        yield replace(
            one,
            offset=one.offset + first,
            frames=min(end, one.frames) - first,
            text=" ".join(texts[cut.first : cut.last + 1]),
            words=tuple((a - cut.from_s, b - cut.from_s) for a, b in one.words[cut.first : cut.last + 1]),
        )
