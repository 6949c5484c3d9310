"""JSON in answers, and where things stand in it: JMESPath expressions (https://jmespath.org/specification.html)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from json.scanner import make_scanner
from typing import Any

import jmespath

Look = Callable[[Any], Any]
"""Gives what stands at a place of a document, None where there is nothing."""


def look(expression: str) -> Look:
    """Looks at the place that `expression` names; ValueError where it is no JMESPath expression.

    Names with dots between them, which nearly all are, are looked up here: jmespath takes 4 microseconds of the event
    loop for each, this one a tenth.
    """
    if _NAMES.fullmatch(expression) is None:
        return _by_jmespath(expression)
    names = expression.split(".")

    def found(document: Any) -> Any:
        for name in names:
            if not isinstance(document, dict):
                return None
            document = document.get(name)
        return document

    return found


def _by_jmespath(expression: str) -> Look:
    compiled = jmespath.compile(expression)

    def found(document: Any) -> Any:
        try:
            return compiled.search(document)
        except Exception:  # a function that was given what it does not take: ceil(`1e999`) is an OverflowError
            return None

    return found


_NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


def parsed(text: str | bytes) -> Any:
    """The JSON document that `text` is. Raises ValueError where it is none, or one too deep to be read."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:  # an integer of more digits than Python takes for one
        return json.loads(text, parse_int=float)


NO_JSON = object()
"""What `json_in` finds in a text that is none."""


def json_in(text: str) -> Any:
    """The object, array or string of JSON that all of `text` is, or null; `NO_JSON` of any other text.

    A number, true and false are words like others. text: without blanks around it.
    """
    if not text.startswith(("{", "[", '"')):
        return None if text == "null" else NO_JSON
    try:
        document, end = _SCAN(text, 0)  # a third of what json.loads takes, which matters for millions of events
        if end == len(text):
            return document
    except (StopIteration, ValueError, RecursionError):
        pass
    try:
        return parsed(text)
    except ValueError:
        return NO_JSON


_DECODER: Any = json.JSONDecoder()
_SCAN = make_scanner(_DECODER)
