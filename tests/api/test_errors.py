"""Which documents are errors, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from stt_load.api.errors import MOST_LEVELS, MOST_THINGS, begins_an_error, error_in


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"error": "busy"}, "busy"),
        ({"error": {"message": "busy", "code": 5}}, "busy"),
        ({"error": {"code": 5}}, "quote"),
        ({"error": {"message": "", "code": 5}}, "quote"),
        ({"error": ["busy"]}, "quote"),
        ({"error": True}, "quote"),
        ({"error": 5}, "quote"),
        ({"object": "error", "message": "busy"}, "busy"),
        ({"type": "error", "message": "busy"}, "busy"),
        ({"type": "error", "error": {}}, "quote"),
        ({"error": {"a": {"b": {"c": {"d": {"e": ""}}}}}}, "quote"),
        ({"text": "hi"}, None),
        ({"error": None}, None),
        ({"error": ""}, None),
        ({"error": " \n"}, None),
        ({"error": False}, None),
        ({"error": 0}, None),
        ({"error": {}}, None),
        ({"error": []}, None),
        ({"error": {"message": None, "code": 0, "details": []}}, None),
        ({"errors": ["busy"]}, None),
    ],
)
def test_what_is_an_error(document: dict[str, object], told: str | None) -> None:
    assert error_in(document, "quote") == told


def test_an_error_as_deep_as_python_reads_is_one() -> None:
    deep = json.loads('{"error": ' + "[" * 900 + "]" * 900 + "}")
    assert error_in(deep, "quote") == "quote"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"error": "a "quote" of it"}', True),
        ('{"error": ""quote""}', True),
        ('{ "error" : "cut o', True),
        ('{"error": {"message": "cut o', True),
        ("{'error': 'boom'}", True),
        ("{'error': {'message': 'boom'}}", True),
        ("{'error': '', 'text': 'hi'}", False),
        ("{'error': None, 'text': 'hi'}", False),
        ('{"error": "", "text": "cut o', False),
        ('{"error": " ", "text": "cut o', False),
        ('{"error": {"message": ""}, "text": "cut o', False),
        ('{"error": null, "text": "cut o', False),
        ('{"error": false, "te', False),
        ('{"error": {}, "te', False),
        ('{"error', False),
        ('{"text": "error"', False),
        ("error", False),
    ],
)
def test_what_begins_as_one(data: str, expected: bool) -> None:
    assert begins_an_error(data) is expected


class Counted(list[object]):
    """looked_at: how many of its things were."""

    looked_at = 0

    def __iter__(self) -> Iterator[object]:
        for one in super().__iter__():
            Counted.looked_at += 1
            yield one


@pytest.mark.parametrize(
    "error",
    [[[]] * 10**6, ["x", *[""] * 10**6], [[[[""] * 99] * 99] * 99], {"a": [0] * 10**6}],
    ids=["lists", "the first one", "lists in lists", "in an object"],
)
def test_whether_an_error_is_empty_is_asked_of_its_beginning_only(error: object) -> None:
    """4 MB of nothings took seconds, in which all other users stood still."""
    Counted.looked_at = 0
    assert error_in({"error": counted(error)}, "quote") == "quote"
    assert Counted.looked_at <= MOST_THINGS + MOST_LEVELS


def counted(error: object) -> object:
    if isinstance(error, dict):
        return {name: counted(one) for name, one in error.items()}
    if not isinstance(error, list):
        return error
    return Counted([*map(counted, error[:1]), *error[1:]])


def test_an_error_of_few_nothings_is_none() -> None:
    assert error_in({"error": [[], {}, "", None, {"a": [0, [False]]}] * 50}, "quote") is None
