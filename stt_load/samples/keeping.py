"""A sample into its table, whatever its values are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from stt_load.samples.fields import FIELDS, Field, in_range
from stt_load.samples.sample import ErrorKind, Sample
from stt_load.samples.table import SampleTable

ORDER_S = 1e-6
"""Instants of one clock that are one after the other: no rounding makes more of them."""
_NUMBERS = tuple(field for field in FIELDS if field.form == "number")


def keep(table: SampleTable, sample: Sample) -> Sample:
    """Appends `sample`, or a failure that says why its values have no place in the columns. Returns what is kept.

    What is kept can be written and read back: a column would take a number that no row of a result can have.
    """
    try:
        if odd := out_of_range(sample):
            raise ValueError(f"out of range: {odd}")
        table.append(sample)
    except Exception as error:
        sample = _stand_in(sample, f"the row could not be kept: {type(error).__name__}: {error}")
        table.append(sample)
    return sample


def _range_of(field: Field) -> str:
    """As an expression: whether a sample's `field` is in its range."""
    if field.absent is None:
        return f"{field.least} <= sample.{field.name} <= {field.most}"
    return f"((value := sample.{field.name}) is None or {field.least} <= value <= {field.most})"


# Asked for each row: as one expression it takes 0.7 microseconds, in a loop over the fields 1.9.
_fits: Callable[[Sample], bool] = eval("lambda sample: " + " and ".join(map(_range_of, _NUMBERS)))


def out_of_range(sample: Sample) -> str:
    """The names of the numbers that are beyond their range, "" if all is well; TypeError for what is no number."""
    if _fits(sample):
        return ""
    return ", ".join(field.name for field in _NUMBERS if not in_range(field.name, getattr(sample, field.name)))


def in_order(sample: Sample) -> bool:
    """Whether start, send, the answer's begin and its end are one after the other."""
    sent_s, first_byte_s, first_text_s = sample.sent_s, sample.first_byte_s, sample.first_text_s
    start_s, done_s = sample.start_s - ORDER_S, sample.done_s + ORDER_S
    return (
        start_s <= done_s
        and (sent_s is None or start_s <= sent_s <= done_s)
        and (first_byte_s is None or (start_s if sent_s is None else sent_s - ORDER_S) <= first_byte_s <= done_s)
        and (first_text_s is None or start_s <= first_text_s <= done_s)
    )


def timed(sample: Sample, from_s: float, now_s: float) -> Sample:
    """`sample`, or, where its instants are not those of a request that may have begun at `from_s` at the earliest and
    is over at `now_s`, a failure that says so."""
    try:
        if in_order(sample) and from_s <= sample.start_s and sample.done_s <= now_s + ORDER_S:
            return sample
    except TypeError:  # one is no number
        pass
    instants: dict[str, Any] = dict.fromkeys(("sent_s", "first_byte_s", "first_text_s", "connect_s", "tcp_connect_s"))
    instants |= {"start_s": now_s, "done_s": now_s}
    reason = "the row could not be kept: its instants are not in their order, or not of this run"
    return replace(sample, **instants, error_kind=ErrorKind.HOOK_ERROR, error=reason)


def _stand_in(sample: Sample, reason: str) -> Sample:
    """`sample` as a failure of our own, with those of its numbers that are numbers, and in range."""
    numbers = {field.name: _sound(field, getattr(sample, field.name)) for field in _NUMBERS}
    return replace(sample, **numbers, error_kind=ErrorKind.HOOK_ERROR, error=reason, headers=None, out_of_range=None)


def _sound(field: Field, value: Any) -> Any:
    if isinstance(value, int | float) and field.holds(value):
        return value
    return None if field.absent is not None else 0
