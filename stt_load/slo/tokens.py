"""The words of an SLO: names, numbers with their units, signs."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

LONGEST = 1_000
"""Characters of an SLO."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/%(),:<>=]))"
)
EXAMPLE = "write one such as p95(response_time_s) < 2"


class SloError(ValueError):
    """What is wrong with an SLO: the rule and what would be right, to stand behind the text that was given."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an SLO. text: as it stands there, `end` past the last one. value: of a number."""

    kind: Literal["number", "name", "sign", "end"]
    text: str
    value: float = 0.0


def tokens(text: str, example: str = EXAMPLE) -> list[Token]:
    """The words of `text`, an `end` behind them. Raises `SloError`."""
    if len(text) > LONGEST:
        raise SloError(f"is longer than {LONGEST:,} characters; {example}")
    text = text.strip()
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise SloError(f"is no SLO: {text[place:].strip()[:1]!r} means nothing in one; {example}")
        place = match.end()
        if (digits := match["number"]) is not None:
            if not math.isfinite(value := float(digits)):
                raise SloError(f"is no SLO: {digits} is beyond all numbers; choose a smaller one")
            found.append(Token("number", digits, value))
        else:
            found.append(Token("name", match["name"]) if match["name"] else Token("sign", match["sign"]))
    return [*found, Token("end", "the end")]


class Words:
    """The tokens of an SLO, read from left to right. example: what would be right, for faults."""

    def __init__(self, text: str, example: str = EXAMPLE) -> None:
        self._example = example
        self._tokens = tokens(text, example)
        self._place = 0

    @property
    def next(self) -> Token:
        """The one that is not read yet."""
        return self._tokens[self._place]

    def take(self) -> Token:
        """Reads it. The end stays where it is."""
        token = self.next
        self._place += token.kind != "end"
        return token

    def took(self, *texts: str) -> str | None:
        """Reads the next one if it is one of `texts`, a sign or a word of the language; else None."""
        token = self.next
        if token.kind in ("sign", "name") and token.text in texts:
            return self.take().text
        return None

    def expect(self, text: str, where: str) -> None:
        """Raises `SloError` if the next one is another than `text`."""
        if self.took(text) is None:
            raise SloError(f"is no SLO: {shown(self.next)} stands where {text!r} has to {where}; {self._example}")

    def expect_end(self) -> None:
        """Raises `SloError` if anything is left."""
        if self.next.kind != "end":
            raise SloError(f"is no SLO: it goes on with {shown(self.next)} where it ends; {self._example}")


def shown(token: Token) -> str:
    """A token, for a fault."""
    return token.text if token.kind == "end" else repr(token.text)


def nearest(name: str, known: Iterable[str]) -> str:
    """What `name` may have been meant as, to stand before the list of what there is; empty where nothing is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}? " if close else ""
