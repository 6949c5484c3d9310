"""Which recordings go together into one clip: of a round of all of them, in their order, the next ones that fit."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from stt_load.audio.locks import system_lock

_GONE: Final = 1 << 62
"""Longer than anything."""


class Queue:
    """Numbers from 0, each with a length; of those that are in it the first one that is not too long can be taken.

    A tree with the lengths as its leaves, where each knot has the least of the two below it: whichever number of them
    there are, some twenty steps.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self._lengths = lengths
        self._size = 1 << max(0, len(lengths) - 1).bit_length()
        self._least = [_GONE] * (2 * self._size)

    @property
    def is_empty(self) -> bool:
        return self._least[1] == _GONE

    def __iter__(self) -> Iterator[int]:
        """Those that are in it."""
        return (place for place in range(len(self._lengths)) if self._least[self._size + place] != _GONE)

    def fill(self) -> None:
        """All are in it."""
        least, size = self._least, self._size
        least[size : size + len(self._lengths)] = self._lengths
        for knot in range(size - 1, 0, -1):
            least[knot] = min(least[2 * knot], least[2 * knot + 1])

    def put(self, place: int) -> None:
        self._set(self._size + place, self._lengths[place])

    def remove(self, place: int) -> None:
        self._set(self._size + place, _GONE)

    def take(self, most: int) -> int | None:
        """The first one whose length is at most `most`; None where there is none."""
        least, knot = self._least, 1
        if least[knot] > most:
            return None
        while knot < self._size:
            knot *= 2
            if least[knot] > most:
                knot += 1
        self._set(knot, _GONE)
        return knot - self._size

    def _set(self, knot: int, length: int) -> None:
        least = self._least
        least[knot] = length
        while knot := knot // 2:
            least[knot] = min(least[2 * knot], least[2 * knot + 1])


class Bundles:
    """What each clip holds: a function of its number and of what is given here, the same anywhere.

    lengths: of the recordings, in the order in which they are to come. frames: of the clip of a number. gap: samples
    between recordings, before them and after them, at least.

    Bundles are made one after the other, since what the one has taken the next can't. All recordings make a round.
    One comes again only when all others of the round have come, or when a clip begins in which none of those has
    room; these are late then, and come before others as soon as there is a clip for them. So where each recording has
    room in every clip, all come once before any comes again.
    """

    def __init__(self, lengths: Sequence[int], frames: Callable[[int], int], gap: int) -> None:
        self._lengths, self._frames, self._gap = lengths, frames, gap
        self._shortest = min(lengths)
        self._late, self._round = Queue(lengths), Queue(lengths)
        self._round.fill()
        self._taken = array("I")
        self._ends = array("Q")
        self._lock = system_lock()

    def of(self, number: int) -> tuple[int, ...]:
        """The recordings in that clip, by their places in the order; none where it is too short for any. From any
        thread."""
        with self._lock:
            while len(self._ends) <= number:
                self._bundle(self._frames(len(self._ends)) - self._gap)
            first = self._ends[number - 1] if number else 0
            return tuple(self._taken[first : self._ends[number]])

    def _bundle(self, rest: int) -> None:
        """The next one. rest: its samples, less the pause at its end."""
        before = len(self._taken)
        while (most := rest - self._gap) >= self._shortest:
            place = self._next(most)
            if place is None and len(self._taken) == before:
                self._begin_round()
                place = self._next(most)
            if place is None:
                break
            self._taken.append(place)
            rest = most - self._lengths[place]
            if self._round.is_empty and self._late.is_empty:
                self._begin_round()
        self._ends.append(len(self._taken))

    def _next(self, most: int) -> int | None:
        place = self._late.take(most)
        return self._round.take(most) if place is None else place

    def _begin_round(self) -> None:
        """What is left over of the last one is late, and not in this one."""
        for place in self._round:
            self._late.put(place)
        self._round.fill()
        for place in self._late:
            self._round.remove(place)
