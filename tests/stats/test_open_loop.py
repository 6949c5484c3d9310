"""What an open loop sent, and when; and the checks that hold it against what was due."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.model import Check
from stt_load.stats.open_loop import arrivals, concurrency, in_flight
from stt_load.stats.summary import summarise
from stt_load.stats.validity import judge
from tests.factory import AT_A_RATE, NO_PAUSE, joined, table
from tests.stats.judging import EMPTY, OBSERVED


def sent(lag_s: npt.ArrayLike, n: int = 1_000, gap_s: float = 0.1, of_s: float = 0.5) -> Samples:
    """n arrivals, one each `gap_s`, each sent `lag_s` after it was due, and answered `of_s` after that."""
    return table(np.arange(n) * gap_s, of_s + np.asarray(lag_s), sent_after_s=lag_s, users=50)


def check(name: str, samples: Samples, generator: Generator = OBSERVED) -> Check:
    measured = samples.phase(Phase.MEASURED)
    found = judge(samples, measured, users=5, load=AT_A_RATE, generator=generator)
    return next(one for one in found.checks if one.name == name)


def test_the_load_model_chooses_its_checks() -> None:
    samples = sent(0.0)
    names = {
        load.model: [one.name for one in judge(samples, samples, users=5, load=load, generator=OBSERVED).checks]
        for load in (NO_PAUSE, AT_A_RATE)
    }
    own = {"achieved_rate", "schedule_lag", "dropped"}
    assert set(names["open"]) - set(names["closed"]) == own
    assert set(names["closed"]) - set(names["open"]) == {"closed_loop_share"}


def test_arrivals_by_hand() -> None:
    # Due at 0, 1, 2, 3, 4: the third is sent after the last one was due, the fourth never.
    kinds = [None, None, None, ErrorKind.DROPPED, None]
    found = arrivals(table(np.arange(5.0), 3.0, kind=kinds, sent_after_s=[0.0, 0.1, 2.5, np.nan, 0.0]))
    assert (found.due, found.sent, found.over_s) == (4, 2, 4.0)
    assert (found.offered_rps, found.achieved_rps, found.missing_share) == (1.0, 0.5, 0.5)


def test_what_was_lost_had_been_sent_and_what_was_cut_off_before_its_send_was_not_due() -> None:
    kinds = [None, ErrorKind.LOST, None, ErrorKind.CANCELLED]
    found = arrivals(table(np.arange(4.0), 1.0, kind=kinds, sent_after_s=[0.0, np.nan, 0.0, np.nan]))
    assert (found.due, found.sent, found.over_s) == (2, 2, 2.0)


def test_each_stage_has_its_own_time() -> None:
    rows = table([0.0, 1.0, 2.0, 10.0, 10.5, 11.0], 0.1)
    rows.rows["stage"] = [0, 0, 0, 1, 1, 1]
    found = arrivals(rows)
    assert (found.due, found.sent, found.over_s, found.offered_rps) == (4, 4, 3.0, pytest.approx(4 / 3))


@pytest.mark.parametrize("samples", [EMPTY, table([0.0], 1.0), table([0.0, 0.0], 1.0)])
def test_without_time_between_arrivals_there_is_no_rate(samples: Samples) -> None:
    found = arrivals(samples)
    assert (found.offered_rps, found.achieved_rps, found.missing_share) == (None, None, None)


@pytest.mark.parametrize(
    ("late", "verdict"), [(0, "VALID"), (9, "VALID"), (10, "DEGRADED"), (49, "DEGRADED"), (50, "INVALID")]
)
def test_what_was_not_sent_in_its_time_is_held_against_what_was_due(late: int, verdict: str) -> None:
    """999 were due before the last one."""
    found = check("achieved_rate", sent(np.where(np.arange(1_000) < late, 1_000.0, 0.0)))
    assert (found.value, found.verdict) == (pytest.approx(late / 999), verdict)


@pytest.mark.parametrize(
    ("lag_s", "of_s", "verdict"),
    [
        (0.0099, 0.5, "VALID"),
        (0.0101, 0.5, "DEGRADED"),
        (0.0499, 0.5, "DEGRADED"),
        (0.0501, 0.5, "INVALID"),
        (0.0049, 0.02, "VALID"),  # a fast service: 5 ms and 20 ms
        (0.0051, 0.02, "DEGRADED"),
        (0.0199, 0.02, "DEGRADED"),
        (0.0201, 0.02, "INVALID"),
    ],
)
def test_the_p99_of_the_lag_is_held_against_the_median_response_time(lag_s: float, of_s: float, verdict: str) -> None:
    every_fiftieth = np.where(np.arange(1_000) % 50 == 0, lag_s, 0.0)
    assert check("schedule_lag", sent(every_fiftieth, of_s=of_s)).verdict == verdict
    assert check("schedule_lag", sent(np.where(np.arange(1_000) < 10, 5.0, 0.0))).verdict == "VALID", "1 in 100"


@pytest.mark.parametrize(("count", "verdict"), [(0, "VALID"), (1, "DEGRADED"), (10, "DEGRADED"), (11, "INVALID")])
def test_an_arrival_without_a_slot_is_no_request_of_the_service(count: int, verdict: str) -> None:
    kinds: list[ErrorKind | None] = [ErrorKind.DROPPED if n < count else None for n in range(1_000)]
    samples = table(
        np.arange(1_000) * 0.1, 0.5, kind=kinds, sent_after_s=np.where(np.arange(1_000) < count, np.nan, 0)
    )
    found = check("dropped", samples)
    assert (found.value, found.verdict) == (count / 1_000, verdict)


def test_what_was_due_while_a_worker_was_missing_is_judged_as_that() -> None:
    kinds: list[ErrorKind | None] = [ErrorKind.DROPPED if 100 <= n < 200 else None for n in range(1_000)]
    never = np.array([kind is not None for kind in kinds])
    samples = table(np.arange(1_000) * 0.1, 0.5, kind=kinds, sent_after_s=np.where(never, np.nan, 0.0))
    missing = replace(OBSERVED, load_changes=((10.0, 19.95),))
    assert [check(name, samples).verdict for name in ("achieved_rate", "dropped")] == ["INVALID", "INVALID"]
    assert [check(name, samples, missing).verdict for name in ("achieved_rate", "dropped")] == ["VALID", "VALID"]
    assert check("load_changed", samples, missing).verdict == "DEGRADED"


def test_in_flight_is_what_has_been_sent() -> None:
    """One arrival a second, sent after 2 s, answered after 4: two are in flight, and four under way."""
    samples = table(np.arange(100.0), 4.0, sent_after_s=2.0)
    assert in_flight(samples, samples) == pytest.approx(200 / 103)
    assert concurrency(samples, samples) == 2
    seen = Generator(in_flight_mean=1.95, in_flight_stdev=0.3, in_flight_samples=1_000)
    assert check("in_flight", samples, seen).verdict == "VALID"
    assert check("in_flight", samples, replace(seen, in_flight_mean=3.9)).verdict == "INVALID"


def test_the_looks_before_the_first_arrival_see_nothing_and_are_counted() -> None:
    """From 1 s on 100 are in flight, for 9 s: of the time from the barrier on, which is looked at, nine tenths."""
    samples = table(1 + np.arange(8_901) / 1_000, 0.1)
    seen = Generator(in_flight_mean=88.9, in_flight_stdev=30.0, in_flight_samples=100)
    assert check("in_flight", samples, seen).value == pytest.approx(0.0, abs=0.01)


def test_what_settles_is_in_flight_beside_what_is_measured() -> None:
    measured, settling = table(np.arange(10.0), 1.0), table(np.arange(10.0), 1.0, phase=Phase.SETTLING)
    assert in_flight(joined(measured, settling), measured) == 2.0


def test_nothing_sent_is_nothing_in_flight() -> None:
    assert in_flight(EMPTY, EMPTY) is None
    assert concurrency(EMPTY, EMPTY) == 1
    never = table(np.arange(10.0), 1.0, kind=ErrorKind.DROPPED, sent_after_s=np.nan)
    assert (in_flight(never, never), check("in_flight", never).verdict) == (0.0, None)


def test_the_figures_of_the_load() -> None:
    samples = sent(np.where(np.arange(1_000) < 100, 0.25, 0.0))
    samples.rows["connect_s"][:7] = 0.001
    found = summarise(samples, users=50, load=AT_A_RATE, generator=OBSERVED).metrics
    assert (found.offered_rps, found.achieved_rps) == (pytest.approx(10.0), pytest.approx(10.0))
    lag = found.schedule_lag_s
    assert (lag.n, lag.median, lag.p95, lag.mean, lag.intervals) == (1_000, 0.0, 0.25, pytest.approx(0.025), {})
    assert (found.dropped, found.connected) == (0, 7)
    assert found.response_time_s.p95 == pytest.approx(0.75)
    assert found.service_time_s.p95 == pytest.approx(0.5)


def test_a_closed_loop_has_neither_rate_nor_lag() -> None:
    found = summarise(sent(0.0), users=50, load=NO_PAUSE, generator=OBSERVED).metrics
    assert (found.offered_rps, found.achieved_rps, found.schedule_lag_s.n) == (None, None, 0)


def test_slots_are_no_users_in_any_statistic() -> None:
    """5 in flight at a time, by any of 500 slots: an interval takes 150 requests, not 15,000."""
    samples = sent(0.0)
    samples.rows["done_s"] += np.random.default_rng(3).uniform(0, 0.1, 1_000)
    samples.rows["users"] = 500
    found = summarise(samples, users=500, load=AT_A_RATE, generator=OBSERVED)
    assert found.metrics.response_time_s.intervals
    assert found.metrics.steady_rps is not None
    assert not summarise(samples, users=500, load=NO_PAUSE, generator=OBSERVED).metrics.response_time_s.intervals


def test_no_rows_have_no_checks() -> None:
    empty = Samples(np.empty(0, ROW))
    assert {check(name, empty).verdict for name in ("achieved_rate", "schedule_lag", "dropped", "in_flight")} == {
        None
    }


def test_a_lag_before_the_last_arrival_is_no_arrival_that_was_not_sent() -> None:
    """Of 50 arrivals, two that are due at nearly the same time, the last ones."""
    samples = table([*np.arange(49.0), 48.0005], 0.5, sent_after_s=0.018)
    assert check("achieved_rate", samples).verdict == "VALID"
    assert check("schedule_lag", samples).verdict == "DEGRADED"
    late = table([*np.arange(49.0), 48.0005], 0.5, sent_after_s=0.021)
    assert check("achieved_rate", late).value == pytest.approx(1 / 49)


def test_what_the_end_cut_off_before_its_send_is_no_arrival_that_was_not_sent() -> None:
    """An end in the middle, by an SLO that is lost."""
    kinds = [None] * 17 + [ErrorKind.CANCELLED] * 2
    samples = table(np.arange(19) / 30, 0.05, kind=kinds, sent_after_s=[0.001] * 17 + [np.nan] * 2)
    assert (check("achieved_rate", samples).value, check("dropped", samples).value) == (0.0, 0.0)


@pytest.mark.parametrize("kind", [ErrorKind.CONNECT, ErrorKind.DNS, ErrorKind.TLS, ErrorKind.TIMEOUT_CONNECT])
def test_who_was_refused_a_connection_had_asked_in_time(kind: ErrorKind) -> None:
    """A service that goes away in mid-run is its own doing: the measurement of that is right."""
    gone = np.arange(1_000) >= 800
    samples = table(
        np.arange(1_000) * 0.1,
        np.where(gone, 0.001, 0.5),
        kind=[kind if one else None for one in gone],
        sent_after_s=np.where(gone, np.nan, 0.0),
    )
    assert (check("achieved_rate", samples).value, check("achieved_rate", samples).verdict) == (0.0, "VALID")


@pytest.mark.parametrize("kind", [ErrorKind.DROPPED, ErrorKind.LOCAL_LIMIT])
def test_what_the_generator_kept_back_was_not_sent(kind: ErrorKind) -> None:
    kinds = [kind, None, None, None, None]
    assert arrivals(table(np.arange(5.0), 0.5, kind=kinds, sent_after_s=[np.nan, 0, 0, 0, 0])).sent == 3
