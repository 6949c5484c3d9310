"""What decides which level is tried next: a sweep or a search, fed with what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from stt_load.samples.levels import Capacity, Judged, Limited, Outcome, Trial
from stt_load.stats.model import Summary


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run of levels has cost so far. requests: all that were sent, warm-up and settling included."""

    seconds: float = 0.0
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a level. judged: by its test; None of a sweep, and where the level ended otherwise. outcome: with
    all that is known of it, the SLOs that no test follows included. spent: on this level alone, warm-up, settling
    and drain included."""

    trial: Trial
    outcome: Outcome
    judged: Judged | None
    summary: Summary
    spent: Spent


class Strategy(Protocol):
    """A sweep or a search. Pure: it is told what has been spent."""

    def next(self, spent: Spent) -> Trial | None:
        """The level to try now; None: there is none, and `answer` is the whole one."""

    def is_spent(self, spent: Spent) -> bool:
        """Whether there is no time, or no request, left: the level that is on ends."""

    def took(self, tried: Tried) -> None:
        """What came of the level that `next` gave last."""

    def answer(self, limited: Limited | None = None) -> Capacity | None:
        """What is known so far; None of a sweep. limited: what has ended it from outside."""
