"""What the requests of a part of a run came to."""

from __future__ import annotations

import numpy as np

from stt_load.samples.table import Samples
from stt_load.stats.accuracy import cer, scored_of, wer
from stt_load.stats.model import LevelFigures
from stt_load.stats.quantiles import quantile
from stt_load.stats.rates import requests_of


def level_figures(rows: Samples, throughput_rps: float | None, offered_rps: float | None = None) -> LevelFigures:
    """Of `rows`, measured ones, and the rates that they are known to have had."""
    values, scored = rows.where(rows.ok).response_s, scored_of(rows)
    return LevelFigures(
        requests=requests_of(rows),
        mean_s=float(np.mean(values)) if len(values) else None,
        median_s=quantile(values, 0.5),
        p95_s=quantile(values, 0.95),
        p99_s=quantile(values, 0.99),
        throughput_rps=throughput_rps,
        offered_rps=offered_rps,
        wer=wer(scored),
        cer=cer(scored),
    )
