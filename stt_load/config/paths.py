"""Where a key is: the names on the way to it, `("api", "timeout", "read")`, written `api.timeout.read`."""

from __future__ import annotations

KeyPath = tuple[str, ...]
LONGEST_NAME = 60


def dotted(path: KeyPath) -> str:
    """`path` for a message: printable, and not longer than a line for any name."""
    return ".".join(map(_name, path))


def _name(name: str) -> str:
    text = name if name and name.isprintable() else repr(name)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}..."
