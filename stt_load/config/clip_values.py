"""The two keys of clips whose values have several forms: how long clips are, and how recordings are varied.

A value stays plain, as the file has it, in a normal form; each check returns that, or raises ValueError. The error
says what is wrong and what would be right; it reads on from the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from stt_load.audio.length_table import SHORTEST_S
from stt_load.config.faults import dotted, nearest
from stt_load.config.scalars import finite, scalar

VARIATIONS = ("shift", "none")
LEAST_SNR_DB, MOST_SNR_DB = -20.0, 80.0
"""Below, nobody hears speech any more; above, 16 bits have no noise so faint."""
MOST_SIGMA = 3.0
"""Of lognormal lengths: with it one clip in a hundred is a thousand times as long as the median."""
LONGEST_S = 1_000_000.0
"""Of lengths that are drawn: more than any clip can have."""

_RANGE = re.compile(r"\s*(.*?)(?<!\.)\s*\.\.(?!\.)\s*(.*?)\s*")
_LENGTHS = (
    "a number of seconds above 0, a range such as 3..20, {lognormal: {median: 8, sigma: 0.6, max: 60}}, "
    "{empirical: lengths.csv}, or null"
)
_VARIES = f"{', '.join(VARIATIONS)}, {{snr_db: 10}}, or null"


def duration(value: object) -> float | str | dict[str, Any] | None:
    """How long clips are: seconds, `A..B`, or a distribution with its parameters."""
    match value:
        case None:
            return None
        case int() | float() if not isinstance(value, bool):
            return _seconds(value)
        case str():
            return _range(value)
        case dict():
            name = _one_key(value, ("lognormal", "empirical"), _LENGTHS)
            return {name: _lognormal(value[name]) if name == "lognormal" else _file(value[name])}
    raise ValueError(f"is no length of clips; choose {_LENGTHS}")


def vary(value: object) -> str | dict[str, float] | None:
    """How recordings are varied: by a name, or by noise of a given level."""
    if value is None:
        return None
    if isinstance(value, str):
        if value in VARIATIONS:
            return value
        meant = nearest(value.lower(), VARIATIONS)
        advice = f"did you mean `{meant}`? Else choose" if meant else "choose"
        raise ValueError(f"is no way to vary clips; {advice} {_VARIES}")
    if not isinstance(value, dict):
        raise ValueError(f"is no way to vary clips; choose {_VARIES}")
    level_db = _number(value[_one_key(value, ("snr_db",), _VARIES)], "snr_db")
    if not LEAST_SNR_DB <= level_db <= MOST_SNR_DB:
        raise ValueError(f"has {level_db:g} as its snr_db; choose {LEAST_SNR_DB:g} to {MOST_SNR_DB:g}")
    return {"snr_db": level_db}


def _seconds(value: float) -> float:
    length_s = finite(value)
    if length_s is None:
        raise ValueError("is not a finite number; choose a number of seconds above 0")
    if length_s <= 0:
        raise ValueError("is too small; choose a number of seconds above 0")
    return length_s


def _range(text: str) -> str:
    found = _RANGE.fullmatch(text)
    if found is None:
        is_number = isinstance(scalar(text.strip()), int | float)
        raise ValueError(f"is a text; choose {_LENGTHS}{', without quotes' if is_number else ''}")
    low, high = (_end(one) for one in found.groups())
    if low > high:
        raise ValueError(f"begins above its end; did you mean {_figure(high)}..{_figure(low)}?")
    return f"{_figure(low)}..{_figure(high)}"


def _end(text: str) -> float:
    """Of a range."""
    value = finite(scalar(text))
    if value is None or not SHORTEST_S <= value <= LONGEST_S:
        raise ValueError(f"is no range of seconds from {SHORTEST_S} to {LONGEST_S:.0f}; choose one such as 3..20")
    return value


def _figure(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _lognormal(shape: object) -> dict[str, float]:
    form = "choose {lognormal: {median: 8, sigma: 0.6, max: 60}}, where max may be left out"
    if not isinstance(shape, dict):
        raise ValueError(f"has no mapping as its lognormal; {form}")
    known = ("median", "sigma", "max")
    for name in shape:
        if name not in known:
            raise ValueError(f"has {_unknown(name, known)} in its lognormal; {form}")
    given = {name: _number(shape[name], name) for name in known if shape.get(name) is not None}
    for name in ("median", "sigma"):
        if name not in given:
            raise ValueError(f"has no {name} in its lognormal; {form}")
    for name, number in given.items():
        least, most = (0.001, MOST_SIGMA) if name == "sigma" else (SHORTEST_S, LONGEST_S)
        if not least <= number <= most:
            raise ValueError(f"has {number:g} as its {name}; choose {least:g} to {most:.0f}")
    if given.get("max", math.inf) <= given["median"]:
        raise ValueError(f"has a max ({given['max']:g}) that is not above its median ({given['median']:g}); {form}")
    return given


def _file(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("has no path as its empirical; choose {empirical: lengths.csv}")
    return value


def _one_key(value: Mapping[Any, Any], known: tuple[str, ...], form: str) -> str:
    """The only key of `value`."""
    for name in value:
        if name not in known:
            raise ValueError(f"has {_unknown(name, known)}; choose {form}")
    if len(value) != 1:
        raise ValueError(f"has {'nothing in it' if not value else 'two forms at once'}; choose {form}")
    return str(next(iter(value)))


def _unknown(name: object, known: tuple[str, ...]) -> str:
    meant = nearest(str(name).lower(), known)
    return f"an unknown key `{dotted((str(name),))}`" + (f" (did you mean `{meant}`?)" if meant else "")


def _number(value: object, name: str) -> float:
    number = finite(value)
    if number is None:
        raise ValueError(f"has no number as its {name}; choose one such as 10")
    return number


def _mapping(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    required = [name for name in properties if name != "max"]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "description": description,
    }


_ABOVE_0 = {"type": "number", "exclusiveMinimum": 0}
_SHAPE = _mapping(
    "Of the lengths, in seconds.",
    median=_ABOVE_0,
    sigma=_ABOVE_0 | {"maximum": MOST_SIGMA},
    max={"anyOf": [_ABOVE_0, {"type": "null"}]},
)
Duration = Annotated[
    float | str | dict[str, Any] | None,
    PlainValidator(duration),
    WithJsonSchema(
        {
            "anyOf": [
                _ABOVE_0,
                {"type": "string", "pattern": r"^.+\.\..+$", "description": "a range such as 3..20"},
                _mapping("{lognormal: {median: 8, sigma: 0.6, max: 60}}", lognormal=_SHAPE),
                _mapping("{empirical: FILE}", empirical={"type": "string", "minLength": 1}),
                {"type": "null"},
            ]
        }
    ),
]
Vary = Annotated[
    str | dict[str, float] | None,
    PlainValidator(vary),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": list(VARIATIONS)},
                _mapping("{snr_db: 10}", snr_db={"type": "number", "minimum": LEAST_SNR_DB, "maximum": MOST_SNR_DB}),
                {"type": "null"},
            ]
        }
    ),
]
