"""The pack that is asked for: what it is like, and all that is wrong with it, before anything is sent."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from stt_load.config import Config, load
from stt_load.config.audio import AudioConfig
from stt_load.config.spoken import packs_can_be_read, spoken
from tests.config.conftest import Faults, Load
from tests.config.recordings import pack


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
