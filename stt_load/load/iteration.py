"""One intended request, from due to done."""

from __future__ import annotations

from dataclasses import dataclass, field

from stt_load.samples.sample import Phase

AFTER_WARMUP = (Phase.SETTLING, Phase.MEASURED)
"""The phases of what is due at some time, where anything is."""


@dataclass(slots=True, unsafe_hash=True)
class Iteration:
    """One intended request. Its phase is fixed when it is handed out and never asked again.

    due_s: when it is due, on this process's clock; None in a closed loop, where it is due when it is ready. slot: the
    one that carries it out, a number of this process. level, stage: those that it belongs to, None in the plain run.
    waited: no slot was free when it was due. begun_s: when its request began at the latest, on this process's clock,
    as far as that is known; where it is due at some time nobody needs it.

    It is made before anybody takes it: when that happens, all but seq and attempt are set, once (a new one for each
    would cost as much as the whole handing out). Two are the same when seq and attempt are: whoever owes a result
    owes it wherever it was carried out.
    """

    seq: int
    attempt: int
    phase: Phase = field(compare=False)
    due_s: float | None = field(default=None, compare=False)
    slot: int = field(default=0, compare=False)
    level: int | None = field(default=None, compare=False)
    stage: int | None = field(default=None, compare=False)
    waited: bool = field(default=False, compare=False)
    begun_s: float | None = field(default=None, compare=False)
