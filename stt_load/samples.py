"""The columns that many samples are kept in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from stt_load.sample import ErrorKind, Phase, Sample

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

KINDS = tuple(ErrorKind)
_KIND_CODE = {None: 0} | {kind: code for code, kind in enumerate(KINDS, start=1)}

# 118 bytes a row. Absent values are NaN where there are seconds, -1 or 0 elsewhere (`_ABSENT`); they turn into None
# on the way out.
ROW = np.dtype(
    [
        ("start_s", "<f8"),
        ("sent_s", "<f8"),
        ("first_byte_s", "<f8"),
        ("first_text_s", "<f8"),
        ("done_s", "<f8"),
        ("audio_s", "<f4"),
        ("pause_s", "<f4"),
        ("connect_s", "<f4"),
        ("gap_mean_s", "<f4"),
        ("gap_p95_s", "<f4"),
        ("gap_max_s", "<f4"),
        ("server_audio_s", "<f4"),
        ("processing_s", "<f4"),
        ("seq", "<u4"),
        ("users", "<u4"),
        ("connection", "<u4"),
        ("upload_bytes", "<u4"),
        ("download_bytes", "<u4"),
        ("text_length", "<i4"),
        ("deltas", "<i4"),
        ("tokens", "<i4"),
        ("attempt", "<u2"),
        ("worker", "<u2"),
        ("polls", "<u2"),
        ("status", "<i2"),
        ("phase", "u1"),
        ("error", "<i2"),
        ("headers", "<i2"),
        ("kind", "u1"),
    ]
)
INSTANTS = ("start_s", "sent_s", "first_byte_s", "first_text_s", "done_s")
TEXTS = ("error", "headers")
"""Columns of numbers that stand for texts."""
_OPTIONAL_SECONDS = (
    "sent_s",
    "first_byte_s",
    "first_text_s",
    "connect_s",
    "gap_mean_s",
    "gap_p95_s",
    "gap_max_s",
    "server_audio_s",
    "processing_s",
)
SLICE = 4_096
"""Rows that are objects at a time."""
_NAN = float("nan")
_ABSENT: dict[str, float] = {
    "connection": 0,
    "text_length": -1,
    "deltas": -1,
    "tokens": -1,
    "polls": 0,
    "status": 0,
} | dict.fromkeys(_OPTIONAL_SECONDS, _NAN)
_NAMES = ROW.names or ()
_PHASES = tuple(Phase)
_FIELDS = tuple(field.name for field in fields(Sample))
_PLAIN = _NAMES[: -len((*TEXTS, "kind"))]
_ABSENTS = tuple(_ABSENT.get(name) for name in _PLAIN)
_plain = attrgetter(*_PLAIN)


def blank(count: int) -> npt.NDArray[np.void]:
    """Rows in which everything is absent, or 0 where nothing can be."""
    rows = np.zeros(count, ROW)
    for name, absent in (_ABSENT | dict.fromkeys(TEXTS, -1)).items():
        rows[name] = absent
    return rows


class Samples:
    """A frozen table of samples: one structured array and the distinct texts its rows point to."""

    __slots__ = ("rows", "texts")

    def __init__(self, rows: npt.NDArray[np.void], texts: tuple[str, ...] = ()) -> None:
        self.rows = rows
        self.texts = texts

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """The column `name` of `ROW`."""
        return self.rows[name]

    def __iter__(self) -> Iterator[Sample]:
        """Column by column, which is twice as fast as row by row, and a slice at a time."""
        for start in range(0, len(self), SLICE):
            rows = self.rows[start : start + SLICE]
            yield from map(Sample, *(_values(rows, name, self.texts) for name in _FIELDS))

    def where(self, mask: npt.NDArray[Any] | slice) -> Samples:
        """The rows that `mask` (booleans, indices or a slice) selects. All of them are this very table, no copy."""
        if not isinstance(mask, slice) and mask.dtype == bool and mask.all():
            return self
        return Samples(self.rows[mask], self.texts)

    def phase(self, phase: Phase) -> Samples:
        """The samples of one phase, by intended start (ties by seq)."""
        return self.where(self.rows["phase"] == phase).in_order()

    def in_order(self) -> Samples:
        """The same samples by intended start (ties by seq and attempt), in whatever order they came in."""
        rows = self.rows
        return self.where(np.lexsort((rows["attempt"], rows["seq"], rows["start_s"])))

    def since(self, origin_s: float) -> Samples:
        """The same samples with every instant counted from `origin_s` (the barrier)."""
        rows = self.rows.copy()
        for name in INSTANTS:
            rows[name] -= origin_s
        return Samples(rows, self.texts)

    @property
    def ok(self) -> BoolArray:
        return np.asarray(self.rows["kind"] == 0)

    def of_kind(self, *kinds: ErrorKind) -> BoolArray:
        """Which rows failed with one of `kinds`."""
        return np.isin(self.rows["kind"], [_KIND_CODE[kind] for kind in kinds])

    @property
    def response_s(self) -> FloatArray:
        """Response time: from the intended start to the end, in seconds."""
        return np.asarray(self.rows["done_s"] - self.rows["start_s"])

    @property
    def service_s(self) -> FloatArray:
        """Service time: from the send to the end, in seconds; NaN where nothing was sent."""
        return np.asarray(self.rows["done_s"] - self.rows["sent_s"])

    def seconds(self, name: str) -> FloatArray:
        """A column of seconds to the microsecond, as it is saved: where it has 32 bits, these hold no 0.1."""
        return np.asarray(np.round(self.rows[name].astype(float), 6))

    def failures(self) -> dict[ErrorKind, int]:
        """How many failed, by kind, most frequent first."""
        codes, counts = np.unique(self.rows["kind"][self.rows["kind"] > 0], return_counts=True)
        pairs = sorted(zip(counts.tolist(), codes.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1]))
        return {KINDS[code - 1]: count for count, code in pairs}


_TOO_MANY = "(not kept: too many different ones)"
NOT_KEPT = {"error": _TOO_MANY, "headers": json.dumps({"": _TOO_MANY})}
"""In place of the texts beyond `SampleTable.MAX_TEXTS` of a column."""


def connections(rows: Samples) -> npt.NDArray[np.int64]:
    """The connection of each row as one number, whichever worker's it is."""
    return np.asarray(rows["worker"].astype(np.int64) << 32 | rows["connection"])


