"""The columns that many samples are kept in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from stt_load.audio.names import REPEAT
from stt_load.samples.accuracy import FLAWS
from stt_load.samples.fields import BY_NAME, FIELDS, INSTANTS, ROW, TEXTS, bits_of, names_of
from stt_load.samples.sample import UNFINISHED, ErrorKind, Phase, Sample

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

KINDS = tuple(ErrorKind)
_KIND_CODE = {kind: code for code, kind in enumerate(KINDS, start=1)}
_FLAW_CODE = {flaw: code for code, flaw in enumerate(FLAWS, start=1)}

SLICE = 4_096
"""Rows that are texts or objects at a time."""
_PHASES = tuple(Phase)
_FIELDS = tuple(field.name for field in fields(Sample))
_COLUMNS = ROW.names or ()
_ABSENTS = tuple(BY_NAME[name].absent for name in _COLUMNS)
_in_columns = attrgetter(*_COLUMNS)
_TEXT_PLACES = tuple((name, _COLUMNS.index(name)) for name in TEXTS)
_KIND_PLACE, _NAMES_PLACE = _COLUMNS.index("error_kind"), _COLUMNS.index("out_of_range")
_FLAW_PLACE = _COLUMNS.index("flaw")


def blank(count: int) -> npt.NDArray[np.void]:
    """Rows in which everything is absent, or 0 where nothing can be."""
    rows = np.zeros(count, ROW)
    for field in FIELDS:
        if field.absent:
            rows[field.name] = field.absent
    return rows


def absent(rows: npt.NDArray[np.void], name: str) -> BoolArray:
    """Which of `rows` have no value in their field `name`."""
    stands_for_none = BY_NAME[name].absent
    if stands_for_none is None:
        return np.zeros(len(rows), bool)
    return np.asarray(np.isnan(rows[name]) if stands_for_none != stands_for_none else rows[name] == stands_for_none)


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
        """The same samples by intended start (ties by seq and attempt), in whatever order they came in. Those that
        are in this order are this very table, no copy."""
        rows = self.rows
        order = np.lexsort((rows["attempt"], rows["seq"], rows["start_s"]))
        return self if np.all(order[1:] > order[:-1]) else self.where(order)

    def since(self, origin_s: float) -> Samples:
        """The same samples with every instant counted from `origin_s` (the barrier)."""
        rows = self.rows.copy()
        for name in INSTANTS:
            rows[name] -= origin_s
        return Samples(rows, self.texts)

    @property
    def ok(self) -> BoolArray:
        return np.asarray(self.rows["error_kind"] == 0)

    @property
    def unfinished(self) -> BoolArray:
        """Neither ok nor failed: cut off by the end of the run, or by a limit of the generator's own."""
        return self.of_kind(*UNFINISHED)

    @property
    def failed(self) -> BoolArray:
        return np.asarray(~(self.ok | self.unfinished))

    @property
    def repeats(self) -> BoolArray:
        """Which rows are of clips that were said again."""
        return np.asarray((self.rows["phase"] == Phase.OUTSIDE) & (self.rows["attempt"] >= REPEAT))

    def of_kind(self, *kinds: ErrorKind) -> BoolArray:
        """Which rows are of one of `kinds`."""
        return np.isin(self.rows["error_kind"], [_KIND_CODE[kind] for kind in kinds])

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

    def kinds(self) -> dict[ErrorKind, int]:
        """How many rows that are not ok there are of each kind, most frequent first."""
        codes, counts = np.unique(self.rows["error_kind"][self.rows["error_kind"] > 0], return_counts=True)
        pairs = sorted(zip(counts.tolist(), codes.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1]))
        return {KINDS[code - 1]: count for count, code in pairs}


_TOO_MANY = "(not kept: too many different ones)"
NOT_KEPT = {"error": _TOO_MANY, "dialect": _TOO_MANY, "headers": json.dumps({"": _TOO_MANY})}
"""In place of the texts beyond `SampleTable.MAX_TEXTS` or `MAX_CHARACTERS` of a column, and of those too long."""


def connections(rows: Samples) -> npt.NDArray[np.int64]:
    """The connection of each row as one number, whichever worker's it is."""
    return np.asarray(rows["worker"].astype(np.int64) << 32 | rows["connection"])


