"""Files of sound are opened by one thread at a time, under a lock of the system's."""

from __future__ import annotations

import _thread
import io
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from stt_load.audio import soundfiles


def test_a_file_is_written_and_read() -> None:
    file, samples = io.BytesIO(), np.arange(-50, 50, dtype=np.int16)
    with soundfiles.opened(file, "w", 16_000, 1, subtype="PCM_16", format="FLAC") as encoder:
        encoder.write(samples)
    file.seek(0)
    with soundfiles.opened(file) as decoder:
        assert decoder.read(dtype="int16").tolist() == samples.tolist()


def test_what_is_no_sound_is_an_error() -> None:
    with pytest.raises(soundfiles.SoundFileError):
        soundfiles.opened(io.BytesIO(b"no sound"))


def test_why_it_could_not_be_is_told_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    (tmp_path / "a.raw").write_bytes(bytes(2_000))
    for name, reason in (("a.wav", "Format not recognised"), ("a.raw", "samples without a header")):
        for reads in (soundfiles.opened, soundfiles.read_on):
            with pytest.raises(soundfiles.SoundFileError) as raised:
                reads(tmp_path / name)
            assert soundfiles.why(raised.value) == reason
    with pytest.raises(FileNotFoundError) as missing:
        soundfiles.read_on(tmp_path / "none.wav")
    assert soundfiles.why(missing.value) == "No such file or directory"


def test_two_threads_never_open_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(soundfiles._opening, _thread.LockType)
    most, now, lock = [0], [0], threading.Lock()
    inside = threading.Event()

    def slow(*_: Any, **__: Any) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        inside.wait(0.05)
        with lock:
            now[0] -= 1

    monkeypatch.setattr(soundfiles.soundfile, "SoundFile", slow)
    threads = [threading.Thread(target=soundfiles.opened, args=(io.BytesIO(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("frames", [100, 1_000, 1_152, 32_768])
def test_what_is_read_piece_by_piece_is_what_is_read_at_once(suffix: str, frames: int, tmp_path: Path) -> None:
    values = 0.5 * np.sin(2 * np.pi * 333 * np.arange(50_000) / 16_000)  # a tone: MP3 refers back as far as it can
    soundfile.write(tmp_path / f"a.{suffix}", values, 16_000)
    whole = soundfile.read(tmp_path / f"a.{suffix}", dtype="float32")[0]
    with soundfiles.read_on(tmp_path / f"a.{suffix}") as file:
        pieces = [file.read(frames, dtype="float32") for _ in range(0, 50_000, frames)]
        assert not len(file.read(frames))
    assert np.abs(np.concatenate(pieces) - whole).max() < 1e-5
