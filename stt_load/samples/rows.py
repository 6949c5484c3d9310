"""Requests as rows of the result, a JSON object each on one line, and back: column by column."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from stt_load.samples.accuracy import FLAWS
from stt_load.samples.escaping import encode
from stt_load.samples.fields import FIELDS, SCORED, Field, bits_of, names_of
from stt_load.samples.rounding import DECIMALS
from stt_load.samples.sample import Phase
from stt_load.samples.table import KINDS, SLICE, Samples, SampleTable, absent, blank

DERIVED = {
    "response_time_s": "done_s - start_s.",
    "service_time_s": "done_s - sent_s; null when nothing was sent.",
    "ok": "2xx with a transcript.",
}
"""Keys of a row that are no fields of a sample: they can be had from the others, and are there for whoever reads the
file without this program."""
_AFTER = {"done_s": ("response_time_s", "service_time_s"), "status": ("ok",)}
ORDER = tuple(name for field in FIELDS for name in (field.name, *_AFTER.get(field.name, ())))
"""The keys of a request's row."""

_PHASES = {phase.name.lower(): phase for phase in Phase}
_KIND_CODES: dict[Any, int] = {None: 0} | {kind.value: code for code, kind in enumerate(KINDS, start=1)}
_FLAW_CODES: dict[Any, int] = {None: 0} | {flaw: code for code, flaw in enumerate(FLAWS, start=1)}
_TO_TEXT: Mapping[str, Callable[[int], str]] = {
    "phase": [f'"{name}"' for name in _PHASES].__getitem__,
    "kind": [encode(kind) for kind in _KIND_CODES].__getitem__,
    "flaw": [encode(flaw) for flaw in _FLAW_CODES].__getitem__,
    "names": lambda bits: encode(names_of(bits)),
    "flag": lambda flag: "true" if flag else "false",
}
"""What a column's number stands for, as JSON, by the form of its field."""
_FROM_VALUE: Mapping[str, Callable[[Any], int]] = {
    "phase": _PHASES.__getitem__,
    "kind": _KIND_CODES.__getitem__,
    "flaw": _FLAW_CODES.__getitem__,
    "names": lambda names: bits_of(tuple(names)) if names else 0,
    "flag": {False: 0, True: 1}.__getitem__,
}
"""And the number for it."""
_values = itemgetter(*(field.name for field in FIELDS))
_ROUNDED = [field.name for field in FIELDS if field.dtype in ("<f4", "<f8")]
_NULL = "null"

Texts = str | list[str]
"""A column as JSON: one text for all rows, or one for each."""
Rows = npt.NDArray[np.void]


class RowError(ValueError):
    """A row that is not one of ours; the text says why."""


def lines(samples: Samples, workers: Sequence[str]) -> Iterator[str]:
    """The rows of `samples` as JSON, one a line without its line end, in their order.

    workers: names by index. Seconds have 6 decimals; null is what was not there.
    """
    return itertools.chain.from_iterable(slices(samples, workers))


def slices(samples: Samples, workers: Sequence[str]) -> Iterator[list[str]]:
    """`lines` in lists of at most `SLICE`: that many rows are texts at a time, however many there are."""
    return (_lines(columns, count) for columns, count in column_slices(samples, workers))


def column_slices(samples: Samples, workers: Sequence[str]) -> Iterator[tuple[dict[str, Texts], int]]:
    """The columns of at most `SLICE` rows at a time, by their names, and how many rows they are.

    A column at a time takes a third of the time of a row at a time.
    """
    names = [encode(name) for name in workers]
    for start in range(0, len(samples), SLICE):
        some = Samples(samples.rows[start : start + SLICE], samples.texts)
        columns = {field.name: _column(some, field, names) for field in FIELDS}
        yield columns | _derived(some, columns["sent_s"]), len(some)


def _lines(columns: Mapping[str, Texts], count: int) -> list[str]:
    """What is the same in all rows is written into a template once."""
    template, varying = [], []
    for name in ORDER:
        texts = columns[name]
        if isinstance(texts, str):
            template.append(f'"{name}": {texts.replace("%", "%%")}')
        else:
            template.append(f'"{name}": %s')
            varying.append(texts)
    line = "{" + ", ".join(template) + "}"
    if not varying:
        return [line % ()] * count
    return list(map(line.__mod__, zip(*varying, strict=True)))


def _derived(samples: Samples, sent: Texts) -> dict[str, Texts]:
    rows = samples.rows
    done_s, start_s, sent_s = (np.round(rows[name], DECIMALS) for name in ("done_s", "start_s", "sent_s"))
    response = _seconds_of(done_s - start_s)
    same = sent != _NULL and np.array_equal(start_s, sent_s)
    return {
        "response_time_s": response,
        "service_time_s": response if same else _seconds_of(done_s - sent_s),
        "ok": _each(rows["error_kind"] == 0, _TO_TEXT["flag"]),
    }


def _each(values: npt.NDArray[Any], text: Callable[[Any], str]) -> Texts:
    """`values` as texts. text: is asked once where all are the same."""
    if len(values) and bool((values == values[0]).all()):
        return text(values[0].item())
    return list(map(text, values.tolist()))


