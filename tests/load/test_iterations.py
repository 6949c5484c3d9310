"""How far a run is: what counts, and what only takes part."""

from __future__ import annotations

from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import Phase


def test_results_count_by_their_phase_and_what_is_said_again_counts_for_nothing() -> None:
    budget = Budget(3, 1, 0, repeat_check=1)
    for iteration in (
        Iteration(0, 0, Phase.WARMUP),
        Iteration(1, 0, Phase.MEASURED),
        Iteration(1, 0xFF00, Phase.OUTSIDE),
    ):
        assert not budget.done
        budget.finish(iteration)
    assert (budget.warmup_results, budget.measured_results, budget.done) == (1, 1, False)
    budget.finish(Iteration(2, 0, Phase.MEASURED))
    assert budget.done


def test_what_is_measured_is_all_but_the_warm_up() -> None:
    assert Budget(10, 3, 0).measured_total == 7
    assert Budget(None, 3, 0).measured_total is None


def test_nothing_opens_once_it_is_closed() -> None:
    budget = Budget(10, 0, 0)
    budget.slots.join("a")
    assert budget.may_open()
    budget.close()
    assert not budget.may_open()
