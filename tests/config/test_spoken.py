"""The pack that is asked for: what it is like, and all that is wrong with it, before anything is sent."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from stt_load.config import Config, load
from stt_load.config.audio import AudioConfig
from stt_load.config.audio_notes import Spoken
from stt_load.config.spoken import packs_can_be_read, spoken
from tests.config.conftest import Faults, Load
from tests.config.recordings import TEXTS, pack


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_pack_is_english_and_has_words_for_a_clip_of_two_seconds() -> None:
    found = spoken(AudioConfig())
    assert found is not None
    assert (found.name, found.language) == ("the shipped pack", "en")
    assert 0.7 < found.shortest_s < 1.5


def test_where_nobody_speaks_there_is_no_pack() -> None:
    assert spoken(AudioConfig(source="noise", pack="nowhere.jsonl")) is None


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_of_a_pack_of_ones_own_the_shortest_clip_is_a_recording_and_two_pauses(rate: int) -> None:
    pack(Path("ko/pack.jsonl"), seconds=1.0)
    found = spoken(AudioConfig(pack="ko/pack.jsonl", sample_rate=rate))
    assert found is not None
    assert (found.name, found.language) == ("ko/pack.jsonl", "ko")
    assert found.shortest_s == pytest.approx(1.3, abs=0.001)


def test_a_pack_that_says_no_language_has_none() -> None:
    pack(Path("pack.jsonl"), language=None)
    found = spoken(AudioConfig(pack="pack.jsonl"))
    assert found is not None
    assert found.language == ""


def test_every_fault_of_a_pack_is_told_at_once_with_its_line(faults: Faults) -> None:
    pack(Path("pack.jsonl"))
    with Path("pack.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"audio": "none.wav", "text": "a"}\n{"audio": "0.wav"\n')
    missing, broken = faults("seed: 1\naudio:\n  pack: pack.jsonl\n")
    assert (missing.line, missing.key, missing.value) == (3, "audio.pack", "pack.jsonl")
    assert missing.message == "pack.jsonl can't be used: line 4: there is no file none.wav"
    assert broken.message.startswith("pack.jsonl can't be used: line 5: not JSON")


def test_what_only_decoding_shows_is_told_with_its_line_too(faults: Faults) -> None:
    pack(Path("pack.jsonl"))
    with wave.open("1.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000))
    (silent,) = faults("seed: 1\naudio:\n  pack: pack.jsonl\n")
    assert silent.message.startswith("pack.jsonl can't be used: line 2: 1.wav is silent")


def test_a_pipe_is_no_pack_and_is_not_waited_for(faults: Faults) -> None:
    os.mkfifo("pipe.jsonl")
    (fault,) = faults("audio: {pack: pipe.jsonl}")
    assert fault.message.startswith("pipe.jsonl can't be used: ")


def test_a_pack_that_is_not_there_is_a_fault_beside_others(faults: Faults) -> None:
    first, second = faults("audio: {pack: nowhere.jsonl}\ntotal_requests: 5\n")
    assert first.message == "nowhere.jsonl can't be used: No such file or directory"
    assert second.key == "total_requests"


def test_a_pack_that_is_not_needed_is_not_looked_at(loaded: Load) -> None:
    assert loaded("audio: {source: noise, pack: nowhere.jsonl}").audio.pack == "nowhere.jsonl"
    assert loaded("api: {base_url: 'http://h'}\nembedded: {pack: nowhere.jsonl}").embedded.pack == "nowhere.jsonl"
    assert loaded("embedded: {pack: nowhere.jsonl, hears: false}").embedded.pack == "nowhere.jsonl"


def test_the_embedded_servers_own_pack_is_looked_at_once(faults: Faults) -> None:
    (fault,) = faults("embedded: {pack: nowhere.jsonl}")
    assert fault.key == "embedded.pack"
    both = Config.model_validate({"audio": {"pack": "nowhere.jsonl"}, "embedded": {"pack": "nowhere.jsonl"}})
    assert [set(broken) for broken in packs_can_be_read(both)] == [{("audio", "pack")}]


FILES = "total_requests: 20\naudio:\n  files: calls\n"


def recordings(*, texts: bool = True) -> None:
    """A folder of three, `calls`."""
    pack(Path("calls/manifest.jsonl"))
    for number, text in enumerate(TEXTS):
        if texts:
            Path(f"calls/{number}.txt").write_text(text, encoding="utf-8")


def test_recordings_of_ones_own_are_a_folder_or_a_manifest() -> None:
    recordings()
    for files, language in (("calls", ""), ("calls/manifest.jsonl", "ko")):
        assert spoken(AudioConfig(source="files", files=files)) == Spoken(
            files, language, longest_s=1.0, recordings=3, left_out=(), has_texts=True
        )
    asked = spoken(AudioConfig(source="files", files="calls", duration="3..20"))
    assert asked is not None
    assert asked.longest_s is None


def test_recordings_without_texts_have_none(loaded: Load) -> None:
    recordings(texts=False)
    found = spoken(AudioConfig(source="files", files="calls"))
    assert found is not None
    assert not found.has_texts
    assert loaded(FILES).audio.source == "files"


def test_every_fault_of_recordings_is_told_at_once_where_they_are_named(faults: Faults) -> None:
    recordings()
    Path("calls/1.txt").unlink()
    Path("calls/broken.wav").write_bytes(b"RIFF")
    Path("calls/broken.txt").write_text("words", encoding="utf-8")
    found = faults(FILES)
    assert [(fault.line, fault.key, fault.value) for fault in found] == [(3, "audio.files", "calls")] * 2
    messages = "\n".join(fault.message for fault in found)
    assert "can't be used: 1.wav has no text in 1.txt" in messages
    assert "can't be used: broken.wav " in messages
    assert found[-1].message.endswith("; audio.skip_broken: true leaves out those that can't be used, 2 of 4")


def test_what_may_be_left_out_is_said_and_no_fault() -> None:
    recordings()
    Path("calls/1.txt").unlink()
    Path("config.yaml").write_text(FILES + "  skip_broken: true\n", encoding="utf-8")
    note, *_ = load(Path("config.yaml"), environ={}).notes
    assert note.startswith("of calls 1 of 3 recordings are left out: 1.wav has no text in 1.txt")


def test_recordings_without_room_in_any_clip_are_a_fault_and_some_of_them_a_note(faults: Faults) -> None:
    recordings()
    (fault,) = faults(FILES + "  duration: 1.2\n")
    assert (fault.key, fault.line) == ("audio.duration", 4)
    assert fault.message.startswith("1.2 is too short: calls: no recording has room in a clip of 1.2 s: the shortest")
    pack(Path("long.jsonl"), texts=["one more"], seconds=4.0)
    with Path("calls/manifest.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"audio": "../0.wav", "text": "one more"}\n')
    text = "total_requests: 20\naudio: {files: calls/manifest.jsonl, duration: 3}\n"
    Path("config.yaml").write_text(text, encoding="utf-8")
    note, *_ = load(Path("config.yaml"), environ={}).notes
    assert note.startswith("of calls/manifest.jsonl 1 of 4 recordings are too long for audio.duration: ")
    assert "lasts 4.00 s" in note


def test_lengths_that_are_none_are_told_once(faults: Faults) -> None:
    recordings()
    (fault,) = faults(FILES + "  duration: {empirical: nowhere.csv}\n")
    assert fault.key == "audio.duration"


def test_recordings_that_are_not_there_are_a_fault_beside_others(faults: Faults) -> None:
    first, second = faults("audio: {files: nowhere}\ntotal_requests: 5\n")
    assert first.message.startswith("nowhere can't be used: ")
    assert second.key == "total_requests"


def test_recordings_that_are_not_sent_are_not_looked_at(loaded: Load) -> None:
    assert loaded("audio: {source: speech, files: nowhere}").audio.files == "nowhere"


def test_it_is_said_where_the_service_is_asked_for_another_language_than_the_packs() -> None:
    pack(Path("ko.jsonl"))
    for text, said in [
        ("api: {language: ko}", "api.language is ko, and the clips are en (the shipped pack)"),
        ("api: {language: en}\naudio: {pack: ko.jsonl}", "api.language is en, and the clips are ko (ko.jsonl)"),
    ]:
        Path("config.yaml").write_text(text, encoding="utf-8")
        (note,) = load(Path("config.yaml"), environ={}).notes
        assert note.startswith(said)
    Path("config.yaml").write_text("api: {language: ko}\naudio: {pack: ko.jsonl}", encoding="utf-8")
    assert load(Path("config.yaml"), environ={}).notes == ()
