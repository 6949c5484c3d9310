"""How a person names a metric, and where it stands in a result."""

from __future__ import annotations

import pytest

from stt_load.comparison.model import DEFAULT_METRICS
from stt_load.comparison.names import COMPARABLE, name_of, path_of
from stt_load.slo.tokens import SloError


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("p95(response_time_s)", "all.response_time_s.p95"),
        (" p50( response_time_s ) ", "all.response_time_s.median"),
        ("mean(response_time_s)", "response_time_s.mean"),
        ("p95(ttft_s)", "ttft_s.p95"),
        ("wer", "accuracy.wer"),
        ("error_rate", "error_rate"),
        ("response_time_s.p95", "response_time_s.p95"),
        ("all.response_time_s.p99", "all.response_time_s.p99"),
        ("delta_gap_s.p95_s", "delta_gap_s.p95_s"),
    ],
)
def test_names_as_people_write_them(name: str, path: str) -> None:
    assert path_of(name) == path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is no metric; write one such as p95(response_time_s)"),
        ("p95(response_time_s) < 2", "is no metric; write one such as"),
        ("\x1b[31m", "is no metric"),
        ("throughput", "did you mean throughput_rps?"),
        ("p95(respnse_time_s)", "did you mean response_time_s?"),
        ("p95(throughput_rps)", "write throughput_rps alone"),
        ("response_time_s", "many numbers; choose one of them, such as p95(response_time_s)"),
        ("failures", "is many numbers; choose one, such as error_rate"),
        ("window_s", "has no better direction"),
        ("all.response_time_s.n", "has no better direction"),
        ("p90(rtf)", "is in no result; there are rtf.overall, rtf.median, rtf.p95"),
    ],
)
def test_what_is_no_name_of_one(name: str, said: str) -> None:
    with pytest.raises(SloError) as raised:
        path_of(name)
    assert said in str(raised.value)


def test_the_short_name_leads_back() -> None:
    assert [path_of(name_of(path)) for path in COMPARABLE] == list(COMPARABLE)
    assert [name_of(path) for path in DEFAULT_METRICS] == [
        "p95(response_time_s)",
        "p99(response_time_s)",
        "throughput_rps",
        "wer",
        "error_rate",
    ]
