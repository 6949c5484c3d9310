"""The figures of a run by what its requests differ in: stage, users, worker, backend, length of audio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.html.blocks import Block, Table, Text
from stt_load.html.page import Section
from stt_load.report import accuracy, answers, lengths, levels
from stt_load.report.messages import Messages
from stt_load.report.width import ELLIPSIS, plain, shorten
from stt_load.samples.generator import WorkerHealth
from stt_load.samples.sample import Phase
from stt_load.stats.workers import WorkerFigures, by_worker
from stt_load.storage.run_record import RunRecord

LONGEST_NAME = 120
"""Columns of what somebody else has named."""
MOST_ROWS = 100
"""Of one table; the result has them all."""


def tables(say: Messages, run: RunRecord) -> Section | None:
    """One of each that there is something to tell apart; None where there is nothing."""
    blocks = (*_levels(say, run), *_workers(say, run), *_backends(say, run), *_lengths(say, run))
    return Section("tables", say("tables.tables"), blocks) if blocks else None


def _levels(say: Messages, run: RunRecord) -> Iterator[Block]:
    """Of stages, or of what the number of users happened to be."""
    found = run.summary.levels
    if not found or (len(found) < 2 and found[0].stage is None):
        return
    shown = levels.spread(found, MOST_ROWS)
    yield _table(levels.heading(say, found), *levels.cells(say, shown, accuracy.leading(run)))
    if len(shown) < len(found):
        yield Text(say("levels.more", n=len(found) - len(shown)).strip())
    yield from _texts(levels.notes(say, shown))


def _workers(say: Messages, run: RunRecord) -> Iterator[Block]:
    """What each has sent, and how its process fared, as by that a slow one is told from a slow service."""
    info = run.info
    found = by_worker(run.samples.phase(Phase.MEASURED), len(info.workers), info.generator.workers)
    if not found:
        return
    counts, health = ("worker", "requests", "failed"), ("cpu", "reaction", "stalled")
    heads = [say(f"tables.worker_{name}") for name in counts]
    heads += [say(f"backends.{name}") for name in ("mean", "median", "p95")]
    heads += [say(f"tables.worker_{name}") for name in health]
    rows = [_worker(say, one, info.workers[one.worker]) for one in found[:MOST_ROWS]]
    yield _table(say("tables.workers"), heads, rows)
    yield from _more(say, len(found))


def _worker(say: Messages, one: WorkerFigures, name: str) -> list[str]:
    figures, health = one.figures, one.health or WorkerHealth(one.worker, None, None)
    reaction_ms = None if health.loop_lag_mean_s is None else health.loop_lag_mean_s * 1_000
    return [
        shorten(plain(name), LONGEST_NAME),
        str(figures.requests.total),
        str(figures.requests.failed),
        *(say.number(value, 3) for value in (figures.mean_s, figures.median_s, figures.p95_s)),
        say.share(health.cpu_share),
        say.number(reaction_ms, 2),
        say.number(health.stalled_s, 2),
    ]


def _backends(say: Messages, run: RunRecord) -> Iterator[Block]:
    """A table for each header that was captured."""
    for header, found in answers.by_header(run.summary.backends).items():
        heads, rows = answers.backend_cells(say, found[:MOST_ROWS])
        heads[0] = shorten(plain(header), LONGEST_NAME) or ELLIPSIS
        cells = [[shorten(row[0], LONGEST_NAME), *row[1:]] for row in rows]
        yield _table(say("backends.heading", header=heads[0]), heads, cells)
        yield from _more(say, len(found))


def _lengths(say: Messages, run: RunRecord) -> Iterator[Block]:
    found = run.summary.durations
    if found:
        yield _table(say("lengths.heading"), *lengths.cells(say, found))
        yield from _texts(lengths.notes(say, found))


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """heads, rows: as the console has them, which pads some to stand below each other."""
    cells = tuple(tuple(cell.strip() for cell in row) for row in rows)
    return Table(caption.strip().rstrip(":"), tuple(head.strip() for head in heads), cells)


def _texts(notes: Iterator[str]) -> Iterator[Text]:
    return (Text(note.strip()) for note in notes)


def _more(say: Messages, count: int) -> Iterator[Text]:
    if count > MOST_ROWS:
        yield Text(say("backends.more", n=count - MOST_ROWS).strip())
