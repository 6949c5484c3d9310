"""One intended request, from due to done."""

from __future__ import annotations

from dataclasses import dataclass

from stt_load.samples.sample import Phase


@dataclass(frozen=True, slots=True)
class Iteration:
    """One intended request. Its phase is fixed here and never asked again."""

    seq: int
    attempt: int
    phase: Phase
