"""How far a run has come, as one line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stt_load.report.messages import Messages
from stt_load.report.width import columns, shorten
from stt_load.samples.progress import Progress, Waiting

BAR = 24


@dataclass(frozen=True, slots=True)
class Figure:
    """A part of the line that is there as a whole or not at all. rank: of those that have no room for each other the
    lowest stays."""

    rank: int
    text: str


def line(say: Messages, seen: Progress, *, keys: bool = True) -> str:
    """The line without a bar, for a log. keys: whoever reads it has a keyboard that the run listens to."""
    if seen.stopping:
        whole = _stopping(say, seen)[0]
        return whole + say("progress.cut_key") if keys and seen.drain_s is not None else whole
    return f"{say(f'progress.{seen.phase}')}: {_joined(_figures(say, seen))}"


def bar(say: Messages, seen: Progress, width: int) -> str:
    """The line for a terminal of `width` columns, with a bar where there is an end in sight and room for it. Where
    there is no room parts are left out: a number that is cut reads as another one."""
    if seen.stopping:
        texts = (line(say, seen), *_stopping(say, seen))
        return next((text for text in texts if columns(text) <= width), shorten(texts[-1], width))
    name, figures, share = say(f"progress.{seen.phase}"), _figures(say, seen), seen.share
    if share is not None:
        full = int(share * BAR)
        drawn = f"{name} {'█' * full}{'░' * (BAR - full)} {_joined(figures)}"
        if columns(drawn) <= width:
            return drawn
    kept: list[Figure] = []
    for figure in sorted(figures, key=lambda one: one.rank):
        more = [one for one in figures if one in kept or one is figure]
        if columns(f"{name} {_joined(more)}") <= width:
            kept = more
    return f"{name} {_joined(kept)}" if kept else shorten(name, width)


def _stopping(say: Messages, seen: Progress) -> tuple[str, ...]:
    """What is said of a run that is ending, from the longest to the shortest."""
    count, brief = say.requests(seen.in_flight), say("progress.stopping_brief", n=seen.in_flight)
    if seen.drain_s is None:
        return say("progress.stopping", requests=count), brief
    left = say.duration(math.ceil(seen.drain_s), 0)
    return (
        say("progress.draining", requests=count, duration=left),
        say("progress.draining_brief", n=seen.in_flight, duration=left),
        brief,
    )


def _joined(figures: Sequence[Figure]) -> str:
    return ", ".join(figure.text for figure in figures)


def _figures(say: Messages, seen: Progress) -> list[Figure]:
    return [*_counts(say, seen), *_times(say, seen), *_waits(say, seen.waiting)]


def _counts(say: Messages, seen: Progress) -> Iterator[Figure]:
    if seen.phase == "ready":
        return
    done = say.requests(seen.done) if seen.total is None else say("progress.of", done=seen.done, total=seen.total)
    yield Figure(0, done)
    if seen.rate_rps is not None:
        yield Figure(5, say.rate(seen.rate_rps, of_ok=seen.succeeded < seen.done))
    if seen.stage is not None:
        number, count = seen.stage
        yield Figure(3, say("progress.stage", number=number, count=count))
    if seen.arrivals is not None:
        sent = min(seen.arrivals.sent, seen.arrivals.due)
        yield Figure(4, say("progress.arrivals", due=seen.arrivals.due, sent=sent, in_flight=seen.in_flight))
    if seen.failed:
        yield Figure(1, say("progress.failed", n=seen.failed))


def _times(say: Messages, seen: Progress) -> Iterator[Figure]:
    if seen.left_s is not None:
        yield Figure(2, say("progress.left", duration=say.duration(seen.left_s, 0)))
    elif seen.time_limit_s is None:
        yield Figure(2, say("progress.elapsed", duration=say.duration(seen.elapsed_s, 0)))
    if seen.time_limit_s is not None:
        yield Figure(3, say("progress.time_limit", duration=say.duration(seen.time_limit_s, 0)))


def _waits(say: Messages, waiting: Waiting | None) -> Iterator[Figure]:
    if waiting is None:
        return
    if waiting.unconfirmed:
        yield Figure(4, say("progress.unconfirmed", n=waiting.unconfirmed))
    if waiting.present < waiting.awaited:
        yield Figure(4, say("progress.users", present=waiting.present, awaited=waiting.awaited))
    if waiting.answers:
        answers, duration = say.requests(waiting.answers), say.duration(waiting.still_s, 0)
        yield Figure(4, say("progress.answers", requests=answers, duration=duration))
