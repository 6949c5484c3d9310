"""How far another machine's monotonic clock is ahead of ours, from the round trips of messages."""

from __future__ import annotations

import math
from collections import deque

from stt_load.samples.run_info import Clock

LONGEST_JUMP_S = 86_400.0
"""No machine stands for longer in a run."""
ROUNDING_S = 1e-6
"""What instants of a machine that has been up for long lose in a subtraction, and more."""


class RoundTrips:
    """Estimates the offset of a remote clock.

    A message that left at t0 and was answered by t1 was read there in between; taking the middle is wrong by half
    the round trip at most. So the shortest of the last `KEPT` round trips knows best (as NTP's clock filter has it,
    RFC 5905, section 10), of those that the newest one does not contradict: a monotonic clock stands while its
    machine is suspended (clock_gettime(2)), and what was known of it is wrong from then on.

    sent_s: when the newest one left. jumped_s: by how much the clock, or ours, has jumped so far.
    """

    KEPT = 30
    JUMP_S = 0.1
    """Two clocks that run on drift apart by less between two round trips."""

    def __init__(self) -> None:
        self.sent_s = -math.inf
        self.jumped_s = 0.0
        self._trips: deque[tuple[float, float]] = deque(maxlen=self.KEPT)

    def add(self, sent_s: float, remote_s: float, received_s: float) -> None:
        """Sent and received on our clock, read in between on the remote one."""
        before = self.clock
        trip_s, offset_s = received_s - sent_s, remote_s - (sent_s + received_s) / 2
        if before is not None:
            beyond_s = abs(offset_s - before.offset_s) - trip_s / 2 - before.error_s
            if beyond_s > self.JUMP_S:
                self.jumped_s += abs(offset_s - before.offset_s) + trip_s / 2 + before.error_s
        kept = (one for one in self._trips if abs(one[1] - offset_s) <= (one[0] + trip_s) / 2 + ROUNDING_S)
        self._trips = deque([*kept, (trip_s, offset_s)], maxlen=self.KEPT)
        self.sent_s = max(self.sent_s, sent_s)

    @property
    def clock(self) -> Clock | None:
        """What is known; None before the first round trip."""
        if not self._trips:
            return None
        trip_s, offset_s = min(self._trips)
        return Clock(offset_s=offset_s, error_s=trip_s / 2)
