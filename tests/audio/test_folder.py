"""A folder as a corpus: files of sound by their names, each with the text beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.audio.entries import Entry, RecordingsError
from stt_load.audio.folder import entries_in


def test_files_of_sound_in_all_folders_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in (
        "b/1.wav",
        "b/10.wav",
        "b/2.FLAC",
        "a.mp3",
        "c.wav.part",
        "b.txt",
        ".a.wav",
        "._a.mp3",
        ".trash/x.wav",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [one.name for one in entries_in(tmp_path) if isinstance(one, Entry)] == [
        *("a.mp3", "b/1.wav", "b/10.wav", "b/2.FLAC")
    ]


def test_the_text_has_the_name_of_the_file(tmp_path: Path) -> None:
    for name in ("a.b.wav", "c.wav", "d.wav"):
        (tmp_path / name).touch()
    (tmp_path / "a.b.txt").write_bytes("\ufeffOne\r\n two\t".encode())
    (tmp_path / "c.txt").write_bytes(b"\xe4")
    first, second, third = entries_in(tmp_path)
    assert first == Entry(None, "a.b.wav", tmp_path / "a.b.wav", "One two")
    assert second == "c.txt: not UTF-8 at byte 0"
    assert third == Entry(None, "d.wav", tmp_path / "d.wav", "")


def test_a_folder_without_any(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(RecordingsError, match="there are no recordings in it, neither WAV nor FLAC, Ogg, MP3"):
        list(entries_in(tmp_path))
