"""What several load generators have seen of themselves, as one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from stt_load.run.load_watch import Interval
from stt_load.run.monitor import Watch
from stt_load.samples.generator import Generator, Stall


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
