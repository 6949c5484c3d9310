"""Shares and numbers as they stand in a text."""

from __future__ import annotations

import pytest

from stt_load.config.shares import as_given, number_text, percent, share


@pytest.mark.parametrize(("given", "found"), [("5%", 0.05), (" 12.5 % ", 0.125), (0.1, 0.1), ("0.1", 0.1), (1, 1.0)])
def test_a_share_is_written_as_one_or_in_per_cent(given: object, found: float) -> None:
    assert share(given, "resolution", 0.01, 1.0) == found


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (10, "has 10 as its resolution; did you mean 10%? Else choose a share such as 5%, from 1% to 100%"),
        ("0.1%", "has 0.1% as its resolution; choose a share"),
        (0, "has 0 as its resolution; choose"),
        ("much", "has no share as its resolution; choose"),
        (True, "has no share as its resolution"),
        (None, "has no share as its resolution"),
    ],
)
def test_what_is_none(given: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem.replace("?", r"\?")):
        share(given, "resolution", 0.01, 1.0)


def test_in_words() -> None:
    assert (percent(0.05), percent(0.123456)) == ("5%", "12.3456%")
    assert (number_text(5.0), number_text(2.5), number_text(7)) == ("5", "2.5", "7")
    assert [as_given(one) for one in (None, [1], {}, True, 3, "x")] == [
        "nothing",
        "a list",
        "a mapping",
        "true",
        "3",
        "x",
    ]
