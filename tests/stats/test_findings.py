"""What is said about a run, and that a steady server is not slandered."""

from collections import Counter

import numpy as np
import pytest

from stt_load.samples.fields import ROW, bits_of
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.findings import findings
from stt_load.stats.model import Finding
from tests.factory import joined, table
from tests.stats.simulation import closed_loops

EMPTY = Samples(np.empty(0, ROW))


def named(name: str, samples: Samples, users: int = 5) -> Finding | None:
    return next((finding for finding in findings(samples, users) if finding.name == name), None)


def names(samples: Samples, users: int = 5) -> list[str]:
    return [finding.name for finding in findings(samples, users)]


def noise(n: int, seed: int = 1) -> FloatArray:
    """n response times around 1 s, a few percent wide."""
    return np.random.default_rng(seed).gamma(400, 1 / 400, n)


def one_by_one(response_s: FloatArray, users: int = 5) -> Samples:
    """Requests of `users` users that each take as long as said; starts at a steady rate."""
    return table(np.arange(len(response_s)) / users, response_s, users=users)


def test_of_a_steady_run_there_is_nothing_to_say() -> None:
    assert names(one_by_one(noise(90))) == []
    assert names(EMPTY) == []


def test_failures_and_sheds_are_counted() -> None:
    kinds: list[ErrorKind | None] = [ErrorKind.SHED, ErrorKind.HTTP_5XX, None, None] * 25
    run = table(np.arange(100) / 5, 1.0, kind=kinds, users=5)
    assert named("failures", run) == Finding("failures", {"failed": 50, "requests": 100, "share": 0.5})
    assert named("sheds", run) == Finding("sheds", {"shed": 25, "requests": 100, "share": 0.25})


def test_texts_are_empty_only_if_all_are() -> None:
    starts = np.arange(100) / 5
    assert named("empty_texts", table(starts, 1.0, text_length=0)) == Finding("empty_texts", {"texts": 100})
    assert named("empty_texts", table(starts, 1.0, text_length=[0] * 99 + [1])) is None
    assert named("empty_texts", table(starts, 1.0, text_length=0, kind=ErrorKind.NO_TEXT)) is None


@pytest.mark.parametrize("change", [0.7, 1.4])
def test_a_latency_that_rises_or_falls_drifts(change: float) -> None:
    found = named("drift", one_by_one(noise(90) * np.linspace(1, change, 90)))
    assert found is not None
    values = found.values
    assert values["ratio"] == values["last_third_median_s"] / values["first_third_median_s"]
    assert (values["ratio"] > 1) == (change > 1)
    assert values["p"] < 0.001


def test_what_is_significant_and_small_is_no_drift() -> None:
    assert named("drift", one_by_one(noise(5_000) * np.linspace(1, 1.09, 5_000))) is None


def test_a_jump_back_and_forth_is_no_drift() -> None:
    assert named("drift", one_by_one(noise(200) * np.tile([1.0] * 20 + [1.5] * 20, 5))) is None


def test_a_drift_takes_ten_waves_after_the_first() -> None:
    rising = noise(120) * np.linspace(1, 2, 120)
    assert named("drift", one_by_one(rising[:55]), 5) is not None
    assert named("drift", one_by_one(rising[:54]), 5) is None


def test_cold_leftovers_are_slower_than_what_follows() -> None:
    cold = np.ones(200)
    cold[5:15] = 1.5
    found = named("cold_leftovers", one_by_one(noise(200) * cold))
    assert found is not None
    assert found.values["requests"] == 10
    assert found.values["ratio"] == found.values["early_median_s"] / found.values["late_median_s"]
    assert found.values["ratio"] == pytest.approx(1.5, rel=0.1)
    assert found.values["p"] < 0.001


