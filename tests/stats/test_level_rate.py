"""The rate of a short level is that of the load, whatever was under way when its measuring began."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats.level_rate import done_rps
from tests.factory import joined, table


def test_each_request_counts_with_the_share_of_its_time_that_is_measured() -> None:
    """Two users, half a second apart, answered after a second: two a second. One ends at the very first start, one
    half a second after it, and one is refused."""
    settling = table([-1.0, -0.5], 1.0, phase=Phase.SETTLING)
    refused = table([-0.25], 0.5, phase=Phase.SETTLING, kind=ErrorKind.SHED, first_seq=3)
    warm = table([-0.2], 0.5, phase=Phase.WARMUP, first_seq=4)
    measured = table([0.0, 0.5, 1.0, 1.5, 2.0], 1.0, first_seq=5)
    assert done_rps(joined(settling, refused, warm, measured)) == 2.0
    assert done_rps(measured) == 1.75


@pytest.mark.parametrize("late_s", [0.0, 0.001])
@pytest.mark.parametrize("rounds", [4, 5, 40])
def test_users_who_go_in_step_are_not_counted_a_round_too_often(rounds: int, late_s: float) -> None:
    """Eight users, two seconds a round: four a second, whether or not some of them start a little later."""
    late = np.tile(np.arange(8) * late_s, rounds + 2)
    starts = np.repeat(np.arange(rounds + 2) * 2.0, 8) + late
    settling = table(starts[:16], 2.0 - late_s, phase=Phase.SETTLING)
    measured = table(starts[16:], 2.0 - late_s, first_seq=16)
    assert done_rps(joined(settling, measured)) == pytest.approx(4.0, rel=0.005)


def test_an_answer_that_took_no_time_is_no_fault() -> None:
    assert done_rps(table([0.0, 1.0, 2.0], [0.0, 0.5, 1.0])) == 0.5


@pytest.mark.parametrize("starts_s", [[], [1.0]])
def test_without_a_time_between_two_starts_there_is_no_rate(starts_s: list[float]) -> None:
    assert done_rps(table(starts_s, 1.0)) is None


def test_of_arrivals_that_are_too_many_those_count_that_have_ended() -> None:
    """Sixteen a second, of which eight are done: each waits half a second longer for each second that has passed."""
    starts = np.arange(-16, 160) / 16
    ends = np.maximum(starts, (np.arange(-16, 160) + 16) / 8 - 1)
    settling = table(starts[:16], (ends - starts)[:16], phase=Phase.SETTLING)
    measured = table(starts[16:], (ends - starts)[16:], first_seq=16)
    assert done_rps(joined(settling, measured), arrivals=True) == pytest.approx(8.0, rel=0.02)
    of_users = done_rps(joined(settling, measured))
    assert of_users is not None
    assert of_users > 9, "most have only waited by then"
