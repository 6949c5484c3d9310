"""The limits that a service has to keep, and the rule by which a run may stop, in the forms that they may be written
in.

Each check returns a plain value in a normal form, or raises ValueError. The error says what is wrong and what would
be right; it reads on from the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from stt_load.config.faults import dotted, nearest
from stt_load.config.scalars import one_line, scalar
from stt_load.config.shares import percent, share
from stt_load.config.yaml_source import parse
from stt_load.slo.limits import figure
from stt_load.slo.model import Slo
from stt_load.slo.parse import parse as parse_slo
from stt_load.slo.terms import QUANTILES, names

MOST_SLOS = 100
LIST_FORM = "[p95(response_time_s) < 2, {limit: error_rate < 1%, abort: true}]"
SEPARATOR = "; "
TEXT_FORM = "p95(response_time_s) < 2; error_rate < 1%"
_ENTRY_FORM = (
    "a limit such as p95(response_time_s) < 2, {limit: error_rate < 1%, abort: true}, "
    "{each: response_time_s < 0.5 + 0.2 * audio_s}, or {file: gate.json}, which `stt-load baseline` makes"
)
_KNOWN = ("limit", "abort", "of", "each", "file")
OF = ("all", "ok")
"""What an SLO's percentile ranks: every measured intent, a failure beyond all, or what was answered."""

ERROR_RATE: Mapping[str, Any] = {"limit": "error_rate < 1%", "abort": False, "of": "all"}
"""What a search has to keep, unless another one is given."""

STOP_FORM = "{metric: p95(response_time_s), within: 5%}"
STOP_TEXT = "p95(response_time_s) within 5%"
LEAST_WITHIN, MOST_WITHIN = 0.001, 0.5
_STOP = re.compile(r"\s*(.+?)\s+within\s+(\S+)\s*")
_BARE = re.compile(r"(limit|each|file)\s*:\s")


def slos_in(value: object) -> list[Any]:
    """A list of entries: of a text, that is each of its parts between semicolons or line ends; of null, none."""
    if value is None:
        return []
    given = value if isinstance(value, list) else [value]
    return [part for one in given for part in (_parts(one) if isinstance(one, str) else [one])]


def slo_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """SLOs, in their normal form, as one line that `slos_in` reads."""
    return SEPARATOR.join(map(_entry_text, entries))


def slo(value: object) -> dict[str, Any]:
    """`{limit: TEXT, abort: BOOL, of: all | ok}`, `{each: TEXT}`, or `{file: PATH}`; a text is a limit."""
    entry = _entry(value)
    parsed(entry)
    return entry


def _entry(value: object) -> dict[str, Any]:
    if isinstance(value, str):
        value = {"limit": value}
    if not isinstance(value, dict):
        raise ValueError(f"is no SLO; choose {_ENTRY_FORM}")
    for name in value:
        if name not in _KNOWN:
            meant = nearest(str(name).lower(), _KNOWN)
            hint = f" (did you mean `{meant}`?)" if meant else ""
            raise ValueError(f"has an unknown key `{dotted((str(name),))}`{hint}; choose {_ENTRY_FORM}")
    kinds = [name for name in ("limit", "each", "file") if name in value]
    if len(kinds) != 1:
        raise ValueError(f"has {'both ' + ' and '.join(kinds[:2]) if kinds else 'no limit'}; choose {_ENTRY_FORM}")
    if "file" in value:
        if len(value) > 1:
            raise ValueError("has more than its `file`, whose limits are all judged; choose that alone")
        return {"file": _expression(value["file"], "file")}
    if "each" in value:
        if len(value) > 1:
            raise ValueError("has more than its `each`; choose that alone, and a limit such as goodput_ratio > 95%")
        return {"each": _expression(value["each"], "each")}
    abort, of = value.get("abort", False), value.get("of", "all")
    if not isinstance(abort, bool):
        raise ValueError("has an abort that is not true or false; choose true, or leave it out")
    if of not in OF:
        raise ValueError(f"has `{dotted((str(of),))}` as its `of`; choose {' or '.join(OF)}")
    return {"limit": _expression(value["limit"], "limit"), "abort": abort, "of": of}


def parsed(entry: Mapping[str, Any]) -> Slo:
    """What an entry, in its normal form, says. Raises ValueError."""
    return parse_slo(dict(entry))


