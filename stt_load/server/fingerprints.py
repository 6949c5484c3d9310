"""Recordings in samples that are not as they were made (another rate, another coding, noise): told by how they sound.

A sound is the power in 20 bands, in windows of 32 ms every 20 ms, its fourth root: a picture. Two pictures are alike
as much as they correlate (Pearson), so how loud they are plays no part. The first 0.4 s of every recording are held
against the clip at every instant, coarsely; what comes out as likely, as a whole. Of what is alike enough those are
taken that overlap nowhere and explain most of the clip.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stt_load.server.known import Found

Picture = NDArray[np.float32]

WINDOW_S, HOP_S = 0.032, 0.020
BANDS, LOWEST_HZ, HIGHEST_HZ = 20, 120.0, 3_300.0
"""What telephones let through, and little of what white noise has."""
ROOT = 0.25
HEAD = 20
"""Frames of a recording that are held against every instant."""
LIKELY, CHOICES, BEHIND = 0.7, 6, 0.15
"""Of heads: how alike they must be, how many are looked at at one instant, and how far behind the best."""
ACCEPTED, ACCEPTED_SHORT, SHORT_S = 0.80, 0.86, 1.2
"""How alike a recording must be. Strangers' speech comes to 0.75, the same voice with some of the same words to 0.9
in short ones and less in long ones; a recording at a signal-to-noise ratio of 10 dB keeps 0.9."""
WORTH = 0.6
"""What is less alike than this explains nothing."""
OVERLAP = 4
"""Frames by which two recordings may seem to overlap."""
PIECE_S = 30.0
"""So much is looked at at once, which bounds the memory."""


class _Match(NamedTuple):
    """Sorted by its end. first, end: frames. worth: how much of the clip it explains."""

    end: int
    first: int
    number: int
    worth: float


class Fingerprints:
    """samples: of each recording, at rate_hz."""

    def __init__(self, samples: Sequence[NDArray[np.int16]], rate_hz: int) -> None:
        pictures = [picture(one, rate_hz) for one in samples]
        self._whole = [_unit(one) for one in pictures]
        self._frames = [len(one) for one in pictures]
        self._accepted = [ACCEPTED_SHORT if len(one) < SHORT_S * rate_hz else ACCEPTED for one in samples]
        heads = (_coarse(np.pad(one, ((0, max(0, HEAD - len(one))), (0, 0))))[: HEAD - 1 : 2] for one in pictures)
        self._heads = np.stack([_unit(head) for head in heads])

    def find(self, samples: NDArray[np.int16], rate_hz: int) -> list[Found]:
        """What is said in a clip, in its order. Its instants are exact to about 10 ms."""
        longest = max(self._frames)
        whole = picture(samples, rate_hz)
        step = round(PIECE_S / HOP_S)
        matches: set[_Match] = set()
        for first in range(0, max(1, len(whole) - HEAD), step):
            piece = np.ascontiguousarray(whole[first : first + step + longest + 1])
            matches.update(
                match._replace(first=match.first + first, end=match.end + first) for match in self._in(piece)
            )
        hop_s = round(HOP_S * rate_hz) / rate_hz
        return [Found(one.number, one.first * hop_s) for one in _best(sorted(matches))]

    def _in(self, piece: Picture) -> Iterator[_Match]:
        for number, first in self._likely(piece):
            likeness = self._likeness(piece, number, first)
            if likeness < WORTH:
                continue
            near = ((self._likeness(piece, number, first + by), first + by) for by in (-1, 1))
            likeness, first = max((likeness, first), *near)
            if likeness >= self._accepted[number]:
                frames = self._frames[number]
                yield _Match(first + frames - OVERLAP, first, number, (likeness - WORTH) * frames)

    def _likely(self, piece: Picture) -> Iterator[tuple[int, int]]:
        """Recordings that may begin at an instant, by their heads: (number, frame)."""
        likeness = self._head_likeness(piece)
        if not likeness.size:
            return
        best = likeness.max(axis=0)
        around = np.lib.stride_tricks.sliding_window_view(np.pad(best, 2), 5).max(axis=1)
        for place in np.flatnonzero((best >= around) & (best >= LIKELY)):
            early = max(0, place - 1)
            near = likeness[:, early : place + 2]
            of_each = near.max(axis=1)
            chosen = np.flatnonzero(of_each >= max(LIKELY, best[place] - BEHIND))
            for number in chosen[np.argsort(-of_each[chosen])][:CHOICES]:
                yield int(number), int(early + near[number].argmax())

    def _head_likeness(self, piece: Picture) -> Picture:
        """Of each recording's head, a row each, with what begins at each frame."""
        coarse = _coarse(piece)
        count = len(coarse) - HEAD + 2
        if count <= 0:
            return np.zeros((len(self._heads), 0), np.float32)
        frame, band = coarse.strides
        shape = count, HEAD // 2, BANDS // 2
        windows = np.lib.stride_tricks.as_strided(coarse, shape, (frame, 2 * frame, band)).reshape(count, -1)
        centred = windows - windows.mean(axis=1, keepdims=True)
        lengths = np.sqrt(np.einsum("ij,ij->i", centred, centred)) + 1e-9
        likeness: Picture = (self._heads @ centred.T) / lengths
        return likeness

    def _likeness(self, piece: Picture, number: int, first: int) -> float:
        """Of a whole recording with what begins at the frame `first`; 0 where the clip has no room for it."""
        whole = self._whole[number]
        there = piece[first : first + self._frames[number]].ravel() if first >= 0 else whole[:0]
        if len(there) < len(whole) - BANDS:
            return 0.0
        there = there - there.mean()
        return float(whole[: len(there)] @ there) / (float(np.sqrt(there @ there)) + 1e-9)


