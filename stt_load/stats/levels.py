"""The figures of each part of a run that had a load of its own."""

from __future__ import annotations

import numpy as np

from stt_load.samples.table import Samples
from stt_load.stats.level_figures import level_figures
from stt_load.stats.model import Level, LevelFigures
from stt_load.stats.quantiles import quantile
from stt_load.stats.rates import longest_stay_s, stays_s, window


def levels(measured: Samples) -> tuple[Level, ...]:
    """The figures of each number of users, fewest first; empty when the number never changed.

    `measured` in start order. A request belongs to the level it was sent at. The run stands at a level from a start
    that says so to the next start, and after the last one to the last end: these times add up to the window, and
    throughput times time, over all levels, to the ok requests. What was sent just before a change counts where it was
    sent, even if it ended after it: on a level shorter than a few response times the rate is that of the sends, and
    where the run never stayed for one median response time there is none.
    """
    whole = window(measured)
    counts = np.unique(measured["users"])
    if whole is None or len(counts) < 2:
        return ()
    starts = measured["start_s"]
    stays = stays_s(measured, whole.to_s)
    longest = longest_stay_s(measured, whole.to_s)
    found = []
    for users in counts.tolist():
        mask = measured["users"] == users
        figures = _figures(measured.where(mask), float(stays[mask].sum()), longest[users])
        to_s = float((starts + stays)[mask].max())
        found.append(Level("users", None, users, users, float(starts[mask].min()), to_s, 0, figures))
    return tuple(found)


def _figures(rows: Samples, seconds: float, longest_s: float) -> LevelFigures:
    """seconds: of all stays at this level together. longest_s: of the longest one."""
    values = rows.where(rows.ok).response_s
    typical_s = quantile(values if len(values) else rows.response_s, 0.5) or 0.0
    known = longest_s >= typical_s and seconds > 0
    return level_figures(rows, len(values) / seconds if known else None)
