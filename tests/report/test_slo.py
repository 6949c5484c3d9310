"""What became of the SLOs, in words, and what a run ends with because of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.report.console import result
from stt_load.report.exit_code import exit_code
from stt_load.report.messages import Messages
from stt_load.report.slo import ends, exact, lines, seen
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import NO_PAUSE, table
from tests.report.runs import HEALTHY, run_of

EN = Messages("en", 200)
OK = table(np.arange(1_000) / 2, 0.5)
"""A thousand, one after the other, half a second each."""


def gated(samples: Samples, *slos: Any, strict: bool = False, **info: Any) -> RunRecord:
    info = {"users": 1, "load": NO_PAUSE} | info
    return run_of(samples, Config.model_validate({"slo": list(slos), "validity": {"strict_slo": strict}}), **info)


def failing(count: int, kind: ErrorKind = ErrorKind.HTTP_5XX, n: int = 1_000) -> Samples:
    """Every n / count-th fails."""
    return table(np.arange(n) / 2, 0.5, kind=[kind if i % (n // count) == 0 else None for i in range(n)])


def near(limit_s: float) -> Samples:
    """P95 is a little below the limit, and what it may be reaches beyond it."""
    times_s = limit_s + np.random.default_rng(1).normal(-0.17, 0.1, 1_000)
    return table(np.cumsum(times_s) - times_s, times_s)


def cells(samples: Samples, slo: str) -> tuple[str, str]:
    (found,) = gated(samples, slo).summary.slo
    return seen(EN, found), ends(EN, found)


def test_cells_of_a_table_have_what_was_seen_and_how_far_that_is_known() -> None:
    assert cells(OK, "p95(response_time_s) < 2") == ("0.500 s", "0.500 s–0.500 s")
    assert cells(failing(100), "p95(response_time_s) < 2")[0] == "> timeout", "it falls on one that failed"
    assert cells(OK, "p95(ttft_s) < 1") == ("n/a", ""), "nothing was streamed"
    cut = table(np.arange(1_000) / 2, 0.5, kind=[ErrorKind.CANCELLED if i % 10 == 0 else None for i in range(1_000)])
    assert cells(cut, "p95(response_time_s) < 2")[0].startswith(">= "), "one that was cut off may have been slower"


def test_a_block_says_what_was_seen_the_missed_ones_first() -> None:
    run = gated(failing(10), "p95(response_time_s) < 2", "error_rate < 0.5%", "steady_rps > 0.5", "p95(ttft_s) < 1")
    assert list(lines(EN, run)) == [
        "",
        "SLOs, over all measured requests:",
        "  - MISSED: error_rate < 0.5% (observed 1.00%, n = 1000)",
        "  - MISSED: p95(ttft_s) < 1 (no data, which counts as missed, n = 0)",
        "  - met: p95(response_time_s) < 2 (observed 0.500 s, 95% CI 0.500 s to 0.500 s, n = 1000)",
        "  - met: steady_rps > 0.5 (observed 1.98 requests/s, n = 990)",
    ]
    assert set(lines(EN, run)) <= set(result(EN, run))


def test_too_few_requests_are_no_fault_of_the_generator() -> None:
    few = table(np.arange(90) / 2, 0.5)
    told = list(result(EN, gated(few, "p95(response_time_s) < 2", "error_rate < 1%")))
    assert "Measurement: 🟡 DEGRADED (too few requests for what the SLOs ask)" in told
    text = " ".join(" ".join(told).split())
    assert "how far p95(response_time_s) can be trusted: it was found in 90, and it takes 200 at least." in text
    assert "Measurement: ✅ VALID" in list(result(EN, gated(few, "error_rate < 1%")))


def test_there_is_none_where_there_are_no_slos() -> None:
    assert not list(lines(EN, gated(OK)))


def test_near_the_limit_it_is_not_certain() -> None:
    (line,) = list(lines(EN, gated(near(2.0), "p95(response_time_s) < 2")))[2:]
    assert line.startswith("  - not certain: p95(response_time_s) < 2 (observed ")
    assert line.endswith("the limit is within what it may be)")
    (line,) = list(lines(EN, gated(near(2.0), "p95(response_time_s) < 2", strict=True)))[2:]
    assert line.startswith("  - MISSED: ")
    assert line.endswith("not certain, and counts as missed)")


def test_what_fails_is_beyond_all() -> None:
    (line,) = list(lines(EN, gated(failing(100), "p95(response_time_s) < 2")))[2:]
    assert (
        line == "  - MISSED: p95(response_time_s) < 2 (observed > timeout, 95% CI > timeout to > timeout, n = 1000)"
    )


def test_what_was_cut_off_may_be_more() -> None:
    cut = table(np.arange(10.0), 0.5, kind=[ErrorKind.CANCELLED] * 5 + [None] * 5)
    (line,) = list(lines(EN, gated(cut, "p95(response_time_s) < 2")))[2:]
    assert line == (
        "  - not certain: p95(response_time_s) < 2 "
        "(observed >= 0.500 s, n = 10, it may be more: requests were cut off)"
    )


@pytest.mark.parametrize(
    ("samples", "slos", "more", "code"),
    [
        (OK, ["p95(response_time_s) < 2"], {}, 0),
        (OK, ["p95(response_time_s) < 0.4"], {}, 3),
        (OK, ["p95(response_time_s) < 0.4"], {"end_reason": "interrupted"}, 5),
        (OK, ["p95(response_time_s) < 0.4"], {"generator": Generator(listener_errors=1)}, 4),
        (near(2.0), ["p95(response_time_s) < 2"], {}, 0),
        (near(2.0), ["p95(response_time_s) < 2"], {"strict": True}, 3),
        (failing(1), [], {}, 1),
        (failing(1), ["error_rate < 1%"], {}, 0),
        (failing(1), ["requests.failed <= 1"], {}, 0),
        (failing(1), ["requests.failed < 1"], {}, 3),
        (failing(1), ["p95(response_time_s) < 2"], {}, 1),
        (failing(1), [{"each": "response_time_s < 2"}], {}, 1),
        (failing(1), [{"each": "response_time_s < 2"}, "goodput_ratio > 95%"], {}, 0),
        (failing(1), ["shed_rate < 1%"], {}, 1),
        (failing(1, ErrorKind.SHED), ["shed_rate < 1%"], {}, 0),
        (failing(10), ["error_rate < 0.5%"], {}, 3),
        (failing(100), ["p95(response_time_s) < 2", "error_rate < 20%"], {}, 3),
        (table([], []), ["error_rate < 1%"], {"end_reason": "time_limit"}, 3),
        (table([], []), ["p95(response_time_s) < 1"], {"end_reason": "dead_warmup"}, 3),
        (failing(1), ["error_rate < 1%"], {"end_reason": "gave_up"}, 1),
    ],
)
def test_what_a_run_ends_with(samples: Samples, slos: list[Any], more: dict[str, Any], code: int) -> None:
    assert exit_code(gated(samples, *slos, **({"generator": HEALTHY} | more))) == code


@pytest.mark.parametrize(
    ("slo", "limit"),
    [
        ("p95(response_time_s) < 0.0533", "0.0533 s"),
        ("p95(response_time_s) < 53.3 ms", "0.0533 s"),
        ("steady_rps > 10.125", "10.125/s"),
        ("error_rate < 0.07%", "0.07%"),
        ("wer < 12.345%", "12.345%"),
        ("accuracy.swapped == 0", "0"),
        ("p95(rtf) < 0.3001", "0.3001"),
    ],
)
def test_a_limit_is_not_rounded(slo: str, limit: str) -> None:
    (one,) = gated(OK, slo).summary.slo
    assert exact(one) == limit
