"""What must hold between the keys of the clips."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.config.audio import AudioConfig
from stt_load.config.clip_rules import DURATION, FILES, RATE, SOURCE, clips_have_a_size, recordings_are_named
from tests.config.conftest import Faults


@pytest.mark.parametrize("duration", [10.0, "3..20", {"lognormal": {"median": 8.0, "sigma": 0.6}}, None, 0.0005])
def test_usual_lengths_have_a_size(duration: object) -> None:
    assert list(clips_have_a_size(AudioConfig.model_validate({"duration": duration}))) == []


def test_a_length_is_refused_that_no_file_can_have_and_either_key_can_put_it_right() -> None:
    (broken,) = clips_have_a_size(AudioConfig(duration=134_218.0))
    assert broken == {
        DURATION: "makes a WAV above 4 GiB at 16000 Hz; choose 134217 or less",
        RATE: "makes a WAV above 4 GiB with 134218.0 s; choose 15999 or less",
    }
    (broken,) = clips_have_a_size(AudioConfig(duration=0.0004))
    assert broken[DURATION] == "is too short: fewer than 8 samples at 16000 Hz; choose 0.0005 or more"


@pytest.mark.parametrize("duration", ["3..200000", {"lognormal": {"median": 8.0, "sigma": 0.6, "max": 200_000.0}}])
def test_of_many_lengths_the_longest_is_named(duration: object) -> None:
    (broken,) = clips_have_a_size(AudioConfig.model_validate({"duration": duration}))
    assert broken[DURATION].startswith(
        "asks for clips of 200000 s, which makes a WAV above 4 GiB at 16000 Hz; choose"
    )


def test_each_fault_of_a_file_of_lengths_is_named_with_its_line(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lengths.csv").write_text("duration\n3\nlong\n-1\n", encoding="utf-8")
    first, second = faults("audio:\n  duration: {empirical: lengths.csv}")
    assert (first.key, first.line) == ("audio.duration", 2)
    assert first.message == (
        "a mapping can't be used: lengths.csv, line 3: 'long' is no number; write seconds, such as 7.5"
    )
    assert "lengths.csv, line 4" in second.message
    (fault,) = faults("audio: {duration: {empirical: nowhere.csv}}")
    assert "can't be used: nowhere.csv can't be read: No such file or directory" in fault.message


def test_recordings_are_sent_from_somewhere(faults: Faults) -> None:
    (broken,) = recordings_are_named(AudioConfig(source="files"))
    assert broken.keys() == {SOURCE, FILES}
    (fault,) = faults("audio:\n  source: files")
    assert (fault.key, fault.line) == ("audio.source", 2)
    assert fault.message == (
        "files sends recordings of audio.files, and there are none; set `files` to a folder or a manifest"
    )
    assert list(recordings_are_named(AudioConfig(source="files", files="calls"))) == []
    assert list(recordings_are_named(AudioConfig())) == []


def test_recordings_as_they_are_have_no_length_to_be_judged() -> None:
    assert list(clips_have_a_size(AudioConfig(source="files", files="calls", sample_rate=1_000))) == []
