"""What makes one request good, from its text."""

from __future__ import annotations

import pytest

from stt_load.slo.conditions import DEEPEST, FIELDS, MOST_SIGNS, each
from stt_load.slo.model import Arithmetic, Comparison, Field, Number
from stt_load.slo.tokens import SloError


def test_conditions_are_sums_of_products() -> None:
    found = each("response_time_s < 0.5 + 0.2 * audio_s and wer <= 20%")
    product = Arithmetic("*", Number(0.2), Field("audio_s"))
    assert found.conditions == (
        Comparison(Field("response_time_s"), "<", Arithmetic("+", Number(0.5), product)),
        Comparison(Field("wer"), "<=", Number(0.2)),
    )
    assert found.fields == {"response_time_s", "audio_s", "wer"}


def test_what_is_left_is_done_first_and_brackets_before_all() -> None:
    (found,) = each("rtf > 8 - 2 - (1 + 2) / 3").conditions
    inner = Arithmetic("/", Arithmetic("+", Number(1), Number(2)), Number(3))
    assert found.right == Arithmetic("-", Arithmetic("-", Number(8), Number(2)), inner)


@pytest.mark.parametrize(
    "text",
    [
        "response_time_s < 500 ms",
        "response_time_s / audio_s < 30%",
        "response_time_s - ttft_s < 2 s + 0.1 * audio_s",
        "0.5 + audio_s > response_time_s",
        "rtf < 0.1 + 0.5 / audio_s",
        "response_time_s < audio_s * rtf",
    ],
)
def test_units_fit_where_they_can(text: str) -> None:
    assert each(text).expression == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the end stands where a number or a field"),
        ("response_time_s", "the end stands where one of < <= > >="),
        ("response_time_s == 2", "'=='"),
        ("respons < 2", "did you mean response_time_s? there are response_time_s, service_time_s, ttft_s, audio_s"),
        ("error_rate < 2", "no request has"),
        ("2 < 3", "compares numbers alone"),
        ("wer < 2 or rtf < 3", "joined by `and` alone"),
        ("not wer < 2", "'not'"),
        ("response_time_s < 2%", "compares seconds and a plain number"),
        ("wer < 200 ms", "compares a plain number and seconds"),
        ("response_time_s < 0.5 + wer", "compares seconds and a plain number"),
        ("response_time_s + wer < 3", "adds seconds and a plain number"),
        ("response_time_s - rtf < 3", "subtracts seconds and a plain number"),
        ("response_time_s * audio_s < 3 s", "seconds to the power of 2 and seconds"),
        ("(response_time_s < 3", "')' has to close a bracket"),
        ("response_time_s < 3 s ms", "goes on with 'ms'"),
        ("response_time_s < " + "(" * (DEEPEST + 1) + "3", f"more than {DEEPEST} brackets"),
        ("rtf < 1" + "+1" * (MOST_SIGNS + 1), f"more than {MOST_SIGNS} signs"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(SloError) as caught:
        each(text)
    assert said in str(caught.value)


def test_there_may_be_as_many_brackets_as_are_said() -> None:
    each("rtf < " + "(" * DEEPEST + "3" + ")" * DEEPEST + "+1" * MOST_SIGNS)


def test_every_field_can_be_asked_for() -> None:
    assert all(each(f"{name} < 2").fields == {name} for name in FIELDS)
