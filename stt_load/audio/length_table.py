"""Lengths of clips from a file: one a line, as a spreadsheet or a log of a service has them."""

from __future__ import annotations

import csv
import functools
import io
import math
from pathlib import Path

from stt_load.storage.files import read_ordinary

SHORTEST_S = 0.1
"""No length that is drawn is shorter: of less no recogniser can make anything."""
NAMES = ("duration", "audio_s", "seconds", "length")
"""What a column of lengths is called; the first of these that there is is taken."""
MOST_BYTES = 64_000_000
"""Of a file: some ten million lengths."""
MOST_SHOWN = 20
"""Faults of which is told."""
_DELIMITERS = ",;\t"


def lengths_in(path: str) -> tuple[float, ...]:
    """The seconds in a file of comma-separated values, in their order. A relative path begins in the working
    directory.

    Of several columns it is the one that is called as in NAMES, or the first where no line of names is there. Raises
    ValueError with all that is wrong, a line each. A file that has not changed is not read again.
    """
    try:
        known = Path(path).stat()
        return _read(path, (known.st_dev, known.st_ino, known.st_mtime_ns, known.st_size))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror or error}; name a file of lengths") from None


@functools.lru_cache(maxsize=4)
def _read(path: str, identity: tuple[int, ...]) -> tuple[float, ...]:  # noqa: ARG001
    rows = rows_in(path, decoded(path, read_ordinary(Path(path), MOST_BYTES)))
    column = _column(path, rows)
    if column is None:
        column = 0
    else:
        rows = rows[1:]
    if not rows:
        raise ValueError(f"{path} has no lengths; write seconds into it, one a line")
    return _lengths(path, rows, column)


def decoded(path: str, content: bytes) -> str:
    """The text of the file at `path`. Raises ValueError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}, line {line}: it is not text in UTF-8; save it as that") from None


def rows_in(path: str, text: str) -> list[tuple[int, list[str]]]:
    """The cells of the lines that are not empty, with the lines' numbers. Raises ValueError."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda one: (first.count(one), one == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: it is not comma-separated values ({error})") from None


def _column(path: str, rows: list[tuple[int, list[str]]]) -> int | None:
    """Which column the first line says it is; None where that line says none, and has a length itself."""
    names = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    for name in NAMES:
        if name in names:
            return names.index(name)
    if not names or _seconds(names[0]) is not None:
        return None
    if len(names) > 1:
        known = f"{', '.join(NAMES[:-1])} or {NAMES[-1]}"
        raise ValueError(f"{path}, line {rows[0][0]}: no column is called {known}; call the one of lengths duration")
    return 0


def _lengths(path: str, rows: list[tuple[int, list[str]]], column: int) -> tuple[float, ...]:
    lengths, faults = list[float](), list[str]()
    for line, cells in rows:
        cell = cells[column].strip() if column < len(cells) else ""
        length_s = _seconds(cell)
        if length_s is None:
            faults.append(f"{path}, line {line}: {cell!r} is no number; write seconds, such as 7.5")
        elif length_s < SHORTEST_S:
            faults.append(f"{path}, line {line}: {cell} s is too short; a clip has {SHORTEST_S} s or more")
        else:
            lengths.append(length_s)
    if faults:
        raise ValueError("\n".join(shown(path, faults)))
    return tuple(lengths)


def shown(path: str, faults: list[str]) -> list[str]:
    """The first faults of a file, each of a line of it, and how many more there are."""
    rest = len(faults) - MOST_SHOWN
    return faults[:MOST_SHOWN] + ([f"{path}: and {rest} lines more"] if rest > 0 else [])


def _seconds(cell: str) -> float | None:
    """None where it is no finite number."""
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
