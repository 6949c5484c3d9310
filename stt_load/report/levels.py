"""The figures of each load that a run had, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.asked_load import between
from stt_load.report.messages import Messages
from stt_load.report.tables import table
from stt_load.stats.model import Level
from stt_load.stats.quantiles import FEWEST_FOR_P99

MOST_LEVELS = 12
"""That are shown of a ramp; the result has them all."""
COLUMNS = ("stage", "load", "requests", "failed", "unfinished", "mean", "median", "p95", "p99", "rate", "wrong")
MARK = "*"


def lines(say: Messages, found: tuple[Level, ...], errors: str = "wer") -> Iterator[str]:
    """A table, when there is more than one number of users to tell apart, or stages. errors: the rate of errors that
    is shown where there is one, `wer` or `cer`."""
    staged = any(level.stage is not None for level in found)
    if len(found) < 2 and not staged:
        return
    yield ""
    yield heading(say, found)
    levels = found if staged else spread(found, MOST_LEVELS)
    yield from table(*cells(say, levels, errors), say.width)
    if len(levels) < len(found):
        yield say("levels.more", n=len(found) - len(levels))
    yield from notes(say, levels)


def heading(say: Messages, found: Sequence[Level]) -> str:
    """What the table is of."""
    if found[0].stage is None:
        return say("levels.heading")
    measured = any(level.figures.requests.total for level in found)
    return say(f"levels.heading_{'stages' if measured else 'nothing'}")


def cells(say: Messages, levels: Sequence[Level], errors: str = "wer") -> tuple[list[str], list[list[str]]]:
    """The heads of the columns that say something of `levels`, and a row for each."""
    staged = any(level.stage is not None for level in levels)
    left_out = set() if any(_cut(level) for level in levels) else {"unfinished"}
    left_out |= set() if any(level.figures.wer is not None for level in levels) else {"wrong"}
    left_out |= {"mean"} if staged else {"stage"}  # whose numbers have two ends, and need the room
    shown = [name for name in COLUMNS if name not in left_out]
    marked = any(_is_max(level) for level in levels)
    rows = [_cells(say, level, errors, marked=marked) for level in levels]
    keys = {name: f"levels.{name}" for name in shown}
    keys |= {"load": f"levels.{levels[0].kind}", "wrong": f"accuracy.{errors}", "rate": "levels.throughput"}
    keys |= {"median": "levels.median_s", "rate": "levels.done"} if staged else {}
    heads = [say(keys[name]) + (" " if marked and name == "p99" else "") for name in shown]
    return heads, [[row[name] for name in shown] for row in rows]


def notes(say: Messages, levels: Sequence[Level]) -> Iterator[str]:
    """What there is to know about the rows of `levels`."""
    staged = any(level.stage is not None for level in levels)
    if any(_is_max(level) for level in levels):
        yield say("levels.is_max", mark=MARK, n=FEWEST_FOR_P99)
    if any(level.figures.throughput_rps is None for level in levels) and not staged:
        yield say("levels.no_rate")
    if any(level.settling for level in levels):
        yield say("levels.settling", counts=", ".join(str(level.settling) for level in levels))


def spread(levels: tuple[Level, ...], most: int) -> tuple[Level, ...]:
    """At most so many, the first and the last among them, and as far apart."""
    if len(levels) <= most:
        return levels
    step = (len(levels) - 1) / (most - 1)
    return tuple(levels[round(number * step)] for number in range(most))


def _cells(say: Messages, level: Level, errors: str, *, marked: bool) -> dict[str, str]:
    """marked: some level's P99 is, and the digits of the others are to stand below its."""
    figures, requests = level.figures, level.figures.requests
    mark = (MARK if _is_max(level) else " ") if marked else ""
    return {
        "stage": "" if level.stage is None else str(level.stage + 1),
        "load": between(say, level.first, level.last, "levels.ramp"),
        "requests": str(requests.total),
        "failed": str(requests.failed),
        "unfinished": str(requests.unfinished),
        "mean": say.number(figures.mean_s, 3),
        "median": say.number(figures.median_s, 3),
        "p95": say.number(figures.p95_s, 3),
        "p99": say.number(figures.p99_s, 3) + mark,
        "rate": say.number(figures.throughput_rps, 2),
        "wrong": say.share(getattr(figures, errors)),
    }


def _is_max(level: Level) -> bool:
    return 0 < level.figures.requests.succeeded < FEWEST_FOR_P99


def _cut(level: Level) -> int:
    return level.figures.requests.unfinished
