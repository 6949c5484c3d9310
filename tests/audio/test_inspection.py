"""What is found in files of sound, and that it is looked for once."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio import inspection
from stt_load.audio.inspection import Found, inspect, inspected
from tests.audio.recordings import written


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "stt-load"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were decoded, as it happens."""
    names: list[str] = []

    def inspect_(file: Path) -> Found:
        names.append(file.name)
        return inspect(file)

    monkeypatch.setattr(inspection, "inspect", inspect_)
    return names


def looked(folder: Path) -> list[Found]:
    return inspected(sorted(folder.glob("*.wav")), str(folder), lambda done, of: None)  # noqa: ARG005


def test_what_is_in_a_file(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.ogg", np.random.default_rng(1).normal(0, 0.1, (100_000, 2)), 22_050)
    assert inspect(tmp_path / "a.ogg") == Found(100_000, 22_050, 2)


def test_each_is_decoded_once_as_long_as_it_stays_as_it_is(tmp_path: Path, cached: Path, decoded: list[str]) -> None:
    folder = written(tmp_path / "in", 2_000, 3_000, 4_000)
    (folder / "00001.wav").write_bytes(b"")
    first = looked(folder)
    assert [(one.frames, one.fault) for one in first] == [(2_000, None), (0, "is empty"), (4_000, None)]
    assert looked(folder) == first
    assert decoded == ["00000.wav", "00001.wav", "00002.wav", "00001.wav"]
    assert len(list(cached.glob("recordings-*.json"))) == 1
    written(folder, 2_500)
    os.utime(folder / "00002.wav", ns=(0, 1))
    assert [one.frames for one in looked(folder)] == [2_500, 0, 4_000]
    assert decoded[4:] == ["00000.wav", "00001.wav", "00002.wav"]
    (folder / "00000.wav").unlink()
    assert len(looked(folder)) == 2
    assert decoded[7:] == ["00001.wav"]


def test_a_file_of_many_recordings_is_decoded_once(tmp_path: Path, cached: Path, decoded: list[str]) -> None:
    folder = written(tmp_path / "in", 2_000, 3_000)
    files = [folder / name for name in ("00001.wav", "00000.wav", "00001.wav", "00001.wav")]
    found = inspected(files, str(folder), lambda done, of: None)  # noqa: ARG005
    assert [one.frames for one in found] == [3_000, 2_000, 3_000, 3_000]
    assert sorted(decoded) == ["00000.wav", "00001.wav"]
    assert cached.exists()


def test_a_file_that_could_not_be_read_is_looked_at_again(
    tmp_path: Path, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lets it be read changes neither its size nor its time."""
    folder = written(tmp_path / "in", 2_000)
    with monkeypatch.context() as locked:
        locked.setattr(inspection, "open_ordinary", _refused)
        assert looked(folder)[0].fault == "can't be read: Permission denied"
    assert looked(folder) == [Found(2_000, 16_000, 1)]
    assert cached.exists()


def _refused(path: Path) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


@pytest.mark.parametrize("at", [100, 40_000])
def test_where_samples_are_no_numbers(at: int, tmp_path: Path) -> None:
    values = np.full(50_000, 0.5)
    values[at] = np.inf
    soundfile.write(tmp_path / "a.wav", values, 10_000, subtype="FLOAT")
    assert (
        inspect(tmp_path / "a.wav").fault == f"has samples that are no numbers, the first after {at / 10_000:.2f} s"
    )


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": null}', b'{"format": [1], "files": 3}'])
def test_a_memory_that_is_none_costs_a_second_look(
    content: bytes, tmp_path: Path, cached: Path, decoded: list[str]
) -> None:
    folder = written(tmp_path / "in", 2_000)
    looked(folder)
    (memory,) = cached.glob("recordings-*.json")
    memory.write_bytes(content)
    assert looked(folder) == [Found(2_000, 16_000, 1)]
    assert len(decoded) == 2
    assert json.loads(memory.read_bytes())["files"]


def test_what_another_library_has_found_is_looked_for_again(
    tmp_path: Path, cached: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "in", 2_000)
    looked(folder)
    monkeypatch.setattr(soundfile, "__libsndfile_version__", "0.0")
    looked(folder)
    assert len(decoded) == 2
    assert cached.exists()


def test_where_nothing_can_be_kept_it_is_looked_at_each_time(
    tmp_path: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file, and no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = written(tmp_path / "in", 2_000)
    assert looked(folder) == looked(folder)
    assert len(decoded) == 2


def test_how_far_it_is_is_told(tmp_path: Path, cached: Path) -> None:
    folder = written(tmp_path / "in", 2_000, 2_000)
    told: list[tuple[int, int]] = []
    files = sorted(folder.glob("*.wav"))
    inspected(files, str(folder), lambda done, of: told.append((done, of)))
    inspected(files, str(folder), lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert cached.exists()
