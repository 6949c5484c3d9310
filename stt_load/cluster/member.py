"""One worker process, as its master knows it between runs, too."""

from __future__ import annotations

from dataclasses import dataclass, field

from stt_load.cluster.checks import shown
from stt_load.cluster.clocks import LONGEST_JUMP_S, RoundTrips
from stt_load.samples.run_info import Clock

SAME_CLOCK = Clock(offset_s=0.0, error_s=0.0)


@dataclass(slots=True)
class Member:
    """One worker process. same_boot: it runs on this machine, and so, most probably, on the same monotonic clock.

    heard_s: when it was heard of last, on this process's clock. fit: it can take part. starting_s: for how long it
    has been there without being ready to. mute_s: for how long Locust has heard it and nobody else has.
    """

    id: str
    name: str
    same_boot: bool
    heard_s: float
    fit: bool = False
    starting_s: float = 0.0
    mute_s: float = 0.0
    spoke_s: float = 0.0
    trips: RoundTrips = field(default_factory=RoundTrips)

    @property
    def clock(self) -> Clock:
        """How far its clock is ahead of this one.

        On the same machine not at all, unless the round trips say otherwise: a container may have a clock of its own.
        """
        known = self.trips.clock
        if known is None or (self.same_boot and abs(known.offset_s) <= known.error_s):
            return SAME_CLOCK
        return known

    @property
    def jumped_s(self) -> float:
        """By how much its clock and this one have jumped apart so far, 0 where they are the same."""
        return 0.0 if self.clock == SAME_CLOCK else min(self.trips.jumped_s, LONGEST_JUMP_S)


def called(worker: str, name: str | None) -> str:
    """A worker in a line for people: the identity, which zmq vouches for, beside what it calls itself."""
    return shown(worker) if name in (None, worker) else f"{shown(worker)} (calls itself {shown(name)})"
