"""`stt-load check-config`, called."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from stt_load.cli.config_commands import add_arguments, run


def checked(text: str, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    Path("config.yaml").write_text(text, encoding="utf-8")
    return run(parser.parse_args(argv))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG_PATH", "STT_LOAD_AUDIO_DURATION", "STT_LOAD_SAMPLE_RATE"):
        monkeypatch.delenv(name, raising=False)


def test_the_clips_keys_are_shown_as_they_are_in_effect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STT_LOAD_AUDIO_DURATION", "7")
    monkeypatch.setenv("STT_LOAD_SAMPLE_RATE", "8000")
    assert checked("audio_duration: 9", "--sample-rate", "null") == 0
    assert "audio:\n  source: speech\n  duration: 7.0\n  sample_rate: 16000\n" in capsys.readouterr().out


def test_both_names_of_a_key_in_the_file_end_it_with_2_and_both_places(capsys: pytest.CaptureFixture[str]) -> None:
    assert checked("audio_duration: 9\naudio:\n  duration: 7\n", "--audio-duration", "5") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "config.yaml: 1 problem\n"
        "  line 3, audio.duration: 7 excludes audio_duration (9, line 1), which is the same key; keep one of them\n"
    )


def test_what_is_not_taken_as_written_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert checked("", "-H", "http://h/v1") == 0
    assert "stt-load: base_url http://h/v1 has a part of the endpoint" in capsys.readouterr().err
