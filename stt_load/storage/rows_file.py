"""The requests of a run as a table of their own, for programs that read no JSON document: CSV, or JSON lines."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stt_load.samples.escaping import encode, harmless
from stt_load.samples.rows import ORDER, slices
from stt_load.storage.files import numbered, published, utf8
from stt_load.storage.run_record import RunRecord

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these, or spaces before them, a text begins that a spreadsheet would compute (OWASP, CSV injection): a server
could put one there. The last four are the first as wide as Hangul."""
_PLAIN = frozenset({int, float, type(None)})


def write(wanted: Path, run: RunRecord) -> Path:
    """Writes the rows of `run`, as the result has them, to `wanted`, or to one with `_2`, `_3`, ... before its suffix
    where that is taken. Its suffix says how. Returns where they are.

    Raises `OSError` when they can't be written; then nothing is left.
    """
    path = next(path for path in numbered(wanted) if not os.path.lexists(path))
    parts = slices(run.samples, run.info.workers)
    with published(path) as file:
        if path.suffix == ".csv":
            file.write(utf8(_csv([ORDER])))
        for lines in parts:
            file.write(utf8(_csv(_cells(lines)) if path.suffix == ".csv" else "".join(f"{line}\n" for line in lines)))
    return path


def _csv(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(lines: list[str]) -> Iterator[list[object]]:
    """Most of a row is numbers, and what is not there: both are cells as they are."""
    for row in json.loads(f"[{','.join(lines)}]"):
        yield [one if type(one) in _PLAIN else _cell(one) for one in row.values()]


def _cell(value: object) -> object:
    """What is no number as one line that is no formula."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, Mapping):
        value = encode(value)
    if isinstance(value, str):
        return f"'{harmless(value)}" if value.lstrip().startswith(FORMULA) else harmless(value)
    return value
