"""One intended request, from due to done; and how far a run is with all of its, whoever hands them out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from stt_load.samples.sample import Phase


@dataclass(slots=True, unsafe_hash=True)
class Iteration:
    """One intended request. Its phase is fixed here and never asked again.

    due_s: when it is due, on this process's clock; None in a closed loop, where it is due when it is ready. slot: the
    one that carries it out, a number of this process. level, stage: those that it belongs to, None in the plain run.

    It is made before anybody takes it: due_s and slot are set then, once, and nothing else ever changes (a new one
    for each would cost as much as the whole handing out). Two are the same when seq, attempt and phase are: whoever
    owes a result owes it wherever it was carried out.
    """

    seq: int
    attempt: int
    phase: Phase
    due_s: float | None = field(default=None, compare=False)
    slot: int = field(default=0, compare=False)
    level: int | None = field(default=None, compare=False)
    stage: int | None = field(default=None, compare=False)


class Iterations(ABC):
    """What a run knows of its iterations: `Budget` of one process, `Ledger` of many.

    total: N, None for no end. warmup: M, below N. awaited: users that the barrier waits for (0: for none). open: the
    warm-up is over. closed: nothing new is handed out.
    """

    def __init__(self, total: int | None, warmup: int, awaited: int) -> None:
        self.total = total
        self.warmup = warmup
        self.awaited = awaited
        self.open = False
        self.closed = False
        self.warmup_results = 0
        self.measured_results = 0

    @property
    @abstractmethod
    def joined(self) -> int:
        """Users that ever came."""

    @property
    @abstractmethod
    def present(self) -> int:
        """Users that are there."""

    @property
    @abstractmethod
    def starting(self) -> int:
        """Users that are not there yet, as they are in their `on_start`."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """Processes that have users."""

    @property
    @abstractmethod
    def in_flight(self) -> int:
        """Iterations that were started, as far as is known, and have no result yet."""

    @property
    @abstractmethod
    def handed_out(self) -> int:
        """Iterations that have a result, or that somebody has."""

    @property
    def measured_total(self) -> int | None:
        """N - M, None for no end."""
        return None if self.total is None else self.total - self.warmup

    @property
    def done(self) -> bool:
        """All N results are in."""
        return self.total is not None and self.warmup_results + self.measured_results >= self.total

    def finish(self, iteration: Iteration) -> None:
        """An iteration's result is in. Call it exactly once for each."""
        if iteration.phase is Phase.WARMUP:
            self.warmup_results += 1
        else:
            self.measured_results += 1

    def may_open(self) -> bool:
        """Whether the barrier's conditions hold and it has not opened yet."""
        everyone = self.joined >= self.awaited and self.present > 0
        return not self.open and not self.closed and self.warmup_results >= self.warmup and everyone

    def close(self) -> None:
        """Nothing new is handed out any more."""
        self.closed = True
