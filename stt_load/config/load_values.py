"""The stages of a load, in the forms that they may be written in: a list of mappings, or one line of text.

Each check returns a plain value in a normal form, or raises ValueError. The error says what is wrong and what would
be right; it reads on from the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from stt_load.config.faults import dotted, nearest
from stt_load.config.scalars import finite, scalar
from stt_load.config.section import LONGEST_S, MOST_RATE, MOST_USERS
from stt_load.config.shares import as_given, number_text

MOST_STAGES = 1_000
LIST_FORM = "[{rate: 5, for: 60}, {rate: [5, 20], for: 120}]"
TEXT_FORM = "5 for 60, 5..20 for 120"
_STAGE_FORM = "{rate: 5, for: 60}, {rate: [5, 20], for: 120}, or users instead of rate"
_KINDS = ("rate", "users")
_PART = re.compile(r"\s*(?:(rate|users)\s+)?(\S+?)(?:\s*\.\.\s*(\S+))?\s+for\s+(\S+)\s*")


def stages_in(value: object) -> object:
    """A text as the list that it stands for; whatever else is given stays."""
    return _of_text(value) if isinstance(value, str) else value


def stages_text(stages: Sequence[Mapping[str, Any]]) -> str:
    """Stages, in their normal form, as one line that `stages_in` reads."""
    kind = "users " if "users" in stages[0] else ""
    return kind + ", ".join(f"{_ends_text(stage)} for {number_text(stage['for'])}" for stage in stages)


def stage(value: object) -> dict[str, Any]:
    """`{rate: N, for: S}` or `{rate: [A, B], for: S}`, or with users instead of rate."""
    if not isinstance(value, dict):
        raise ValueError(f"is no stage; choose {_STAGE_FORM}")
    known = (*_KINDS, "for")
    for name in value:
        if name not in known:
            meant = nearest(str(name).lower(), known)
            hint = f" (did you mean `{meant}`?)" if meant else ""
            raise ValueError(f"has an unknown key `{dotted((str(name),))}`{hint}; choose {_STAGE_FORM}")
    kinds = [kind for kind in _KINDS if value.get(kind) is not None]
    if len(kinds) != 1:
        raise ValueError(f"has {'both rate and users' if kinds else 'neither rate nor users'}; choose {_STAGE_FORM}")
    if value.get("for") is None:
        raise ValueError(f"does not say how long it lasts; choose {_STAGE_FORM}")
    (kind,) = kinds
    return {kind: _ends(value[kind], kind), "for": _lasts(value["for"])}


def one_kind(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`stages`, which must be all of rates, or all of users."""
    if not 1 <= len(stages) <= MOST_STAGES:
        raise ValueError(f"has {len(stages):,} stages; choose 1 to {MOST_STAGES:,}, such as {LIST_FORM}")
    if len({"users" in one for one in stages}) > 1:
        raise ValueError("has stages of a rate and others of users; choose one of both for all stages")
    return stages


def _of_text(text: str) -> list[dict[str, Any]]:
    """`users` before a stage is meant for those after it, too."""
    kind, found = "rate", []
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            shown = part.strip()
            raise ValueError(
                f"has {f'`{shown}`' if shown else 'nothing'} where a stage should stand; choose one such as "
                f"{TEXT_FORM}, or users 5 for 60"
            )
        kind = match[1] or kind
        first, last = scalar(match[2]), None if match[3] is None else scalar(match[3])
        found.append({kind: first if last is None else [first, last], "for": scalar(match[4])})
    return found


def _ends(value: object, kind: str) -> float | list[float]:
    """What a stage has from its beginning to its end: one number, or the pair of a ramp."""
    if not isinstance(value, list):
        return _number(value, kind, least=1 if kind == "users" else 0, above_0=True)
    if len(value) != 2:
        raise ValueError(f"has {len(value)} numbers as its {kind}; choose one, or two for a ramp")
    first, last = (_number(one, kind, least=0, above_0=False) for one in value)
    if not first and not last:
        raise ValueError(f"has 0 as both its {kind}; choose a ramp from, or to, more")
    return [first, last]


def _number(value: object, kind: str, *, least: int, above_0: bool) -> float:
    most = MOST_USERS if kind == "users" else MOST_RATE
    range_ = f"a number above 0, up to {most}" if kind == "rate" and above_0 else f"{least} to {most}"
    number = finite(value)
    if number is None or not least <= number <= most or (above_0 and not number):
        raise ValueError(f"has {as_given(value)} as its {kind}; choose {range_}")
    if kind == "users" and not number.is_integer():
        raise ValueError(f"has {as_given(value)} as its users; choose a whole number")
    return int(number) if number.is_integer() else number


def _lasts(value: object) -> float:
    number = finite(value)
    if number is None or not 0 < number <= LONGEST_S:
        raise ValueError(f"has {as_given(value)} as its `for`; choose seconds above 0, up to {LONGEST_S}")
    return int(number) if number.is_integer() else number


def _ends_text(stage: Mapping[str, Any]) -> str:
    value = stage["users"] if "users" in stage else stage["rate"]
    return "..".join(map(number_text, value)) if isinstance(value, list) else number_text(value)


def _ends_schema(least: int, kind: str, most: int) -> dict[str, Any]:
    one = {"type": kind, "minimum": least, "maximum": most}
    pair = {"type": "array", "items": one | {"minimum": 0}, "minItems": 2, "maxItems": 2}
    return {"anyOf": [one, pair]}


def _stage_schema(name: str, ends: dict[str, Any]) -> dict[str, Any]:
    lasts = {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_S}
    return {
        "type": "object",
        "properties": {name: ends, "for": lasts},
        "required": [name, "for"],
        "additionalProperties": False,
    }


_BY_RATE = _stage_schema("rate", _ends_schema(0, "number", MOST_RATE))
_BY_USERS = _stage_schema("users", _ends_schema(1, "integer", MOST_USERS))
_Stage = Annotated[dict[str, Any], PlainValidator(stage)]
Stages = Annotated[
    Annotated[list[_Stage], Field(strict=True), AfterValidator(one_kind)] | None,
    BeforeValidator(stages_in),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_STAGES,
                    "anyOf": [{"items": _BY_RATE}, {"items": _BY_USERS}],
                    "examples": [LIST_FORM],
                },
                {"type": "string", "minLength": 1, "description": f"one line such as {TEXT_FORM}"},
                {"type": "null"},
            ]
        }
    ),
]
