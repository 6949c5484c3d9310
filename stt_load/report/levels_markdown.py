"""The report of a run of levels for the page that a CI system makes of it."""

from __future__ import annotations

from collections.abc import Sequence

from stt_load.report import level_table, levels_report
from stt_load.report.cases import Case
from stt_load.report.markdown import WIDE, mark, missed, shown, table, whole
from stt_load.report.messages import Messages
from stt_load.storage.levels_record import LevelsRecord


def markdown(say: Messages, record: LevelsRecord, found: Sequence[Case]) -> str:
    """The answer, the table of levels, what has not passed, and the report of the console, folded away."""
    wide = Messages(say.language, WIDE)
    heads = level_table.heads(wide, record.levels)
    rows = [level_table.cells(wide, level, record.levels) for level in record.levels]
    files = [] if record.path is None else [record.path]
    lines = [
        f"## {mark(found)} {shown(record.info.target)}",
        "",
        *(f"{shown(line)}\n" for line in levels_report.brief(wide, record)),
        *(table(heads, rows, level_table.texts(record.levels)) if rows else ()),
        *missed([case for case in found if case.group != "capacity"]),
        *whole(say, levels_report.report(say, record, files)),
    ]
    return "\n".join(lines) + "\n"
