"""`${NAME}` in a value stands for an environment variable, so that no secret need stand in the file.

`$${NAME}` is the text `${NAME}` itself. Every other `$` is only a `$`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stt_load.config.model import Config

Scalar = str | bool | int | float
Value = Scalar | list[Scalar]

# A name has an end: without one, a text full of `${` would be looked through to its end for each.
_REFERENCE = re.compile(r"(\$?)\$\{([^}]{0,200})\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def references(text: str) -> list[str]:
    """The names of the variables in `text`, in their order."""
    return [found[2] for found in _REFERENCE.finditer(text) if not found[1]]


def filled(text: str, environ: Mapping[str, str]) -> str:
    """`text` with the variables' values; an unset one is nothing (`rules` refuses it before)."""
    return _REFERENCE.sub(lambda found: found[0][1:] if found[1] else environ.get(found[2], ""), text)


def is_name(text: str) -> bool:
    """Whether an environment variable may be called so."""
    return bool(_NAME.fullmatch(text))


def texts(value: Value) -> list[str]:
    """The texts in a value, or in its items."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def values_with_references(config: Config) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path of the key, text) of everything in which a variable may stand."""
    api = config.api
    for section, fields in (("headers", api.headers), ("query", api.query), ("extra_fields", api.extra_fields)):
        for name, value in fields.items():
            for text in texts(value):
                yield ("api", section, name), text
    if api.proxy is not None:
        yield ("api", "proxy"), api.proxy


def variables(config: Config) -> tuple[str, ...]:
    """Every environment variable that requests of `config` need, once each."""
    names = [config.api.api_key_env] if config.api.api_key_env else []
    names += [name for _, text in values_with_references(config) for name in references(text)]
    return tuple(dict.fromkeys(names))


def pairs(fields: Mapping[str, Value], environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, text) of each field, variables filled in; a list gives its name once per item."""
    items = [
        (name, item) for name, value in fields.items() for item in (value if isinstance(value, list) else [value])
    ]
    return [(name, _text(item, environ)) for name, item in items]


def json_fields(fields: Mapping[str, Value], environ: Mapping[str, str]) -> list[tuple[str, Any]]:
    """(name, value) of each field as JSON has it, variables filled in."""

    def made(value: Any) -> Any:
        return filled(value, environ) if isinstance(value, str) else value

    return [
        (name, [made(item) for item in value] if isinstance(value, list) else made(value))
        for name, value in fields.items()
    ]


def _text(value: Scalar, environ: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return filled(value, environ)
    return str(value).lower() if isinstance(value, bool) else str(value)
