"""What must hold for levels and a search: something to measure, and a limit to hold it against."""

from __future__ import annotations

import pytest

from stt_load.config import Override
from stt_load.config.level_rules import NO_LIMIT, is_of_latency
from stt_load.config.slo_values import parsed, slo
from stt_load.search.indicators import indicators
from stt_load.slo.model import Each
from tests.config.conftest import Faults, Load

OF_LATENCY = [
    "p95(response_time_s) < 2",
    "median(service_time_s) <= 500ms",
    "{limit: p99(ttft_s) < 1, of: ok}",
    "p90(rtf) < 0.5",
    "{each: response_time_s < 2}; goodput_ratio > 95%",
    "error_rate < 5%; wer < 0.2; p95(response_time_s) < 2",
]
OF_NONE = [
    "",
    "error_rate < 1%",
    "wer < 0.2",
    "mean(response_time_s) < 2",
    "max(response_time_s) < 2",
    "min(response_time_s) < 2",
    "p95(connect_s) < 2",
    "p95(response_time_s) > 2",
    "throughput_rps > 5",
    "{each: response_time_s < 2}; goodput_rps > 5",
    "{each: response_time_s < 2}; goodput_ratio == 100%",
    "{each: response_time_s < 2}; goodput_ratio >= 100%",
]


@pytest.mark.parametrize("slos", OF_LATENCY)
def test_a_limit_that_a_search_can_go_by(loaded: Load, slos: str) -> None:
    found = loaded("load: {search: users}", Override("slo", slos, "--slo"))
    assert found.load.search is not None


@pytest.mark.parametrize("slos", OF_NONE)
@pytest.mark.parametrize("axis", ["users", "rate"])
def test_a_search_without_one_is_told_what_it_needs(faults: Faults, slos: str, axis: str) -> None:
    found = faults("", Override("slo", slos, "--slo"), Override("load.search", axis, "--search"))
    (fault,) = [fault for fault in found if fault.key in ("load.search", "slo")]
    assert fault.message.endswith(NO_LIMIT)
    assert NO_LIMIT == "search needs a latency limit, such as --slo 'p95(response_time_s) < 2'"


def test_levels_need_no_limit(loaded: Load) -> None:
    assert loaded("load: {levels: {users: [1, 2]}}").slo == []


@pytest.mark.parametrize("slos", OF_LATENCY)
def test_what_a_search_can_go_by_is_tested_by_it(slos: str, loaded: Load) -> None:
    """A limit that is taken for one of latency is told from request to request."""
    found = [parsed(entry) for entry in loaded("", Override("slo", slos, "--slo")).slo]
    has_each = any(isinstance(one, Each) for one in found)
    told = {one.expression for one in indicators(found) if not one.is_counted}
    ours = {one.expression for one in found if is_of_latency(one, has_each=has_each)}
    assert ours
    assert ours <= told


def test_goodput_without_what_makes_a_request_good_is_none() -> None:
    assert not is_of_latency(parsed(slo("goodput_ratio > 95%")), has_each=False)


@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        ("{rate: [0.01, 5], seconds: 30}", "makes 0.3 arrivals in a level, and so mostly none; choose more seconds"),
        ("{rate: [1000000, 1], seconds: 1000}", "makes 1,000,001,000 requests; choose 100,000,000 at most"),
        ("{users: [1, 2], requests: 60000000}", "makes 120,000,000 requests; choose 100,000,000 at most"),
    ],
)
def test_levels_that_cannot_be_carried_out(faults: Faults, levels: str, problem: str) -> None:
    (fault,) = faults(f"load:\n  levels: {levels}")
    assert (fault.key, fault.line) == ("load.levels", 2)
    assert problem in fault.message


@pytest.mark.parametrize(
    "levels", ["{rate: [0.1], seconds: 10}", "{audio_rate: [0.01]}", "{users: [1], seconds: 0.1}"]
)
def test_levels_that_can(loaded: Load, levels: str) -> None:
    assert loaded(f"load: {{levels: {levels}}}").load.levels is not None
