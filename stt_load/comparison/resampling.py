"""What a metric comes to where some of a run's rows are taken several times, and others not at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import BoolArray, FloatArray, Samples
from stt_load.stats.quantiles import QUANTILES, rank
from stt_load.stats.row_values import BLOCKS, FIELDS

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A sum over another one. part, whole: what each row adds to the two."""

    part: FloatArray
    whole: FloatArray

    def of(self, rows: Rows) -> float:
        """NaN where there is nothing to divide by."""
        whole = float(self.whole[rows].sum())
        return float(self.part[rows].sum()) / whole if whole else np.nan


@dataclass(frozen=True, slots=True)
class Quantile:
    """A nearest rank. values: of each row, NaN where it has none, infinite where it failed."""

    values: FloatArray
    p: float

    def of(self, rows: Rows) -> float:
        values = self.values[rows]
        values = values[~np.isnan(values)]
        if not len(values):
            return np.nan
        index = rank(len(values), self.p) - 1
        return float(np.partition(values, index)[index])


Statistic: TypeAlias = Ratio | Quantile


def statistic(path: str, measured: Samples) -> Statistic | None:
    """The metric at `path` below `metrics` as a function of the rows of `measured`, which are in start order. None
    for those that have no such form: maxima, formulas, counts."""
    if path in _RATIOS:
        return Ratio(*(np.asarray(one, dtype=float) for one in _RATIOS[path](measured)))
    block, _, name = path.rpartition(".")
    if block == "all.response_time_s":
        values = np.where(measured.failed, np.inf, measured.response_s)
    elif block in BLOCKS:
        values = np.where(measured.ok, BLOCKS[block](measured), np.nan)
    else:
        return None
    if name in QUANTILES:
        return Quantile(values, QUANTILES[name])
    known = ~np.isnan(values)
    return Ratio(np.where(known, values, 0.0), known.astype(float)) if name == "mean" else None


def _stays_s(rows: Samples) -> FloatArray:
    """What of the window each row stands for: from its start to the next one's, and from the last one's to the last
    end, as a mean over as many rows as are in flight.

    Users whose answers take as long as each other's start together: then the gaps between starts are nothing, and
    again nothing, and a whole answer's time. Taken one by one, stretches of rows would have more or fewer of the long
    ones by chance, and throughput seem to be known a tenth as well as it is.
    """
    gaps_s = _gaps_s(rows)
    count = in_flight(rows)
    # After the last row comes the first one again, so that the sum stays that of the gaps.
    sums_s = np.concatenate(([0.0], np.cumsum(np.concatenate((gaps_s, gaps_s[:count])))))
    return np.asarray((sums_s[count : count + len(rows)] - sums_s[: len(rows)]) / count)


def in_flight(rows: Samples) -> int:
    """How many of `rows`, which are in start order, are in flight at a time, on average: from 1 to all of them."""
    window_s = float(_gaps_s(rows).sum())
    mean = float(np.nansum(rows.service_s)) / window_s if window_s > 0 else 1.0
    return max(1, min(math.ceil(mean), len(rows)))


def _gaps_s(rows: Samples) -> FloatArray:
    """From each start to the next one, and from the last one to the last end."""
    return np.diff(rows["start_s"], append=rows["done_s"].max(initial=0.0))


def _known(values: FloatArray) -> FloatArray:
    return np.nan_to_num(values, nan=0.0)


def _judged(rows: Samples) -> BoolArray:
    return np.asarray(~rows.unfinished)


def _of_scored(edits: str, whole: str) -> Callable[[Samples], tuple[FloatArray | BoolArray, FloatArray | BoolArray]]:
    """Edits over words or characters, of the ok rows that were scored."""

    def sums(rows: Samples) -> tuple[FloatArray, FloatArray]:
        is_scored = rows.ok & (rows["words"] > 0) & (rows[whole] > 0)
        counts = np.where(is_scored, rows[whole].astype(float), 0.0)
        return np.where(is_scored, _known(FIELDS[edits](rows)), 0.0) * counts, counts

    return sums


_RATIOS: dict[str, Callable[[Samples], tuple[FloatArray | BoolArray, FloatArray | BoolArray]]] = {
    "error_rate": lambda rows: (rows.failed, _judged(rows)),
    "shed_rate": lambda rows: (rows.of_kind(ErrorKind.SHED), _judged(rows)),
    "throughput_rps": lambda rows: (rows.ok, _stays_s(rows)),
    "audio_throughput": lambda rows: (rows.seconds("audio_s") * rows.ok, _stays_s(rows)),
    "rtf.overall": lambda rows: (_known(rows.service_s) * rows.ok, rows.seconds("audio_s") * rows.ok),
    "accuracy.wer": _of_scored("wer", "words"),
    "accuracy.cer": _of_scored("cer", "characters"),
}
