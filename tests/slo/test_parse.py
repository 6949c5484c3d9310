"""Entries of a list of SLOs, and all of them together; whatever text there is."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stt_load.slo.conditions import FIELDS, each
from stt_load.slo.limits import limit
from stt_load.slo.model import Each, Limit
from stt_load.slo.parse import parse, problems
from stt_load.slo.terms import TERMS
from stt_load.slo.tokens import SloError

WORDS = ["p95", "mean", "(", ")", "<", ">=", "==", "2", "1e3", "%", "ms", "s", "/s", "of", ":", "ok", ",", "and", "+"]
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(st.sampled_from([*WORDS, *TERMS, *FIELDS]), max_size=12).map(" ".join)
)


def test_a_text_is_a_limit() -> None:
    assert parse("wer < 2%") == limit("wer < 2%")


def test_an_entry_of_a_limit_says_more_of_it() -> None:
    found = parse({"limit": "p95(ttft_s) < 2", "of": "ok", "abort": True})
    assert isinstance(found, Limit)
    assert (found.expression, found.of_ok, found.abort) == ("p95(ttft_s) < 2 of ok", True, True)
    assert parse({"limit": "p95(ttft_s) < 2", "of": "all", "abort": False}) == limit("p95(ttft_s) < 2")
    assert parse({"limit": "p95(ttft_s) < 2 of ok", "of": "ok"}) == limit("p95(ttft_s) < 2 of ok")


def test_an_entry_says_what_each_has_to_be() -> None:
    assert parse({"each": "wer < 2%"}) == each("wer < 2%")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (5, "is no SLO"),
        (None, "is no SLO"),
        (["wer < 2%"], "is no SLO"),
        ({}, "either limit, each or file"),
        ({"limit": "wer < 2%", "each": "wer < 2%"}, "either limit, each or file"),
        ({"limt": "wer < 2%"}, "has 'limt'"),
        ({"limit": 5}, "has 5 for limit"),
        ({"each": ["wer < 2%"]}, "for each"),
        ({"each": "wer < 2%", "abort": True}, "belong to a limit"),
        ({"limit": "wer < 2%", "abort": "yes"}, "choose true or false"),
        ({"limit": "p95(ttft_s) < 2", "of": "failed"}, "is of 'failed'"),
        ({"limit": "wer < 2%", "of": "ok"}, "not taken over every request"),
    ],
)
def test_what_is_wrong_with_an_entry(entry: object, said: str) -> None:
    with pytest.raises(SloError) as caught:
        parse(entry)
    assert said in str(caught.value)


def test_what_is_wrong_with_all_of_them_together() -> None:
    def found(*entries: object) -> list[tuple[int, str]]:
        return list(problems(map(parse, entries)))

    assert not found("mean(rtf) < 0.3", "error_rate < 1%")
    assert not found({"each": "wer < 2%"}, "goodput_rps > 8", "goodput_ratio > 95%")
    ((place, said),) = found("wer < 2%", "mean(rtf) < 0.3")
    assert (place, said[:31]) == (1, "needs an error_rate beside it, ")
    assert [place for place, _ in found("goodput_rps > 8", "goodput_ratio > 95%")] == [0, 1]
    assert found({"each": "wer < 2%"}, {"each": "rtf < 2"}) == [
        (1, "is the second one of its kind; join both by `and`")
    ]


@given(TEXTS)
@example("p95(response_time_s) < 2")
@example("((((((((((")
@example("٣ < ٤")
def test_whatever_text_there_is_it_is_an_slo_or_said_to_be_none(text: str) -> None:
    for read in (limit, each):
        with contextlib.suppress(SloError):
            found = read(text)
            assert read(found.expression) == found


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda one: st.lists(one) | st.dictionaries(st.sampled_from(["limit", "each", "of", "abort", "x"]), one),
        max_leaves=6,
    )
)
def test_whatever_entry_there_is(entry: object) -> None:
    try:
        found = parse(entry)
    except SloError:
        return
    assert isinstance(found, Limit | Each)


def test_there_is_nothing_that_has_no_better_direction_to_be_limited() -> None:
    assert {"all", "failures"}.isdisjoint(path.partition(".")[0] for path in TERMS)
    assert {"window_s", "requests.total"}.isdisjoint(TERMS)
