"""Names with dots are looked up as jmespath would."""

from __future__ import annotations

import json
from json.scanner import make_scanner
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.places import look

NAMES = st.sampled_from(["a", "b", "text", "_c1"])
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
)


@given(st.lists(NAMES, min_size=1, max_size=4).map(".".join), DOCUMENTS)
def test_what_stands_at_names(expression: str, document: Any) -> None:
    assert look(expression)(document) == jmespath.search(expression, document)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("a[0].b", 1), ('"a-b"', 2), ("length(`1`)", None), ("a[*].b | [0]", 1), ("nothing[3]", None)],
)
def test_everything_else_is_jmespaths(expression: str, expected: Any) -> None:
    assert look(expression)({"a": [{"b": 1}], "a-b": 2}) == expected


def test_what_is_no_expression() -> None:
    with pytest.raises(ValueError, match="a\\["):
        look("a[")


def test_what_of_json_is_not_documented_reads_a_document_and_says_where_it_ends() -> None:
    """`json.scanner.make_scanner`: without it every event of a stream takes three times as long."""
    scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]
    assert scan('{"a": [1, "b"]} rest', 0) == ({"a": [1, "b"]}, 15)
    with pytest.raises(StopIteration):
        scan("words", 0)
