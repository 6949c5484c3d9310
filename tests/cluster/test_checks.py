"""What a value in a message can be, and what a line can show of one that can't."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.cluster import checks
from stt_load.cluster.checks import Check, InvalidMessage, shown

NAN, INF = float("nan"), float("inf")

CASES: list[tuple[Check, list[Any], list[Any]]] = [
    (checks.flag, [True, False], [0, 1, None, "true"]),
    (checks.whole(1, 5), [1, 5], [0, 6, 1.0, True, "1", None, NAN]),
    (checks.number(0, 5), [0, 5, 0.5], [-0.1, 5.1, NAN, INF, True, "1", None, 10**400]),
    (checks.instant, [-1e12, 0, 1e12], [1e13, -1e300, NAN]),
    (checks.text(3), ["", "abc", "\x1b"], ["abcd", b"abc", None, 3]),
    (checks.name(3), ["abc", "é"], ["", "a\n", "\x9b", "\u202e", "abcd", b"a"]),
    (checks.packed(3), [b"", b"abc"], [b"abcd", "abc", None]),
    (checks.one_of(1, "a"), [1, "a"], [True, 1.0, "b", None, []]),
    (checks.optional(checks.flag), [None, True], [0]),
    (checks.either(checks.flag, checks.whole()), [True, 7], ["7", None]),
    (checks.listed(checks.whole(), 2), [[], [1, 2]], [[1, 2, 3], [None], (1,), "12", None, {}]),
    (checks.items(checks.whole(), checks.flag), [[1, True]], [[1], [True, 1], [1, True, 1], None]),
    (
        checks.mapping(checks.text(1), checks.whole(), 1),
        [{}, {"a": 1}],
        [{"a": 1, "b": 2}, {1: 1}, {"a": ""}, []],
    ),
    (
        checks.fields({"a": checks.whole()}, {"b": checks.flag}),
        [{"a": 1}, {"a": 1, "b": True}],
        [{}, {"b": True}, {"a": ""}, {"a": 1, "b": 1}, {"a": 1, "c": 1}, None, [], {1: 1, "a": 1}],
    ),
    (checks.fields({"a": checks.whole()}, open_=True), [{"a": 1, "c": []}], [{"c": 1}]),
    (checks.anything, [None, 1, {}], []),
]


@pytest.mark.parametrize(("check", "good", "bad"), CASES)
def test_what_can_be_passes_and_nothing_else(check: Check, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        check("it", value)
    for value in bad:
        with pytest.raises(InvalidMessage, match=r"^(it|an item of it|a (key|value) of it)\b") as caught:
            check("it", value)
        assert str(caught.value).isprintable()


def test_what_is_shown_of_a_value_is_short_and_harmless() -> None:
    assert shown("a\x1b[2J\u202eb\n") == r"a\x1b[2J\u202eb\n"
    assert shown("x" * 1_000) == "x" * 100 + "..."
    assert (shown(7), shown(None), shown(0.5), shown(True)) == ("7", "None", "0.5", "True")
    assert shown(10**5_000) == "a huge number"
    assert shown([1] * 10**6) == "of type list"
