"""Latency over every measured intent: otherwise a service that sheds half its load passes every latency limit."""

from __future__ import annotations

import numpy as np

from stt_load.samples.table import Samples
from stt_load.stats.metrics import AllQuantiles
from stt_load.stats.quantiles import FEWEST_FOR_P999, QUANTILES, rank


def every_intent(measured: Samples) -> AllQuantiles:
    """Nearest ranks over all of `measured`, in any order.

    Failed ones, lost and dropped ones among them, are slower than all that succeeded. An unfinished one counts as at
    least the age it had when it was cut off.
    """
    n = len(measured)
    unfinished = measured.unfinished
    times_s = np.where(measured.failed, np.inf, measured.response_s)
    ranks = {name: rank(n, p) for name, p in QUANTILES.items() if n and (name != "p999" or n >= FEWEST_FOR_P999)}
    ordered = np.partition(times_s, [place - 1 for place in ranks.values()]) if ranks else times_s
    values = {name: float(ordered[place - 1]) for name, place in ranks.items()}
    # Of two that are alike, the one that may be more is the slower one.
    cut_s, others_s = times_s[unfinished], times_s[~unfinished]
    sure = {name: int((cut_s < value).sum() + (others_s <= value).sum()) for name, value in values.items()}
    return AllQuantiles(
        n=n,
        at_least=tuple(name for name, place in ranks.items() if place > sure[name]),
        **{name: value if np.isfinite(value := values.get(name, np.inf)) else None for name in QUANTILES},
    )
