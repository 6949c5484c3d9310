"""What plots of one run have in common: the axis of seconds, and the limits that it was to stay within."""

from __future__ import annotations

import numpy as np

from stt_load.html.plot import Axis, Line, Scale
from stt_load.report.width import plain
from stt_load.samples.table import FloatArray
from stt_load.storage.run_record import RunRecord

FAR = 20.0
"""How many times the median the largest value is from where on a linear axis would show it, and little else."""


def seconds_axis(label: str, *values_s: FloatArray) -> Axis:
    """An axis for all of `values_s`, which may have NaN in them: from 0, or a logarithmic one where some are far
    from the others."""
    known = np.concatenate([one[np.isfinite(one)] for one in values_s]) if values_s else np.empty(0)
    scale: Scale = "linear"
    if len(known) and known.min() > 0 and known.max() > FAR * np.median(known):
        scale = "log"
    return Axis(label=label, quantity="s", scale=scale, least=0.0 if scale == "linear" else None)


def limits(run: RunRecord, figure: str) -> tuple[Line, ...]:
    """Lines across for the SLOs of `figure`, a block of times such as response_time_s."""
    found = (one for one in run.summary.slo if one.metric == figure and one.unit == "s")
    return tuple(Line(name=plain(one.expression), at=one.limit) for one in found)