class SampleTable:
    """Samples as they come in. Appending costs the same however many there are, 158 bytes a sample."""

    BLOCK = 65_536
    MAX_TEXTS = 1_000
    MAX_CHARACTERS = 16_000_000
    LONGEST_TEXT = 1_000_000

    def __init__(self) -> None:
        self._full: list[npt.NDArray[np.void]] = []
        self._block = np.empty(1_024, ROW)
        self._used = 0
        self._codes: dict[str, int] = {}
        self._distinct = dict.fromkeys(TEXTS, 0)
        self._characters = dict.fromkeys(TEXTS, 0)
        self._settled = 0

    def __len__(self) -> int:
        return sum(map(len, self._full)) + self._used

    def append(self, sample: Sample) -> None:
        if self._used == len(self._block):
            self._grow()
        self._block[self._used] = self._packed(sample)
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

    def extend(self, rows: npt.NDArray[np.void], texts: Sequence[str]) -> None:
        """Many samples at once, whose codes of texts point into `texts`."""
        rows = rows.copy()
        for name in TEXTS:
            found = rows[name] >= 0
            known = {code: self._code(name, texts[code]) for code in np.unique(rows[name][found]).tolist()}
            rows[name][found] = [known[code] for code in rows[name][found].tolist()]
        while len(rows):
            if self._used == len(self._block):
                self._grow()
            part, rows = np.split(rows, [len(self._block) - self._used])
            self._block[self._used : self._used + len(part)] = part
            self._used += len(part)

    def settle(self, until_s: float, late_s_of: Callable[[FloatArray, FloatArray], FloatArray]) -> int:
        """Adds to `late_s` of the next rows up to the first that was done at `until_s` or later.

        late_s_of: gets when they were sent (NaN: never) and done. Returns how many rows have it, from the first on.
        """
        first = 0
        for block in (*self._full, self._block[: self._used]):
            rows = block[max(0, self._settled - first) :]
            first += len(block)
            open_ = np.flatnonzero(rows["done_s"] >= until_s)
            rows = rows[: open_[0]] if len(open_) else rows
            if len(rows):
                rows["late_s"] += late_s_of(rows["sent_s"], rows["done_s"])
                self._settled += len(rows)
            if len(open_):
                break
        return self._settled

    def median_service_s(self) -> float | None:
        """Of all answers that were well so far; None where there are none."""
        found = []
        for block in (*self._full, self._block[: self._used]):
            ok = (block["error_kind"] == 0) & (block["phase"] != Phase.OUTSIDE)
            found.append(block["done_s"][ok] - block["sent_s"][ok])
        service_s = np.concatenate(found)
        return float(np.median(service_s)) if len(service_s) else None

    def release(self) -> Samples:
        """All samples, in the order they came in; the table is empty afterwards, so that they are not there twice."""
        samples = self.snapshot()
        self._full.clear()
        self._block, self._used, self._settled = np.empty(1_024, ROW), 0, 0
        return samples

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

    def _packed(self, sample: Sample) -> tuple[Any, ...]:
        """The values in the order of ROW."""
        values: list[Any] = [
            none if value is None else value for value, none in zip(_in_columns(sample), _ABSENTS, strict=True)
        ]
        for name, place in _TEXT_PLACES:
            if values[place] != -1:
                values[place] = self._code(name, values[place])
        if values[_KIND_PLACE]:
            values[_KIND_PLACE] = _KIND_CODE[values[_KIND_PLACE]]
        if values[_NAMES_PLACE]:
            values[_NAMES_PLACE] = bits_of(values[_NAMES_PLACE])
        if values[_FLAW_PLACE]:
            values[_FLAW_PLACE] = _FLAW_CODE[values[_FLAW_PLACE]]
        return tuple(values)

    def _code(self, column: str, text: str) -> int:
        """Texts are kept once. A server that puts a new id into every error can't fill the memory."""
        code = self._codes.get(text)
        if code is not None:
            return code
        characters = self._characters[column] + len(text)
        if (
            self._distinct[column] >= self.MAX_TEXTS
            or characters > self.MAX_CHARACTERS
            or len(text) > self.LONGEST_TEXT
        ):
            return self._codes.setdefault(NOT_KEPT[column], len(self._codes))
        self._distinct[column] += 1
        self._characters[column] = characters
        return self._codes.setdefault(text, len(self._codes))


def _values(rows: npt.NDArray[np.void], name: str, texts: tuple[str, ...]) -> list[Any]:
    """What samples have in their field `name`."""
    values: list[Any] = rows[name].tolist()
    match BY_NAME[name].form:
        case "phase":
            return [_PHASES[code] for code in values]
        case "kind":
            return [KINDS[code - 1] if code else None for code in values]
        case "flaw":
            return [FLAWS[code - 1] if code else None for code in values]
        case "flag":
            return [code != 0 for code in values]
        case "names":
            return [names_of(bits) for bits in values] if any(values) else [None] * len(values)
        case "text":
            return [texts[code] if code >= 0 else None for code in values]
    places = np.flatnonzero(absent(rows, name)).tolist()
    if len(places) == len(rows):
        return [None] * len(rows)
    for place in places:
        values[place] = None
    return values
