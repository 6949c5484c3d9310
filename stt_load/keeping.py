"""A sample into its table, whatever its values are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stt_load.fields import FIELDS, Field
from stt_load.sample import ErrorKind, Sample
from stt_load.samples import SampleTable


def keep(table: SampleTable, sample: Sample) -> Sample:
    """Appends `sample`, or a failure that says why its values have no place in the columns. Returns what is kept."""
    try:
        table.append(sample)
    except Exception as error:
        sample = _stand_in(sample, f"the row could not be kept: {type(error).__name__}: {error}")
        table.append(sample)
    return sample


def _stand_in(sample: Sample, reason: str) -> Sample:
    """`sample` as a failure of our own, with those of its numbers that are numbers, and in range."""
    numbers = {field.name: _sound(field, getattr(sample, field.name)) for field in FIELDS if field.form == "number"}
    return replace(sample, **numbers, error_kind=ErrorKind.HOOK_ERROR, error=reason, headers=None, out_of_range=None)


def _sound(field: Field, value: Any) -> Any:
    if isinstance(value, int | float) and field.holds(value):
        return value
    return None if field.absent is not None else 0
