"""What a service says went wrong inside an answer whose status says that nothing did."""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST_LEVELS = 4
"""Of an error that are looked at for something that it says; what lies deeper is something."""


def error_in(document: Mapping[str, object], quote: str) -> str | None:
    """What the server says went wrong, None when `document` is no error. quote: the document as it came, in case that
    there are no words for it.

    The forms: `{"error": {"message": ...}}` (OpenAI, vLLM) or `{"error": "..."}`; `{"object": "error", "message":
    ...}` (vLLM of old); `{"type": "error", ...}`. An `error` that is empty says that there is none.
    """
    error = document.get("error")
    if error is None or not _says_something(error):
        if document.get("type") != "error" and document.get("object") != "error":
            return None
        error = document
    if isinstance(error, Mapping):
        error = error.get("message")
    return error if isinstance(error, str) and error.strip() else quote


def begins_an_error(data: str) -> bool:
    """Whether what is no JSON begins as `{"error": "..."}` does: transformers (src/transformers/cli/serving/
    transcription.py) writes it without escaping what stands in it."""
    return _BEGUN.match(data) is not None


def _says_something(value: object, levels: int = MOST_LEVELS) -> bool:
    """Whether it is not empty: no "", false, 0, null, {}, [], and nothing that holds only these."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping | list) and value and levels:
        inside = value.values() if isinstance(value, Mapping) else value
        return any(_says_something(one, levels - 1) for one in inside)
    return bool(value)


_BEGUN = re.compile(
    r"""\{\s*(["'])error\1\s*:\s*(\{\s*["']\w+["']\s*:\s*)?(["'])(?!\s*\3\s*([,}]|$))\s*\S"""  # ' as Python does
)