def _seconds_of(values: npt.NDArray[Any]) -> Texts:
    """Seconds, null where they are no numbers: JSON has no other way to say it."""
    values = np.round(values.astype(float), DECIMALS) + 0.0  # -0.0 is 0.0
    finite = np.isfinite(values)
    if finite.all():
        return _each(values, float.__repr__)
    if not finite.any():
        return _NULL
    return [float.__repr__(value) if there else _NULL for value, there in zip(values.tolist(), finite, strict=True)]


def _column(samples: Samples, field: Field, workers: Sequence[str]) -> Texts:
    values = samples.rows[field.name]
    if field.form in _TO_TEXT:
        return _each(values, _TO_TEXT[field.form])
    if field.form == "text":
        return _texts(samples, field.name)
    if field.name == "worker":
        return _each(values, workers.__getitem__)
    if field.name in _ROUNDED:
        return _seconds_of(values)
    missing = absent(samples.rows, field.name)
    if not missing.any():
        return _each(values, str)
    if missing.all():
        return _NULL
    return [_NULL if none else str(value) for value, none in zip(values.tolist(), missing, strict=True)]


def _texts(samples: Samples, name: str) -> Texts:
    """Each distinct text is written once. The captured headers are JSON already, in another way of writing."""
    codes = samples.rows[name]
    known = {code: samples.texts[code] for code in np.unique(codes).tolist() if code >= 0}
    written = {code: encode(json.loads(text) if name == "headers" else text) for code, text in known.items()}
    return _each(codes, lambda code: written.get(code, _NULL))


def table(rows: Iterable[Any], workers: Mapping[str, int]) -> Samples:
    """Rows as they were read, as samples. workers: index in the samples by name, as known when a row comes.

    Raises `RowError` for one that is none, with its number.
    """
    samples, count = SampleTable(), 0
    rows = iter(rows)
    while batch := list(itertools.islice(rows, SLICE)):
        samples.extend(*_columns(batch, workers, count))
        count += len(batch)
    return samples.release()


def _columns(batch: list[Any], workers: Mapping[str, int], before: int) -> tuple[Rows, list[str]]:
    """The columns of a batch of rows, and the texts that they point to. before: rows that there were before."""
    try:
        return _read(batch, workers)
    except _UNREADABLE as error:
        if len(batch) == 1:
            raise RowError(f"request {before + 1}: {type(error).__name__}: {error}") from None
    half = len(batch) // 2
    _columns(batch[:half], workers, before)  # one of the two has the row at fault
    return _columns(batch[half:], workers, before + half)


_UNREADABLE = (KeyError, TypeError, ValueError, OverflowError, AttributeError)
_SINCE = {
    "json_for_text": False,
    "slot": 0,
    "level": None,
    "stage": None,
    "tcp_connect_s": None,
    "dialect": None,
    **dict.fromkeys(SCORED),
}
"""What stands for columns that results of before did not have."""


def _read(batch: list[Any], workers: Mapping[str, int]) -> tuple[Rows, list[str]]:
    rows = blank(len(batch))
    texts: dict[str, int] = {}
    for row in batch:
        if not _SINCE.keys() <= row.keys():
            for name, value in _SINCE.items():
                row.setdefault(name, value)
    for field, values in zip(FIELDS, zip(*map(_values, batch), strict=True), strict=True):
        if field.form in _FROM_VALUE:
            column: Any = _coded(values, _FROM_VALUE[field.form])
        elif field.form == "text":
            column = _coded(values, lambda value: _place(field.name, value, texts))  # noqa: B023 - asked at once
        elif field.name == "worker":
            column = _coded(values, workers.__getitem__)
        else:
            column = _as_numbers(field, values)
        rows[field.name] = column
    return rows, list(texts)


def _coded(values: tuple[Any, ...], code: Callable[[Any], int]) -> int | list[int]:
    """What stands for each of `values`; one number where they are all the same."""
    if values.count(values[0]) == len(values):
        return code(values[0])
    return list(map(code, values))


def _as_numbers(field: Field, values: tuple[Any, ...]) -> npt.NDArray[Any] | float:
    """`values` for the column of `field`; one number where all are absent. Raises ValueError for what no sample can
    have there."""
    if field.absent is not None and values.count(None) == len(values):
        return field.absent
    numbers = np.array(values)
    there = numbers
    if numbers.dtype.kind == "O" and field.absent is not None:  # with None among them
        there = np.array([value for value in values if value is not None])
        numbers = np.array([field.absent if value is None else value for value in values])
    if there.dtype.kind not in ("if" if field.name in _ROUNDED else "iu"):
        raise ValueError(f"{field.name} is not a number")
    if not (field.holds(float(there.min())) and field.holds(float(there.max()))):
        raise ValueError(f"{field.name} is out of range")
    return numbers.astype(field.dtype)


def _place(name: str, value: Any, texts: dict[str, int]) -> int:
    """Where the text `value` of the field `name` is in `texts`, at the end if it is new; -1 for None."""
    if value is None:
        return -1
    if name != "headers" and not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return texts.setdefault(json.dumps(value) if name == "headers" else value, len(texts))


def as_saved(samples: Samples) -> Samples:
    """`samples` with their seconds rounded as the rows have them: what is computed from these can be computed again,
    to the last digit, from the file."""
    rows = samples.rows.copy()
    for name in _ROUNDED:
        rows[name] = np.round(rows[name].astype(float), DECIMALS) + 0.0  # -0.0 is 0.0
    return Samples(rows, samples.texts)
