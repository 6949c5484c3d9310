"""One intended request, from due to done."""

from __future__ import annotations

from dataclasses import dataclass, field

from stt_load.samples.sample import Phase


@dataclass(frozen=True, slots=True)
class Iteration:
    """One intended request. Its phase is fixed here and never asked again.

    due_s: when it is due, on this process's clock; None in a closed loop, where it is due when it is ready. slot: the
    one that carries it out, a number of this process. level, stage: those that it belongs to, None in the plain run.

    Two are the same when seq, attempt and phase are: whoever owes a result owes it wherever it was carried out.
    """

    seq: int
    attempt: int
    phase: Phase
    due_s: float | None = field(default=None, compare=False)
    slot: int = field(default=0, compare=False)
    level: int | None = field(default=None, compare=False)
    stage: int | None = field(default=None, compare=False)
