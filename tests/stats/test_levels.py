"""The figures of each part of a run that had a load of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from stt_load.samples.fields import ROW
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.blocks import Requests
from stt_load.stats.levels import levels
from stt_load.stats.rates import rates
from tests.factory import table
from tests.stats.any_runs import runs


def test_levels_by_hand() -> None:
    run = table([0.0, 2.0, 3.0, 3.5, 7.0], [2.0, 4.0, 1.0, 4.0, 1.0], users=[1, 2, 2, 1, 2])
    one, two = levels(run)
    first, second = one.figures, two.figures
    # one user: 0..2 and 3.5..7; two: 2..3.5 and 7..8 (the last end)
    assert (one.first, first.requests, first.mean_s, first.throughput_rps) == (1, Requests(2, 2, 0, 0), 3.0, 2 / 5.5)
    assert (two.first, second.requests, second.median_s) == (2, Requests(3, 3, 0, 0), 1.0)
    assert (second.throughput_rps, second.p95_s, second.p99_s) == (3 / 2.5, 4.0, 4.0)
    assert (one.kind, one.stage, one.last, one.from_s, one.to_s) == ("users", None, 1, 0.0, 7.0)
    assert (two.kind, two.from_s, two.to_s) == ("users", 2.0, 8.0)


def test_failures_are_in_the_requests_of_a_level_and_in_nothing_else() -> None:
    kinds: list[ErrorKind | None] = [None, ErrorKind.TIMEOUT_TOTAL, ErrorKind.CONNECT]
    run = table([0.0, 1.0, 2.0], [1.0, 300.0, 1.0], kind=kinds, users=[1, 1, 2])
    one, two = (level.figures for level in levels(run))
    assert (one.requests, one.mean_s, one.p99_s, one.throughput_rps) == (Requests(2, 1, 1, 0), 1.0, 1.0, 0.5)
    assert (two.requests, two.mean_s, two.p99_s, two.throughput_rps) == (Requests(1, 0, 1, 0), None, None, 0.0)


def test_a_level_shorter_than_a_response_time_states_no_rate() -> None:
    """What was sent on it ended on the next one."""
    starts = [0.0, 0.1, 0.2, 0.3, *np.arange(1.0, 21.0)]
    one, two, three = levels(table(starts, 1.0, users=[1, 1, 2, 2, *[3] * 20]))
    assert (one.figures.throughput_rps, two.figures.throughput_rps, two.figures.mean_s) == (None, None, 1.0)
    assert (three.figures.requests.total, three.figures.throughput_rps) == (20, 1.0)


def test_rows_that_say_another_number_now_and_then_make_no_rate_of_a_level() -> None:
    """A number of users that never stood for a response time, however long its moments are together."""
    users = np.full(400, 50)
    users[20::20] = 25
    odd, even = levels(table(np.arange(400) * 0.1, 0.5, users=users))
    assert (odd.first, odd.figures.requests.total, odd.figures.throughput_rps) == (25, 19, None)
    assert even.figures.throughput_rps == pytest.approx(10, rel=0.05)


def test_of_a_level_without_a_success_any_response_time_is_the_measure() -> None:
    kinds = [ErrorKind.TIMEOUT_TOTAL] * 2 + [None] * 20
    run = table([0.0, 1.0, *np.arange(2.0, 22.0)], [5.0, 5.0, *[1.0] * 20], kind=kinds, users=[1, 1, *[2] * 20])
    assert [level.figures.throughput_rps for level in levels(run)] == [None, pytest.approx(20 / 20)]
    longer = table([0.0, 1.0, *np.arange(12.0, 22.0)], 5.0, kind=kinds[:12], users=[1, 1, *[2] * 10])
    assert levels(longer)[0].figures.throughput_rps == 0.0


def test_a_run_at_one_level_has_no_levels() -> None:
    assert levels(table([0.0, 1.0], 1.0, users=4)) == ()
    assert levels(Samples(np.empty(0, ROW))) == ()


@given(runs(min_size=1))
def test_the_levels_share_the_window_and_the_requests(run: Samples) -> None:
    whole, parts = rates(run.phase(Phase.MEASURED), 1), levels(run.phase(Phase.MEASURED))
    assert whole.window_s is not None
    if parts:
        assert sum(level.figures.requests.total for level in parts) == len(run)
        assert [level.first for level in parts] == sorted({*run["users"].tolist()})
        figures = [level.figures for level in parts]
        times = [one.requests.succeeded / one.throughput_rps for one in figures if one.throughput_rps]
        assert sum(times) <= whole.window_s * (1 + 1e-9)
        if all(one.throughput_rps for one in figures):
            assert sum(times) == pytest.approx(whole.window_s)
