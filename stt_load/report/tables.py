"""Rows below each other, as wide as what is in them; where there is no room for that, each row as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.width import columns, right, shorten, wrap

GAP = 2
SHORTEST_NAME = 12
"""A name that is cut to less says nothing any more."""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, named: bool = False) -> Iterator[str]:
    """Lines of at most `width` columns. named: the first cell of a row is a name, which stands on the left and is cut
    where the others need the room."""
    widths = [max(map(columns, cells)) for cells in zip(heads, *rows, strict=True)]
    others = sum(widths[1:]) + GAP * len(widths)
    if named:
        widths[0] = min(widths[0], max(width - others, SHORTEST_NAME))
    if widths[0] + others <= width:
        for row in (heads, *rows):
            name, *cells = row
            first = _left(shorten(name, widths[0]), widths[0]) if named else right(name, widths[0])
            line = "".join(" " * GAP + right(cell, room) for cell, room in zip(cells, widths[1:], strict=True))
            yield " " * GAP + first + line
        return
    for row in rows:
        said = ", ".join(f"{head} {cell}".strip() for head, cell in zip(heads, row, strict=True))
        yield from wrap(said, width, " " * GAP, " " * 2 * GAP)


def _left(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
