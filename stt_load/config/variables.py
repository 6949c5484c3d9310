"""What stands for something else in a text.

`${NAME}`: an environment variable, so that no secret need stand in the file. `{model}`: `api.model`, so that it goes
where the service wants it.

`$${` is the text `${` itself. Every other `$` is only a `$`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Scalar = str | bool | int | float
Value = Scalar | list[Scalar]

MODEL = "{model}"
# A name has an end: without one, a text full of `${` would be looked through to its end for each.
_PLACE = re.compile(r"\$\$\{|\$\{(?P<name>[^}]{0,200})\}|(?P<half>\$\{)|(?P<model>\{model\})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def references(text: str) -> list[str]:
    """The names of the variables in `text`, in their order."""
    return [found["name"] for found in _PLACE.finditer(text) if found["name"] is not None]


def has_half(text: str) -> bool:
    """Whether a `${` in `text` is never closed."""
    return any(found["half"] for found in _PLACE.finditer(text))


def has_model(text: str) -> bool:
    """Whether the model has a place in `text`."""
    return any(found["model"] for found in _PLACE.finditer(text))


def filled(text: str, environ: Mapping[str, str], model: str | None = None) -> str:
    """`text` with the variables' values; an unset one is nothing (`rules` refuses it before).

    model: what stands where `{model}` is; None leaves that as it is.
    """

    def put(found: re.Match[str]) -> str:
        if found["name"] is not None:
            return environ.get(found["name"], "")
        if found["model"] and model is not None:
            return model
        return found[0].removeprefix("$") if found[0] == "$${" else found[0]

    return _PLACE.sub(put, text)


def is_name(text: str) -> bool:
    """Whether an environment variable may be called so."""
    return bool(_NAME.fullmatch(text))


def items(value: Any) -> list[Any]:
    """Of a list its items, of all else the value alone."""
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> list[str]:
    """The texts in a value, or in its items."""
    return [one for one in items(value) if isinstance(one, str)]


def pairs(fields: Mapping[str, Value], environ: Mapping[str, str], model: str | None = None) -> list[tuple[str, str]]:
    """(name, text) of each field, variables and model filled in; a list gives its name once per item."""
    return [
        (name, filled(item, environ, model) if isinstance(item, str) else as_text(item))
        for name, value in fields.items()
        for item in items(value)
    ]


def json_fields(
    fields: Mapping[str, Value], environ: Mapping[str, str], model: str | None = None
) -> list[tuple[str, Any]]:
    """(name, value) of each field as JSON has it, variables and model filled in."""

    def made(value: Any) -> Any:
        return filled(value, environ, model) if isinstance(value, str) else value

    return [
        (name, [made(item) for item in value] if isinstance(value, list) else made(value))
        for name, value in fields.items()
    ]


def as_text(value: bool | int | float) -> str:
    """`value` as forms and queries have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
