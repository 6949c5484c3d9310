"""JSON lines: many objects, each on a line of its own, read a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

from pydantic_core import from_json

BATCH_BYTES = 1_000_000
LONGEST_LINE_BYTES = 64_000_000
"""Far more than a row or a header has: what goes on after that is no file of ours, and is not read into memory."""


class LineError(ValueError):
    """A line that is not one JSON object. number: of the line, from 1."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"line {number} is {what}")
        self.number = number


class Readable(Protocol):
    """What is read from: a binary file, packed or not."""

    def read(self, size: int, /) -> bytes: ...


def read(file: Readable) -> Iterator[dict[str, Any]]:
    """The object on each line of `file`. A last line without its end may be incomplete: then it is left out.

    Raises `LineError`.
    """
    number, rest = 0, b""
    while part := file.read(BATCH_BYTES):
        whole, end, rest = (rest + part).rpartition(b"\n")
        if end:
            yield from (values := _objects(whole, number))
            number += len(values)
        if len(rest) > LONGEST_LINE_BYTES:
            raise LineError(number + 1, f"longer than {LONGEST_LINE_BYTES // 1_000_000} MB")
    if rest:
        try:
            last = _object(rest, number + 1)
        except LineError:
            return
        yield last


def _objects(lines: bytes, before: int) -> list[dict[str, Any]]:
    """All at once, which takes a fifth of the time; one by one where that won't do (half a surrogate pair, say, which
    this parser refuses)."""
    try:
        values: list[Any] = from_json(b"[%b]" % lines.replace(b"\n", b","))
    except ValueError:
        values = []
    if len(values) == lines.count(b"\n") + 1 and all(type(value) is dict for value in values):
        return values
    return [_object(line, number) for number, line in enumerate(lines.split(b"\n"), start=before + 1)]


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError(number, "not JSON") from None
    if not isinstance(value, dict):
        raise LineError(number, "not a JSON object")
    return value