@pytest.mark.parametrize(("first", "last", "factor"), [(0, 5, 3.0), (5, 15, 1.2), (5, 15, 0.5)])
def test_a_cold_first_wave_or_a_small_or_other_difference_is_no_leftover(
    first: int, last: int, factor: float
) -> None:
    changed = np.ones(200)
    changed[first:last] = factor
    assert named("cold_leftovers", one_by_one(noise(200) * changed)) is None


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_first_wave_that_differs_is_reported(factor: float) -> None:
    changed = np.ones(90)
    changed[:5] = factor
    values = noise(90) * changed
    found = named("first_wave", one_by_one(values))
    assert found is not None
    assert found.values["first_mean_s"] == pytest.approx(values[:5].mean())
    assert found.values["rest_mean_s"] == pytest.approx(values[5:].mean())
    assert found.values["ratio"] == pytest.approx(factor, rel=0.1)
    assert found.values["requests"] == 5


def test_a_first_wave_that_hardly_differs_is_not() -> None:
    changed = np.ones(5_000)
    changed[:50] = 0.93
    assert named("first_wave", one_by_one(noise(5_000) * changed, 50), 50) is None


def test_failed_requests_are_in_a_wave_and_their_latency_in_nothing() -> None:
    values = noise(200)
    values[:5] = 1_000.0
    kinds: list[ErrorKind | None] = [ErrorKind.TIMEOUT_TOTAL] * 5 + [None] * 195
    run = table(np.arange(200) / 5, values, users=5, kind=kinds)
    assert not {"drift", "first_wave", "cold_leftovers"} & {*names(run)}


def test_when_the_load_changes_latencies_of_different_times_are_not_compared() -> None:
    rising = one_by_one(noise(200) * np.linspace(1, 3, 200))
    assert "drift" in names(rising)
    ramp = Samples(rising.rows.copy())
    ramp.rows["users"] = np.repeat([1, 2, 3, 4], 50)
    assert not {"drift", "first_wave", "cold_leftovers"} & {*names(ramp)}


def test_a_hung_request_leaves_a_tail() -> None:
    run = joined(one_by_one(noise(100)), table(20.0, 60.0, users=5))
    found = named("tail", run)
    assert found is not None
    assert found.values["throughput_rps"] == pytest.approx(101 / 80)
    assert found.values["steady_rps"] == pytest.approx(5, rel=0.06)
    assert found.values["drain_s"] == 60.0


@pytest.mark.parametrize(("last_s", "reported"), [(0.8, False), (1.9, True)])
def test_a_tail_is_more_than_five_percent(last_s: float, reported: bool) -> None:
    # 100 requests 0.2 s apart: 99 ended within the 19.8 s of the starts, 100 in 19.8 s + last_s.
    values = np.full(100, 0.2)
    values[-1] = last_s
    assert (named("tail", one_by_one(values), 1) is not None) == reported


def test_a_moment_is_no_tail() -> None:
    """18 requests in 10 ms: the last answer took a millisecond, which is a tenth of the window."""
    assert named("tail", one_by_one(np.full(18, 0.001)), 1) is None


def test_what_was_cut_off_is_no_tail_of_the_service() -> None:
    cut = joined(one_by_one(noise(100)), table(20.0, 60.0, users=5, kind=ErrorKind.CANCELLED))
    assert named("tail", cut) is None


@pytest.mark.simulation
def test_a_steady_server_is_rarely_said_to_drift_or_to_be_cold() -> None:
    rng = np.random.default_rng(11)
    said: Counter[str] = Counter()
    runs = 0
    for users, slots, requests in [(5, 5, 90), (5, 1, 90), (8, 2, 200), (32, 4, 1_000)]:
        loops = closed_loops(rng, runs=400, users=users, slots=slots, requests=requests)
        for index in range(400):
            found = names(loops.run(index), users)
            # With fewer slots than users the first wave is different: it has no queue before it.
            said.update(name for name in found if name != "first_wave" or slots == users)
        runs += 400
    assert said["drift"] <= 0.005 * runs
    assert said["cold_leftovers"] <= 0.005 * runs
    assert said["first_wave"] <= 0.005 * 400


