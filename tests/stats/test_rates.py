"""Windows, rates, and how long a run stood at a number of users."""

import numpy as np

from stt_load.samples.sample import ErrorKind
from stt_load.stats.blocks import Requests
from stt_load.stats.rates import Rates, Span, longest_stay_s, rates, requests_of, stays_s
from tests.factory import table
from tests.stats.judging import EMPTY


def test_several_stretches_are_left_out_of_a_span() -> None:
    span = Span(0.0, 10.0)
    assert span.without([]) == [span]
    assert span.without([(2.0, 3.0), (8.0, 99.0), (-5.0, -1.0)]) == [Span(0.0, 2.0), Span(3.0, 8.0)]
    assert span.without([(1.0, 4.0), (3.0, 6.0)]) == [Span(0.0, 1.0), Span(6.0, 10.0)]
    assert span.without([(-1.0, 11.0)]) == []


def test_rates_of_a_run_by_hand() -> None:
    """Two answers of three, the last of them after the last start."""
    run = table([0.0, 1.0, 2.0], [1.0, 1.0, 2.0], kind=[None, ErrorKind.SHED, None])
    assert rates(run, 1) == Rates(window_s=4.0, throughput_rps=0.5, steady_rps=0.5, drain_s=2.0, audio_throughput=5.0)
    assert rates(EMPTY, 1) == Rates(None, None, None, None, None)


def test_a_stay_lasts_to_the_next_start_and_the_longest_is_without_a_row_between() -> None:
    run = table([0.0, 1.0, 3.0, 4.0], 1.0, users=[1, 1, 2, 1])
    assert stays_s(run, 9.0).tolist() == [1.0, 2.0, 1.0, 5.0]
    assert longest_stay_s(run, 9.0) == {1: 5.0, 2: 1.0}


def test_requests_are_counted_by_what_became_of_them() -> None:
    run = table(np.arange(4.0), 1.0, kind=[None, None, ErrorKind.SHED, ErrorKind.CANCELLED])
    assert requests_of(run) == Requests(total=4, succeeded=2, failed=1, unfinished=1)
