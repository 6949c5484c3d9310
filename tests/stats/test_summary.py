"""The figures of a run: by hand, and the laws that hold for any run."""

import random
import time
from dataclasses import asdict
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.blocks import Requests, Rtf
from stt_load.stats.findings import findings
from stt_load.stats.metrics import Metrics
from stt_load.stats.model import Warmup
from stt_load.stats.summary import metrics, summarise, warmup
from tests.factory import NO_PAUSE, joined, table
from tests.stats.any_runs import runs

NAN = float("nan")
T = TypeVar("T")


def summary_of(samples: Samples, users: int = 1) -> Metrics:
    return summarise(samples, users=users, load=NO_PAUSE, generator=Generator()).metrics


def test_metrics_by_hand() -> None:
    run = table(
        [0.0, 1.0, 2.0, 4.0],
        [2.0, 2.0, 1.0, 6.0],
        kind=[None, ErrorKind.SHED, None, None],
        users=2,
        sent_after_s=[0.5, 0.0, 0.5, 1.0],
        audio_s=[10.0, 10.0, 5.0, 10.0],
        text_length=[3, -1, 0, 9],
        upload_bytes=100,
        download_bytes=[1, 2, 3, 4],
    )
    found = summary_of(run, users=2)
    assert found.requests == Requests(4, 3, 1, 0)
    assert (found.error_rate, found.shed_rate, found.failures) == (0.25, 0.25, {"shed": 1})
    assert (found.response_time_s.n, found.response_time_s.mean, found.response_time_s.median) == (3, 3.0, 2.0)
    assert (found.service_time_s.mean, found.service_time_s.max) == (7 / 3, 5.0)
    # window 0..10, starts 0..4: two ok ones ended by then
    assert (found.window_s, found.throughput_rps, found.audio_throughput) == (10.0, 0.3, 2.5)
    assert (found.steady_rps, found.drain_s) == (0.5, 6.0)
    assert (found.in_flight, found.dropped, found.offered_rps, found.schedule_lag_s.n) == (0.9, 0, None, 0)
    assert found.rtf == Rtf(overall=7 / 25, median=0.15, p95=0.5)
    assert (found.upload_bytes, found.download_bytes, found.empty_texts) == (400, 10, 1)


def test_an_empty_text_is_an_ok_answer_without_a_word() -> None:
    kinds: list[ErrorKind | None] = [None, None, None, ErrorKind.NO_TEXT]
    assert summary_of(table(np.arange(4.0), 1.0, kind=kinds, text_length=[0, 3, -1, 0])).empty_texts == 1


def test_nothing_measured_is_nothing_known() -> None:
    found = summary_of(Samples(np.empty(0, ROW)))
    unknown = {name for name, value in asdict(found).items() if value is None}
    assert unknown == {
        "error_rate",
        "shed_rate",
        "throughput_rps",
        "steady_rps",
        "window_s",
        "drain_s",
        "offered_rps",
        "achieved_rps",
        "in_flight",
        "audio_throughput",
        "goodput_rps",
        "goodput_ratio",
        "tokens",
        "polls",
        "poll_interval_s",
    }
    assert found.requests == Requests(0, 0, 0, 0)
    assert found.rtf == Rtf(None, None, None)
    assert found.response_time_s.mean is None


def test_no_success_has_rates_of_zero_and_no_latency() -> None:
    found = summary_of(table([0.0, 1.0, 2.0], 1.0, kind=ErrorKind.HTTP_5XX))
    assert (found.throughput_rps, found.steady_rps, found.error_rate, found.shed_rate) == (0.0, 0.0, 1.0, 0.0)
    assert (found.response_time_s.n, found.response_time_s.median, found.rtf.overall) == (0, None, None)


def test_what_was_never_sent_has_a_response_time_and_no_service_time() -> None:
    kinds: list[ErrorKind | None] = [None, ErrorKind.LOST, ErrorKind.DROPPED, ErrorKind.CANCELLED]
    run = table([0.0, 1.0, 2.0, 3.0], [1.0, 5.0, 0.0, 2.0], kind=kinds, sent_after_s=[0.0, NAN, NAN, NAN])
    found = summary_of(run)
    assert (found.service_time_s.n, found.service_time_s.mean) == (1, 1.0)
    assert (found.window_s, found.requests) == (6.0, Requests(4, 1, 2, 1))


def test_what_is_cut_off_is_no_failure_of_the_service() -> None:
    """Nor is what a limit of the generator's own machine stopped: in no error rate, in no kind of failure."""
    kinds = [None, None, None, ErrorKind.SHED, ErrorKind.CANCELLED, ErrorKind.LOCAL_LIMIT]
    run = table(np.arange(6.0), [1.0, 1.0, 1.0, 0.1, 30.0, 0.0], kind=kinds)
    found = summary_of(run)
    assert found.requests == Requests(total=6, succeeded=3, failed=1, unfinished=2)
    assert (found.error_rate, found.shed_rate, found.failures) == (0.25, 0.25, {"shed": 1})
    assert found.all.response_time_s.n == 6
    finding = next(one for one in findings(run, 1) if one.name == "failures")
    assert finding.values == {"failed": 1, "requests": 4, "share": 0.25}
    cut = table([0.0, 1.0], 1.0, kind=ErrorKind.CANCELLED)
    assert (summary_of(cut).error_rate, summary_of(cut).failures, findings(cut, 1)) == (None, {}, ())


