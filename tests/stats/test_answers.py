"""What answers say beside their text, as figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from stt_load.audio.names import REPEAT
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import KINDS, Samples
from stt_load.stats.blocks import Gaps, RoundTrip
from stt_load.stats.model import Backend
from stt_load.stats.summary import metrics, summarise
from tests.factory import table


def streamed(count: int = 4) -> Samples:
    """Streams whose first text comes after 0.1, 0.2, ... s; the n-th has n + 1 pieces, 0.01 n s apart."""
    samples = table(np.arange(count, dtype=float), 2.0)
    rows, numbers = samples.rows, np.arange(count)
    rows["first_text_s"] = rows["sent_s"] + 0.1 * (numbers + 1)
    rows["deltas"] = numbers + 1
    for name in ("gap_mean_s", "gap_p95_s", "gap_max_s"):
        rows[name] = np.where(numbers > 0, 0.01 * numbers, np.nan)
    return samples


def test_the_time_to_first_text_counts_from_the_send() -> None:
    samples = streamed()
    samples.rows["start_s"] -= 5  # it was meant to go out earlier
    found = metrics(samples, 1)
    assert found.ttft_s.n == 4
    assert found.ttft_s.mean == pytest.approx(0.25)
    assert found.ttft_s.median == pytest.approx(0.2)
    assert found.ttft_s.max == pytest.approx(0.4)


def test_the_mean_gap_is_that_of_all_gaps() -> None:
    gaps = metrics(streamed(), 1).delta_gap_s
    assert gaps.mean_s == pytest.approx((0.01 * 1 + 0.02 * 2 + 0.03 * 3) / 6, rel=1e-6)
    assert gaps.p95_s == pytest.approx(0.02)
    assert gaps.max_s == pytest.approx(0.03)


def test_only_good_answers_are_in_the_figures() -> None:
    samples = streamed()
    samples.rows["error_kind"][1:] = 1
    found = metrics(samples, 1)
    assert found.ttft_s.n == 1
    assert found.delta_gap_s == Gaps(None, None, None)


def test_without_streams_there_is_nothing_to_say_of_them() -> None:
    found = metrics(table(np.arange(10), 1.0), 1)
    assert (found.ttft_s.n, found.ttft_s.mean, found.connect_s.n, found.processing_time_s.n) == (0, None, 0, 0)
    assert (found.tokens, found.polls, found.poll_interval_s) == (None, None, None)


def test_what_is_left_of_the_service_time() -> None:
    samples = table(np.arange(4), 1.0)
    samples.rows["processing_s"] = [0.25, 0.75, np.nan, np.nan]
    samples.rows["tokens"] = [10, 20, -1, -1]
    found = metrics(samples, 1)
    assert (found.processing_time_s.n, found.processing_time_s.mean) == (2, 0.5)
    assert (found.outside_time_s.n, found.outside_time_s.mean) == (2, 0.5)
    assert found.tokens == 30


def test_a_row_for_each_backend() -> None:
    from stt_load.stats.answers import backends

    response_s = [1.0, 3.0, 1.0, 3.0, 1.0, 9.0]
    kinds = [None, None, None, None, None, ErrorKind.HTTP_5XX]
    samples = table(np.arange(6), response_s, kind=kinds)
    texts = tuple(json.dumps({"x-pod": name, "x-zone": zone}) for name, zone in (("a", "z"), ("b", "z"), (None, "z")))
    samples.rows["headers"] = [0, 1, 0, 1, 0, 2]
    samples.rows["connection"] = [1, 2, 1, 3, 1, 4]
    found = backends(Samples(samples.rows, texts))
    assert found == (
        Backend("x-pod", "a", 3, 0, 0, 1, 1.0, 1.0, 1.0),
        Backend("x-pod", "b", 2, 0, 0, 2, 3.0, 3.0, 3.0),
        Backend("x-pod", None, 1, 1, 0, 1, None, None, None),
        Backend("x-zone", "z", 6, 1, 0, 4, 1.8, 1.0, 3.0),
    )
    assert backends(table(np.arange(6), 1.0)) == ()
    samples.rows["error_kind"] = [0, 0, 0, 0, 0, KINDS.index(ErrorKind.CANCELLED) + 1]
    cut = backends(Samples(samples.rows, texts))
    assert cut[2] == Backend("x-pod", None, 1, 0, 1, 1, None, None, None), "cut off at the end is no failure"


def test_figures_are_those_of_the_saved_digits() -> None:
    """0.7 in 32 bits is 0.699999988."""
    samples = table(np.arange(10), 1.4, audio_s=0.7)
    samples.rows["processing_s"], samples.rows["connect_s"] = 0.1, 0.2
    found = metrics(samples, 1)
    assert found.rtf.overall == pytest.approx(2.0, abs=1e-12)
    assert found.audio_throughput == pytest.approx(7.0 / 10.4, abs=1e-12)
    assert (found.processing_time_s.max, found.connect_s.min) == (0.1, 0.2)


@pytest.mark.parametrize(("attempt", "known"), [(REPEAT, 2), (1, 0)], ids=["control", "second results"])
def test_the_round_trip_is_also_that_of_connections_which_the_control_has_opened(attempt: int, known: int) -> None:
    samples = table(np.arange(6.0), 0.5)
    samples.rows["phase"][:2], samples.rows["attempt"][:2] = Phase.OUTSIDE, attempt
    samples.rows["tcp_connect_s"][:2] = 0.02
    whole = summarise(samples, users=1, load=ClosedLoop(users=1, request_delay_s=0.0), generator=Generator())
    assert whole.metrics.round_trip_s.n == known


def test_the_round_trip_is_that_of_all_connections_the_warm_ups_too() -> None:
    samples = table(np.arange(6.0), 0.5)
    samples.rows["phase"][:4] = [Phase.WARMUP, Phase.WARMUP, Phase.WARMUP, Phase.OUTSIDE]
    samples.rows["tcp_connect_s"][:4] = [0.024, 0.020, 0.9, 0.001]
    samples.rows["error_kind"][2] = 1
    whole = summarise(samples, users=1, load=ClosedLoop(users=1, request_delay_s=0.0), generator=Generator())
    assert whole.metrics.round_trip_s == RoundTrip(3, pytest.approx(0.024), pytest.approx(0.020))
    assert metrics(samples.where(samples["phase"] == Phase.MEASURED), 1).round_trip_s == RoundTrip(0, None, None)
