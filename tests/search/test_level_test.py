"""The test of a level while it goes on."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.samples.levels import Judged
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.search.level_test import LevelTest
from stt_load.search.modes import DEFAULT, looks_at
from stt_load.slo.parse import parse
from tests.factory import joined, table
from tests.search.trying import P95, SLOS


def level_test(*slos: str, confirm: bool = False) -> LevelTest:
    looks = DEFAULT.confirm if confirm else DEFAULT.screen
    return LevelTest([parse(one) for one in slos] or SLOS, looks, "users")


def rows(n: int, response_s: float = 1.0, first_s: float = 0.0) -> Samples:
    return table(first_s + np.arange(float(n)), response_s, first_seq=int(first_s))


def test_it_says_nothing_before_the_first_look() -> None:
    assert level_test().look(rows(7, 3.0), [], 100, 1) is None
    assert level_test().look(rows(8, 3.0), [], 100, 1) == Judged("fail", P95, 8, "fail")


def test_it_ends_by_what_is_clear() -> None:
    assert level_test(confirm=True).look(rows(60), [], 100, 1) == Judged("pass", P95, 60, "pass")


def test_the_last_look_is_the_end() -> None:
    assert level_test().look(rows(40), [], 100, 1) == Judged("open", P95, 40, "pass")


def test_the_last_look_leans_to_what_it_sees() -> None:
    some = table(np.arange(40.0), np.where(np.arange(40) % 13 == 5, 2.5, 1.0))
    assert level_test().look(some, [], 100, 1) == Judged("open", P95, 40, "fail")


def test_what_was_cut_off_is_none_of_the_rows_that_are_looked_at() -> None:
    cut = table([2.5], 0.1, kind=ErrorKind.CANCELLED, first_seq=900)
    assert level_test().look(joined(rows(8, 3.0), cut), [], 100, 1) == Judged("fail", P95, 8, "fail")
    assert level_test().look(joined(rows(7, 3.0), cut), [], 100, 1) is None


def test_it_doesn_t_depend_on_when_it_is_asked() -> None:
    times_s = np.random.default_rng(5).exponential(0.7, 700)
    some = table(np.arange(700.0), times_s)
    often, once = level_test(confirm=True), level_test(confirm=True)
    found = [often.look(some.where(slice(0, n)), [], 1_000, 1) for n in range(1, 701)]
    assert next(one for one in found if one is not None) == once.look(some, [], 1_000, 1)


def test_a_request_that_has_lasted_too_long_is_not_waited_for() -> None:
    waiting_s = [float(n) for n in range(8)]
    assert level_test().look(rows(0), waiting_s, 8.9, 1) is None
    judged = level_test().look(rows(0), waiting_s, 9.1, 1)
    assert judged is not None
    assert (judged.outcome, judged.n) == ("fail", 8)


def test_later_rows_wait_for_an_earlier_one_that_is_not_known() -> None:
    """Rows that have ended are the quick ones: without the slow one they would look too well."""
    some = table(np.arange(1, 60) / 100, 0.2)
    one = level_test(confirm=True)
    assert one.look(some, [0.0], 1.0, 1) is None
    judged = one.look(joined(some, table([0.0], [1.5], first_seq=100)), [], 1.6, 1)
    assert judged is not None
    assert (judged.outcome, judged.n) == ("pass", 60)


def test_a_limit_of_a_service_time_is_known_when_the_request_has_ended() -> None:
    one = level_test("p95(service_time_s) < 2")
    assert one.look(rows(0), [float(n) for n in range(8)], 100, 1) is None


def test_failures_are_over_every_limit() -> None:
    some = table(np.arange(8.0), 0.1, kind=[ErrorKind.HTTP_5XX] * 4 + [None] * 4)
    judged = level_test().look(some, [], 100, 1)
    assert judged is not None
    assert judged.outcome == "fail"


@pytest.mark.parametrize(("failed", "expected"), [(1, None), (3, Judged("fail", "error_rate < 1%", 8, "fail"))])
def test_some_failures_of_few_are_too_many_and_one_may_be_chance(failed: int, expected: Judged | None) -> None:
    kinds: list[ErrorKind | None] = [None] * 8
    for place in range(failed):
        kinds[3 * place] = ErrorKind.HTTP_5XX
    one = level_test("p50(response_time_s) < 2", "error_rate < 1%")
    assert one.look(table(np.arange(8.0), 0.1, kind=kinds), [], 100, 1) == expected


def test_a_share_of_failures_passes_as_it_is() -> None:
    """For certain it would take 299 without one."""
    assert level_test(confirm=True).look(rows(60), [], 100, 1) == Judged("pass", P95, 60, "pass")
    alone = level_test("error_rate < 1%", confirm=True).look(rows(200), [], 1_000, 1)
    assert alone is None


def test_all_limits_have_to_hold() -> None:
    some = table(np.arange(60.0), np.where(np.arange(60) % 4, 0.5, 1.5))
    both = level_test(P95, "p50(response_time_s) < 0.4", confirm=True)
    assert both.look(some, [], 100, 1) == Judged("fail", "p50(response_time_s) < 0.4", 60, "fail")


def test_goodput_is_a_share_of_requests() -> None:
    one = LevelTest([parse("goodput_ratio > 95%"), parse({"each": "response_time_s < 2"})], DEFAULT.screen, "users")
    judged = one.look(rows(0), [float(n) for n in range(8)], 9.1, 1)
    assert judged is not None
    assert judged.outcome == "fail"


def test_times_that_no_answer_has_are_no_pass() -> None:
    judged = level_test("p95(ttft_s) < 1").look(rows(8), [], 100, 1)
    assert judged is not None
    assert judged.outcome == "fail"


def test_what_was_cut_off_says_nothing() -> None:
    cut = table(np.arange(20.0), 0.5, kind=ErrorKind.CANCELLED)
    assert level_test().look(cut, [], 100, 1) is None


@pytest.mark.parametrize("users", [1, 10, 50])
def test_more_in_flight_take_more_rows(users: int) -> None:
    n = looks_at(DEFAULT.screen, users)[0]
    one = level_test()
    assert one.look(rows(n - 1, 3.0), [], 1_000, users) is None
    judged = one.look(rows(n, 3.0), [], 1_000, users)
    assert judged is not None
    assert judged.n == n


def test_without_a_limit_that_requests_tell_of_the_rows_are_counted() -> None:
    judged = level_test("mean(response_time_s) < 1", "error_rate < 1%").look(rows(8, 5.0), [], 100, 1)
    assert judged is None or judged.outcome != "fail"
    alone = level_test("wer < 10%")
    assert alone.look(rows(7), [], 100, 1) is None
    assert alone.look(rows(8), [], 100, 1) == Judged("pass", None, 8, "pass")
