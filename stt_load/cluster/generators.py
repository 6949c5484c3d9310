"""What several load generators have seen of themselves, as one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from stt_load.monitor import Watch
from stt_load.stats.model import Generator, Stall

Interval = tuple[float, float]


@dataclass(slots=True)
class LoadChanges:
    """Spans in which the load was not what was asked for, because a worker was lost; on this process's clock."""

    _spans: list[list[float]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """There has been one."""
        return bool(self._spans)

    @property
    def lasting(self) -> bool:
        """One has begun and not ended."""
        return any(to_s == math.inf for _, to_s in self._spans)

    def begin(self, from_s: float) -> None:
        self._spans.append([from_s, math.inf])

    def end(self, at_s: float) -> None:
        """The load is as it was; ends what has begun and not ended."""
        for span in self._spans:
            span[1] = min(span[1], at_s)

    def since(self, barrier_s: float, now_s: float) -> tuple[Interval, ...]:
        """Those that reach into the measuring, counted from the barrier; what has not ended, ends now."""
        found = [(from_s - barrier_s, min(to_s, now_s) - barrier_s) for from_s, to_s in self._spans]
        return tuple((max(0.0, from_s), to_s) for from_s, to_s in found if to_s > 0)


def together(
    watches: Mapping[int, Watch], changes: tuple[Interval, ...], *, all_workers_lost: bool, listener_errors: int
) -> Generator:
    """The watches of the workers, by their index, as those of one generator.

    Requests in flight add up. Each worker looks at moments of its own, so the variances add up, too. Who came late
    or left early has looked less often; its sums count for the time that it was there. When a worker was lost, what
    it had in flight left no sample: then the two can't be held against each other, and nothing is said.
    """
    looks = max((watch.looks for watch in watches.values()), default=0)
    sound = looks > 1 and not changes
    stalls = [Stall(worker, from_s, to_s) for worker, watch in watches.items() for from_s, to_s in watch.stalls]
    return Generator(
        workers=tuple(watch.health(worker) for worker, watch in sorted(watches.items())),
        stalls=tuple(sorted(stalls, key=lambda stall: stall.from_s)),
        in_flight_mean=sum(watch.in_flight_sum for watch in watches.values()) / looks if sound else None,
        in_flight_stdev=math.sqrt(sum(watch.in_flight_variance for watch in watches.values())) if sound else None,
        in_flight_samples=looks,
        users_mean=sum(watch.users_sum for watch in watches.values()) / looks if looks else None,
        load_changes=changes,
        all_workers_lost=all_workers_lost,
        listener_errors=listener_errors,
    )
