"""The requests of a run as a table of their own, for programs that read no JSON document: CSV, or JSON lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from stt_load.samples.escaping import harmless
from stt_load.samples.rows import ORDER, Texts, column_slices
from stt_load.storage.files import numbered, published, utf8
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.levels_rows import parts, row_slices
from stt_load.storage.run_record import RunRecord

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these, or spaces before them, a text begins that a spreadsheet would compute (OWASP, CSV injection): a server
could put one there. The last four are the first as wide as Hangul."""
_DIGITS = frozenset("-0123456789")


def write(wanted: Path, record: RunRecord | LevelsRecord) -> Path:
    """Writes the rows of `record`, as the result has them, to `wanted`, or to one with `_2`, `_3`, ... before its
    suffix where that is taken. Its suffix says how. Returns where they are.

    Raises `OSError` when they can't be written; then nothing is left.
    """
    path = next(path for path in numbered(wanted) if not os.path.lexists(path))
    with published(path) as file:
        for text in (_csv if path.suffix == ".csv" else _json_lines)(record):
            file.write(utf8(text))
    return path


def _json_lines(record: RunRecord | LevelsRecord) -> Iterator[str]:
    for lines in row_slices(record):
        yield "".join(f"{line}\n" for line in lines)


def _csv(record: RunRecord | LevelsRecord) -> Iterator[str]:
    yield ",".join(ORDER) + "\n"
    for columns, count in (one for some in parts(record) for one in column_slices(*some)):
        cells = (_cells(columns[name]) for name in ORDER)
        rows = zip(*(repeat(one, count) if isinstance(one, str) else one for one in cells), strict=True)
        yield "".join(f"{','.join(row)}\n" for row in rows)


def _cells(texts: Texts) -> Texts:
    """A column as JSON has it, as cells: most of it is numbers, which are the same in both, and what is not there."""
    if isinstance(texts, str):
        return _cell(texts)
    cells = {one: _cell(one) for one in set(texts) if one[0] not in _DIGITS}
    return [cells.get(one, one) for one in texts]


def _cell(text: str) -> str:
    """A value as one line that is no formula, quoted as RFC 4180 has it. Of what ends a line nothing is left."""
    value = json.loads(text)
    if isinstance(value, list):
        shown = " ".join(value)
    elif isinstance(value, str):
        shown = f"'{harmless(value)}" if value.lstrip().startswith(FORMULA) else harmless(value)
    else:
        shown = "" if value is None else text
    return '"' + shown.replace('"', '""') + '"' if any(one in shown for one in ',"') else shown
