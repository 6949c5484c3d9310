"""`stt-load pack`, called, with a program that makes tones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stt_load.audio.manifest import read
from stt_load.audio.pack import stored
from stt_load.cli import main
from stt_load.packing import recogniser
from stt_load.packing.recording import Samples
from tests.packing.speaking import command

TEXTS = """# Sentences and a phrase: a word is a tenth of a second.
This is the one and only sentence here that has a dozen words.
That is another one that is no shorter than the one before it.
And here is the last one of all those that are long enough.
Good day to all.
"""


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text(TEXTS, encoding="utf-8")
    return path


def test_a_pack_of_files(texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    voices = [f"--voice={name}={command(tmp_path)}" for name in ("anna", "bob")]
    assert main(["pack", str(texts), str(tmp_path / "out"), *voices, "--language", "en", "--sentences", "2"]) == 0
    said = capsys.readouterr().out
    manifest = read(tmp_path / "out" / "manifest.jsonl")
    assert (manifest.voices, manifest.language, len(manifest.utterances)) == (("anna", "bob"), "en", 6)
    assert "anna: 3 recordings kept of 4, 1 of them phrases" in said
    assert f"written to {tmp_path / 'out' / 'manifest.jsonl'}" in said


def test_a_joined_pack(texts: Path, tmp_path: Path) -> None:
    line = [
        "pack",
        str(texts),
        str(tmp_path / "out"),
        f"--voice=anna={command(tmp_path, 'phones')}",
        "--joined",
        "mine",
    ]
    assert main(line) == 0
    pack = stored(tmp_path / "out" / "pack.jsonl")
    assert (pack.name, pack.language, len(pack.recordings)) == ("mine", None, 4)


def test_what_a_recogniser_mishears_is_left_out(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Deaf:
        def hear(self, samples: Samples) -> str:  # noqa: ARG002
            return "This is the one and only sentence here that has a dozen words."

    monkeypatch.setattr(recogniser, "Whisper", Deaf)
    line = ["pack", str(texts), str(tmp_path / "out"), f"--voice=anna={command(tmp_path)}", "--language", "en"]
    # Alone only the phrase is heard, and it is misheard; the sentences have each other for company.
    assert main([*line, "--hear", "1"]) == 0
    lines = (tmp_path / "out" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(one)["text"] for one in lines] == [
        "This is the one and only sentence here that has a dozen words."
    ]
    assert "3 misheard" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--voice", "anna"], "--voice wants NAME=COMMAND"),
        (["--voice", "a/b=x {text} {wav}"], "--voice wants NAME=COMMAND"),
        (["--voice", "a=x {text} {wav}", "--voice", "a=y {text} {wav}"], "voice a is given twice"),
        (["--voice", "a=x {text} {wav}", "--hear", "2", "--language", "ko"], "--hear needs --language en"),
        (["--voice", "a=stt-load-none {text} {wav}"], "there is no program stt-load-none"),
    ],
)
def test_what_is_wrong_is_said(
    more: list[str], why: str, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", str(texts), str(tmp_path / "out"), *more]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
