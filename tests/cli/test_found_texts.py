"""Where texts stand in an answer."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.places import look
from stt_load.cli.found_texts import Found, as_yaml, texts_in


def test_the_likeliest_comes_first() -> None:
    document = {"id": "a-long-identifier", "note": "a longer remark", "result": {"text": "hi"}, "language": "en"}
    found = [one.place for one in texts_in(document, 9)]
    assert found == ["result.text", "note", "id", "language"]
    assert len(texts_in(document, 2)) == 2


def test_of_several_items_the_texts_are_joined() -> None:
    document = {"segments": [{"text": "good"}, {"text": "morning"}]}
    assert texts_in(document, 1) == [Found("join(' ', segments[].text)", "good morning")]
    nested = {"a": [{"b": [{"text": "x"}, {"text": "y"}]}, {"b": [{"text": "z"}]}]}
    assert texts_in(nested, 1) == [Found("join(' ', a[].b[].text)", "x y z")]


@pytest.mark.parametrize("document", [{}, [], 3, None, {"text": " "}, {"text": None}])
def test_where_there_is_no_text_none_is_found(document: Any) -> None:
    assert texts_in(document, 9) == []


def test_a_text_that_is_all_there_is() -> None:
    assert texts_in("hello", 9) == [Found("@", "hello")]
    assert texts_in(["hello"], 9) == [Found("[0]", "hello")]


def test_what_is_another_value_in_yaml_is_quoted() -> None:
    assert [as_yaml(place) for place in ("null", "true", "text", "a b")] == ['"null"', '"true"', "text", '"a b"']


NAMES = st.text(min_size=1, max_size=6)
DOCUMENTS = st.recursive(
    st.text(max_size=9) | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_every_expression_finds_what_is_said_of_it_also_by_way_of_yaml(document: Any) -> None:
    for place, text in texts_in(document, 99):
        read = yaml.safe_load(f"api: {{response: {{text: {as_yaml(place)}}}}}")["api"]["response"]["text"]
        assert look(read)(document) == text
