"""Nearest ranks and their intervals; those of every intent also against a list sorted in plain Python."""

import math
import random
from dataclasses import asdict, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.sample import UNFINISHED, ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.blocks import AllQuantiles, Distribution
from stt_load.stats.quantiles import (
    QUANTILES,
    Shortage,
    distribution,
    every_intent,
    interval,
    quantile,
    rank,
    shortage,
)
from tests.factory import table
from tests.stats.simulation import Loops, closed_loops

NOTHING = Distribution(0, None, None, None, None, None, None, None, None, None)

latencies = st.lists(st.floats(1e-6, 1e4), min_size=1, max_size=300)
shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        (1, 0.5, 1),
        (2, 0.5, 1),
        (3, 0.5, 2),
        (10, 0.0, 1),
        (10, 1.0, 10),
        (20, 0.95, 19),
        (90, 0.95, 86),
        (99, 0.99, 99),
        (100, 0.07, 7),
        (100, 0.99, 99),
        (101, 0.95, 96),
        (1000, 0.999, 999),
    ],
)
def test_known_ranks(n: int, p: float, expected: int) -> None:
    assert rank(n, p) == expected


@given(latencies, shares, shares)
def test_a_quantile_is_one_of_the_values_and_has_its_share_below(values: list[float], p: float, other: float) -> None:
    found = quantile(np.array(values), p)
    assert found is not None
    assert found in values
    assert sum(value <= found for value in values) >= Fraction(str(p)) * len(values)
    assert sum(value < found for value in values) <= Fraction(str(p)) * len(values)
    least, most = sorted((p, other))
    assert (quantile(np.array(values), least) or 0) <= (quantile(np.array(values), most) or 0)


def test_the_quantile_of_nothing_is_unknown() -> None:
    assert quantile(np.empty(0), 0.5) is None


