"""Latency over every measured intent: by hand, and against a list that is sorted in plain Python."""

from __future__ import annotations

import math
from dataclasses import asdict
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.sample import UNFINISHED, ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.every_intent import every_intent
from stt_load.stats.metrics import AllQuantiles
from tests.factory import table

QUANTILES = {"median": "0.5", "p90": "0.9", "p95": "0.95", "p99": "0.99"}
CUT, SHED = ErrorKind.CANCELLED, ErrorKind.SHED


def ranked(times_s: list[float], kinds: list[ErrorKind | None]) -> AllQuantiles:
    return every_intent(table(np.arange(float(len(times_s))), times_s, kind=kinds))


def test_where_all_succeed_they_are_the_plain_quantiles() -> None:
    found = ranked([3.0, 1.0, 2.0, 4.0], [None] * 4)
    assert found == AllQuantiles(n=4, median=2.0, p90=4.0, p95=4.0, p99=4.0, p999=None)


def test_a_service_that_sheds_half_its_load_has_no_p95() -> None:
    """However quickly it says no."""
    found = ranked([0.5] * 50 + [0.001] * 50, [None] * 50 + [SHED] * 50)
    assert (found.n, found.median, found.p90, found.p95, found.p99) == (100, 0.5, None, None, None)


def test_a_lost_or_dropped_one_is_slower_than_all_that_succeeded() -> None:
    found = ranked([1.0, 0.0, 2.0], [None, ErrorKind.DROPPED, ErrorKind.LOST])
    assert (found.median, found.at_least) == (None, ())


def test_one_that_was_cut_off_counts_as_at_least_its_age() -> None:
    found = ranked([1.0] * 9 + [30.0], [None] * 9 + [CUT])
    assert (found.median, found.p90, found.p95, found.p99) == (1.0, 1.0, 30.0, 30.0)
    assert found.at_least == ("p95", "p99")
    assert ranked([1.0, 0.2], [None, CUT]).p99 == 1.0, "one that was young when the end came"
    assert ranked([1.0, 30.0], [SHED, CUT]) == AllQuantiles(2, 30.0, None, None, None, None, at_least=("median",))


def test_of_two_that_are_alike_the_one_that_may_be_more_is_the_slower_one() -> None:
    for kinds in ([None, CUT], [CUT, None]):
        assert ranked([1.0, 1.0], list(kinds)).at_least == ("p90", "p95", "p99")


def test_the_p999_takes_a_thousand() -> None:
    assert ranked([1.0] * 999, [None] * 999).p999 is None
    assert ranked([1.0] * 1000, [None] * 1000).p999 == 1.0
    assert ranked([1.0] * 1000, [None] * 997 + [CUT] * 3).at_least == ("p999",)


def test_nothing_is_nothing() -> None:
    assert ranked([], []) == AllQuantiles(0, None, None, None, None, None)


@given(
    st.lists(st.tuples(st.integers(0, 40).map(lambda n: n / 8), st.sampled_from([None, *ErrorKind])), min_size=1),
    st.randoms(use_true_random=False),
)
def test_any_run_is_ranked_as_a_sorted_list_is(rows: list[tuple[float, ErrorKind | None]], shuffler: object) -> None:
    def key(row: tuple[float, ErrorKind | None]) -> tuple[float, bool]:
        time_s, kind = row
        return (time_s if kind is None or kind in UNFINISHED else math.inf, kind in UNFINISHED)

    ordered = sorted(map(key, rows))
    asked = {name: ordered[math.ceil(Fraction(p) * len(rows)) - 1] for name, p in QUANTILES.items()}
    shuffler.shuffle(rows)  # type: ignore[attr-defined]
    found = ranked([time_s for time_s, _ in rows], [kind for _, kind in rows])
    assert {name: asdict(found)[name] for name in asked} == {
        name: None if math.isinf(time_s) else time_s for name, (time_s, _) in asked.items()
    }
    assert found.at_least == tuple(name for name, (_, unfinished) in asked.items() if unfinished)


def test_a_slice_of_a_table_is_ranked_by_its_own_rows() -> None:
    samples = table(np.arange(4.0), [1.0, 2.0, 3.0, 4.0], kind=[None, CUT, None, None])
    assert every_intent(samples.where(slice(0, 2))).n == 2
    assert every_intent(Samples(samples.rows[:0])).n == 0
