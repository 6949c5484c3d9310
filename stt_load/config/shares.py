"""Numbers and shares of a value that is a mapping, and how they stand in a text."""

from __future__ import annotations

import re

from stt_load.config.faults import dotted
from stt_load.config.scalars import scalar

_SHARE = re.compile(r"\s*(\S+?)\s*(%?)\s*")


def share(value: object, name: str, least: float, most: float) -> float:
    """A share, of 1: written as one, or in per cent. name: what it is of. Raises ValueError, whose sentence reads on
    from the whole value."""
    form = f"choose a share such as 5%, from {percent(least)} to {percent(most)}"
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    number = value if found is None else scalar(found[1])
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(f"has no share as its {name}; {form}")
    of_1 = number / 100 if found is not None and found[2] else float(number)
    if not least <= of_1 <= most:
        per_cent = found is None or not found[2]
        meant = f"; did you mean {number:g}%? Else" if per_cent and least <= of_1 / 100 <= most else ";"
        raise ValueError(f"has {number:g}{'' if per_cent else '%'} as its {name}{meant} {form}")
    return of_1


def percent(share: float) -> str:
    """As a person writes it."""
    return f"{share * 100:.10g}%"


def number_text(value: float) -> str:
    """A number without a fraction that is none."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def as_given(value: object) -> str:
    """A value for a sentence about it."""
    match value:
        case None:
            return "nothing"
        case list() | dict():
            return "a list" if isinstance(value, list) else "a mapping"
        case bool():
            return str(value).lower()
    return dotted((str(value),))
