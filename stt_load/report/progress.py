"""How far a run has come, as one line."""

from __future__ import annotations

import math
from collections.abc import Iterator

from stt_load.report.messages import Messages
from stt_load.report.width import columns, shorten
from stt_load.samples.progress import Progress, Waiting

BAR = 24


def line(say: Messages, seen: Progress) -> str:
    """The line without a bar, for a log."""
    if seen.stopping:
        requests = say.requests(seen.in_flight)
        if seen.drain_s is None:
            return say("progress.stopping", requests=requests)
        return say("progress.draining", requests=requests, duration=say.duration(math.ceil(seen.drain_s), 0))
    return f"{say(f'progress.{seen.phase}')}: {_figures(say, seen)}"


def bar(say: Messages, seen: Progress, width: int) -> str:
    """The line for a terminal of `width` columns, with a bar where there is an end in sight and room for it."""
    if seen.stopping:
        return shorten(line(say, seen), width)
    name, figures, share = say(f"progress.{seen.phase}"), _figures(say, seen), seen.share
    if share is not None:
        full = int(share * BAR)
        drawn = f"{name} {'█' * full}{'░' * (BAR - full)} {figures}"
        if columns(drawn) <= width:
            return drawn
    return shorten(f"{name} {figures}", width)


def _figures(say: Messages, seen: Progress) -> str:
    return ", ".join((*_counts(say, seen), *_times(say, seen), *_waits(say, seen.waiting)))


def _counts(say: Messages, seen: Progress) -> Iterator[str]:
    if seen.phase == "ready":
        return
    yield say.requests(seen.done) if seen.total is None else say("progress.of", done=seen.done, total=seen.total)
    if seen.rate_rps is not None:
        yield say.rate(seen.rate_rps)
    if seen.failed:
        yield say("progress.failed", n=seen.failed)


def _times(say: Messages, seen: Progress) -> Iterator[str]:
    if seen.left_s is not None:
        yield say("progress.left", duration=say.duration(seen.left_s, 0))
    elif seen.time_limit_s is None:
        yield say("progress.elapsed", duration=say.duration(seen.elapsed_s, 0))
    if seen.time_limit_s is not None:
        yield say("progress.time_limit", duration=say.duration(seen.time_limit_s, 0))


def _waits(say: Messages, waiting: Waiting | None) -> Iterator[str]:
    if waiting is None:
        return
    if waiting.unconfirmed:
        yield say("progress.unconfirmed", n=waiting.unconfirmed)
    if waiting.present < waiting.awaited:
        yield say("progress.users", present=waiting.present, awaited=waiting.awaited)
    if waiting.answers:
        answers, duration = say.requests(waiting.answers), say.duration(waiting.still_s, 0)
        yield say("progress.answers", requests=answers, duration=duration)
