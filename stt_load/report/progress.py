"""How far a run has come, as one line."""

from __future__ import annotations

from dataclasses import dataclass

from stt_load.report.messages import Messages
from stt_load.report.width import columns, shorten

BAR = 24


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a run.

    phase: "warmup" or "measuring", which began `elapsed_s` ago and lasts at most `limit_s`. done, total: its
    requests; total is None where none is planned. stopping: nothing new starts,
    `in_flight` requests are waited for.
    """

    phase: str
    done: int
    total: int | None
    failed: int
    elapsed_s: float
    limit_s: float | None
    in_flight: int
    stopping: bool

    @property
    def rate_rps(self) -> float | None:
        """Results per second since the phase began."""
        return self.done / self.elapsed_s if self.done and self.elapsed_s > 0 else None

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None where there is no end in sight."""
        if self.limit_s:
            return min(1.0, self.elapsed_s / self.limit_s)
        return self.done / self.total if self.total else None

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
        return say("progress.stopping", requests=say.requests(seen.in_flight))
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
    done = say.requests(seen.done) if seen.total is None else say("progress.of", done=seen.done, total=seen.total)
    parts = [done]
    if seen.rate_rps is not None:
        parts.append(say.rate(seen.rate_rps))
    if seen.failed:
        parts.append(say("progress.failed", n=seen.failed))
    if seen.left_s is not None:
        parts.append(say("progress.left", duration=say.duration(seen.left_s, 0)))
    else:
        parts.append(say("progress.elapsed", duration=say.duration(seen.elapsed_s, 0)))
    return ", ".join(parts)
