"""What did not succeed: by kind over time, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from stt_load.html import timeline
from stt_load.html.blocks import Table, Text
from stt_load.html.page import Section
from stt_load.html.plot import Axis, Plot, Role, Series
from stt_load.report.messages import Messages
from stt_load.report.width import plain, shorten
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.over_time import counts
from stt_load.storage.run_record import RunRecord

MOST_INTERVALS = 40
MOST_KINDS = 3
"""That are drawn, the most frequent ones; the others together."""
MOST_MESSAGES = 30
LONGEST_MESSAGE = 400
"""Characters of one that are shown."""
ROLES: tuple[Role, ...] = ("bad", "second", "third", "quiet")


def failures(say: Messages, run: RunRecord) -> Section | None:
    """None where all requests succeeded, those of the warm-up, too."""
    rows = timeline.rows_of(run)
    bad = rows.where(~rows.ok)
    if not len(bad):
        return None
    ends_s = timeline.intervals(rows, MOST_INTERVALS)
    plots = [_plot(say, run, rows, ends_s)] if len(ends_s) > 1 and rows.failed.any() else []
    messages, left_out = _messages(say, bad)
    more = [Text(say("plots.more_messages", n=left_out))] if left_out else []
    return Section("failures", say("plots.failures"), (*plots, messages, *more))


def _plot(say: Messages, run: RunRecord, rows: Samples, ends_s: FloatArray) -> Plot:
    """Of the failures alone: what the end of the run cut off is none, and all of it ended there."""
    bad = rows.where(rows.failed)
    kinds = bad.kinds()
    found = {
        say(f"kind.{kind}"): counts(bad["done_s"][bad.of_kind(kind)], ends_s, "right").astype(float) for kind in kinds
    }
    heads = (say("plots.ended"), *found)
    cells = tuple(
        (name, *(str(round(values[number])) for values in found.values()))
        for number, name in enumerate(timeline.names(say, ends_s))
    )
    return Plot(
        id="plot-failures",
        title=say("plots.failures_over_time"),
        about=say("plots.failures_about", requests=say.requests(len(bad)), kind=say(f"kind.{next(iter(kinds))}")),
        x=timeline.axis(say, run),
        y=Axis(
            label=say("plots.failures_axis", width=f"{np.median(np.diff(ends_s)):g}"), quantity="count", least=0.0
        ),
        series=tuple(_series(say, ends_s, found)),
        table=Table(say("plots.failures_table"), heads, cells),
        bands=timeline.bands(say, run, rows),
        lines=timeline.stage_lines(say, run, rows),
    )


def _series(say: Messages, ends_s: FloatArray, found: Mapping[str, FloatArray]) -> Iterator[Series]:
    """How many of each kind ended in each interval."""
    drawn = dict(list(found.items())[:MOST_KINDS])
    others = list(found.values())[MOST_KINDS:]
    if others:
        drawn[say("plots.other_kinds")] = np.sum(others, axis=0)
    for (name, values), role in zip(drawn.items(), ROLES, strict=False):
        yield Series(name=name, form="steps", x=ends_s, y=np.append(values, values[-1]), role=role)


def _messages(say: Messages, bad: Samples) -> tuple[Table, int]:
    """A row for each text that came with a kind, the most frequent kinds and texts first; and how many texts more
    there are."""
    found: list[tuple[ErrorKind, int]] = []
    for kind in bad.kinds():
        codes, numbers = np.unique(bad["error"][bad.of_kind(kind)], return_counts=True)
        found += [(kind, code) for code in codes[np.argsort(-numbers, kind="stable")].tolist()]
    shown = found[:MOST_MESSAGES]
    rows = tuple(_message(say, kind, bad.where(bad.of_kind(kind) & (bad["error"] == code))) for kind, code in shown)
    heads = [say(f"plots.{name}") for name in ("kind", "message", "measured", "uncounted_n", "first", "last")]
    return Table(say("plots.messages"), tuple(heads), rows), len(found) - len(shown)


def _message(say: Messages, kind: ErrorKind, rows: Samples) -> tuple[str, ...]:
    """Of `rows`, all with one text. Those that were not measured are counted beside the others."""
    measured = int(np.count_nonzero(rows["phase"] == Phase.MEASURED))
    code, done_s = int(rows["error"][0]), rows["done_s"]
    text = "" if code < 0 else shorten(plain(rows.texts[code]), LONGEST_MESSAGE)
    times = (say.number(float(done_s.min()), 1), say.number(float(done_s.max()), 1))
    return (say(f"kind.{kind}"), text, str(measured), str(len(rows) - measured), *times)
