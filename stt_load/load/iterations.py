"""What a run asks of whoever counts its iterations."""

from __future__ import annotations

from typing import Protocol

from stt_load.load.iteration import Iteration


class Iterations(Protocol):
    """How many iterations a run has and how far they are: `Budget` of one process, `Ledger` of many.

    open: the warm-up is over. closed: nothing new is handed out.
    """

    total: int | None
    warmup: int
    awaited: int
    open: bool
    closed: bool
    warmup_results: int
    measured_results: int

    @property
    def present(self) -> int: ...

    @property
    def in_flight(self) -> int: ...

    @property
    def handed_out(self) -> int: ...

    @property
    def workers(self) -> int: ...

    @property
    def measured_total(self) -> int | None: ...

    @property
    def done(self) -> bool: ...

    def finish(self, iteration: Iteration) -> None: ...

    def may_open(self) -> bool: ...

    def close(self) -> None: ...
