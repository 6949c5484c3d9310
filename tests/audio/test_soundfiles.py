"""Files of sound are opened by one thread at a time, under a lock of the system's."""

from __future__ import annotations

import _thread
import io
import threading
from typing import Any

import numpy as np
import pytest

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
