"""The generator's own share of a closed loop.

In a closed loop a user has a request in flight, or stays away on purpose, or is late because of us. By Little's law
the first two are X (R + delay) of `users` users, so the rest is 1 - X (R + delay) / users. Adding up what every user
did says the same; nothing is estimated, so there is no sampling error to allow for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from stt_load.samples.run_info import Stage
from stt_load.samples.table import Samples
from stt_load.stats.rates import Span, stays_s, working

FEWEST_CYCLES = 3  # starts per user, below which the share says nothing


def closed_loop_share(
    samples: Samples,
    measured: Samples,
    *,
    users: int,
    request_delay_s: float,
    changes: Iterable[tuple[float, float]] = (),
    stages: Sequence[Stage] = (),
) -> float | None:
    """The share of the users' time in which the generator kept them from work: 0 for a perfect one.

    From the first to the last measured start, for after that there is no iteration left, and a user without one is
    nobody's fault:

        1 - (time in flight + intended pauses, both inside the span) / (users x span)

    All requests of `samples` count, failed and cancelled ones too, and so does a pause after a warm-up request that
    reaches into the span. A pause is the sample's `pause_s` (more than the delay after a refused connection), at
    least the delay. `changes` of the load without being asked to are left out of the span: users that died with their
    worker do nothing, which is known already and has a check of its own. With `stages` of users, those that are not
    asked for at a time have nothing to do.

    Never below 0: a pause cut short by a stop counts in full. None when there were fewer than 3 starts per user: then
    the span is mostly the users' setting off.
    """
    span = working(measured)
    pieces = span.without(changes) if span is not None else []
    length_s = sum(piece.length_s for piece in pieces)
    if span is None or length_s <= 0:
        return None
    present_s = _asked_s(stages, pieces) if stages else _present_s(measured, users, span, pieces)
    if present_s <= 0 or len(measured) < FEWEST_CYCLES * present_s / length_s:
        return None
    done_s = samples["done_s"]
    in_flight_s = sum(piece.overlap_s(samples["start_s"], done_s) for piece in pieces)
    paused_s = done_s + np.maximum(samples["pause_s"], request_delay_s)
    pauses_s = sum(piece.overlap_s(done_s, paused_s) for piece in pieces)
    return max(0.0, 1 - (in_flight_s + pauses_s) / present_s)


def _asked_s(stages: Sequence[Stage], pieces: Sequence[Span]) -> float:
    """How long users were asked for in `pieces` of the time from the barrier, added up; after the last stage none."""
    begins_s, asked_s = 0.0, 0.0
    for stage in stages:
        for_s = math.inf if stage.for_s is None else stage.for_s
        slope = (stage.last - stage.first) / for_s
        for piece in pieces:
            from_s, to_s = max(piece.from_s, begins_s), min(piece.to_s, begins_s + for_s)
            if to_s > from_s:
                asked_s += (to_s - from_s) * (stage.first + slope * ((from_s + to_s) / 2 - begins_s))
        begins_s += for_s
    return asked_s


def _present_s(measured: Samples, users: int, span: Span, pieces: Sequence[Span]) -> float:
    """How long the users were there in `pieces` of the span, added up.

    When their number changed, the rows say so, weighted with how long the run stood at each. The generator's own mean
    would not do: it covers the drain as well, and one request that hangs at the end of a ramp would weigh the last
    number over all others.
    """
    if not np.ptp(measured["users"]):
        return users * sum(piece.length_s for piece in pieces)
    starts, present = measured["start_s"], measured["users"].astype(float)
    until_s = starts + stays_s(measured, span.to_s)
    return sum(piece.overlap_s(starts, until_s, present) for piece in pieces)
