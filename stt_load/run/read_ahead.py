"""The clips of arrivals that are due soon, made in advance where that takes time: they are sent when they are due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import gevent

from stt_load.clock import clock
from stt_load.run.clips import Clips

LEAD_S = 1.0
"""So long before it is due a clip may be made."""
MOST_AHEAD = 200
"""Clips that are there at a time before they are sent: 64 MB of 10 s each, uncompressed."""
LOOK_S = 0.05


class Upcoming(Protocol):
    """Who has arrivals. Instants are those of this process's clock."""

    @property
    def closed(self) -> bool: ...

    def upcoming(self, until_s: float, most: int) -> Sequence[tuple[int, int]]:
        """The next ones that are due by then and that nobody has taken, by seq and attempt, and so many at most."""


def run(arrivals: Upcoming, clips: Clips) -> None:
    """Until nothing is handed out any more; blocks. More than one at a time may do this."""
    while not arrivals.closed:
        if not clips.make_next(arrivals.upcoming(clock() + LEAD_S, MOST_AHEAD)):
            gevent.sleep(LOOK_S)
