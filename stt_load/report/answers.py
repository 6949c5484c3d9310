"""What the console says of the answers beside how long they took: when text came, what the service says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.report.messages import Messages
from stt_load.report.opening import WIDTH
from stt_load.report.width import columns, plain, right, shorten, wrap
from stt_load.stats.metrics import Distribution, Metrics
from stt_load.stats.model import Backend

MOST_BACKENDS = 20
COUNTS = ("requests", "failed", "unfinished", "connections")
CELL = 9


def lines(say: Messages, metrics: Metrics) -> Iterator[str]:
    """A blank line, then one for each thing that there is something to say about."""
    told = list(_told(say, metrics))
    if told:
        yield from ("", *told)


def _told(say: Messages, metrics: Metrics) -> Iterator[str]:
    yield from _times(say, "ttft", metrics.ttft_s)
    gaps = metrics.delta_gap_s
    if gaps.mean_s is not None:
        figures = {"mean": gaps.mean_s, "p95": gaps.p95_s, "max": gaps.max_s}
        yield say("answers.gaps", **{name: say.seconds(value) for name, value in figures.items()})
    yield from _times(say, "connect", metrics.connect_s, scale=1_000)
    yield from _times(say, "processing", metrics.processing_time_s)
    yield from _times(say, "outside", metrics.outside_time_s)
    if metrics.tokens is not None:
        yield say("answers.tokens", n=metrics.tokens)
    if metrics.poll_interval_s is not None:
        interval = say.duration(metrics.poll_interval_s)
        yield from wrap(say("answers.polls", n=metrics.polls or 0, interval=interval), WIDTH, "", "  ")


def _times(say: Messages, name: str, times: Distribution, scale: int = 1) -> Iterator[str]:
    """scale: 1 for seconds, 1,000 for milliseconds."""
    if times.n:
        figures = {"mean": times.mean, "median": times.median, "p95": times.p95, "p99": times.p99}
        digits = 3 if scale == 1 else 1
        texts = {key: say.number(None if value is None else value * scale, digits) for key, value in figures.items()}
        yield from wrap(say(f"answers.{name}", n=times.n, **texts), WIDTH, "", "  ")


def backends(say: Messages, found: tuple[Backend, ...]) -> Iterator[str]:
    """A table for each captured header."""
    for header in dict.fromkeys(backend.header for backend in found):
        rows = [backend for backend in found if backend.header == header]
        yield ""
        yield say("backends.heading", header=header or "...")
        counted = [name for name in COUNTS if name != "unfinished" or any(one.unfinished for one in rows)]
        yield _row("", [say(f"backends.{name}") for name in (*counted, "mean", "median", "p95")])
        for backend in rows[:MOST_BACKENDS]:
            counts = [str(getattr(backend, name)) for name in counted]
            times = [say.number(value, 3) for value in (backend.mean_s, backend.median_s, backend.p95_s)]
            value = say("none") if backend.value is None else plain(backend.value)
            yield _row(value, [*counts, *times])
        if len(rows) > MOST_BACKENDS:
            yield say("backends.more", n=len(rows) - MOST_BACKENDS)


def _row(value: str, cells: list[str]) -> str:
    width = WIDTH - 2 - CELL * len(cells)
    shown = shorten(value, width)
    return "  " + shown + " " * (width - columns(shown)) + "".join(right(cell, CELL) for cell in cells)
