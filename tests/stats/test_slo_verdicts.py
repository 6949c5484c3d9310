"""Limits, held against all measured requests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.slo.parse import parse
from stt_load.slo.terms import QUANTILES, TERMS
from stt_load.stats.model import SloVerdict
from stt_load.stats.quantiles import every_intent, interval
from stt_load.stats.row_values import BLOCKS
from stt_load.stats.slo_verdicts import Gate, Run, too_few, verdicts
from stt_load.stats.summary import metrics
from tests.factory import joined, table

CUT, SHED, BROKEN = ErrorKind.CANCELLED, ErrorKind.SHED, ErrorKind.HTTP_5XX


def judged(
    samples: Samples, *slos: Any, strict: bool = False, lost: bool = False, **more: Any
) -> tuple[SloVerdict, ...]:
    gate = Gate(tuple(map(parse, slos)), lost=lost, strict=strict)
    return verdicts(gate, Run(samples, metrics(samples, 1, each=gate.each), 1, **more))


def one(samples: Samples, slo: Any, *others: Any, **more: Any) -> SloVerdict:
    return judged(samples, slo, *others, **more)[0]


def noisy(n: int = 1_000, seed: int = 5, kind: Any = None) -> Samples:
    times_s = np.random.default_rng(seed).uniform(0.5, 1.5, n)
    return table(np.arange(float(n)), times_s, kind=kind)


def test_a_verdict_says_what_it_is_of() -> None:
    found = one(table(np.arange(4.0), [0.1, 0.2, 0.3, 0.4]), "p50(response_time_s) < 250 ms")
    assert found == SloVerdict(
        expression="p50(response_time_s) < 250 ms",
        metric="response_time_s",
        unit="s",
        limit=0.25,
        observed=0.2,
        interval=None,
        n=4,
        at_least=False,
        beyond=False,
        certain=True,
        verdict="met",
    )


@pytest.mark.parametrize("p", QUANTILES)
def test_quantiles_rank_every_intent(p: str) -> None:
    kinds = ([None] * 17 + [SHED, BROKEN, CUT]) * 100
    samples = noisy(2_000, kind=kinds)
    found, every = one(samples, f"{p}(response_time_s) < 9"), every_intent(samples)
    expected = getattr(every, p)
    assert (found.observed, found.n) == (None if expected is None else pytest.approx(expected, abs=1e-6), 2_000)
    assert found.beyond is (expected is None)
    assert found.at_least is (p in every.at_least)


def test_its_interval_is_the_one_that_the_report_has() -> None:
    samples = noisy()
    found, expected = one(samples, "p95(response_time_s) < 9").interval, interval(samples.response_s, 0.95, 1)
    assert found is not None
    assert expected is not None
    assert (found.low, found.high) == (expected.low, expected.high)


def test_a_share_that_fails_is_beyond_all() -> None:
    samples = table(np.arange(1_000.0), 0.5, kind=([BROKEN] + [None] * 9) * 100)
    found = one(samples, "p95(response_time_s) < 600")
    assert (found.observed, found.beyond, found.n, found.verdict) == (None, True, 1_000, "missed")
    ok = one(samples, "p95(response_time_s) < 600 of ok")
    assert (ok.observed, ok.n, ok.verdict) == (0.5, 900, "met")


def test_where_about_as_many_fail_as_may_it_is_not_certain() -> None:
    kinds = np.random.default_rng(2).choice(np.array([None, BROKEN]), p=[0.945, 0.055], size=1_000).tolist()
    found = one(table(np.arange(1_000.0), 0.5, kind=kinds), "p95(response_time_s) < 600")
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (0.5, None)
    assert (found.certain, found.verdict) == (False, "uncertain")


def test_no_data_is_a_miss() -> None:
    for slo in (
        "p95(ttft_s) < 9",
        "error_rate < 1%",
        "wer < 99%",
        "steady_rps > 0",
        "empty_texts == 0",
        "dropped == 0",
    ):
        nothing = one(table([], []), slo)
        assert (nothing.observed, nothing.n, nothing.verdict, nothing.certain) == (None, 0, "missed", True)
    samples = noisy()
    for slo in (
        "p95(ttft_s) < 9",
        "wer < 99%",
        "mean(ttft_s) < 9",
        "median(round_trip_s) < 9",
        "accuracy.swapped == 0",
    ):
        assert one(samples, slo, "error_rate < 1%").verdict == "missed"
    few = one(samples.where(slice(0, 999)), "p999(response_time_s) < 9")
    assert (few.observed, few.n, few.beyond, few.verdict) == (None, 999, False, "missed")


def test_no_ok_request_has_it_but_failures_do_not_stand_for_it() -> None:
    samples = table(np.arange(100.0), 0.5, kind=[None] * 50 + [BROKEN] * 50)
    assert one(samples, "p95(ttft_s) < 9").n == 0
    assert one(samples.where(samples.failed), "p95(ttft_s) < 9").beyond


@pytest.mark.parametrize(
    ("limit_s", "strict", "verdict", "certain"),
    [
        (2.0, False, "met", True),
        (1.0, False, "missed", True),
        (1.46, False, "uncertain", False),
        (2.0, True, "met", True),
        (1.46, True, "missed", False),
    ],
)
def test_near_the_limit_it_is_not_certain(limit_s: float, strict: bool, verdict: str, certain: bool) -> None:
    found = one(noisy(), f"p95(response_time_s) < {limit_s}", strict=strict)
    assert (found.verdict, found.certain) == (verdict, certain)


def test_where_the_service_does_not_keep_up_nobody_knows_how_far() -> None:
    found = one(noisy(), "p95(response_time_s) < 1.46", steady=False)
    assert (found.interval, found.certain) == (None, True)
    assert found.verdict in ("met", "missed")


def test_what_ended_the_run_is_missed_however_certain_that_is() -> None:
    seen = one(noisy(), "p95(response_time_s) < 9").observed
    assert seen is not None
    slo = {"limit": f"p95(response_time_s) < {seen - 1e-5:.6f}", "abort": True}
    assert one(noisy(), slo).verdict == "uncertain"
    assert one(noisy(), slo, lost=True).verdict == "missed"
    assert one(noisy(), slo | {"abort": False}, lost=True).verdict == "uncertain"
    met = {"limit": f"p95(response_time_s) < {seen + 1e-5:.6f}", "abort": True}
    assert one(noisy(), met, lost=True).verdict == "uncertain", "another one ended it"


def test_what_was_cut_off_counts_as_its_age_at_least() -> None:
    samples = table(np.arange(10.0), [0.5] * 9 + [0.7], kind=[None] * 9 + [CUT])
    near, over = one(samples, "p95(response_time_s) < 2"), one(samples, "p95(response_time_s) < 0.6")
    assert (near.observed, near.at_least, near.verdict) == (0.7, True, "uncertain")
    assert (over.at_least, over.verdict) == (True, "missed")
    assert one(samples, "p90(response_time_s) < 2").verdict == "met"


def test_a_text_that_had_not_come_when_it_was_cut_off_takes_longer() -> None:
    samples = table(np.arange(10.0), 0.5, kind=[None] * 9 + [CUT])
    samples.rows["first_text_s"] = np.where(samples.ok, samples["sent_s"] + 0.1, np.nan)
    assert one(samples, "max(ttft_s) < 1").observed == 0.5
    samples.rows["first_text_s"] = samples["sent_s"] + 0.1
    assert one(samples, "max(ttft_s) < 1").observed == 0.1


def test_shares_of_failures_are_counted_and_so_is_what_is_allowed() -> None:
    samples = table(np.arange(100.0), 0.5, kind=[SHED] * 3 + [BROKEN] * 2 + [CUT] * 5 + [None] * 90)
    found = judged(samples, "error_rate < 5%", "shed_rate <= 3.2%", "requests.failed <= 5", "shed_rate == 0")
    assert [(one.observed, one.n, one.interval, one.verdict) for one in found] == [
        (pytest.approx(5 / 95, abs=1e-6), 95, None, "missed"),
        (pytest.approx(3 / 95, abs=1e-6), 95, None, "met"),
        (5.0, 100, None, "met"),
        (pytest.approx(3 / 95, abs=1e-6), 95, None, "missed"),
    ]


def test_means_are_of_ok_ones_and_known_to_within_what_batches_tell() -> None:
    samples = joined(noisy(), table([2_000.0], 60.0, kind=BROKEN))
    found = one(samples, "mean(response_time_s) < 1.2", "error_rate < 1%")
    assert found.interval is not None
    assert found.interval.low is not None
    assert found.interval.high is not None
    assert found.observed == pytest.approx(1.0, abs=0.05)
    assert found.interval.low < 1.0 < found.interval.high < 1.2
    assert (found.n, found.verdict) == (1_000, "met")
    rtf = one(table([0.0, 5.0], [1.0, 1.0], audio_s=[1.0, 9.0]), "mean(rtf) < 0.3", "error_rate < 1%")
    assert (rtf.observed, rtf.verdict) == (0.2, "met"), "clips count as much as they are long"


def test_good_requests_are_ok_and_as_each_has_to_be() -> None:
    samples = table(np.arange(1_000.0), ([0.5] * 8 + [3.0] * 2) * 100, kind=([BROKEN] + [None] * 9) * 100)
    each = {"each": "response_time_s < 0.5 + 0.2 * audio_s"}
    ratio, rate = judged(samples, "goodput_ratio > 85%", "goodput_rps > 0.5", each)
    assert (ratio.observed, ratio.n, ratio.verdict) == (0.7, 1_000, "missed")
    assert ratio.interval is not None
    assert rate.observed == pytest.approx(700 / 1_002, abs=1e-6)
    assert (rate.n, rate.verdict) == (900, "met")
    near = one(samples, "goodput_ratio >= 70.001%", {"each": "response_time_s < 2.5"})
    assert near.verdict == "uncertain"


def test_goodput_by_words_that_nobody_scored_is_no_data() -> None:
    found = one(noisy(), "goodput_ratio > 1%", {"each": "wer < 50%"})
    assert (found.observed, found.verdict) == (None, "missed")


def test_rates_of_errors_in_words_have_their_bootstrap_interval() -> None:
    samples = noisy(400)
    samples.rows["words"] = 10
    samples.rows["substitutions"] = np.random.default_rng(1).integers(0, 4, 400)
    for name in ("deletions", "insertions", "character_edits"):
        samples.rows[name] = 0
    found = one(samples, "wer < 15%")
    assert found.interval is not None
    assert (found.n, found.certain, found.verdict) == (400, False, "uncertain")
    assert one(samples, "wer < 50%").verdict == "met"
    assert one(samples, "goodput_ratio > 40%", {"each": "wer <= 10%"}).observed == pytest.approx(0.5, abs=0.1)


def test_which_quantiles_had_too_few_requests() -> None:
    slos = ("p95(response_time_s) < 2", "p99(response_time_s) < 2", "max(response_time_s) < 2", "error_rate < 1%")
    gate = Gate(tuple(map(parse, slos)))

    def few(n: int, gate: Gate = gate) -> list[str] | None:
        found = too_few(gate, Run(noisy(n), metrics(noisy(n), 1), 1))
        return None if found is None else [one.figure for one in found]

    assert few(0) == few(2_000) == []
    assert few(90) == ["p95(response_time_s)", "p99(response_time_s)"]
    assert few(400) == ["p99(response_time_s)"]
    assert few(90, Gate((parse("error_rate < 1%"),))) is None
    twice = Gate(tuple(map(parse, ("p95(rtf) < 2", "p95(rtf) < 3", {"limit": "p95(rtf) < 2", "of": "ok"}))))
    assert few(90, twice) == ["p95(rtf)", "p95(rtf) of ok"]


def test_what_has_too_few_requests_has_no_interval_and_the_other_way_round() -> None:
    for n in (150, 199, 200, 1_000, 2_000):
        for users in (1, 8, 40):
            run = Run(noisy(n), metrics(noisy(n), users), users)
            gate = Gate((parse("p95(response_time_s) < 2"),))
            (verdict,), found = verdicts(gate, run), too_few(gate, run)
            assert found is not None
            assert (verdict.interval is None) == bool(found), (n, users)


def test_what_any_function_can_be_taken_of_is_known_of_each_request() -> None:
    assert {path for path, term in TERMS.items() if term.functions and term.population == "ok"} == set(BLOCKS)


@pytest.mark.parametrize("name", BLOCKS)
def test_what_each_request_has_makes_the_figures_of_the_report(name: str) -> None:
    samples = noisy(300)
    samples.rows["first_text_s"] = samples["sent_s"] + 0.25
    samples.rows["processing_s"] = 0.125
    samples.rows["connect_s"] = 0.0625
    figures = metrics(samples, 1)
    assert one(samples, f"p95({name}) < 9").observed == pytest.approx(getattr(figures, name).p95, abs=1e-6)
    assert one(samples, f"mean({name}) < 9", "error_rate < 1%").observed is not None


def test_a_figure_of_another_population_is_as_the_report_has_it() -> None:
    samples = noisy(300)
    samples.rows["connection"] = np.arange(300) + 1
    samples.rows["tcp_connect_s"] = 0.25
    found = one(samples, "median(round_trip_s) < 1")
    assert (found.observed, found.n, found.verdict) == (0.25, 300, "met")
