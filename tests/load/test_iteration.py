"""One intended request: what it is told apart by."""

from __future__ import annotations

from stt_load.load.iteration import Iteration
from stt_load.samples.sample import Phase


def test_in_a_closed_loop_it_is_due_when_it_is_ready() -> None:
    iteration = Iteration(3, 0, Phase.MEASURED)
    assert (iteration.due_s, iteration.slot, iteration.level, iteration.stage) == (None, 0, None, None)


def test_whoever_carries_it_out_and_when_it_is_the_same() -> None:
    handed_out = Iteration(3, 1, Phase.MEASURED, due_s=12.5, slot=4, level=2, stage=1)
    assert handed_out == Iteration(3, 1, Phase.MEASURED)
    assert hash(handed_out) == hash(Iteration(3, 1, Phase.MEASURED))
    assert handed_out not in {Iteration(3, 0, Phase.MEASURED), Iteration(4, 1, Phase.MEASURED)}
