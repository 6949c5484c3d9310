"""`stt-load pack RECORDINGS -o PACK.jsonl`, called: what it writes can be a pack and a corpus, and it says what it
could not use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from stt_load.audio.corpus import Corpus, corpus_of
from stt_load.audio.entries import SHOWN
from stt_load.audio.manifest import read
from stt_load.audio.sources import AudioSpec, source_of
from stt_load.cli import main
from stt_load.packing import from_recordings
from stt_load.packing.from_recordings import Packing, Wanted
from stt_load.packing.recording import PackingError
from tests.packing.reading import read_aloud

SHORT = [(0.3, 0.5), (0.1, 0.5)]


def folder_of(folder: Path, *names: str) -> Path:
    """Recordings with a .txt beside each."""
    folder.mkdir()
    for name in names:
        read_aloud(folder / f"{name}.wav", SHORT)
        (folder / f"{name}.txt").write_text(f"This is {name}.\n", encoding="utf-8")
    return folder


def listed(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_folder_becomes_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, pack = folder_of(tmp_path / "in", "anna", "bob"), tmp_path / "out.jsonl"
    assert main(["pack", str(folder), "-o", str(pack), "--language", "en"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 utterances of 2 recordings, 1 speaker, 0.0 min",
        f"written to {pack}",
    ]
    manifest = read(pack)
    assert (manifest.language, [one.text for one in manifest.utterances]) == ("en", ["This is anna.", "This is bob."])
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["00001.flac", "00002.flac"]
    assert corpus_of(Wanted(str(pack))).has_texts
    for spec in (AudioSpec("speech", 4.0, 16_000, pack=str(pack)), AudioSpec("files", None, 16_000, files=str(pack))):
        assert source_of(spec, 1).clip(0, 0).text.startswith("This is ")


def test_a_long_recording_with_words_is_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spans = read_aloud(tmp_path / "a.wav", [(0.5, 0.7)] * 20).words
    text = " ".join(f"word{number}" for number in range(20))
    line = {"audio_filepath": "a.wav", "text": text, "words": spans, "speaker": "kim/../lee", "language": "ko"}
    pack = tmp_path / "out.jsonl"
    assert main(["pack", str(listed(tmp_path / "in.jsonl", line)), "-o", str(pack)]) == 0
    manifest = read(pack)
    assert (manifest.language, manifest.voices) == ("ko", ("kim/../lee",))
    assert [one.text for one in manifest.utterances] == text.split()
    assert "20 utterances of 1 recordings, 1 speaker" in capsys.readouterr().out
    assert {file.parent.name for file in tmp_path.rglob("*.flac")} == {"out"}, "a speaker's name is no path"


def test_what_could_not_be_used_is_counted_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b", "c"):
        read_aloud(tmp_path / f"{name}.wav", SHORT)
    read_aloud(tmp_path / "long.wav", [(0.3, 12.0)])
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    lines = [{"audio": f"{name}.wav", "text": "The same."} for name in ("a", "b", "long", "broken", "none")]
    manifest = listed(tmp_path / "in.jsonl", *lines, {"audio": "c.wav"})
    assert main(["pack", str(manifest), "-o", str(tmp_path / "out.jsonl")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["1 utterances of 3 recordings, 1 speaker, 0.0 min", "not used: 5"]
    for at, words in ((4, "broken.wav"), (5, "none.wav"), (6, "c.wav has no text"), (2, "the same"), (3, "12.")):
        assert any(f"line {at}: " in line and words in line for line in out[2:7]), out
    assert out[7] == f"written to {tmp_path / 'out.jsonl'}"


def test_of_very_many_that_could_not_be_used_the_first_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_aloud(tmp_path / "a.wav", SHORT)
    lines = [{"audio": f"none{number}.wav", "text": "Nothing."} for number in range(SHOWN + 10)]
    manifest = listed(tmp_path / "in.jsonl", {"audio": "a.wav", "text": "Something."}, *lines)
    assert main(["pack", str(manifest), "-o", str(tmp_path / "out.jsonl")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert (out[1], len(out)) == (f"not used: {SHOWN + 10}", SHOWN + 4)


def test_where_nothing_is_left_nothing_is_written(tmp_path: Path) -> None:
    read_aloud(tmp_path / "a.wav", [(0.3, 12.0)])
    manifest = listed(tmp_path / "in.jsonl", {"audio": "a.wav", "text": "Too long."})
    packing = Packing(manifest, tmp_path / "out.jsonl", None)
    with pytest.raises(PackingError, match=r"no recording is left\n.*nothing says when"):
        packing.run()
    assert {file.name for file in tmp_path.iterdir()} == {"a.wav", "in.jsonl"}


def test_a_pack_is_written_anew(tmp_path: Path) -> None:
    pack = tmp_path / "out.jsonl"
    for number, texts in enumerate((["One.", "Two."], ["Three."])):
        lines = [{"audio": f"{text}wav", "text": text} for text in texts]
        for text in texts:
            read_aloud(tmp_path / f"{text}wav", SHORT)
        assert main(["pack", str(listed(tmp_path / f"in{number}.jsonl", *lines)), "-o", str(pack)]) == 0
        assert [one.text for one in read(pack).utterances] == texts


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["-o", "{out}.json"], "the file of a pack ends in .jsonl"),
        (["-o", "{in}/out.jsonl"], "it would be in the folder that is read"),
        (["-o", "{out}.jsonl", "--voice", "a=x {text} {wav}"], "--voice is for a text file"),
        (["-o", "{out}.jsonl", "--hear", "2"], "--hear is for a text file"),
        (["{out}", "-o", "{out}.jsonl"], "a folder is for a text file"),
        ([], "recordings need -o PACK.jsonl, and a text file needs FOLDER and --voice NAME=COMMAND"),
        (["{out}"], "recordings need -o PACK.jsonl"),
        (["--voice", "a=x {text} {wav}"], "recordings need -o PACK.jsonl"),
    ],
)
def test_what_is_wrong_is_said(more: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path / "in", "anna")
    places = [word.replace("{in}", str(folder)).replace("{out}", str(tmp_path / "out")) for word in more]
    assert main(["pack", str(folder), *places]) == 2
    assert why in capsys.readouterr().err
    assert {file.name for file in tmp_path.iterdir()} == {"in"}


def test_recordings_without_texts_make_no_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path / "in", "anna")
    (folder / "anna.txt").unlink()
    assert main(["pack", str(folder), "-o", str(tmp_path / "out.jsonl")]) == 2
    assert "a pack is of recordings with texts" in capsys.readouterr().err


def test_another_language_than_that_of_the_recordings_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_aloud(tmp_path / "a.wav", SHORT)
    manifest = listed(tmp_path / "in.jsonl", {"audio": "a.wav", "text": "Hello.", "language": "en"})
    assert main(["pack", str(manifest), "-o", str(tmp_path / "out.jsonl"), "--language", "ko"]) == 2
    assert "--language ko: the recordings are in 'en'" in capsys.readouterr().err
    assert main(["pack", str(manifest), "-o", str(manifest)]) == 2
    assert "that is the manifest that is read" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["in", "in.jsonl"])
def test_recordings_are_not_written_over(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path / "out", "00001")
    soundfile.write(folder / "00001.flac", *soundfile.read(folder / "00001.wav"))
    (folder / "00001.wav").unlink()
    before = (folder / "00001.flac").read_bytes()
    listed(tmp_path / "in.jsonl", {"audio": "out/00001.flac", "text": "This is one."})
    read = folder if place == "in" else tmp_path / place
    assert main(["pack", str(read), "-o", str(tmp_path / "out.jsonl")]) == 2
    assert f"utterances would be written into {folder}, where " in capsys.readouterr().err
    assert (folder / "00001.flac").read_bytes() == before


def test_a_recording_that_is_another_one_meanwhile_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path / "in", "anna")
    looked_at = from_recordings._corpus

    def spoilt(recordings: Path) -> Corpus:
        corpus = looked_at(recordings)
        (folder / "anna.wav").write_bytes(b"no sound")
        return corpus

    monkeypatch.setattr(from_recordings, "_corpus", spoilt)
    assert main(["pack", str(folder), "-o", str(tmp_path / "out.jsonl")]) == 2
    assert "can't be read any more" in capsys.readouterr().err
