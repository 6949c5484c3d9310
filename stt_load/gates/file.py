"""The file of a gate: written whole, and read with all that is wrong with it, as a person may have changed it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from stt_load.samples.escaping import escaped
from stt_load.samples.gate import GATE_VERSION, OF_COUNTS, GateFile, GateLimit
from stt_load.stats.metrics import METRICS
from stt_load.storage.files import published, read_ordinary, replaced, utf8

MOST_BYTES = 1_000_000
"""A file of some hundred limits, learnt from some hundred runs, has less."""
MOST_COUNTED = 10**12
"""Requests, or words, of a baseline: nobody has sent more."""
LEAST_LEVEL, MOST_LEVEL = 1e-9, 0.5
"""Of one limit: a thousand limits of a strict gate have 1e-6, and beyond a half a limit is on the wrong side of the
baseline's mean."""
MOST_LOGARITHM = 50.0
"""As far as from a time of 1e-21 s to one of 1e21 s."""
FEWEST_RUNS = 2
"""Of which there is a spread between them."""
MAKE_ONE = "make one with `stt-load baseline`"
NEWER = "a newer one has made it, which reads it, too; or make another one with `stt-load baseline`"
_DIRECTIONS = {metric.path: metric.better for metric in METRICS}
_LONGEST = 60
_READ: TypeAdapter[GateFile] = TypeAdapter(GateFile)


class GateFileError(ValueError):
    """A file that holds no gate. faults: all that is wrong with it, each a text that reads on from its path; str() is
    for a terminal."""

    def __init__(self, path: Path, *faults: str) -> None:
        super().__init__("\n".join(f"{path} {fault}" for fault in faults))
        self.faults = faults


def read(path: Path) -> GateFile:
    """The gate that `path` holds. Raises `GateFileError`."""
    try:
        content = read_ordinary(path, MOST_BYTES)
    except OSError as error:
        raise GateFileError(path, f"can't be read: {error.strerror or error}; {MAKE_ONE}") from None
    gate = _parsed(content, path)
    if faults := tuple(_faults(gate)):
        raise GateFileError(path, *faults)
    return gate


