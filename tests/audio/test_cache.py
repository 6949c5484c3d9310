"""What is kept on disk: written once, mapped by all, and no trouble where it can't be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from stt_load.audio import cache

CONTENT = memoryview(bytes(range(200)))


def test_what_was_kept_is_mapped_and_is_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.pcm"
    found = cache.kept(file, CONTENT)
    assert found is not None
    assert found == CONTENT
    assert found.readonly
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert cache.mapped(file, 200) == CONTENT
    assert list(file.parent.iterdir()) == [file]


def test_what_another_has_kept_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.pcm"
    cache.kept(file, CONTENT)
    before = file.stat().st_ino
    assert cache.kept(file, CONTENT) == CONTENT
    assert file.stat().st_ino == before


@pytest.mark.parametrize("content", [b"", bytes(199), bytes(201)])
def test_a_file_of_another_size_is_not_taken_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.pcm"
    file.write_bytes(content)
    assert cache.mapped(file, 200) is None
    assert cache.kept(file, CONTENT) == CONTENT
    assert file.read_bytes() == CONTENT


def test_a_folder_a_pipe_and_nothing_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (".", "pipe", "none"):
        assert cache.mapped(tmp_path / name, 200) is None
    (tmp_path / "folder").mkdir()
    assert cache.kept(tmp_path / "folder", CONTENT) is None


def test_a_folder_that_can_not_be_made_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert cache.kept(tmp_path / "file" / "a.pcm", CONTENT) is None


def test_a_full_disk_is_no_trouble_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert cache.kept(tmp_path / "a.pcm", CONTENT) is None
    assert not list(tmp_path.iterdir())


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "stt-load"
    monkeypatch.setenv("HOME", "/home/somebody")
    for name in ("relative", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", name)
        assert cache.folder() == Path("/home/somebody/.cache/stt-load")