def test_before_anybody_came_round_there_is_no_steady_rate() -> None:
    first_wave = table([0.0, 0.001, 0.002], 1.0, users=3)
    assert metrics(first_wave, 3).steady_rps is None
    assert metrics(joined(first_wave, table([1.0], 1.0, users=3)), 3).steady_rps == 1.0


def test_one_hung_request_changes_the_rate_over_the_window_and_not_the_steady_one() -> None:
    starts = np.arange(100) / 10
    plain, hung = table(starts, 0.1), table(starts, np.where(starts == 5.0, 300.0, 0.1))
    assert metrics(plain, 1).throughput_rps == pytest.approx(10)
    assert metrics(hung, 1).throughput_rps == pytest.approx(100 / 305)
    assert metrics(hung, 1).steady_rps == pytest.approx(10, rel=0.02)


def test_the_warmup_by_hand() -> None:
    kinds: list[ErrorKind | None] = [ErrorKind.HTTP_5XX, None, None, ErrorKind.HTTP_5XX]
    run = table([-9.0, -8.0, -7.0, -3.0], [1.0, 4.0, 2.0, 2.5], kind=kinds, phase=Phase.WARMUP)
    assert warmup(joined(table(0.0, 1.0), run)) == Warmup(
        requests=4,
        succeeded=2,
        failed=2,
        unfinished=0,
        failures={"http_5xx": 2},
        duration_s=8.5,
        mean_s=3.0,
        first_success_s=4.0,
    )
    assert warmup(table(0.0, 1.0)) == Warmup(0, 0, 0, 0, {}, None, None, None)


@settings(max_examples=40)  # four tables each
@given(runs(), runs(Phase.WARMUP), runs(Phase.SETTLING), runs(Phase.OUTSIDE))
def test_only_measured_rows_touch_the_figures(
    measured: Samples, warm: Samples, settling: Samples, outside: Samples
) -> None:
    alone = summarise(measured, users=2, load=NO_PAUSE, generator=Generator())
    among = summarise(joined(warm, settling, measured, outside), users=2, load=NO_PAUSE, generator=Generator())
    assert (alone.metrics, alone.levels, alone.findings) == (among.metrics, among.levels, among.findings)


@given(runs())
def test_failures_never_touch_latency(run: Samples) -> None:
    all_of_them, ok_only = summary_of(run), summary_of(run.where(run.ok))
    assert all_of_them.response_time_s == ok_only.response_time_s
    assert all_of_them.service_time_s == ok_only.service_time_s
    assert all_of_them.rtf == ok_only.rtf


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_in_which_samples_came_in_does_not_matter(run: Samples, shuffler: random.Random) -> None:
    order = list(range(len(run)))
    shuffler.shuffle(order)
    assert summary_of(run) == summary_of(run.where(np.array(order, dtype=int)))


@given(runs(min_size=1))
def test_what_is_counted_adds_up(run: Samples) -> None:
    found = summary_of(run)
    counts = found.requests
    assert counts.total == len(run) == counts.succeeded + counts.failed + counts.unfinished
    assert sum(found.failures.values()) == counts.failed
    assert found.window_s is not None
    assert found.drain_s is not None
    assert 0 <= found.drain_s <= found.window_s
    assert found.throughput_rps == pytest.approx(found.requests.succeeded / found.window_s)
    assert found.steady_rps is None or found.steady_rps >= 0


@given(runs(min_size=1))
def test_every_figure_of_a_finding_is_a_number(run: Samples) -> None:
    for finding in findings(run.phase(Phase.MEASURED), 2):
        assert np.all(np.isfinite(list(finding.values.values())))


def test_many_samples_take_a_moment() -> None:
    n = 200_000
    rng = np.random.default_rng(1)
    kinds = [None, ErrorKind.SHED] * (n // 2)
    run = table(rng.uniform(0, 5_000, n), rng.gamma(4, 0.1, n), users=20, kind=kinds)
    started = time.process_time()
    assert summary_of(run, users=20).requests.total == n
    assert time.process_time() - started < 5


def test_intervals_of_a_ramp_are_judged_by_its_most_users() -> None:
    """399 requests of up to 20 users are too few for an interval, whatever there were at the barrier."""
    users = np.minimum(20, 4 + np.arange(399) // 20)
    ramp = table(np.arange(399) * 0.02, 0.4, users=users)
    found = summarise(ramp, users=4, load=NO_PAUSE, generator=Generator())
    assert found.metrics.response_time_s.intervals == {}
    steady = table(np.arange(399) * 0.02, 0.4, users=4)
    assert summarise(steady, users=4, load=NO_PAUSE, generator=Generator()).metrics.response_time_s.intervals
