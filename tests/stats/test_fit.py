"""A formula of the service time: planted ones come out, with noise, outliers and cold starts; where there is none, or
a queue drowns it, none is told."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.blocks import ServiceTimeFit
from stt_load.stats.fit import FEWEST_ANSWERS, PAIRS, fit
from tests.factory import table

A_S, B = 0.21, 0.043
STEP_A_S, STEP_S = 0.3, 0.52

Noise = Callable[[np.random.Generator, int], FloatArray]


def one_by_one(audio_s: FloatArray, service_s: FloatArray, users: int = 1) -> Samples:
    """Requests of one user, each sent when the one before has ended."""
    return table(np.cumsum(service_s) - service_s, service_s, audio_s=audio_s, users=users)


def uniform(random: np.random.Generator, n: int) -> FloatArray:
    return random.uniform(0, 0.02, n)


def exponential(random: np.random.Generator, n: int) -> FloatArray:
    return random.exponential(0.03, n)


def outliers(random: np.random.Generator, n: int) -> FloatArray:
    """Three of a hundred take up to ten seconds longer."""
    return random.normal(0, 0.01, n) + (random.permutation(n) < 0.03 * n) * random.uniform(1, 10, n)


def proportional(random: np.random.Generator, n: int) -> FloatArray:
    """As where the GPU's clock goes up and down; of about 0.6 s."""
    return random.normal(0, 0.05, n) * 0.6


@pytest.mark.parametrize("noise", [uniform, exponential, outliers, proportional])
@pytest.mark.parametrize("longest_s", [20.0, 60.0, 120.0])
def test_a_planted_line_comes_out(noise: Noise, longest_s: float) -> None:
    """In 40 runs of 200 requests each."""
    random, found = np.random.default_rng(1), []
    for _ in range(40):
        audio_s = random.uniform(3, longest_s, 200)
        found.append(fit(one_by_one(audio_s, A_S + B * audio_s + noise(random, 200))))
    assert [one.model for one in found] == ["linear"] * 40
    middle = float(np.median(noise(random, 10_000)))
    assert np.mean([one.per_audio_s or 0 for one in found]) == pytest.approx(B, rel=0.01)
    assert np.mean([one.fixed_s or 0 for one in found]) == pytest.approx(A_S + middle, abs=0.005)
    assert np.std([one.per_audio_s or 0 for one in found]) < 0.03 * B


@pytest.mark.parametrize("noise", [uniform, exponential, outliers])
def test_planted_steps_come_out_where_clips_are_longer_than_a_minute(noise: Noise) -> None:
    random, found = np.random.default_rng(2), []
    for _ in range(40):
        audio_s = random.uniform(3, 300, 200)
        found.append(fit(one_by_one(audio_s, STEP_A_S + STEP_S * np.ceil(audio_s / 30) + noise(random, 200))))
    assert [one.model for one in found] == ["steps"] * 40
    middle = float(np.median(noise(random, 10_000)))
    assert np.mean([one.per_started_30_s or 0 for one in found]) == pytest.approx(STEP_S, rel=0.01)
    assert np.mean([one.fixed_s or 0 for one in found]) == pytest.approx(STEP_A_S + middle, abs=0.01)


def test_by_hand() -> None:
    audio_s = np.arange(1.0, 61.0)
    found = fit(one_by_one(audio_s, 0.5 + 0.25 * audio_s))
    assert (found.n, found.model, found.one_user, found.reason) == (60, "linear", True, None)
    assert (found.fixed_s, found.per_audio_s) == (pytest.approx(0.5), pytest.approx(0.25))
    assert found.per_started_30_s is None
    assert found.residual_p95_s == pytest.approx(0, abs=1e-9)
    # The longest bucket, 31 to 60 s, is up to 14.5 s of audio about its median.
    assert found.buckets_p95_s == pytest.approx(0.25 * 13.5)
    assert (found.shortest_s, found.longest_s) == (1.0, 60.0)


def test_a_step_of_up_to_a_minute_is_what_the_table_says_already() -> None:
    random = np.random.default_rng(3)
    audio_s = random.uniform(3, 60, 300)
    found = fit(one_by_one(audio_s, STEP_A_S + STEP_S * np.ceil(audio_s / 30) + uniform(random, 300)))
    assert (found.model, found.reason) == (None, "no_nearer")


@pytest.mark.parametrize("runs", [100, pytest.param(300, marks=pytest.mark.slow)])
@pytest.mark.parametrize("n", [20, 50, 300])
@pytest.mark.parametrize("noise", [uniform, exponential, outliers])
def test_noise_is_no_formula(noise: Noise, n: int, runs: int) -> None:
    """The best of chance's slopes never halves what the medians leave."""
    random = np.random.default_rng(4)
    for _ in range(runs):
        found = fit(one_by_one(random.uniform(3, 120, n), 0.5 + noise(random, n)))
        assert found.model is None
        assert found.reason in ("no_longer", "no_nearer")


