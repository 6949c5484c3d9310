"""Clips on gevent's loop: what takes the processor for them is done in a thread, while others go on."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import gevent
import pytest

from stt_load.audio import flac
from stt_load.audio.clip import Clip
from stt_load.audio.sources import AudioSpec
from stt_load.run.clips import Clips
from tests.audio.packs import written


def test_flac_is_encoded_in_another_thread_while_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, released = threading.Event(), threading.Event()
    encoded = flac.encoded

    def slowly(clip: Clip) -> Clip:
        assert threading.get_ident() != here
        begun.set()
        assert released.wait(30)
        return encoded(clip)

    here = threading.get_ident()
    monkeypatch.setattr(flac, "encoded", slowly)
    asked = gevent.spawn(Clips(AudioSpec("speech", 1.5, 16_000, "flac"), 5).clip, 3, 0)
    while not begun.is_set():  # each turn is one of the loop's
        gevent.sleep(0.001)
    released.set()
    clip = asked.get(timeout=30)
    assert bytes(clip.parts[0][:4]) == b"fLaC"
    assert clip.text


def test_wav_is_handed_on_as_it_is() -> None:
    clip = Clips(AudioSpec("speech", 1.5, 16_000), 5).clip(3, 0)
    assert (clip.parts[0][:4], clip.bytes) == (b"RIFF", 48_044)


def test_what_clips_need_is_decoded_beside_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    Clips(AudioSpec("speech", 1.5, 16_000), 5).prepare()
    with gevent.Timeout(60):
        while not list(tmp_path.glob("stt-load/*.pcm")):
            gevent.sleep(0.01)


def test_a_recording_that_has_gone_is_told_and_nothing_breaks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clips = Clips(AudioSpec("speech", 2, 16_000, pack=str(written(tmp_path, 12_000))), 5)
    (tmp_path / "0.wav").unlink()
    clips.prepare()
    with gevent.Timeout(60):
        while "0.wav" not in caplog.text:
            gevent.sleep(0.01)


PATCHED = """
from gevent import monkey
monkey.patch_all()
import gevent
from stt_load.audio.sources import AudioSpec
from stt_load.run.clips import Clips

clips = Clips(AudioSpec("speech", 2, 16_000, "flac"), 5)
clips.prepare()
users = [gevent.spawn(lambda user=user: [clips.clip(user, number) for number in range(200)]) for user in range(10)]
gevent.joinall(users, timeout=60)
print(sum(len(user.value or ()) for user in users))
"""


def test_where_gevent_has_taken_over_the_locks_no_thread_waits_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing is decoded: threads do that meanwhile
    ran = subprocess.run([sys.executable, "-c", PATCHED], capture_output=True, text=True, timeout=300, check=True)
    assert ran.stdout == "2000\n"