def is_gate(path: Path) -> bool:
    """Whether the file at `path` is one of a gate, of whichever version, sound or not."""
    try:
        values = json.loads(read_ordinary(path, MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(values, dict) and "gate_version" in values


def write(path: Path, gate: GateFile, *, replaces: bool = False) -> None:
    """Writes `gate` to `path`, whole or not at all. replaces: what is there goes; otherwise that raises
    `FileExistsError`. Raises `OSError` when it can't be written."""
    text = json.dumps(asdict(gate), indent=2, ensure_ascii=False, allow_nan=False)
    with (replaced if replaces else published)(path) as file:
        file.write(utf8(f"{escaped(text)}\n"))


def _parsed(content: bytes, path: Path) -> GateFile:
    try:
        values = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise GateFileError(path, f"is no gate: it is not text; {MAKE_ONE}") from None
    except json.JSONDecodeError as error:
        raise GateFileError(path, f"is not JSON (line {error.lineno}: {error.msg})") from None
    except (RecursionError, ValueError):  # a number of thousands of digits, too
        raise GateFileError(path, f"is no gate: nobody writes it so deep, or so long; {MAKE_ONE}") from None
    if not isinstance(values, dict) or "gate_version" not in values:
        raise GateFileError(path, f"is no gate: it has no gate_version; {MAKE_ONE}")
    version = values["gate_version"]
    if isinstance(version, int) and version > GATE_VERSION:
        raise GateFileError(
            path, f"has gate_version {_shown(version)}, and this stt-load reads {GATE_VERSION}: {NEWER}"
        )
    if version != GATE_VERSION or isinstance(version, bool):
        said = f"has gate_version {_shown(version)}, and this stt-load reads {GATE_VERSION}; {MAKE_ONE}"
        raise GateFileError(path, said)
    try:
        return _READ.validate_json(content, strict=True)
    except ValidationError as error:
        found = dict.fromkeys(_of_type(fault) for fault in error.errors(include_url=False))
        raise GateFileError(path, *found) from None


def _of_type(fault: Any) -> str:
    """What pydantic says of one value, as it reads on from the path of the file."""
    place = ".".join(map(str, fault["loc"])) or "the whole"
    if fault["type"] == "missing":
        return f"lacks {place}"
    rule = str(fault["msg"]).removeprefix("Input ")
    return f"has {_shown(fault['input'])} as {place}, which {rule}"


def _faults(gate: GateFile) -> Iterator[str]:
    """What no baseline comes to, whatever its runs were."""
    for name in ("level", "false_alarms"):
        value = getattr(gate, name)
        if not 0 < value < 1:
            yield f"has {value:g} as {name}, which is a probability; choose one between 0 and 1"
        elif name == "level" and not LEAST_LEVEL <= value <= MOST_LEVEL:
            between = f"{LEAST_LEVEL:g} to {MOST_LEVEL:g}"
            yield f"has {value:g} as level, which no baseline comes to; choose one from {between}"
    if not gate.limits:
        yield "has no limits, so that nothing would be judged; learn it from other runs, or other metrics"
    seen: set[str] = set()
    for place, limit in enumerate(gate.limits):
        if limit.metric in seen:
            yield f"has {_shown(limit.metric)} in limits.{place} a second time; keep one of them"
        seen.add(limit.metric)
        for fault in _of_limit(limit):
            yield f"{fault} in limits.{place} ({_shown(limit.metric)})"


def _of_limit(limit: GateLimit) -> Iterator[str]:
    better = _DIRECTIONS.get(limit.metric)
    if better is None:
        yield "has no figure of that name, or one of which neither more nor less is better,"
    elif limit.better != better:
        yield f"has {limit.better} as better, and of that figure {better} is; choose {better}"
    endless = [one.name for one in fields(limit) if _is_endless(getattr(limit, one.name))]
    yield from (f"has no finite number as {name}" for name in endless)
    if endless:
        return
    if limit.spread < 0:
        yield f"has {limit.spread:g} as spread, which is below 0"
    if max(abs(limit.mean), limit.spread) > MOST_LOGARITHM:
        yield f"has {limit.mean:g} as mean and {limit.spread:g} as spread, which no logarithms of figures are"
    if limit.finds is not None and limit.finds <= 0:
        yield f"has {limit.finds:g} as finds, which is no worsening; choose a share above 0, or null"
    if len(limit.values) < FEWEST_RUNS:
        yield f"has {len(limit.values)} values, and each run of the baseline has one"
    if limit.method == "prediction":
        yield from _of_prediction(limit)
    elif limit.errors is None or limit.total is None:
        yield f"lacks errors and total, which method {limit.method} goes by,"
    elif not _can_be(limit, limit.errors, limit.total):
        yield f"has {_shown(limit.errors)} errors of {_shown(limit.total)}, which can't be"
    elif limit.clustering is not None and not 1 <= limit.clustering <= MOST_COUNTED:
        yield f"has {limit.clustering:g} as clustering, which is 1 where each error comes by itself, and never less"
    elif limit.method != OF_COUNTS.get(limit.metric):
        yield f"has {limit.method} as method, by which that figure has no limit,"


def _can_be(limit: GateLimit, errors: int, total: int) -> bool:
    """Answers may have more wrong words than were said, being longer; no more requests fail than there are."""
    most = total if limit.method == "errors" else MOST_COUNTED
    return 0 <= errors <= most and 0 < total <= MOST_COUNTED


def _of_prediction(limit: GateLimit) -> Iterator[str]:
    if limit.limit is None:
        yield "has no limit, which method prediction always has,"
    elif limit.limit <= 0:
        yield f"has {limit.limit:g} as limit, and there are logarithms of numbers above 0 alone,"
    if any(value <= 0 for value in limit.values):
        yield "has values of 0 or less, and there are logarithms of numbers above 0 alone,"


def _is_endless(value: object) -> bool:
    values = value if isinstance(value, tuple) else (value,)
    return any(isinstance(one, float) and not math.isfinite(one) for one in values)


def _shown(value: object) -> str:
    """`value` on one line, of any length and whatever is in it."""
    text = ascii(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