def test_a_distribution_by_hand() -> None:
    found = distribution(np.array([4.0, 2.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), 1)
    assert (found.n, found.mean, found.median, found.min, found.max) == (8, 5.0, 4.0, 2.0, 9.0)
    assert (found.p90, found.p95, found.p99, found.p999) == (9.0, 9.0, 9.0, None)
    assert found.stdev == pytest.approx(math.sqrt(32 / 7))
    assert found.intervals == {}


def test_one_value_has_no_spread_and_none_has_nothing() -> None:
    assert distribution(np.array([3.0]), 1) == Distribution(1, 3.0, 3.0, 3.0, 3.0, None, 3.0, 3.0, 3.0, None)
    assert distribution(np.empty(0), 1) == NOTHING


def test_p999_takes_a_thousand_values() -> None:
    assert distribution(np.arange(999.0), 1).p999 is None
    assert distribution(np.arange(1000.0), 1).p999 == 998.0


@given(latencies.filter(lambda values: len(values) > 1), st.randoms(use_true_random=False))
def test_the_order_of_the_values_does_not_matter(values: list[float], shuffler: random.Random) -> None:
    shuffled = shuffler.sample(values, len(values))
    one, other = distribution(np.array(values), 1), distribution(np.array(shuffled), 1)
    assert replace(one, intervals={}) == replace(other, intervals={})


AS_WRITTEN = {"median": "0.5", "p90": "0.9", "p95": "0.95", "p99": "0.99"}
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


def test_over_every_intent_the_p999_takes_a_thousand() -> None:
    assert ranked([1.0] * 999, [None] * 999).p999 is None
    assert ranked([1.0] * 1000, [None] * 1000).p999 == 1.0
    assert ranked([1.0] * 1000, [None] * 997 + [CUT] * 3).at_least == ("p999",)


def test_no_intents_have_no_ranks() -> None:
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
    asked = {name: ordered[math.ceil(Fraction(p) * len(rows)) - 1] for name, p in AS_WRITTEN.items()}
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


def evenly(n: int) -> list[float]:
    """0..n-1 in an order in which every twentieth of them holds the same share of low ones."""
    size = n // 20
    return [float(20 * (i % size) + i // size) for i in range(n)]


def lopsided() -> list[float]:
    """0..999 in 20 batches; every other one holds 45 of the lower half and 5 of the upper, the rest 5 and 45."""
    low, high = iter(range(500)), iter(range(500, 1000))
    rows = [[next(low) for _ in range(lows)] + [next(high) for _ in range(50 - lows)] for lows in (45, 5) * 10]
    return [float(value) for row in rows for value in row]


def test_values_that_do_not_depend_on_each_other_are_worth_their_number() -> None:
    found = interval(np.array(evenly(1000)), 0.5, 5)
    # 1000 x (0.5 ± 2.0930 sqrt(0.25 / 1000)) = 466.9 and 533.1: the 466th and the 534th of the values 0, 1, 2...
    assert found is not None
    assert (found.low, found.high, found.n_eff) == (465.0, 533.0, 1000.0)


def test_values_that_do_are_worth_less() -> None:
    found = interval(np.array(lopsided()), 0.5, 5)
    # v = 20 x 0.4^2 / 19, n_eff = 1000 x 0.25 / (50 v) = 29.6875, 1000 x (0.5 ± 0.19206)
    assert found is not None
    assert found.n_eff == pytest.approx(29.6875)
    assert (found.low, found.high) == (306.0, 692.0)


def test_values_that_hang_together_too_much_have_no_interval() -> None:
    # Sorted: v = 20 x 0.25 / 19, n_eff = 19, of which 9.5 are on either side of the median.
    assert interval(np.arange(1000.0), 0.5, 5) is None


@pytest.mark.parametrize(("n", "users", "stated"), [(1000, 33, True), (1000, 34, False), (20, 1, False)])
def test_an_interval_takes_thirty_requests_a_user(n: int, users: int, stated: bool) -> None:
    assert (interval(np.array(evenly(n)), 0.5, users) is not None) == stated


@pytest.mark.parametrize(
    ("n", "p", "stated"), [(200, 0.95, True), (180, 0.95, False), (1000, 0.99, True), (980, 0.99, False)]
)
def test_an_interval_takes_ten_independent_values_beyond_the_quantile(n: int, p: float, stated: bool) -> None:
    assert (interval(np.array(evenly(n)), p, 1) is not None) == stated


def test_why_there_is_no_interval() -> None:
    noise = np.random.default_rng(3).uniform(1, 2, 4_000)
    assert shortage(noise[:199], 0.95, 1) == Shortage(200)
    assert shortage(noise[:400], 0.99, 1) == Shortage(1_000)
    assert shortage(noise[:400], 0.95, 14) == Shortage(420, for_users=True)
    assert shortage(noise, 0.95, 1) is None
    in_one_lump = np.where(np.arange(1_000) < 100, 2.0, 1.0) + noise[:1_000] / 10
    found = shortage(in_one_lump, 0.95, 1)
    assert found is not None
    assert (found.needed, found.for_users, interval(in_one_lump, 0.95, 1)) == (200, False, None)
    assert found.worth is not None
    assert found.worth < 200


def test_equal_values_have_an_interval_without_width() -> None:
    found = interval(np.full(1000, 0.5), 0.5, 5)
    assert found is not None
    assert (found.low, found.high) == (0.5, 0.5)


@given(st.integers(0, 2**32), st.integers(60, 3000))
def test_an_interval_holds_its_quantile_and_is_of_the_values(seed: int, n: int) -> None:
    values = np.random.default_rng(seed).gamma(2, 1, n)
    found = distribution(values, 2)
    for name, one in found.intervals.items():
        assert one.low <= getattr(found, name) <= one.high
        assert {one.low, one.high} <= set(values.tolist())
        assert 0 < one.n_eff <= n


LOOPS = {"(5, 5)": (5, 5, 2_000), "(8, 2)": (8, 2, 2_000), "(32, 4)": (32, 4, 4_000)}


@pytest.fixture(scope="module", params=LOOPS)
def loops(request: pytest.FixtureRequest) -> tuple[Loops, dict[float, float]]:
    """300 runs, and the true quantiles: those of as many others, past their beginning."""
    users, slots, requests = LOOPS[request.param]
    rng = np.random.default_rng(20_240_101)
    others = closed_loops(rng, runs=300, users=users, slots=slots, requests=4_000).response_s[:, 500:]
    truth = {p: quantile(others.ravel(), p) or 0.0 for p in (0.5, 0.95)}
    return closed_loops(rng, runs=300, users=users, slots=slots, requests=requests), truth


@pytest.mark.simulation
@pytest.mark.parametrize("name", ["median", "p95"])
def test_an_interval_holds_the_truth_as_often_as_it_says(loops: tuple[Loops, dict[float, float]], name: str) -> None:
    runs, truth = loops
    p = QUANTILES[name]
    found = [one for values in runs.response_s if (one := interval(values, p, runs.users))]
    assert len(found) > 0.9 * len(runs.response_s)
    assert 0.90 <= np.mean([one.low <= truth[p] <= one.high for one in found]) <= 0.995


@pytest.mark.simulation
def test_the_textbook_interval_does_not_where_there_is_a_queue(loops: tuple[Loops, dict[float, float]]) -> None:
    runs, truth = loops
    n = runs.response_s.shape[1]
    half = 1.96 * math.sqrt(n * 0.25)
    ordered = np.sort(runs.response_s, axis=1)
    low, high = ordered[:, math.floor(n / 2 - half) - 1], ordered[:, math.floor(n / 2 + half)]
    held = float(np.mean((low <= truth[0.5]) & (truth[0.5] <= high)))
    assert (held > 0.9) == (runs.users == 5)


def test_where_a_quantile_is_beyond_all_failures_in_a_burst_know_less_than_others() -> None:
    """Compared by "at most the quantile" all would be below it, and nothing as even as they are."""
    values = np.random.default_rng(3).uniform(0.5, 1.5, 1_000)
    burst, spread = values.copy(), values.copy()
    burst[400:460] = spread[::16] = np.inf
    assert interval(burst, 0.95, 1) is None
    found = interval(spread, 0.95, 1)
    assert found is not None
    assert found.low < 1.5
    assert found.high == np.inf
