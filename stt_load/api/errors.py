"""What a service says went wrong inside an answer whose status says that nothing did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

ENDS = ("error", "Error", "ERROR", "failed", "Failed", "FAILED", "exception", "Exception")
"""How the types and the names of events end that are errors: `error`, `transcript.text.error`, `response.failed`."""
MOST_LEVELS = 4
"""Of an error that are looked at for something that it says; what lies deeper is something."""
MOST_THINGS = 1_000
"""Of an error that may be empty; with more of them it says something, whatever that is."""


def error_in(document: Mapping[str, object], quote: str) -> str | None:
    """What the server says went wrong, None when `document` is no error. quote: the document as it came, in case that
    there are no words for it.

    The forms: `{"error": {"message": ...}}` (OpenAI, vLLM) or `{"error": "..."}`; `{"object": "error", "message":
    ...}` (vLLM of old); `{"type": "error", ...}`, or a type that ends so. An `error` that is empty says that there is
    none.
    """
    error = document.get("error")
    if error is None or not _says_something(error):
        kind = document.get("type")
        named = isinstance(kind, str) and kind.endswith(ENDS)
        if not named and document.get("object") != "error" and document.get("event") != "error":
            return None
        error = document
    if isinstance(error, Mapping):
        error = error.get("message")
    return error if isinstance(error, str) and error.strip() else quote


def failure_in(document: Mapping[str, object], quote: str) -> str | None:
    """What the server says went wrong in an object that has no text to offer, None where it says nothing so.

    The forms: `{"detail": ...}` (FastAPI), `{"errors": [...]}`, a message with a code or a status that is none of
    success (RFC 9457, too), `{"status": "failed"}`, `{"success": false}`, `{"data": {"error": ...}}`.
    """
    if _PLACES.isdisjoint(document):
        return None
    text = document.get("text")
    if isinstance(text, str) and text.strip():
        return None
    for place in _INSIDE:
        inner = document.get(place)
        error = error_in(inner, quote) if isinstance(inner, Mapping) else None
        if error is not None:
            return error
    message = document.get("message") or document.get("title")
    told = next((document[name] for name in _TOLD if _says_something(document.get(name))), None)
    is_one = told is not None and not isinstance(document.get("type"), str)
    is_one = is_one or any(_is_failed(document.get(name)) for name in ("status", "state", "success", "ok"))
    is_one = is_one or (_says_something(message) and any(_is_wrong(document.get(name)) for name in _CODES))
    if not is_one:
        return None
    return next((one for one in (message, told) if isinstance(one, str) and one.strip()), quote)


def _is_failed(state: object) -> bool:
    """A word for it, false, or a status of HTTP that says so."""
    if isinstance(state, str):
        return state.strip().lower() in _FAILED
    return state is False or (isinstance(state, int) and 400 <= state < 600)


def _is_wrong(code: object) -> bool:
    """Whether it is none that goes with success: nothing, 0, 2xx."""
    if isinstance(code, str):
        return bool(code.strip()) and code.strip().lower() not in ("0", "200", "ok", "success")
    return isinstance(code, int) and code is not True and code != 0 and not 200 <= code < 300


def begins_an_error(data: str) -> bool:
    """Whether what is no JSON begins as `{"error": "..."}` does: transformers (src/transformers/cli/serving/
    transcription.py) writes it without escaping what stands in it."""
    return _BEGUN.match(data) is not None


def _says_something(error: object) -> bool:
    """Whether it is not empty: no "", false, 0, null, {}, [], and nothing that holds only these."""
    levels: list[Iterator[object]] = [iter((error,))]
    looked_at = 0
    while levels:
        for value in levels[-1]:
            looked_at += 1
            if isinstance(value, Mapping | list) and value and len(levels) <= MOST_LEVELS:
                levels.append(iter(value.values() if isinstance(value, Mapping) else value))
                break
            if looked_at > MOST_THINGS or (value.strip() if isinstance(value, str) else value):
                return True
        else:
            levels.pop()
    return False


_INSIDE = ("data", "result", "response")
_TOLD = ("detail", "errors", "exception", "traceback", "err")
_CODES = ("code", "status_code", "statusCode")
_PLACES = frozenset({*_INSIDE, *_TOLD, *_CODES, "status", "state", "success", "ok"})
_FAILED = frozenset({"failed", "failure", "fail", "error", "errored", "fatal", "aborted", "crashed"})
_BEGUN = re.compile(
    r"""\{\s*(["'])error\1\s*:\s*(\{\s*["']\w+["']\s*:\s*)?(["'])(?!\s*\3\s*([,}]|$))\s*\S"""  # ' as Python does
)
