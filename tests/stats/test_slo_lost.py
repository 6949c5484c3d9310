"""A limit is lost exactly when nothing that comes can save it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.slo.conditions import FIELDS as CONDITIONS
from stt_load.slo.model import Limit
from stt_load.slo.parse import parse
from stt_load.stats.goodput import good
from stt_load.stats.row_values import BLOCKS, FIELDS
from stt_load.stats.slo_lost import SCORED, VALUES, Lost, is_good
from stt_load.stats.slo_verdicts import Gate, Run, verdicts
from stt_load.stats.summary import metrics
from tests.factory import joined, table

EACH = {"each": "response_time_s < 0.5 + 0.1 * audio_s"}
LIMITS = [
    "error_rate < 5%",
    "error_rate <= 5%",
    "error_rate == 0",
    "shed_rate <= 2%",
    "shed_rate == 3%",
    "requests.failed <= 4",
    "requests.failed == 4",
    "empty_texts < 3",
    "p95(response_time_s) < 1.5",
    "p90(service_time_s) <= 1.5",
    "median(response_time_s) < 1 of ok",
    "max(response_time_s) < 2",
    "p99(rtf) < 0.19",
    "mean(response_time_s) < 0.9",
    "goodput_ratio > 80%",
    "goodput_ratio >= 99%",
    "goodput_ratio == 100%",
]
NOT_TO_THE_END = {
    "shed_rate == 3%",
    "requests.failed == 4",
    "median(response_time_s) < 1 of ok",
    "mean(response_time_s) < 0.9",
}
"""What may be too few in the end; what is of ok ones alone, of which nobody knows how many there will be."""
N = 100


def some(seed: int, n: int = N) -> Samples:
    """Requests of which some fail, and some are slow."""
    random = np.random.default_rng(seed)
    kinds: list[ErrorKind | None] = [None] * 12 + [ErrorKind.SHED, ErrorKind.HTTP_5XX]
    kind = [kinds[i] for i in random.integers(len(kinds) if seed % 3 else 12, size=n)]
    texts = np.where(random.random(n) < 0.02, 0, 5)
    times_s = random.exponential(0.4 + 0.3 * (seed % 4), n)
    return table(np.arange(float(n)), times_s, kind=kind, text_length=texts)


PERFECT = table(np.arange(float(N)) + 1_000, 1e-6)


def observed(slo: str, samples: Samples) -> bool:
    """Whether the limit holds for these, however certain that is."""
    gate = Gate((parse(slo), parse(EACH)))
    (limit,) = gate.limits
    (found,) = verdicts(gate, Run(samples, metrics(samples, 1, each=gate.each), 1, steady=False))
    value = np.inf if found.beyond else found.observed
    return value is not None and limit.holds(value)


def lost_at(slo: Any, samples: Samples, planned: int | None) -> int | None:
    """After how many of `samples` the limit is lost; None where it never is."""
    lost = Lost([parse(slo if isinstance(slo, dict) else {"limit": slo, "abort": True}), parse(EACH)], planned)
    return next((place for place, sample in enumerate(samples, start=1) if lost.take_in(sample)), None)


@pytest.mark.parametrize("slo", LIMITS)
def test_it_is_lost_when_not_even_perfect_ones_can_save_it_and_no_sooner(slo: str) -> None:
    ends = set()
    for seed in range(12):
        samples = some(seed)
        at = lost_at(slo, samples, N)
        ends.add(at)
        if at is None:
            assert observed(slo, samples) or slo in NOT_TO_THE_END
            continue
        sooner, then = (joined(samples.where(slice(0, n)), PERFECT.where(slice(0, N - n))) for n in (at - 1, at))
        assert not observed(slo, then), "nothing can save it"
        assert observed(slo, sooner) or slo in NOT_TO_THE_END, "one request sooner it could still be met"
        assert not observed(slo, samples.where(slice(0, at))), "nor is it met at the end"
    assert ends - {None}, "the samples have something to lose"


def test_without_a_number_only_what_allows_nothing_is_lost() -> None:
    samples = some(1)
    first = int(np.flatnonzero(samples.failed)[0]) + 1
    assert lost_at("error_rate == 0", samples, None) == first
    assert lost_at("error_rate <= 0", samples, None) == first
    assert lost_at("requests.failed == 0", samples, None) == first
    assert lost_at("max(response_time_s) < 2", samples, None) is not None
    assert lost_at("goodput_ratio >= 100%", samples, None) is not None
    for slo in (
        "error_rate < 5%",
        "p95(ttft_s) < 1 ms",
        "mean(ttft_s) < 0.001",
        "goodput_ratio > 80%",
    ):
        assert lost_at(slo, samples, None) is None


def test_what_nobody_can_tell_before_the_end_is_not_lost() -> None:
    samples = some(1)
    for slo in ("steady_rps > 1000", "wer < 1%", "mean(rtf) < 0.001", "mean(outside_time_s) < 0.001"):
        assert lost_at(slo, samples, N) is None


def test_only_limits_with_abort_end_a_run() -> None:
    assert not Lost([parse("error_rate == 0"), parse(EACH)], N)
    assert lost_at({"limit": "error_rate == 0", "abort": False}, some(1), N) is None


def test_what_was_cut_off_is_no_failure_and_takes_its_age_at_least() -> None:
    cut = table(np.arange(10.0), 2.0, kind=ErrorKind.CANCELLED)
    assert lost_at("error_rate == 0", cut, 10) is None
    assert lost_at("p95(response_time_s) < 1", cut, 10) == 1
    assert lost_at("p95(response_time_s) < 3", cut, 10) is None


def scored(n: int = 50) -> Samples:
    samples = some(3, n)
    rows, random = samples.rows, np.random.default_rng(9)
    rows["first_text_s"] = np.where(random.random(n) < 0.8, rows["sent_s"] + 0.1, np.nan)
    rows["connect_s"] = np.where(random.random(n) < 0.5, 0.01, np.nan)
    rows["processing_s"] = np.where(random.random(n) < 0.5, 0.125, np.nan)
    rows["audio_s"] = np.where(random.random(n) < 0.1, 0.0, 8.0)
    return Samples(rows)


def test_a_request_has_the_same_values_alone_as_in_a_column() -> None:
    samples = scored()
    assert set(VALUES) | SCORED == set(BLOCKS) | set(FIELDS)
    assert set(CONDITIONS) == set(FIELDS)
    for name, value_of in VALUES.items():
        column = (BLOCKS | FIELDS)[name](samples)
        assert [value_of(one) for one in samples] == pytest.approx(column.tolist(), nan_ok=True, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "response_time_s < 0.2 + 0.05 * audio_s",
        "ttft_s <= 100 ms and rtf < 0.1",
        "connect_s * 2 < (service_time_s - 0.1) / 3",
        "processing_time_s > 0 and audio_s >= 1",
        "1 / audio_s < 3",
    ],
)
def test_a_request_is_as_good_alone_as_in_a_column(text: str) -> None:
    samples, each = scored(), parse({"each": text})
    assert not isinstance(each, Limit)
    found = good(samples, each)
    assert found is not None
    assert [one.ok and is_good(one, each) for one in samples] == found.tolist()
    assert 0 < found.sum() < len(found)


def test_words_are_scored_later_and_lose_nothing_now() -> None:
    (sample,) = table([0.0], 1.0)
    each = parse({"each": "wer < 1% and response_time_s < 2"})
    assert not isinstance(each, Limit)
    assert is_good(sample, each)
