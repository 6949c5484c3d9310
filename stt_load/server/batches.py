"""One batch at a time: what waits is served together, and all of it ends together."""

from __future__ import annotations

from collections import deque

from stt_load.server.slots import Timer, Turn


class Batches:
    """Gives turns in the order they come, up to `most` of them at a time, who begin and end together.

    A turn that finds nobody begins at once, alone; whoever comes meanwhile waits for the end, at whose very instant
    the next batch begins with all who wait, or the first `most` of them. A batch of B takes as long as the longest of
    its turns alone, times 1 + `growth` (B - 1). A timer that fires late makes the ended batch longer, and nothing is
    lost in between.
    """

    def __init__(self, timer: Timer, most: int, growth: float, queue_limit: int | None = None) -> None:
        self._timer = timer
        self._most = most
        self._growth = growth
        self._queue_limit = queue_limit
        self._waiting: deque[Turn] = deque()
        self._members: list[Turn] = []
        self._unended: set[Turn] = set()
        self._begun = 0

    @property
    def busy(self) -> int:
        """Turns in the batch."""
        return len(self._members)

    @property
    def waiting(self) -> int:
        """Turns in the queue."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """A batch is on and the queue is at its limit: the next turn has to be refused."""
        return bool(self._members) and self._queue_limit is not None and len(self._waiting) >= self._queue_limit

    def submit(self, turn: Turn) -> None:
        """Start the turn where there is no batch, or queue it; OverflowError when `full`."""
        if self.full:
            raise OverflowError(f"{self._queue_limit} turns are waiting already")
        self._waiting.append(turn)
        if not self._members:
            self._begin(turn.arrival_s)

    def _begin(self, now: float) -> None:
        self._members = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        self._unended = set(self._members)
        stretch = 1.0 + self._growth * (len(self._members) - 1)
        for slot, turn in enumerate(self._members):
            turn.slot, turn.start_s, turn.stretch, turn.batch = slot, now, stretch, self._begun
            if turn.service_s is not None:
                self._timer.call_at(now + turn.service_s * stretch, self.end, turn)
            turn.started.set()
        self._begun += 1

    def end(self, turn: Turn) -> None:
        """The turn, which has started, needs no more; after the last one of its batch all of them are over, and the
        next batch begins."""
        self._unended.discard(turn)
        if self._unended:
            return
        ended, self._members = self._members, []
        now = self._timer.time()
        for one in ended:
            one.end_s = now
            one.ended.set()
        if self._waiting:
            self._begin(now)
