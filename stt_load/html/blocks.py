"""What sections of a page are made of: plain data, texts in their language, and nothing of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "doubtful", "bad", "plain"]
"""How a text is to be seen: never by colour alone, the text says it, too."""
Change = Literal["same", "substituted", "deleted", "inserted"]
"""What became of a word of what was said, or how a word that was heard came to be."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences, each perhaps with some below it."""

    items: tuple[tuple[str, tuple[str, ...]], ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure for the eye. about: what is small below it, such as its interval."""

    name: str
    value: str
    about: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures beside each other."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they are shown; the first column names the row. tones: one for each row, or none. caption: what it is
    of, and a heading of nothing. stacks: on a phone the cells of a row stand below each other, each beside its head,
    so that none is out of sight."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[Tone, ...] = ()
    stacks: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said and what was heard, word by word. about: which answer it is, and what is wrong with it."""

    about: str
    said: tuple[tuple[str, Change], ...]
    heard: tuple[tuple[str, Change], ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Several of them; the names are of the two lines that each has."""

    said: str
    heard: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """What is there for who wants it. code: text as it stands, in lines, in place of blocks."""

    summary: str
    blocks: tuple[Block, ...] = ()
    code: str | None = None


Block = Text | Items | Facts | Table | Pairs | Folded
"""And plots, which have a module of their own."""