def not_too_many(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`entries`, of which one may be an `each`: it defines goodput."""
    if len(entries) > MOST_SLOS:
        raise ValueError(f"has {len(entries):,} SLOs; choose {MOST_SLOS} at most")
    if sum("each" in one for one in entries) > 1:
        raise ValueError("has more than one `each`, which defines goodput; choose one, with `and` between its parts")
    return entries


def stop_when(value: object) -> dict[str, Any] | None:
    """`{metric: TEXT, within: SHARE}`, or the same as a text."""
    if value is None:
        return None
    if isinstance(value, str):
        found = _STOP.fullmatch(value)
        if found is None:
            raise ValueError(f"is no rule to stop by; choose one such as {STOP_TEXT}")
        value = {"metric": found[1], "within": scalar(found[2])}
    if not isinstance(value, dict):
        raise ValueError(f"is no rule to stop by; choose {STOP_FORM}")
    for name in value:
        if name not in ("metric", "within"):
            raise ValueError(f"has an unknown key `{dotted((str(name),))}`; choose {STOP_FORM}")
    for name in ("metric", "within"):
        if value.get(name) is None:
            raise ValueError(
                f"does not say {'which metric' if name == 'metric' else 'within what'}; choose {STOP_FORM}"
            )
    metric = _expression(value["metric"], "metric")
    function, _ = figure(metric)
    if function not in QUANTILES:
        there = f"{', '.join(QUANTILES)} of {', '.join(names(with_functions=True))}"
        raise ValueError(f"has {metric} as its metric, which has no interval; choose one of {there}")
    return {"metric": metric, "within": share(value["within"], "within", LEAST_WITHIN, MOST_WITHIN)}


def stop_text(rule: Mapping[str, Any]) -> str:
    """The rule, in its normal form, as one line that `stop_when` reads."""
    return f"{rule['metric']} within {percent(rule['within'])}"


def _parts(text: str) -> list[Any]:
    """What stands between semicolons, or in lines of their own."""
    return [one for part in re.split(r"[;\n]", text) if part.strip() for one in _read(part.strip())]


def _read(part: str) -> list[Any]:
    """A list or a mapping as it is written in YAML, its braces left out or not; whatever is none is a limit, or a
    fault of one."""
    if _BARE.match(part):
        part = f"{{{part}}}"
    document = parse(f"value: {part}", "") if part.startswith(("{", "[")) else None
    if document is None or document.faults:
        return [part]
    value = document.values["value"]
    return value if isinstance(value, list) else [value]


def _entry_text(entry: Mapping[str, Any]) -> str:
    if "each" in entry or "file" in entry:
        return one_line(dict(entry))
    more = {name: entry[name] for name, usual in (("abort", False), ("of", "all")) if entry[name] != usual}
    return one_line({"limit": entry["limit"]} | more) if more else str(entry["limit"])


def _expression(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"has no text as its {name}; choose {STOP_FORM if name == 'metric' else _ENTRY_FORM}")
    return value.strip()


_LIMIT = {"type": "string", "minLength": 1}
_FILE = {
    "type": "object",
    "properties": {"file": _LIMIT},
    "required": ["file"],
    "additionalProperties": False,
    "description": "a gate that `stt-load baseline` has made",
}
_ENTRY = {
    "anyOf": [
        _LIMIT,
        {
            "type": "object",
            "properties": {"limit": _LIMIT, "abort": {"type": "boolean"}, "of": {"enum": list(OF)}},
            "required": ["limit"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"each": _LIMIT},
            "required": ["each"],
            "additionalProperties": False,
        },
        _FILE,
    ]
}
SloList = Annotated[
    list[Annotated[dict[str, Any], PlainValidator(slo)]],
    Field(strict=True),
    BeforeValidator(slos_in),
    AfterValidator(not_too_many),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": _ENTRY, "maxItems": MOST_SLOS, "examples": [LIST_FORM]},
                _FILE,
                {"type": "string", "description": f"one line such as {TEXT_FORM}"},
            ]
        }
    ),
]
StopWhen = Annotated[
    dict[str, Any] | None,
    PlainValidator(stop_when),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "examples": [STOP_TEXT]},
                {
                    "type": "object",
                    "properties": {"metric": _LIMIT, "within": {"type": ["string", "number"]}},
                    "required": ["metric", "within"],
                    "additionalProperties": False,
                    "description": STOP_FORM,
                },
                {"type": "null"},
            ]
        }
    ),
]
