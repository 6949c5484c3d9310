"""What is wrong with a configuration, said so that it can be put right without looking anything up."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KeyPath = tuple[str, ...]
"""Where a key is: the names on the way to it, `("api", "timeout", "read")`, written `api.timeout.read`."""

LONGEST_NAME = 60
LONGEST = 1_000
"""Characters of one message: a suggestion may be made of a value of any length."""
MOST_SHOWN = 1_000
"""Of one source: whoever has more has given another file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    source: the file, or the option, variable or form field that the value came from. line, column: in the file,
    from 1; None where there is none. key: dotted path such as `api.timeout.read`, None when no key is to blame.
    value: what was given, as written (shortened, secrets masked). message: value, rule, and what would be right.
    """

    source: str
    message: str
    key: str | None = None
    value: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.source}: {self.detail}"

    @property
    def detail(self) -> str:
        """Everything but the source, on one line."""
        places = [
            "" if self.line is None else f"line {self.line}",
            "" if self.column is None else f"column {self.column}",
            self.key or "",
        ]
        place = ", ".join(filter(None, places))
        message = self.message if len(self.message) <= LONGEST else f"{self.message[:LONGEST]}..."
        return f"{place}: {message}" if place else message


class ConfigError(Exception):
    """A configuration that can't be used. `faults`: everything that is wrong with it; str() is for a terminal."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        by_source: dict[str, list[Fault]] = {}
        for fault in self.faults:
            by_source.setdefault(fault.source, []).append(fault)
        lines: list[str] = []
        for source, faults in by_source.items():
            lines.append(f"{source}: {len(faults)} problem{'s' if len(faults) > 1 else ''}")
            lines += [f"  {fault.detail}" for fault in faults[:MOST_SHOWN]]
            if len(faults) > MOST_SHOWN:
                lines.append(f"  and {len(faults) - MOST_SHOWN} more")
        return "\n".join(lines)


def dotted(path: KeyPath) -> str:
    """`path` for a message: printable, and not longer than a line for any name."""
    return ".".join(map(_name, path))


def _name(name: str) -> str:
    text = name if name and name.isprintable() else repr(name)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that was probably meant, None when none is close."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)
