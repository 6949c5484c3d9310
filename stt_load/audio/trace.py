"""A trace: when requests came, and how long the audio of each was, or which recording it was, as a service's log has
it.

JSON lines, one object a line, or comma-separated values whose first line names the columns: `offset_s`, the seconds
from the trace's beginning, and `audio_s`, the seconds of audio, or `file`, a recording. Lines may be in any order.
Other keys and columns are left alone.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from stt_load.audio.length_table import SHORTEST_S, decoded, rows_in, shown
from stt_load.storage.files import read_ordinary

MOST_BYTES = 64_000_000
"""Of a file: some three million requests."""
LATEST_FIRST_S = 3_600.0
"""So late the first request may come: whoever has times of day would wait for ever."""
LATEST_S = 1e8
"""No request comes later: that is three years."""
_NUMBERS = ("offset_s", "audio_s")
_EXAMPLE = {True: '{"offset_s": 12.5, "audio_s": 7.1}', False: "offset_s,audio_s"}
"""What the lines look like: of JSON, or the first one of comma-separated values."""


class Arrival(NamedTuple):
    """One request of a trace. line: of the file, from 1. One of audio_s and file is None."""

    offset_s: float
    line: int
    audio_s: float | None
    file: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A trace that can be used: of all its requests either the lengths are known, or the recordings.

    lines: of the file, of each request. offsets_s: in rising order. lengths_s: none where there are `files`. digest:
    hexadecimal, another one for other requests.
    """

    path: str
    lines: tuple[int, ...]
    offsets_s: tuple[float, ...]
    lengths_s: tuple[float, ...]
    files: tuple[str, ...]
    digest: str

    def __len__(self) -> int:
        return len(self.offsets_s)


def place_of(seq: int, warmup: int, count: int) -> int:
    """Which of the `count` requests of a trace an iteration is. The first one after the warm-up is the trace's first;
    the warm-up is like the first ones, too, from the beginning again where there are not so many."""
    return (seq - warmup if seq >= warmup else seq) % count


@dataclass(frozen=True, slots=True)
class TracedLength:
    """Lengths in the order of a trace, after a warm-up of so many clips. Raises ValueError for a trace of
    recordings."""

    trace: Recorded
    warmup: int

    def __post_init__(self) -> None:
        if self.trace.files:
            raise ValueError(
                f"{self.trace.path} names recordings, which only audio.source files sends; choose that, with "
                "audio.files, or a trace with audio_s"
            )

    @property
    def shortest_s(self) -> float:
        return min(self.trace.lengths_s)

    @property
    def longest_s(self) -> float:
        return max(self.trace.lengths_s)

    def at(self, seed: int, seq: int) -> float:  # noqa: ARG002 - nothing is drawn
        lengths_s = self.trace.lengths_s
        return lengths_s[place_of(seq, self.warmup, len(lengths_s))]


def trace_in(path: str) -> Recorded:
    """What the file says. A relative path begins in the working directory.

    Raises ValueError with all that is wrong, a line each. A file that has not changed is not read again.
    """
    try:
        known = Path(path).stat()
        return _read(path, (known.st_dev, known.st_ino, known.st_mtime_ns, known.st_size))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror or error}; name a file of arrivals") from None


@functools.lru_cache(maxsize=4)
def _read(path: str, identity: tuple[int, ...]) -> Recorded:  # noqa: ARG001
    text = decoded(path, read_ordinary(Path(path), MOST_BYTES))
    is_json = text.lstrip()[:1] in ("{", "[")
    found, faults = list[Arrival](), list[str]()
    for line, fields in _objects(text) if is_json else _records(path, text):
        try:
            found.append(_arrival(line, fields))
        except ValueError as error:
            faults.append(f"{path}, line {line}: {error}")
    if not found and not faults:
        raise ValueError(f"{path} has no arrivals; write one a line, such as {_EXAMPLE[True]}")
    faults = faults or list(_unlike(path, found))
    found.sort(key=lambda one: one.offset_s)
    if not faults and found[0].offset_s > LATEST_FIRST_S:
        faults = [_too_late(path, found[0])]
    elif not faults and (last := found[-1]).offset_s > LATEST_S:
        said = f"offset_s is {last.offset_s:g}, years after the trace's beginning; write seconds"
        faults = [f"{path}, line {last.line}: {said}"]
    if faults:
        raise ValueError("\n".join(shown(path, faults)))
    return _recorded(path, found)


