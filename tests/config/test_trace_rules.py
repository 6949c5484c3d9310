"""Traces in a configuration: what is wrong with one, or with what it asks for, is told where it is named, at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.audio.names import DEFAULT_DURATION_S
from stt_load.config import Config, load
from stt_load.config.trace_rules import RATE, SOURCE, TRACE, length_in, trace_can_be_used
from tests.audio.recordings import written
from tests.config.conftest import Faults


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def trace(*lines: str, name: str = "trace.csv") -> None:
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def config(**audio: object) -> Config:
    return Config.model_validate({"audio": {"source": "noise", **audio}, "load": {"trace": "trace.csv"}})


def test_every_line_that_is_none_is_a_fault_where_the_trace_is_named(faults: Faults) -> None:
    trace("offset_s,audio_s", "0,1", "soon,1", "2,0.05")
    found = faults("load:\n  trace: trace.csv\n")
    assert [(one.line, one.key, one.value) for one in found] == [(2, "load.trace", "trace.csv")] * 2
    assert [one.message for one in found] == [
        "trace.csv can't be used: line 3: offset_s is 'soon', which is no number of seconds; write one such as 12.5",
        "trace.csv can't be used: line 4: audio_s is 0.05, which is too short; a clip has 0.1 s or more",
    ]


def test_a_trace_that_is_not_there_is_a_fault(faults: Faults) -> None:
    (fault,) = faults("load: {trace: nowhere.csv}")
    assert fault.message == "nowhere.csv can't be read: No such file or directory; name a file of arrivals"


def test_recordings_are_named_only_where_they_are_sent() -> None:
    trace("offset_s,file", "0,a.wav")
    (broken,) = trace_can_be_used(config())
    assert set(broken) == {TRACE, SOURCE}
    assert broken[TRACE].startswith("names recordings, which only audio.source files sends; ")
    assert broken[SOURCE].startswith("sends no recordings, and trace.csv names some; ")


def test_recordings_that_are_not_there_are_told_all_at_once() -> None:
    written(Path("calls"), 8_000)
    trace("offset_s,file", "0,00000.wav", "1,b.wav", "2,c.wav")
    none = "can't be used: line {}: {}.wav is no recording of calls, which audio.files names"
    found = list(trace_can_be_used(config(source="files", files="calls")))
    assert found == [{TRACE: none.format(3, "b")}, {TRACE: none.format(4, "c")}]
    trace("offset_s,file", "0,00000.wav")
    assert list(trace_can_be_used(config(source="files", files="calls"))) == []


def test_some_recording_has_room_in_the_clips_of_a_trace() -> None:
    written(Path("calls"), 32_000)
    trace("offset_s,audio_s", "0,1")
    (broken,) = trace_can_be_used(config(source="files", files="calls"))
    assert "no recording has room in a clip of 1 s" in broken[TRACE]


@pytest.mark.parametrize("files", [None, "nowhere"])
def test_of_recordings_that_are_none_is_told_elsewhere(files: str | None) -> None:
    trace("offset_s,file", "0,a.wav")
    assert list(trace_can_be_used(config(source="files", files=files))) == []


def test_no_clip_is_larger_than_a_wav_can_be() -> None:
    trace("offset_s,audio_s", "0,1", "0.5,134217", "1,134218")
    (broken,) = trace_can_be_used(config())
    assert broken == {
        TRACE: "asks in line 4 for a clip of 134218 s, which makes a WAV above 4 GiB at 16000 Hz; "
        "write 134217 or less",
        RATE: "makes a WAV above 4 GiB with 134218 s; choose 15999 or less",
    }
    trace("offset_s,audio_s", "0,1", "0.5,134217")
    assert list(trace_can_be_used(config())) == []


def test_a_trace_says_how_long_clips_are() -> None:
    """So that a length that is none has no say, and one that was meant is named."""
    trace("offset_s,audio_s", "0,1", "0.5,3")
    assert (length_in(config()).shortest_s, length_in(config()).longest_s) == (1.0, 3.0)
    assert length_in(Config()).longest_s == DEFAULT_DURATION_S
    ignored = "audio.duration is not used: load.trace says how long clips are"
    for duration, told in (("10", False), ("null", False), ("7", True), ("{empirical: nowhere.csv}", True)):
        text = f"audio: {{source: noise, duration: {duration}}}\nload: {{trace: trace.csv}}\n"
        Path("config.yaml").write_text(text, encoding="utf-8")
        assert (ignored in load(Path("config.yaml"), environ={}).notes) == told


def test_what_is_advised_of_clips_goes_by_the_trace() -> None:
    trace("offset_s,audio_s", "0,0.3", "0.5,900")
    text = "api: {base_url: 'http://127.0.0.1:9'}\nload: {trace: trace.csv}\n"
    Path("config.yaml").write_text(text, encoding="utf-8")
    notes = load(Path("config.yaml"), environ={}).notes
    assert any(one.startswith("clips of 0.3 s are too short for the phrases of the shipped pack") for one in notes)
    assert any("the longest clip has 28.8 MB" in one and "or a trace of shorter ones" in one for one in notes)
