"""How far another machine's monotonic clock is ahead of ours, from the round trips of messages."""

from __future__ import annotations

from collections import deque

from stt_load.runinfo import Clock


class RoundTrips:
    """Estimates the offset of a remote clock.

    A message that left at t0 and was answered by t1 was read there in between; taking the middle is wrong by half
    the round trip at most. So the shortest of the last `KEPT` round trips knows best (as NTP's clock filter has it,
    RFC 5905, section 10).
    """

    KEPT = 30

    def __init__(self) -> None:
        self._trips: deque[tuple[float, float]] = deque(maxlen=self.KEPT)

    def add(self, sent_s: float, remote_s: float, received_s: float) -> None:
        """Sent and received on our clock, read in between on the remote one."""
        self._trips.append((received_s - sent_s, remote_s - (sent_s + received_s) / 2))

    @property
    def clock(self) -> Clock | None:
        """What is known; None before the first round trip."""
        if not self._trips:
            return None
        trip_s, offset_s = min(self._trips)
        return Clock(offset_s=offset_s, error_s=trip_s / 2)
