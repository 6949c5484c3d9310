"""A page in a file."""

from __future__ import annotations

from pathlib import Path

from stt_load.html.document import document
from stt_load.html.run_page import page_of
from stt_load.report.messages import Messages
from stt_load.storage.files import replaced, utf8
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord


def write(path: Path, text: str) -> None:
    """A document in the place of what was there, once it is complete. Raises OSError; then that still is."""
    with replaced(path) as file:
        file.write(utf8(text))


def write_report(path: Path, say: Messages, record: RunRecord | LevelsRecord) -> None:
    """The page of `record`. Raises OSError."""
    write(path, document(say, page_of(say, record)))