def picture(samples: NDArray[np.int16], rate_hz: int) -> Picture:
    """A row of bands for each frame, at least one. At any rate from 6.6 kHz on the bands are the same ones."""
    together = max(1, rate_hz // 16_000)
    if together > 1:  # of very many samples a mean does; above the bands speech has little that could come back
        samples = samples[: len(samples) // together * together].reshape(-1, together).mean(axis=1, dtype=np.float32)
    rate = rate_hz / together
    window, hop = round(WINDOW_S * rate), round(HOP_S * rate_hz) // together
    samples = np.pad(samples, (0, max(0, window - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
    size = _smooth(window)
    bands = _bands(size // 2 + 1, rate / size)
    shape, step = np.hanning(window).astype(np.float32), round(PIECE_S / HOP_S)
    rows = np.empty((len(frames), BANDS), np.float32)
    for first in range(0, len(frames), step):
        spectrum = np.fft.rfft(frames[first : first + step] * shape, size, axis=1)[:, : len(bands)]
        rows[first : first + step] = ((spectrum.real**2 + spectrum.imag**2) @ bands) ** ROOT
    return rows


def _smooth(size: int) -> int:
    """The least size from there on that a fast Fourier transform is fast at: no prime factor above 5."""
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1


def _bands(bins: int, bin_hz: float) -> Picture:
    """The share that each bin of a spectrum has in each band."""
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1)
    hz = np.arange(min(bins, int(HIGHEST_HZ / bin_hz) + 2))[:, None] * bin_hz
    shares = ((hz >= edges[:-1]) & (hz < edges[1:])).astype(np.float32)
    nearest = np.abs(hz - (edges[:-1] + edges[1:]) / 2).argmin(axis=0)
    empty = np.flatnonzero(shares.sum(axis=0) == 0)
    shares[nearest[empty], empty] = 1.0
    of_each: Picture = shares / shares.sum(axis=0)
    return of_each


def _coarse(piece: Picture) -> Picture:
    """Two bands and two frames together, at each frame but the last."""
    bands = piece[:, 0::2] + piece[:, 1::2]
    return np.ascontiguousarray(bands[:-1] + bands[1:])


def _unit(values: Picture) -> Picture:
    """As one row, without its mean, of length one."""
    row = (values - values.mean()).ravel()
    unit: Picture = (row / (np.linalg.norm(row) + 1e-9)).astype(np.float32)
    return unit


def _best(matches: Sequence[_Match]) -> list[_Match]:
    """Those of them (sorted) that don't overlap and are worth most together: weighted interval scheduling (J.
    Kleinberg, E. Tardos, Algorithm Design, 2005, 6.1)."""
    ends = [match.end for match in matches]
    before = [bisect_right(ends, match.first, 0, place) for place, match in enumerate(matches)]
    worth = [0.0]
    for match, place in zip(matches, before, strict=True):
        worth.append(max(worth[-1], worth[place] + match.worth))
    taken: list[_Match] = []
    place = len(matches)
    while place:
        if worth[place] > worth[place - 1]:
            taken.append(matches[place - 1])
            place = before[place - 1]
        else:
            place -= 1
    return taken[::-1]
