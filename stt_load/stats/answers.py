"""What answers say beside their text: when it came, what they cost, who served them."""

from __future__ import annotations

import json

import numpy as np

from stt_load.samples.table import Samples, connections
from stt_load.stats.blocks import Gaps, RoundTrip
from stt_load.stats.model import Backend
from stt_load.stats.quantiles import quantile


def gaps(rows: Samples) -> Gaps:
    """Between one piece of text and the next, over all streamed `rows`.

    The mean is that of all gaps and the maximum is the longest of all. P95 is the median of the requests' own, as the
    gaps themselves are not kept.
    """
    rows = rows.where(np.isfinite(rows["gap_mean_s"]) & (rows["deltas"] > 1))
    if not len(rows):
        return Gaps(None, None, None)
    counts = rows["deltas"] - 1
    mean_s = float((rows.seconds("gap_mean_s") * counts).sum() / counts.sum())
    return Gaps(mean_s, quantile(rows.seconds("gap_p95_s"), 0.5), float(rows.seconds("gap_max_s").max()))


def round_trip(rows: Samples) -> RoundTrip:
    """What TCP took to connect, over all `rows` that opened a connection, whatever became of them."""
    times = rows.seconds("tcp_connect_s")
    times = times[np.isfinite(times)]
    return RoundTrip(len(times), quantile(times, 0.5), float(times.min()) if len(times) else None)


def total(rows: Samples, name: str) -> int | None:
    """The sum of a column that not all rows have a value in; None when none has."""
    values = rows[name][rows[name] > 0]
    return int(values.sum(dtype=np.int64)) if len(values) else None


def backends(measured: Samples) -> tuple[Backend, ...]:
    """The figures by each value of each captured header, most requests first; those of one header stand together."""
    told: list[Backend] = []
    codes = np.unique(measured["headers"])
    captured = {int(code): json.loads(measured.texts[code]) for code in codes if code >= 0}
    for name in dict.fromkeys(name for values in captured.values() for name in values):
        values = sorted({values[name] for values in captured.values() if name in values}, key=str)
        found = []
        for value in values:
            chosen = [code for code, headers in captured.items() if name in headers and headers[name] == value]
            found.append(_backend(name, value, measured.where(np.isin(measured["headers"], chosen))))
        told += sorted(found, key=lambda backend: -backend.requests)
    return tuple(told)


def _backend(name: str, value: str | None, rows: Samples) -> Backend:
    times = rows.where(rows.ok).response_s
    unfinished = int(np.count_nonzero(rows.unfinished))
    return Backend(
        header=name,
        value=value,
        requests=len(rows),
        failed=len(rows) - len(times) - unfinished,
        unfinished=unfinished,
        connections=len(np.unique(connections(rows.where(rows["connection"] > 0)))),
        mean_s=float(np.mean(times)) if len(times) else None,
        median_s=quantile(times, 0.5),
        p95_s=quantile(times, 0.95),
    )
