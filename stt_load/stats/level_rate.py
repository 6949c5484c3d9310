"""How fast a level went, whose requests were under way already when its measuring began."""

from __future__ import annotations

import numpy as np

from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.stats.rates import working


def done_rps(samples: Samples, *, arrivals: bool = False) -> float | None:
    """ok requests per second, from the first to the last measured start, settling ones as well. samples: of all
    phases. arrivals: they came when they were due, whatever was answered. None where there is no such time.

    Of users each counts with the share of its own time that lies in between. Ends alone would not do for as few
    requests as a level has: of N users who go in step, the N that end at the first start are a whole round too many,
    and without the settling ones the last N are missing. Arrivals go in no step, and where they are too many most
    have only waited by then: those count that have ended.
    """
    span = working(samples.where(samples["phase"] == Phase.MEASURED))
    if span is None or span.length_s <= 0:
        return None
    counts = ((samples["phase"] == Phase.MEASURED) | (samples["phase"] == Phase.SETTLING)) & samples.ok
    starts_s, ends_s = samples["start_s"][counts], samples["done_s"][counts]
    if arrivals:
        return float(np.count_nonzero((ends_s > span.from_s) & (ends_s <= span.to_s))) / span.length_s
    inside_s = np.clip(ends_s, span.from_s, span.to_s) - np.clip(starts_s, span.from_s, span.to_s)
    takes_s = ends_s - starts_s
    shares = np.divide(inside_s, takes_s, out=np.zeros_like(inside_s), where=takes_s > 0)
    return float(shares.sum()) / span.length_s
