"""Clips on gevent's loop: what takes the processor for them is done in a thread, while others go on."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.audio import flac
from stt_load.audio.clip import Clip
from stt_load.audio.entries import RecordingsError
from stt_load.audio.names import REPEAT, Source
from stt_load.audio.sources import AudioSpec
from stt_load.run.clips import Clips
from tests.audio.packs import written
from tests.audio.recordings import written as recordings


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


@pytest.mark.parametrize(
    ("source", "vary", "attempt", "is_beside"),
    [
        ("files", None, 0, True),
        ("files", "none", 0, True),  # decoded
        ("speech", {"snr_db": 10}, 0, True),
        ("noise", None, REPEAT, True),
        ("noise", None, 0, False),
        ("speech", None, 0, False),
    ],
)
def test_what_is_decoded_or_copied_is_made_in_another_thread(
    source: Source, vary: Any, attempt: int, is_beside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = Clips(AudioSpec(source, 2.0, 16_000, files=str(recordings(tmp_path, 16_000)), vary=vary), 5)
    made, threads = clips._source.clip, list[int]()

    def noted(seq: int, attempt: int) -> Clip:
        threads.append(threading.get_ident())
        return made(seq, attempt)

    monkeypatch.setattr(clips._source, "clip", noted)
    assert clips.clip(3, attempt).bytes == 64_044
    assert [one != threading.get_ident() for one in threads] == [is_beside]


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


def test_who_asks_for_a_recording_that_has_gone_is_told_and_nothing_else_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = Clips(AudioSpec("files", None, 16_000, files=str(recordings(tmp_path, 16_000))), 5)
    (tmp_path / "00000.wav").unlink()
    with pytest.raises(RecordingsError, match=r"00000\.wav can't be decoded any more: No such file or directory"):
        clips.clip(0, 0)
    assert capsys.readouterr().err == ""


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


def test_clips_are_made_in_advance_in_their_order_and_taken_once(tmp_path: Path) -> None:
    clips = Clips(AudioSpec("files", 2.0, 16_000, files=str(recordings(tmp_path, 16_000))), 5)
    assert clips.take_time
    wanted = [(seq, 0) for seq in range(3, 6)]
    assert [clips.make_next(wanted) for _ in range(4)] == [True, True, True, False]
    made = clips._ahead[(3, 0)].get()
    assert clips.clip(3, 0) is made
    again = clips.clip(3, 0)
    assert again is not made
    assert b"".join(map(bytes, again.parts)) == b"".join(map(bytes, made.parts))
    assert clips.make_next([(5, 0)]) is False
    assert list(clips._ahead) == [(5, 0)], "nobody took the other one, and nobody will"


def test_who_asks_for_a_clip_that_is_being_made_waits_for_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, released, encoded = threading.Event(), threading.Event(), flac.encoded
    count = []

    def slowly(clip: Clip) -> Clip:
        count.append(clip)
        begun.set()
        assert released.wait(30)
        return encoded(clip)

    monkeypatch.setattr(flac, "encoded", slowly)
    clips = Clips(AudioSpec("speech", 1.5, 16_000, "flac"), 5)
    making = gevent.spawn(clips.make_next, [(3, 0)])
    while not begun.is_set():
        gevent.sleep(0.001)
    asked = gevent.spawn(clips.clip, 3, 0)
    gevent.sleep(0.01)
    released.set()
    assert asked.get(timeout=30).text
    making.join(30)
    assert len(count) == 1


def test_a_recording_that_is_gone_is_told_by_who_takes_its_clip(tmp_path: Path) -> None:
    folder = recordings(tmp_path, 16_000)
    clips = Clips(AudioSpec("files", 2.0, 16_000, files=str(folder)), 5)
    for file in folder.iterdir():
        file.unlink()
    assert clips.make_next([(3, 0)])
    with pytest.raises(RecordingsError):
        clips.clip(3, 0)
