"""The figures by length of audio: by hand, and that they are those of the run where it is cut into lengths."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.blocks import Rtf
from stt_load.stats.lengths import DURATIONS_S, bucket_of, durations, rtf
from stt_load.stats.model import Times
from stt_load.stats.summary import metrics
from tests.factory import table
from tests.stats.any_runs import runs


def test_a_length_is_in_the_bucket_that_it_ends() -> None:
    lengths = [0.0, 0.1, 5.0, 5.001, 10.0, 20.0, 30.0, 30.000001, 60.0, 60.1, 7_200.0]
    assert bucket_of(np.array(lengths)).tolist() == [0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 5]


def test_times_by_hand() -> None:
    times = [0.1, 0.2, 0.3, 1.0, 2.0]
    short, long = durations(table([0.0] * 5, times, sent_after_s=0.05, audio_s=[4.0, 4.0, 2.0, 20.0, 12.0]))
    assert (short.over_s, short.up_to_s, short.n) == (0.0, 5.0, 3)
    assert short.response_time_s == Times(0.2, 0.3, 0.3)
    assert [round(value or 0, 6) for value in (short.service_time_s.median_s, short.rtf.overall)] == [0.15, 0.045]
    assert (long.over_s, long.up_to_s, long.n) == (10.0, 20.0, 2)
    assert long.response_time_s == Times(1.0, 2.0, 2.0)


def test_rates_of_errors_by_hand() -> None:
    run = table([0.0] * 6, 1.0, audio_s=[5.0, 10.0, 5.001, 30.0, 61.0, 61.0])
    run.rows["words"][:5], run.rows["substitutions"][:5] = [10, 20, 10, 70, 300], [1, 0, 1, 7, 30]
    run.rows["deletions"][:5] = run.rows["insertions"][:5] = 0
    found = durations(run)
    assert [(one.over_s, one.up_to_s, one.n, one.scored, one.words) for one in found] == [
        (0.0, 5.0, 1, 1, 10),
        (5.0, 10.0, 2, 2, 30),
        (20.0, 30.0, 1, 1, 70),
        (60.0, None, 2, 1, 300),
    ]
    assert [one.wer for one in found] == [0.1, 1 / 30, 0.1, 0.1]


def test_what_was_never_scored_has_no_rate_of_errors() -> None:
    short, _ = durations(table([0.0, 1.0], 1.0, audio_s=[1.0, 9.0]))
    assert (short.scored, short.words, short.wer, short.cer) == (0, 0, None, None)


def test_clips_of_one_bucket_make_no_table() -> None:
    assert durations(table([0.0, 1.0], 1.0, audio_s=[5.1, 10.0])) == ()
    assert durations(table([], [])) == ()


def test_a_failed_request_is_in_none() -> None:
    kinds: list[ErrorKind | None] = [None, None, ErrorKind.HTTP_5XX, ErrorKind.CANCELLED]
    found = durations(table([0.0] * 4, 1.0, kind=kinds, audio_s=[1.0, 9.0, 9.0, 40.0]))
    assert [(one.over_s, one.n) for one in found] == [(0.0, 1), (5.0, 1)]


@given(runs(), st.integers(0, 2**32))
def test_the_buckets_are_all_of_the_ok_ones(run: Samples, seed: int) -> None:
    run.rows["audio_s"] = np.random.default_rng(seed).choice([2.0, 5.0, 7.0, 31.0, 400.0], len(run))
    found, whole = durations(run), metrics(run, 1)
    if not found:
        assert len(np.unique(bucket_of(run.seconds("audio_s")[run.ok]))) < 2
        return
    assert sum(one.n for one in found) == whole.requests.succeeded
    assert [one.over_s for one in found] == sorted({one.over_s for one in found} & set(DURATIONS_S))
    medians = [one.response_time_s.median_s or 0.0 for one in found]
    assert min(medians) <= (whole.response_time_s.median or 0.0) <= max(medians)


def test_rtf_by_hand() -> None:
    found = rtf(table([0.0] * 4, [1.0, 2.0, 4.0, 9.0], audio_s=[10.0, 10.0, 20.0, 0.0]))
    assert found == Rtf(overall=7 / 40, median=0.2, p95=0.2)
    assert rtf(table([], [])) == Rtf(None, None, None)
