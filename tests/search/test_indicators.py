"""Which limits requests tell of."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.samples.sample import ErrorKind
from stt_load.search.indicators import indicators, others, rarest
from stt_load.slo.parse import parse
from tests.factory import table

MANY = [
    parse(one)
    for one in (
        "p99(response_time_s) < 2",
        "error_rate < 1%",
        "shed_rate <= 5%",
        "mean(response_time_s) < 1",
        "wer < 10%",
        "throughput_rps > 5",
        "p95(connect_s) < 0.1",
    )
]


def test_quantiles_and_shares_are_told_by_requests_and_the_rest_by_a_level() -> None:
    assert [one.expression for one in indicators(MANY)] == [
        "p99(response_time_s) < 2",
        "error_rate < 1%",
        "shed_rate <= 5%",
    ]
    assert [one.expression for one in others(MANY)] == [
        "mean(response_time_s) < 1",
        "wer < 10%",
        "throughput_rps > 5",
        "p95(connect_s) < 0.1",
    ]


def test_the_rarest_is_of_what_has_to_be_tested() -> None:
    assert rarest(MANY) == 0.01
    assert rarest([parse("p95(response_time_s) < 2"), parse("error_rate < 1%")]) == 0.05


@pytest.mark.parametrize(
    ("text", "over"), [("p95(response_time_s) < 2", [0, 1, 1]), ("p95(response_time_s) <= 2", [0, 0, 1])]
)
def test_the_limit_itself_is_over_where_it_has_to_be_less(text: str, over: list[int]) -> None:
    (one,) = indicators([parse(text)])
    assert one.seen(table([0, 1, 2], [1.9, 2.0, 2.1]))[0].tolist() == [bool(each) for each in over]


def test_failures_are_on_top_unless_they_are_left_out() -> None:
    rows = table([0, 1], [0.1, 0.1], kind=[ErrorKind.SHED, None])
    (one,) = indicators([parse("p95(response_time_s) < 2")])
    assert one.seen(rows)[0].tolist() == [True, False]
    assert one.seen(rows)[1][0] == np.inf
    (of_ok,) = indicators([parse({"limit": "p95(response_time_s) < 2", "of": "ok"})])
    assert of_ok.seen(rows)[0].tolist() == [False, False]
    assert (one.over_after_s, of_ok.over_after_s) == (2, None)


def test_refusals_are_failures_of_their_own_kind() -> None:
    rows = table([0, 1, 2], 0.1, kind=[ErrorKind.SHED, ErrorKind.HTTP_5XX, None])
    errors, sheds = indicators([parse("error_rate < 1%"), parse("shed_rate < 1%")])
    assert errors.seen(rows)[0].tolist() == [True, True, False]
    assert sheds.seen(rows)[0].tolist() == [True, False, False]


EACH = parse({"each": "response_time_s < 2 and rtf < 1"})


def test_goodput_is_a_share_of_those_that_are_good() -> None:
    (one,) = indicators([parse("goodput_ratio >= 95%"), EACH])
    rows = table([0, 1, 2], [1.0, 2.0, 1.0], audio_s=[10.0, 10.0, 0.5], kind=[None, None, None])
    assert one.seen(rows)[0].tolist() == [False, True, True]
    assert one.share == pytest.approx(0.05)
    assert one.over_after_s == 2


def test_words_and_an_exact_share_are_told_by_no_request() -> None:
    assert not indicators([parse("goodput_ratio == 1"), EACH])
    assert not indicators([parse("goodput_ratio > 95%"), parse({"each": "wer < 0.2"})])
