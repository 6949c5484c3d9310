"""The one table of a sample's fields: columns, JSON, ranges and absent values follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Form = Literal["number", "text", "phase", "kind", "names", "flag"]
"""What a field's column holds: its value, or a number that stands for it."""

NAN = float("nan")
LONGEST_S = 1e9
"""The most that a column of seconds holds."""
_LONGEST_INSTANT_S = 1e12


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a `Sample`.

    name: in `Sample`, in the columns and in the rows of a result. dtype: of its column. absent: what stands there for
    None; None where there always is a value. least, most: the range of its values. instant: a point in time, which
    counts from the run's origin or its barrier. told: an answer says it, or what is counted in one follows from what
    it says: beyond the range it is absent, and its name is in the sample's `out_of_range`.
    """

    name: str
    dtype: str
    absent: float | None = None
    least: float = 0
    most: float = 0
    form: Form = "number"
    instant: bool = False
    told: bool = False

    def holds(self, value: float) -> bool:
        """Whether `value` is in the range; NaN never is, nor is part of one where whole things are counted."""
        return self.least <= value <= self.most and (self.dtype[-2] == "f" or value % 1 == 0)


def _count(name: str, dtype: str, absent: float | None = None, least: float = 0, told: bool = False) -> Field:
    return Field(name, dtype, absent, least, int(np.iinfo(dtype).max), told=told)


def _seconds(name: str, absent: float | None = None, told: bool = False) -> Field:
    return Field(name, "<f4", absent, 0.0, LONGEST_S, told=told)


def _instant(name: str, absent: float | None = None) -> Field:
    return Field(name, "<f8", absent, -_LONGEST_INSTANT_S, _LONGEST_INSTANT_S, instant=True)


def _text(name: str) -> Field:
    return Field(name, "<i2", -1, -1, np.iinfo("<i2").max, form="text")


FIELDS = (
    _count("seq", "<u4"),
    _count("attempt", "<u2"),
    Field("phase", "u1", most=255, form="phase"),
    _count("worker", "<u2"),
    _count("users", "<u4"),
    _instant("start_s"),
    _instant("sent_s", NAN),
    _instant("first_byte_s", NAN),
    _instant("done_s"),
    _seconds("pause_s"),
    _seconds("audio_s"),
    _count("upload_bytes", "<u4", told=True),
    _count("download_bytes", "<u4", told=True),
    Field("status", "<i2", 0, 100, 999, told=True),
    Field("error_kind", "u1", 0, most=255, form="kind"),
    _text("error"),
    _count("text_length", "<i4", -1, told=True),
    _count("connection", "<u4", 0, 1),
    _seconds("connect_s", NAN, told=True),
    _instant("first_text_s", NAN),
    _count("deltas", "<i4", -1, told=True),
    _seconds("gap_mean_s", NAN, told=True),
    _seconds("gap_p95_s", NAN, told=True),
    _seconds("gap_max_s", NAN, told=True),
    _seconds("server_audio_s", NAN, told=True),
    _seconds("processing_s", NAN, told=True),
    _count("tokens", "<i4", -1, told=True),
    _count("polls", "<u4", 0, 1, told=True),
    _text("headers"),
    _seconds("late_s"),
    Field("out_of_range", "<u2", 0, most=2**16 - 1, form="names"),
    Field("json_for_text", "u1", most=1, form="flag"),
)
"""In the order of `Sample`'s fields and of a row in the result."""

BY_NAME = {field.name: field for field in FIELDS}
INSTANTS = tuple(field.name for field in FIELDS if field.instant)
TEXTS = tuple(field.name for field in FIELDS if field.form == "text")
"""Columns of numbers that stand for texts."""
TOLD = tuple(field.name for field in FIELDS if field.told)
"""The n-th is bit n of the column `out_of_range`."""

ROW = np.dtype([(field.name, field.dtype) for field in sorted(FIELDS, key=lambda one: -np.dtype(one.dtype).itemsize)])
"""One sample in the columns, widest fields first."""


def in_range(name: str, value: float | None) -> bool:
    """Whether a sample's field `name` can have `value`; None is for the absent, where that can be."""
    field = BY_NAME[name]
    if value is None:
        return field.absent is not None
    return field.holds(value)


def kept(name: str, value: float | None) -> float | None:
    """`value` if a sample's field `name` can have it, else None."""
    return value if value is not None and in_range(name, value) else None


def bits_of(names: tuple[str, ...] | None) -> int:
    """Names of `TOLD` as one number; the others have none."""
    return sum(1 << TOLD.index(name) for name in set(names or ()) if name in TOLD)


def names_of(bits: int) -> tuple[str, ...] | None:
    """The names in `bits`, in the order of `TOLD`; None for none."""
    return tuple(name for place, name in enumerate(TOLD) if bits >> place & 1) or None
