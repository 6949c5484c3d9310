"""What the console says of the answers beside how long they took: when text came, what the service says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from stt_load.report.messages import Messages
from stt_load.report.tables import table
from stt_load.report.width import plain, wrap
from stt_load.samples.table import Samples
from stt_load.stats.blocks import Distribution, Gaps
from stt_load.stats.metrics import METRICS, Metrics
from stt_load.stats.model import Backend
from stt_load.stats.quantiles import FEWEST_FOR_P99

MOST_BACKENDS = 20
COUNTS = ("requests", "failed", "unfinished", "connections")


def lines(say: Messages, metrics: Metrics, rows: Samples) -> Iterator[str]:
    """A blank line, then one for each thing that there is something to say about. rows: the measured ones."""
    told = [*_dialects(say, rows), *_told(say, metrics)]
    if told:
        yield from ("", *told)


def _dialects(say: Messages, rows: Samples) -> Iterator[str]:
    """What the streams were seen to be, most frequent first: asked for or not, it decides what their times mean."""
    codes, counts = np.unique(rows["dialect"][rows["dialect"] >= 0], return_counts=True)
    found = sorted(zip(counts.tolist(), codes.tolist(), strict=True), reverse=True)
    if found:
        named = ", ".join(f"{plain(rows.texts[code])} ({count})" for count, code in found)
        yield say("answers.dialects", names=named)


def _told(say: Messages, metrics: Metrics) -> Iterator[str]:
    """What has a text in the catalogue, in the order of `Metrics`."""
    for name in dict.fromkeys(metric.name for metric in METRICS):
        key, value = f"answers.{name}", getattr(metrics, name)
        if key in say and _is_known(value):
            yield from wrap(say(key, **_texts(say, metrics, value)), say.width, "", "  ")


def _is_known(value: Any) -> bool:
    """Whether a figure, or a block of them, has anything to say."""
    match value:
        case Distribution():
            return value.n > 0
        case Gaps():
            return value.mean_s is not None
    return value is not None


def _texts(say: Messages, metrics: Metrics, value: Any) -> dict[str, Any]:
    """What a text can name: the figure, or each of the block; seconds as such, with their
    unit (`_s`), and as milliseconds (`_ms`)."""
    if not is_dataclass(value):
        return {"n": value, "polls": metrics.polls or 0, "interval": say.duration(metrics.poll_interval_s)}
    figures = {one.name.removesuffix("_s"): getattr(value, one.name) for one in fields(value)}
    numbers = {name: one for name, one in figures.items() if one is None or isinstance(one, float)}
    in_ms = {f"{name}_ms": say.number(None if one is None else one * 1_000, 1) for name, one in numbers.items()}
    seconds = {f"{name}_s": say.seconds(one) for name, one in numbers.items()}
    texts = figures | {name: say.number(one, 3) for name, one in numbers.items()} | in_ms | seconds
    if isinstance(value, Distribution):
        mark = say("latency.only_max") if is_max(value) else ""
        texts |= {name: texts[name] + mark for name in ("p99", "p99_ms")}
    return texts


def is_max(times: Distribution) -> bool:
    """Whether the P99 is of so few that it is the maximum."""
    return 0 < times.n < FEWEST_FOR_P99


def backends(say: Messages, found: tuple[Backend, ...]) -> Iterator[str]:
    """A table for each captured header."""
    for header, rows in by_header(found).items():
        yield ""
        yield say("backends.heading", header=header or "...")
        yield from table(*backend_cells(say, rows[:MOST_BACKENDS]), say.width, named=True)
        if len(rows) > MOST_BACKENDS:
            yield say("backends.more", n=len(rows) - MOST_BACKENDS)


def by_header(found: Iterable[Backend]) -> dict[str, list[Backend]]:
    """`found`, apart by the captured header that they are values of."""
    apart: dict[str, list[Backend]] = {}
    for backend in found:
        apart.setdefault(backend.header, []).append(backend)
    return apart


def backend_cells(say: Messages, rows: Sequence[Backend]) -> tuple[list[str], list[list[str]]]:
    """The heads of the columns of a header's values, and a row for each."""
    counted = [name for name in COUNTS if name != "unfinished" or any(one.unfinished for one in rows)]
    heads = ["", *(say(f"backends.{name}") for name in (*counted, "mean", "median", "p95"))]
    cells = []
    for backend in rows:
        counts = [str(getattr(backend, name)) for name in counted]
        times = [say.number(value, 3) for value in (backend.mean_s, backend.median_s, backend.p95_s)]
        value = say("none") if backend.value is None else plain(backend.value)
        cells.append([value, *counts, *times])
    return heads, cells
