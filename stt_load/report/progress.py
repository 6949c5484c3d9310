"""How far a run has come, as one line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from stt_load.report.messages import Messages
from stt_load.report.width import columns, shorten

BAR = 24


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a phase that doesn't move waits for.

    strangers: workers that have not introduced themselves. present, awaited: users, 0 where nobody is awaited.
    answers: requests in flight; the last answer came `still_s` ago, or none has come in this phase so long.
    """

    strangers: int
    present: int
    awaited: int
    answers: int
    still_s: float


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a run.

    phase: "ready", "warmup" or "measuring", which began `elapsed_s` ago and lasts at most `limit_s`. done, total: its
    requests; total is None where none is planned. stopping: nothing new starts, `in_flight` requests are waited for,
    `drain_s` more at most. time_limit_s: until Locust's -t ends the run.
    """

    phase: str
    done: int
    total: int | None
    failed: int
    elapsed_s: float
    limit_s: float | None
    in_flight: int
    stopping: bool
    time_limit_s: float | None = None
    drain_s: float | None = None
    waiting: Waiting | None = None

    @property
    def rate_rps(self) -> float | None:
        """Results per second since the phase began."""
        return self.done / self.elapsed_s if self.done and self.elapsed_s > 0 else None

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None where there is no end in sight."""
        if self.limit_s:
            return min(1.0, self.elapsed_s / self.limit_s)
        if self.total:
            return self.done / self.total
        if self.time_limit_s is None or self.total == 0:
            return None
        return self.elapsed_s / max(self.elapsed_s + self.time_limit_s, 1e-9)

    @property
    def left_s(self) -> float | None:
        """How long the rest takes, at the rate so far."""
        if self.limit_s is not None:
            return max(0.0, self.limit_s - self.elapsed_s)
        if self.total is None or self.rate_rps is None:
            return None
        return (self.total - self.done) / self.rate_rps


def line(say: Messages, seen: Progress) -> str:
    """The line without a bar, for a log."""
    if seen.stopping:
        return _stopping(say, seen)
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


def _stopping(say: Messages, seen: Progress) -> str:
    requests = say.requests(seen.in_flight)
    if seen.drain_s is None:
        return say("progress.stopping", requests=requests)
    return say("progress.draining", requests=requests, duration=say.duration(math.ceil(seen.drain_s), 0))


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
    if waiting.strangers:
        yield say("progress.strangers", n=waiting.strangers)
    if waiting.present < waiting.awaited:
        yield say("progress.users", present=waiting.present, awaited=waiting.awaited)
    if waiting.answers:
        answers, duration = say.requests(waiting.answers), say.duration(waiting.still_s, 0)
        yield say("progress.answers", requests=answers, duration=duration)
