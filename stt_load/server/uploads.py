"""Clips that were uploaded and wait for the job that wants them: so many, so much and for so long, and no more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MOST_BYTES = 512 * 2**20
LONGEST_S = 600.0
"""How long one is kept that no job asks for."""


class Uploads:
    """Bodies by name; the oldest go first. clock: seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, name: str, body: bytes, most: int) -> None:
        """most: how many are kept, this one included. One that is larger than all may be is kept alone."""
        self._kept[name] = (self._clock(), body)
        self._bytes += len(body)
        while len(self._kept) > 1 and (len(self._kept) > most or self._bytes > MOST_BYTES or self._has_old()):
            self.take(next(iter(self._kept)))

    def take(self, name: str) -> bytes:
        """The body that is kept as `name`, and is not any more; KeyError where there is none."""
        _, body = self._kept.pop(name)
        self._bytes -= len(body)
        return body

    def _has_old(self) -> bool:
        kept_s, _ = next(iter(self._kept.values()))
        return self._clock() - kept_s > LONGEST_S