def waiting(random: np.random.Generator, users: int, slots: int) -> Samples:
    """400 requests of `users` users in a queue before `slots` slots, with the planted line as what each takes."""
    audio_s = random.uniform(3, 20, 400)
    free, ready = np.zeros(slots), np.zeros(users)
    start_s, done_s = np.empty(400), np.empty(400)
    for number, work_s in enumerate(A_S + B * audio_s + uniform(random, 400)):
        user, slot = ready.argmin(), free.argmin()
        start_s[number] = ready[user]
        done_s[number] = ready[user] = free[slot] = max(free[slot], ready[user]) + work_s
    return table(start_s, done_s - start_s, audio_s=audio_s, users=users)


def test_a_queue_drowns_it() -> None:
    random = np.random.default_rng(5)
    for _ in range(20):
        found = fit(waiting(random, users=16, slots=2))
        assert (found.model, found.one_user) == (None, False)


def test_what_waits_for_nothing_has_one_that_says_it_may() -> None:
    found = fit(waiting(np.random.default_rng(6), users=8, slots=8))
    assert (found.model, found.one_user) == ("linear", False)
    assert found.per_audio_s == pytest.approx(B, rel=0.05)


def test_one_row_of_two_users_is_enough_for_a_queue() -> None:
    audio_s = np.linspace(1, 60, 60)
    run = one_by_one(audio_s, 0.5 + 0.25 * audio_s)
    run.rows["users"][17] = 2
    assert fit(run).one_user is False
    run.rows["error_kind"][17] = list(ErrorKind).index(ErrorKind.HTTP_5XX) + 1
    assert fit(run).one_user is False, "it was in the service's way all the same"


def test_why_there_is_none() -> None:
    audio_s = np.linspace(1, 60, FEWEST_ANSWERS)
    few, one_length = audio_s[1:], np.full(30, 10.0)
    assert fit(one_by_one(few, 0.1 * few)) == ServiceTimeFit(FEWEST_ANSWERS - 1, one_user=True, reason="few_answers")
    assert fit(one_by_one(audio_s, 0.1 * audio_s)).model == "linear"
    assert fit(one_by_one(one_length, one_length)).reason == "one_length"
    assert fit(one_by_one(audio_s, 7 - 0.1 * audio_s)).reason == "no_longer"
    assert fit(table([], [])) == ServiceTimeFit(0, reason="few_answers")


def test_rows_without_a_service_or_a_length_have_no_part_in_it() -> None:
    audio_s = np.linspace(1, 60, 60)
    run = one_by_one(audio_s, 0.5 + 0.25 * audio_s)
    run.rows["sent_s"][:5] = np.nan
    run.rows["audio_s"][5:10] = 0
    run.rows["error_kind"][10:15] = list(ErrorKind).index(ErrorKind.HTTP_5XX) + 1
    found = fit(run)
    assert (found.n, found.shortest_s) == (45, 16.0)
    assert found.per_audio_s == pytest.approx(0.25)


@given(st.permutations(range(60)), st.integers(0, 2**32))
def test_any_order_makes_the_same_formula(order: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    audio_s = random.uniform(3, 120, 60)
    run = one_by_one(audio_s, A_S + B * audio_s + uniform(random, 60))
    assert fit(run.where(np.array(order))) == fit(run)


def test_of_many_answers_pairs_are_drawn_and_they_are_the_same_each_time() -> None:
    random = np.random.default_rng(7)
    n = 100_000
    assert n * (n - 1) // 2 > PAIRS
    audio_s = random.uniform(3, 120, n)
    run = one_by_one(audio_s, A_S + B * audio_s + outliers(random, n))
    began_s = time.perf_counter()
    found = fit(run)
    assert time.perf_counter() - began_s < 5
    assert found.per_audio_s == pytest.approx(B, rel=0.005)
    assert found.fixed_s == pytest.approx(A_S, abs=0.002)
    assert fit(run) == found


def test_a_quarter_of_outliers_changes_the_planted_line_little_but_hides_it() -> None:
    """What is left is theirs then, for the medians by length as for the formula."""
    random = np.random.default_rng(8)
    audio_s = random.uniform(3, 60, 200)
    cold_s = np.where(np.arange(200) < 50, 4.0, 0.0)
    assert fit(one_by_one(audio_s, A_S + B * audio_s + cold_s)).reason == "no_nearer"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1e-6, 0.1, 5.0, 30.0, 31.0, 3e4]) | st.floats(1e-6, 1e6),
            st.sampled_from([0.0, 0.5]) | st.floats(0, 1e6),
        ),
        min_size=FEWEST_ANSWERS,
        max_size=40,
    )
)
def test_whatever_the_values_are_it_is_half_as_far_or_it_says_why_not(values: list[tuple[float, float]]) -> None:
    audio_s, service_s = np.array(values).T
    found = fit(table(np.arange(len(values)), service_s, audio_s=audio_s))
    assert (found.model is None) == (found.reason is not None)
    if found.model is None:
        assert (found.fixed_s, found.per_audio_s, found.per_started_30_s, found.residual_p95_s) == (None,) * 4
    else:
        assert (found.per_audio_s or found.per_started_30_s or 0.0) > 0
        assert (found.residual_p95_s or 0.0) <= (found.buckets_p95_s or 0.0) / 2
