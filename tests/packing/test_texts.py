"""What is to be spoken, from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.packing.recording import PackingError
from stt_load.packing.texts import texts_of


def read(folder: Path, content: bytes) -> tuple[str, ...]:
    path = folder / "texts.txt"
    path.write_bytes(content)
    return texts_of(path)


def test_a_text_a_line_without_comments(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff# Two\n\n One   two. \r\n좋은 아침\n".encode()) == ("One two.", "좋은 아침")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no sentences"),
        (b"# only this\n", "no sentences"),
        (b"One.\nTwo.\nOne.\n", "line 3: the same as line 1: One."),
        (b"One.\n...\n", "line 2: nothing that can be said"),
        (b"One.\n\xff\n", "not UTF-8 at byte 5"),
    ],
)
def test_faults_have_their_line(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(PackingError, match=why):
        read(tmp_path, content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackingError, match="No such file"):
        texts_of(tmp_path / "none.txt")
