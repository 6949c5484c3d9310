"""Which columns of a table are worth their room."""

from __future__ import annotations

from dataclasses import replace

from stt_load.html.blocks import Table


def filled(table: Table) -> Table:
    """`table` without the columns in which no row has anything; the first, which names the row, stays."""
    kept = [place for place in range(len(table.heads)) if not place or any(row[place] for row in table.rows)]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return replace(table, heads=tuple(table.heads[place] for place in kept), rows=rows)
