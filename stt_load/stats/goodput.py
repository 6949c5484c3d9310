"""Which requests are good: ok, and as an SLO says that each has to be."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from stt_load.samples.table import BoolArray, FloatArray, Samples
from stt_load.slo.model import Arithmetic, Each, Field, Number, Value
from stt_load.stats.row_values import FIELDS

_DONE: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": np.divide,
}
_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def good(rows: Samples, each: Each) -> BoolArray | None:
    """Which of `rows`, in any order, are good ones.

    A request without what is asked for (a first text, words that were scored) is none: no data is never a pass. None
    where no answer has it: then nobody knows.
    """
    columns = {name: FIELDS[name](rows) for name in sorted(each.fields)}
    known = np.logical_and.reduce([rows.ok, *(np.isfinite(values) for values in columns.values())])
    if rows.ok.any() and not known.any():
        return None
    found = known
    with np.errstate(all="ignore"):
        for one in each.conditions:
            found = found & _COMPARED[one.operator](_value(one.left, columns), _value(one.right, columns))
    return np.asarray(found)


def _value(value: Value, columns: Mapping[str, FloatArray]) -> FloatArray:
    match value:
        case Number(number):
            return np.asarray(number)
        case Field(name):
            return columns[name]
        case Arithmetic(sign, left, right):
            return np.asarray(_DONE[sign](_value(left, columns), _value(right, columns)))