@pytest.mark.simulation
def test_a_queue_shows_that_the_first_wave_met_an_empty_server() -> None:
    loops = closed_loops(np.random.default_rng(12), runs=50, users=32, slots=4, requests=960)
    found = [named("first_wave", loops.run(index), 32) for index in range(50)]
    ratios = [one.values["ratio"] for one in found if one]
    assert len(ratios) >= 45
    assert max(ratios) < 0.9


def failing(share: float, failed_s: float, pause_s: float = 0.0) -> Samples:
    """1,000 requests, of which the first `share` in each hundred fail after failed_s; good ones take 1 s."""
    fails = np.arange(1_000) % 100 < 100 * share
    kinds = [ErrorKind.SHED if one else None for one in fails]
    return table(
        np.arange(1_000) / 5,
        np.where(fails, failed_s, noise(1_000)),
        kind=kinds,
        users=5,
        pause_s=np.where(fails, pause_s, 0.0),
    )


def test_a_rate_of_failing_fast_is_called_so() -> None:
    found = named("failing_fast", failing(0.5, 0.002))
    assert found is not None
    assert (found.values["failed"], found.values["requests"]) == (500, 1_000)
    assert found.values["failed_median_s"] == pytest.approx(0.002)
    assert found.values["ok_median_s"] == pytest.approx(1, rel=0.05)


def test_failures_that_take_their_time_or_are_waited_for_set_no_pace() -> None:
    assert named("failing_fast", failing(0.5, 0.5)) is None
    assert named("failing_fast", failing(0.5, 0.002, pause_s=1.0)) is None
    assert named("failing_fast", failing(0.05, 0.002)) is None
    assert named("failing_fast", failing(1.0, 0.002)) is None, "nothing to compare with: the counts say it all"


def heard(lengths: list[float]) -> Samples:
    samples = table(np.arange(len(lengths)), 1.0, audio_s=10.5)
    samples.rows["server_audio_s"] = lengths
    return samples


@pytest.mark.parametrize("length", [10.5, 10.45, 10.0, 11.0, float("nan")])
def test_a_length_that_was_rounded_was_heard(length: float) -> None:
    assert named("misheard", heard([length] * 20)) is None


def test_a_length_that_was_not_sent_was_misheard() -> None:
    found = named("misheard", heard([10.5] * 15 + [5.25] * 5))
    assert found == Finding("misheard", {"differing": 5, "answers": 20, "told_mean_s": 5.25, "sent_mean_s": 10.5})
    assert named("misheard", heard([12.0] * 20)) is not None


def test_streams_that_came_in_one_piece() -> None:
    samples = table(np.arange(20), 1.0)
    samples.rows["first_text_s"], samples.rows["deltas"] = samples.rows["done_s"], 1
    assert named("not_streamed", samples) == Finding("not_streamed", {"answers": 20})
    samples.rows["deltas"][3] = 2
    assert named("not_streamed", samples) is None
    assert named("not_streamed", table(np.arange(20), 1.0)) is None


def test_numbers_that_no_row_can_hold_are_counted_by_field() -> None:
    samples = table(np.arange(20), 1.0)
    assert named("out_of_range", samples) is None
    samples.rows["status"][:18] = 200
    samples.rows["out_of_range"][:4] = bits_of(("tokens",))
    samples.rows["out_of_range"][4] = bits_of(("tokens", "server_audio_s"))
    samples.rows["out_of_range"][19] = bits_of(("status",))
    found = named("out_of_range", samples)
    assert found is not None
    assert found.values == {"said": 6, "answers": 19, "status": 1, "server_audio_s": 1, "tokens": 5}


def test_texts_that_came_in_json() -> None:
    samples = table(np.arange(20), 1.0)
    assert named("json_for_text", samples) is None
    samples.rows["json_for_text"][:7] = 1
    assert named("json_for_text", samples) == Finding("json_for_text", {"in_json": 7, "answers": 20})
