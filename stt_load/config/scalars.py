"""Plain YAML scalars, read as in YAML 1.2's core schema (https://yaml.org/spec/1.2.2/, section 10.3).

`true` and `false` are the only booleans (`no` is a text), there are no dates and no sexagesimal numbers, `1e3` is a
number. Two differences: `_` may stand between the digits of a number (`16_000`); octal and hexadecimal are texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import yaml

Scalar = str | int | float | bool | None

TAG = "tag:yaml.org,2002:"
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_DECIMAL = rf"(?:{_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})"


def _integer(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        # More digits than Python converts: too large for anything asked here, and infinity says so.
        return float(text)


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


_KINDS: dict[str, tuple[re.Pattern[str], Callable[[str], Scalar]]] = {
    TAG + "null": (re.compile(r"(?:~|null|Null|NULL|)\Z"), lambda _: None),
    TAG + "bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), lambda text: text.lower() == "true"),
    TAG + "int": (re.compile(rf"[-+]?{_DIGITS}\Z"), _integer),
    TAG + "float": (
        re.compile(rf"(?:[-+]?(?:{_DECIMAL}(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN))\Z"),
        _float,
    ),
}
RESOLVERS = {None: [(tag, pattern) for tag, (pattern, _) in _KINDS.items()]}
"""The same rules in the shape of PyYAML's `yaml_implicit_resolvers`."""


class Dumper(yaml.SafeDumper):
    """Quotes what would be read back as something else by these rules."""

    yaml_implicit_resolvers = RESOLVERS


def scalar(text: str) -> Scalar:
    """What `text`, unquoted, is in a YAML file."""
    for pattern, convert in _KINDS.values():
        if pattern.match(text):
            return convert(text)
    return text


def one_line(value: Any) -> str:
    """`value` as YAML on one line, quoted where it must be."""
    style = '"' if isinstance(value, str) and not value.isprintable() else None
    written: str = yaml.dump(
        value,
        Dumper=Dumper,
        default_style=style,
        default_flow_style=True,
        allow_unicode=True,
        width=math.inf,
        sort_keys=False,
    )
    return written.splitlines()[0]  # after a scalar alone comes a line with the end of the document


def tagged(tag: str, text: str) -> Scalar:
    """What `text` with a given or resolved `tag` is; ValueError when it is not that."""
    if tag == TAG + "str":
        return text
    if tag not in _KINDS:
        raise ValueError("which has no meaning here; leave it out")
    pattern, convert = _KINDS[tag]
    if not pattern.match(text):
        raise ValueError("but is none; leave the tag out")
    return convert(text)


def finite(value: object) -> float | None:
    """None where it is no number, or a larger one than there are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