class SampleTable:
    """Samples as they come in. Appending costs the same however many there are, 118 bytes a sample."""

    BLOCK = 65_536
    MAX_TEXTS = 1_000

    def __init__(self) -> None:
        self._full: list[npt.NDArray[np.void]] = []
        self._block = np.empty(1_024, ROW)
        self._used = 0
        self._codes: dict[str, int] = {}
        self._distinct = dict.fromkeys(TEXTS, 0)

    def __len__(self) -> int:
        return sum(map(len, self._full)) + self._used

    def append(self, sample: Sample) -> None:
        if self._used == len(self._block):
            self._grow()
        self._block[self._used] = _pack(sample, *(self._code(name, getattr(sample, name)) for name in TEXTS))
        self._used += 1

    def snapshot(self, start: int = 0, size: int | None = None) -> Samples:
        """A copy of `size` samples (None: all) from the `start`-th on, in the order they came in."""
        stop = len(self) if size is None else min(len(self), start + size)
        parts = [np.empty(0, ROW)]
        first = 0
        for block in (*self._full, self._block[: self._used]):
            parts.append(block[max(0, start - first) : max(0, stop - first)])
            first += len(block)
        return Samples(np.concatenate(parts), tuple(self._codes))

    def _grow(self) -> None:
        """The first block doubles up to BLOCK rows (a small run stays small); then whole blocks are added."""
        if len(self._block) < self.BLOCK:
            larger = np.empty(len(self._block) * 2, ROW)
            larger[: self._used] = self._block
            self._block = larger
        else:
            self._full.append(self._block)
            self._block = np.empty(self.BLOCK, ROW)
            self._used = 0

    def _code(self, column: str, text: str | None) -> int:
        """Texts are kept once. A server that puts a new id into every error can't fill the memory."""
        if text is None:
            return -1
        code = self._codes.get(text)
        if code is not None:
            return code
        if self._distinct[column] >= self.MAX_TEXTS:
            return self._codes.setdefault(NOT_KEPT[column], len(self._codes))
        self._distinct[column] += 1
        return self._codes.setdefault(text, len(self._codes))


def _pack(sample: Sample, error: int, headers: int) -> tuple[Any, ...]:
    """The values in the order of ROW, whose last three are codes."""
    values = [absent if value is None else value for value, absent in zip(_plain(sample), _ABSENTS, strict=True)]
    return (*values, error, headers, _KIND_CODE[sample.error_kind])


def _values(rows: npt.NDArray[np.void], name: str, texts: tuple[str, ...]) -> list[Any]:
    """What samples have in their field `name`."""
    if name == "error_kind":
        return [KINDS[code - 1] if code else None for code in rows["kind"].tolist()]
    values = rows[name].tolist()
    if name == "phase":
        return [_PHASES[code] for code in values]
    if name in TEXTS:
        return [texts[code] if code >= 0 else None for code in values]
    if name in _ABSENT:
        absent = np.isnan(rows[name]) if rows[name].dtype.kind == "f" else rows[name] == _ABSENT[name]
        places = np.flatnonzero(absent).tolist()
        if len(places) == len(rows):
            return [None] * len(rows)
        for place in places:
            values[place] = None
    return list(values)
