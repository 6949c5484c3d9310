"""The levels of a sweep, and what a search looks for, in the forms that they may be written in: a mapping, or one
line of text.

Each check returns a plain value in a normal form, or raises ValueError. The error says what is wrong and what would
be right; it reads on from the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, get_args

from pydantic import PlainValidator, WithJsonSchema

from stt_load.config.faults import dotted, nearest
from stt_load.config.scalars import finite, scalar
from stt_load.config.section import LONGEST_S, MOST_RATE, MOST_REQUESTS, MOST_USERS
from stt_load.config.shares import as_given, number_text, percent, share
from stt_load.samples.levels import Axis, Mode

AXES: tuple[Axis, ...] = get_args(Axis)
MODES: tuple[Mode, ...] = get_args(Mode)
MOST_LEVELS = 100
DEFAULT_REQUESTS = 200
"""Of each level of users: P95 has ten beyond it."""
DEFAULT_SECONDS = 60
"""Of each level of a rate, whose requests come when they come."""
LEVELS_FORM = "{users: [1, 2, 4, 8], requests: 200}, or {rate: [5, 10, 20], seconds: 60}"
LEVELS_TEXT = "users 1, 2, 4, 8 for 200 requests"
RATES_TEXT = "rate 5, 10, 20 for 60"
SEARCH_FORM = "{axis: users}, or {axis: rate, from: 2, to: 50, max_time: 600}"
SEARCH_TEXT = "rate from 2 to 50"
LEAST_RESOLUTION, MOST_RESOLUTION = 0.01, 1.0
USUAL: Mapping[str, Any] = {
    "from": None,
    "to": None,
    "resolution": 0.1,
    "max_time": 600,
    "max_requests": 20_000,
    "at_least": None,
    "mode": "auto",
}
"""What a search has that says no more than its axis."""
_LENGTHS = ("requests", "seconds")
_LEVELS = re.compile(r"\s*(\w+)\s+(.+?)(?:\s+for\s+(\S+)(?:\s+(\w+))?)?\s*")
_OF_TIME = ("s", "seconds", "second")


def levels(value: object) -> dict[str, Any] | None:
    """`{users: [N, ...], requests: N}`, or another axis, or seconds; or the same as a text."""
    if value is None:
        return None
    if isinstance(value, str):
        value = _levels_of_text(value)
    if not isinstance(value, dict):
        raise ValueError(f"is no list of levels; choose {LEVELS_FORM}")
    _only(value, (*AXES, *_LENGTHS), LEVELS_FORM)
    axis = _one_of(value, AXES, LEVELS_FORM)
    if axis is None:
        raise ValueError(f"does not say of what there are levels; choose {LEVELS_FORM}")
    length = _one_of(value, _LENGTHS, LEVELS_FORM)
    if length is None:
        length = "requests" if axis == "users" else "seconds"
    lasts = _FEWEST[length] if value.get(length) is None else _LASTS[length](value[length], length)
    return {axis: _values(value[axis], axis), length: lasts}


def axis_of(found: Mapping[str, Any]) -> Axis:
    """What levels, in their normal form, are numbers of."""
    return next(axis for axis in AXES if axis in found)


def levels_text(found: Mapping[str, Any]) -> str:
    """Levels, in their normal form, as one line that `levels` reads."""
    (axis, values), (length, lasts) = found.items()
    of = " requests" if length == "requests" else ""
    return f"{axis} {', '.join(map(number_text, values))} for {number_text(lasts)}{of}"


def search(value: object) -> dict[str, Any] | None:
    """`{axis: users | rate | audio_rate, ...}` with all that it may have; or the same as a text."""
    if value is None:
        return None
    if isinstance(value, str):
        value = _search_of_text(value)
    if not isinstance(value, dict):
        raise ValueError(f"is no search; choose {SEARCH_FORM}")
    _only(value, ("axis", *USUAL), SEARCH_FORM)
    axis = value.get("axis")
    if axis is None:
        raise ValueError(f"does not say what is searched; choose {SEARCH_FORM}")
    _choice(axis, "axis", AXES)
    given = {**USUAL, **{name: one for name, one in value.items() if one is not None or name == "max_requests"}}
    found = {
        "axis": axis,
        **{name: None if given[name] is None else _level(given[name], axis, name) for name in ("from", "to")},
        "resolution": share(given["resolution"], "resolution", LEAST_RESOLUTION, MOST_RESOLUTION),
        "max_time": _seconds(given["max_time"], "max_time"),
        "max_requests": None if given["max_requests"] is None else _requests(given["max_requests"], "max_requests"),
        "at_least": None if given["at_least"] is None else _level(given["at_least"], axis, "at_least"),
        "mode": _choice(given["mode"], "mode", MODES),
    }
    for low in ("from", "at_least"):
        if found["to"] is not None and found[low] is not None and found[low] > found["to"]:
            raise ValueError(
                f"has {number_text(found[low])} as its `{low}`, which is above its `to` "
                f"({number_text(found['to'])}); choose one that is not"
            )
    return found


def search_text(found: Mapping[str, Any]) -> str:
    """A search, in its normal form, as one line that `search` reads."""
    parts = [found["axis"]]
    for name, usual in USUAL.items():
        if found[name] != usual:
            parts += [name, _word(name, found[name])]
    return " ".join(parts)


def _levels_of_text(text: str) -> dict[str, Any]:
    match = _LEVELS.fullmatch(text)
    if match is None:
        raise ValueError(f"is no list of levels; choose one such as {LEVELS_TEXT}, or {RATES_TEXT}")
    axis, values, lasts, of = match.groups()
    _choice(axis, "axis", AXES)
    found: dict[str, Any] = {axis: [scalar(one.strip()) for one in re.split(r"\s*,\s*|\s+", values.strip(", "))]}
    if lasts is None:
        return found
    if of is not None and of not in (*_OF_TIME, "requests"):
        raise ValueError(f"has levels for so many `{of}`; choose requests, or seconds")
    return found | {"requests" if of == "requests" else "seconds": scalar(lasts)}


def _search_of_text(text: str) -> dict[str, Any]:
    """The axis, and after it pairs of a name and a value."""
    axis, *rest = text.split() or [""]
    _choice(axis, "axis", AXES)
    found: dict[str, Any] = {"axis": axis}
    for name, value in zip(rest[::2], [*rest[1::2], None], strict=False):
        if value is None:
            raise ValueError(f"ends with `{name}`, which has no value; choose one such as {SEARCH_TEXT}")
        if name in found:
            raise ValueError(f"has `{name}` twice; choose one of both")
        found[name] = None if value == "null" else scalar(value)
    return found


def _only(value: Mapping[Any, Any], known: Iterable[str], form: str) -> None:
    known = tuple(known)
    for name in value:
        if name not in known:
            meant = nearest(str(name).lower(), known)
            hint = f" (did you mean `{meant}`?)" if meant else ""
            raise ValueError(f"has an unknown key `{dotted((str(name),))}`{hint}; choose {form}")


def _one_of(value: Mapping[str, Any], names: Sequence[str], form: str) -> str | None:
    """Which of `names` has a value there; at most one may."""
    given = [name for name in names if value.get(name) is not None]
    if len(given) > 1:
        raise ValueError(f"has both {given[0]} and {given[1]}; choose one of them: {form}")
    return given[0] if given else None


def _choice(value: object, name: str, known: Sequence[str]) -> Any:
    if value not in known:
        meant = nearest(str(value).lower(), known)
        hint = f"did you mean `{meant}`? Else choose" if meant else "choose"
        raise ValueError(f"has {as_given(value)} as its {name}; {hint} {', '.join(known[:-1])} or {known[-1]}")
    return value


def _values(value: object, axis: str) -> list[float]:
    """One number is a list of one."""
    values = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= MOST_LEVELS:
        raise ValueError(f"has {len(values)} levels; choose 1 to {MOST_LEVELS}, such as {LEVELS_FORM}")
    return [_level(one, axis, axis) for one in values]


def _level(value: object, axis: str, name: str) -> float:
    number, most = finite(value), MOST_USERS if axis == "users" else MOST_RATE
    if axis == "users":
        if number is None or not number.is_integer() or not 1 <= number <= most:
            raise ValueError(f"has {as_given(value)} as its {name}; choose a whole number from 1 to {most}")
        return int(number)
    if number is None or not 0 < number <= most:
        raise ValueError(f"has {as_given(value)} as its {name}; choose a number above 0, up to {most}")
    return int(number) if number.is_integer() else number


def _requests(value: object, name: str) -> int:
    number = finite(value)
    if number is None or not number.is_integer() or not 1 <= number <= MOST_REQUESTS:
        raise ValueError(f"has {as_given(value)} as its {name}; choose a whole number from 1 to {MOST_REQUESTS}")
    return int(number)


def _seconds(value: object, name: str) -> float:
    number = finite(value)
    if number is None or not 0 < number <= LONGEST_S:
        raise ValueError(f"has {as_given(value)} as its {name}; choose seconds above 0, up to {LONGEST_S}")
    return int(number) if number.is_integer() else number


_LASTS: Mapping[str, Callable[[object, str], float]] = {"requests": _requests, "seconds": _seconds}
_FEWEST: Mapping[str, float] = {"requests": DEFAULT_REQUESTS, "seconds": DEFAULT_SECONDS}


def _word(name: str, value: Any) -> str:
    if value is None:
        return "null"
    if name == "resolution":
        return percent(value)
    return value if isinstance(value, str) else number_text(value)


def _one(axis: str) -> dict[str, Any]:
    if axis == "users":
        return {"type": "integer", "minimum": 1, "maximum": MOST_USERS}
    return {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_RATE}


_REQUESTS = {"type": "integer", "minimum": 1, "maximum": MOST_REQUESTS}
_SECONDS = {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_S}


def _levels_schema(axis: str, length: str) -> dict[str, Any]:
    values = {"type": "array", "items": _one(axis), "minItems": 1, "maxItems": MOST_LEVELS}
    return {
        "type": "object",
        "properties": {axis: values, length: _REQUESTS if length == "requests" else _SECONDS},
        "required": [axis],
        "additionalProperties": False,
        "description": f"a mapping such as {LEVELS_FORM}",
    }


def _search_schema(axis: str) -> dict[str, Any]:
    level = {"anyOf": [_one(axis), {"type": "null"}]}
    return {
        "type": "object",
        "properties": {
            "axis": {"const": axis},
            "from": level,
            "to": level,
            "resolution": {"type": ["string", "number"]},
            "max_time": _SECONDS,
            "max_requests": {"anyOf": [_REQUESTS, {"type": "null"}]},
            "at_least": level,
            "mode": {"enum": list(MODES)},
        },
        "required": ["axis"],
        "additionalProperties": False,
    }


LevelList = Annotated[
    dict[str, Any] | None,
    PlainValidator(levels),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "examples": [LEVELS_TEXT]},
                {
                    "type": "object",
                    "anyOf": [_levels_schema(axis, length) for axis in AXES for length in _LENGTHS],
                    "description": f"a mapping such as {LEVELS_FORM}",
                },
                {"type": "null"},
            ]
        }
    ),
]
SearchFor = Annotated[
    dict[str, Any] | None,
    PlainValidator(search),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "examples": [SEARCH_TEXT]},
                {
                    "type": "object",
                    "anyOf": [_search_schema(axis) for axis in AXES],
                    "description": f"a mapping such as {SEARCH_FORM}",
                },
                {"type": "null"},
            ]
        }
    ),
]
