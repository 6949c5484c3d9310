"""Digits that say something: a microsecond, a millionth of a share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

DECIMALS = 6

T = TypeVar("T")


def rounded(value: T) -> T:
    """`value`, a record or whatever is in one, with each number that is no whole one to `DECIMALS` places."""
    found: Any = value
    if isinstance(value, float):
        found = round(value, DECIMALS) + 0.0  # -0.0 is 0.0
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(value, **{one.name: rounded(getattr(value, one.name)) for one in fields(value)})
    elif isinstance(value, Mapping):
        found = {name: rounded(one) for name, one in value.items()}
    elif isinstance(value, list | tuple):
        found = type(value)(map(rounded, value))
    return found  # type: ignore[no-any-return]
