"""A page as data: its sections, one below the other, and what each is made of."""

from __future__ import annotations

from dataclasses import dataclass

from stt_load.html.blocks import Block
from stt_load.html.plot import Plot


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under one heading. id: of its element, unique in the page. title: None of the first
    one, which has none."""

    id: str
    title: str | None
    blocks: tuple[Block | Plot, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page. language: of its texts, as HTML names it. source: what it was made of, for the title."""

    language: str
    title: str
    source: str
    sections: tuple[Section, ...]
