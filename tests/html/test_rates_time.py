"""Throughput and requests in flight in the course of a run, as plots."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.html.plot import Plot
from stt_load.html.rates_time import rates_time
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import AT_A_RATE, joined, table
from tests.report.runs import run_of, steady

EN = Messages("en")


def plots_of(run: RunRecord) -> tuple[Plot, Plot]:
    section = rates_time(EN, run)
    assert section is not None
    rates, busy = section.blocks
    assert isinstance(rates, Plot)
    assert isinstance(busy, Plot)
    return rates, busy


def area(x: np.ndarray, y: np.ndarray) -> float:
    """Below steps."""
    return float((np.diff(x) * y[:-1]).sum())


def test_without_time_there_is_nothing_to_say() -> None:
    assert rates_time(EN, run_of(table([], []))) is None
    assert rates_time(EN, run_of(table([1.0, 1.0], 0.0))) is None


def test_a_steady_load_is_a_flat_line_and_the_warm_up_is_its_own() -> None:
    rates, busy = plots_of(run_of(steady(n=1_000, users=5)))
    ok = rates.series[0]
    assert set(np.round(ok.y[ok.x >= 0], 6).tolist()) == {10.0}
    assert set(np.round(ok.y[ok.x < 0], 6).tolist()) == {5.0}
    users, flying = busy.series
    assert (users.name, set(users.y.tolist())) == ("Users", {5.0})
    assert np.allclose(flying.y, 5.0)


def test_below_the_steps_are_all_requests_that_ended() -> None:
    random = np.random.default_rng(4)
    kinds: list[ErrorKind | None] = [None if one else ErrorKind.HTTP_5XX for one in random.uniform(size=700) < 0.9]
    samples = table(np.sort(random.uniform(-3, 50, 700)), random.exponential(1.0, 700), kind=kinds)
    rates, busy = plots_of(run_of(samples))
    found = {one.name: one for one in rates.series}
    assert area(found["Succeeded"].x, found["Succeeded"].y) == np.count_nonzero(samples.ok)
    assert np.isclose(area(found["Failed"].x, found["Failed"].y), np.count_nonzero(samples.failed))
    flying = busy.series[-1]
    assert np.isclose(area(flying.x, flying.y), samples.service_s.sum())
    assert len(rates.table.rows) == len(busy.table.rows) == len(flying.x) - 1
    assert rates.table.heads == ("Time", "Succeeded per second", "Failed per second")


def test_an_open_loop_has_what_was_offered() -> None:
    """Those that nobody was free to send were due all the same, and one that was cut off while it was answered; one
    that was cut off before its send was not."""
    kinds: list[ErrorKind | None] = [None] * 200
    kinds[50:60] = [ErrorKind.DROPPED] * 10
    sent_after_s = np.zeros(200)
    sent_after_s[50:60] = np.nan
    sent_after_s[-1], kinds[-2:] = np.nan, [ErrorKind.CANCELLED] * 2
    samples = table(1 + np.arange(200) / 10, 0.4, kind=kinds, sent_after_s=sent_after_s)
    warm = table([-0.5], 0.4, phase=Phase.WARMUP, first_seq=900)
    rates, busy = plots_of(run_of(joined(warm, samples), load=AT_A_RATE))
    offered = rates.series[0]
    assert (offered.name, offered.role) == ("Offered (due)", "quiet")
    assert np.isclose(area(offered.x, offered.y), 199)
    assert [one.name for one in rates.series] == ["Offered (due)", "Succeeded", "Failed"]
    assert [one.name for one in busy.series] == ["Requests in flight"]


def test_what_waits_for_its_send_is_not_in_flight() -> None:
    samples = table(np.arange(50.0), 0.8, sent_after_s=0.5)
    flying = plots_of(run_of(samples, load=AT_A_RATE))[1].series[-1]
    assert area(flying.x, flying.y) == pytest.approx(50 * 0.3)


def test_users_step_where_their_number_changed() -> None:
    samples = table(np.arange(100.0), 0.5, users=np.where(np.arange(100) < 40, 2, 6))
    users = plots_of(run_of(samples))[1].series[0]
    assert users.x.tolist() == [0.0, 40.0, 99.5]
    assert users.y.tolist() == [2.0, 6.0, 6.0]


def test_few_requests_have_few_intervals() -> None:
    """A rate of two or three is chance."""
    many = len(plots_of(run_of(steady(n=2_000)))[0].table.rows)
    few = len(plots_of(run_of(steady(n=90)))[0].table.rows)
    assert few <= 12 < many <= 56


def test_both_plots_have_the_same_time() -> None:
    rates, busy = plots_of(run_of(steady()))
    assert rates.x == busy.x
    assert rates.bands == busy.bands != ()


def test_nothing_was_sent() -> None:
    never = Samples(table([0.0, 1.0], 0.5, sent_after_s=np.nan, kind=ErrorKind.DROPPED).rows)
    flying = plots_of(run_of(never, load=AT_A_RATE))[1].series[-1]
    assert set(flying.y.tolist()) == {0.0}