def _recorded(path: str, found: Sequence[Arrival]) -> Recorded:
    offsets_s = tuple(one.offset_s for one in found)
    lengths_s = tuple(one.audio_s for one in found if one.audio_s is not None)
    files = tuple(one.file for one in found if one.file is not None)
    digest = hashlib.blake2b(array("d", offsets_s + lengths_s).tobytes(), digest_size=32)
    digest.update("\0".join(files).encode(errors="surrogatepass"))
    return Recorded(path, tuple(one.line for one in found), offsets_s, lengths_s, files, digest.hexdigest())


def _objects(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Of JSON lines: what each one has, or what is wrong with it."""
    # Not splitlines: a name may hold a line separator of Unicode.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, Any] | str:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else error
        return f"it is not JSON ({why}); each line is an object, such as {_EXAMPLE[True]}"
    return fields if isinstance(fields, dict) else f"it is no object; write one a line, such as {_EXAMPLE[True]}"


def _records(path: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Of comma-separated values. Raises ValueError where the columns have no names."""
    rows = rows_in(path, text)
    if not rows:
        return
    first, names = rows[0][0], [cell.strip().lower() for cell in rows[0][1]]
    if "offset_s" not in names or not {"audio_s", "file"} & {*names}:
        raise ValueError(
            f"{path}, line {first}: it names no columns offset_s and audio_s, or offset_s and file; begin with "
            f"{_EXAMPLE[False]}"
        )
    for line, cells in rows[1:]:
        stripped = (cell.strip() for cell in cells)
        named = {name: cell for name, cell in zip(names, stripped, strict=False) if cell}
        yield line, named | {name: _figure(named[name]) for name in _NUMBERS if name in named}


def _figure(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _arrival(line: int, fields: Mapping[str, Any] | str) -> Arrival:
    """Raises ValueError: a sentence."""
    if isinstance(fields, str):
        raise ValueError(fields)
    offset_s = _seconds(fields, "offset_s")
    if offset_s is None:
        raise ValueError("it has no offset_s; write the seconds from the trace's beginning, such as 12.5")
    if offset_s < 0:
        raise ValueError(f"offset_s is {offset_s:g}, before the trace's beginning; write 0 or more")
    file = fields.get("file")
    if file is not None:
        if not isinstance(file, str) or not _is_name(file):
            raise ValueError(f"file is {_short(file)}, which is no name; write that of a recording")
        return Arrival(offset_s, line, None, file)
    audio_s = _seconds(fields, "audio_s")
    if audio_s is None:
        raise ValueError("it has neither audio_s, the seconds of its audio, nor file, a recording; write one of them")
    if audio_s < SHORTEST_S:
        raise ValueError(f"audio_s is {audio_s:g}, which is too short; a clip has {SHORTEST_S} s or more")
    return Arrival(offset_s, line, audio_s, None)


def _seconds(fields: Mapping[str, Any], name: str) -> float | None:
    """None where nothing is said. Raises ValueError where it is no number."""
    value = fields.get(name)
    if value is None:
        return None
    if type(value) in (int, float):
        try:
            if math.isfinite(number := float(value)):
                return number
        except OverflowError:
            pass
    raise ValueError(f"{name} is {_short(value)}, which is no number of seconds; write one such as 12.5")


def _is_name(file: str) -> bool:
    """Whether the system could have a file of that name."""
    try:
        return bool(file) and b"\0" not in os.fsencode(file)
    except UnicodeEncodeError:
        return False


def _short(value: object) -> str:
    return repr(value)[:40]


def _unlike(path: str, found: Sequence[Arrival]) -> Iterator[str]:
    """Those that name no recording, where others do."""
    if any(one.file is not None for one in found):
        for one in found:
            if one.file is None:
                yield f"{path}, line {one.line}: it names no file, as others do; all must name one, or none"


def _too_late(path: str, first: Arrival) -> str:
    return (
        f"{path}, line {first.line}: the first request comes after {first.offset_s:g} s, and offset_s counts from "
        "the trace's beginning; take the first offset_s from all of them"
    )
