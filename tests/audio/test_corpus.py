"""The user's own recordings: what can be used of a folder or a manifest, and each fault that they can have."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio.corpus import Corpus, CorpusError, corpus_of
from stt_load.audio.entries import SHOWN
from stt_load.audio.store import decoded
from tests.audio.recordings import manifest, written

RATE_HZ = 16_000


@dataclass(frozen=True)
class Wanted:
    files: str | None
    skip_broken: bool = False


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def sound(path: Path, seconds: float = 1.0, rate_hz: int = RATE_HZ, channels: int = 1, peak: float = 0.5) -> Path:
    tone = peak * np.sin(np.arange(round(seconds * rate_hz)) * 0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.stack([tone] * channels, axis=1), rate_hz)
    return path


def made(path: Path, *, skip_broken: bool = False) -> Corpus:
    return corpus_of(Wanted(str(path), skip_broken))


def faults(path: Path) -> list[str]:
    with pytest.raises(CorpusError) as raised:
        made(path)
    return str(raised.value).splitlines()


def test_a_manifest_as_of_nemo(tmp_path: Path) -> None:
    sound(tmp_path / "wavs" / "a.wav", 2.5)
    sound(tmp_path / "b.flac", 10, 44_100, 2)
    corpus = made(
        manifest(
            tmp_path,
            {"audio_filepath": "wavs/a.wav", "duration": 2.5, "text": "one  two"},
            "",
            {"audio_filepath": str(tmp_path / "b.flac"), "offset": 1.5, "duration": 4, "text": "셋"},
            {"audio_filepath": "b.flac", "offset": 6, "text": "four", "lang": "en"},
            {"audio_filepath": "b.flac", "offset": 0, "duration": 9.99, "text": "five"},
        )
    )
    assert (corpus.name, corpus.language, corpus.voices) == ("manifest.jsonl", None, ("speaker",))
    assert [(one.file.name, one.offset, one.frames, one.rate_hz, one.channels) for one in corpus.recordings] == [
        ("a.wav", 0, 40_000, 16_000, 1),
        ("b.flac", 66_150, 176_400, 44_100, 2),
        ("b.flac", 264_600, 176_400, 44_100, 2),
        ("b.flac", 0, 440_559, 44_100, 2),
    ]
    assert [one.text for one in corpus.recordings] == ["one two", "셋", "four", "five"]
    assert [one.name for one in corpus.recordings][:2] == ["line 1: wavs/a.wav", f"line 3: {tmp_path / 'b.flac'}"]
    assert corpus.has_texts
    assert corpus.left_out == ()


def test_a_manifest_with_our_own_keys(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        sound(tmp_path / name)
    corpus = made(
        manifest(
            tmp_path,
            {"audio": "a.wav", "text": "하나 둘", "speaker": "지수", "language": "ko", "words": [[0, 0.4], [0.5, 1]]},
            {"audio": "b.wav", "text": "셋", "speaker": "민호", "language": "ko"},
        )
    )
    assert (corpus.language, corpus.voices) == ("ko", ("지수", "민호"))
    assert [(one.voice, one.words) for one in corpus.recordings] == [(0, ((0.0, 0.4), (0.5, 1.0))), (1, ())]


def test_a_folder_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.WAV", "a/z.flac", "a/b/c.ogg", "a-.mp3", ".hidden.wav", ".git/x.wav"):
        sound(tmp_path / name)
    for name, text in (
        ("a/z.txt", " Hello \n there "),
        ("b.txt", "\ufeffOne"),
        ("a/b/c.txt", "두"),
        ("a-.txt", "Four"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "readme.md").write_text("no recording", encoding="utf-8")
    (tmp_path / "alone.txt").write_text("of nobody", encoding="utf-8")
    corpus = made(tmp_path)
    assert [(one.name, one.text) for one in corpus.recordings] == [
        ("a/b/c.ogg", "두"),
        ("a/z.flac", "Hello there"),
        ("a-.mp3", "Four"),
        ("b.WAV", "One"),
    ]
    assert corpus.name == tmp_path.name


@pytest.mark.parametrize("texts", [(None, None), ("", " \n"), ("...", None)])
def test_recordings_without_any_text(texts: tuple[str | None, ...], tmp_path: Path) -> None:
    for number, text in enumerate(texts):
        sound(tmp_path / f"{number}.wav")
        if text is not None:
            (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    corpus = made(tmp_path)
    assert not corpus.has_texts
    assert [one.text for one in corpus.recordings] == ["", ""]


def cut_off(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def spoilt(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 600] = os.urandom(600)
    path.write_bytes(content)


def unreal(path: Path) -> None:
    soundfile.write(path, np.array([0.5] * 800 + [np.nan] * 800), RATE_HZ, subtype="FLOAT")


def noise(path: Path) -> None:
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 10 * RATE_HZ), RATE_HZ)


BROKEN = {
    "empty.wav": (lambda path: path.write_bytes(b""), "is empty"),
    "text.wav": (lambda path: path.write_bytes(b"no audio at all"), "is no audio that libsndfile reads, such as WAV"),
    "headless.wav": (lambda path: path.write_bytes(sound(path).read_bytes()[:44]), "holds no sound"),
    "cut.wav": (lambda path: cut_off(sound(path)), "is cut off: it has 21,318 bytes of samples, and 32,000 by its h"),
    "cut.flac": (lambda path: (noise(path), cut_off(path)), "is broken after "),
    "cut.ogg": (lambda path: (noise(path), cut_off(path)), "is cut off: its last page is missing"),
    "cut.mp3": (
        lambda path: (noise(path), cut_off(path)),
        "is cut off: 6.",
    ),
    "spoilt.flac": (lambda path: (noise(path), spoilt(path)), "is broken after "),
    "unreal.wav": (unreal, "has samples that are no numbers"),
    "silent.wav": (lambda path: sound(path, peak=0.0005), "is silent: its peak is below -60 dB of full scale"),
    "short.wav": (lambda path: sound(path, 0.05), "lasts 0.05 s; a recording has 0.1 to 14400 s"),
    "slow.wav": (lambda path: sound(path, 1, 500), "has 500 samples a second; 1000 to 768000 can be"),
    "folder.wav": (lambda path: path.mkdir(), "can't be read: Is a directory"),
    "pipe.wav": (lambda path: os.mkfifo(path), "can't be read: a named pipe, not an ordinary file"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_file_is_named_with_its_line_or_its_place(name: str, tmp_path: Path) -> None:
    make, why = BROKEN[name]
    sound(tmp_path / "all" / "good.wav")
    (tmp_path / "all" / "more").mkdir()
    make(tmp_path / "all" / "more" / name)
    listed = manifest(tmp_path, {"audio": "all/good.wav"}, {"audio_filepath": f"all/more/{name}"})
    first, hint = faults(listed)
    assert first.startswith(f"{listed}: line 2: all/more/{name} {why}")
    assert hint == "audio.skip_broken: true leaves out those that can't be used, 1 of 2"
    assert len(made(listed, skip_broken=True).recordings) == 1
    if name == "folder.wav":
        return
    first, _ = faults(tmp_path / "all")
    assert first.startswith(f"{tmp_path / 'all'}: more/{name} {why}")
    corpus = made(tmp_path / "all", skip_broken=True)
    assert [one.name for one in corpus.recordings] == ["good.wav"]
    assert corpus.left_out == (first,)


LINES = [
    ("{", "line 3: not JSON"),
    ("[1]", 'line 3: not an object such as {"audio": "a.wav"'),
    ({"text": "Three."}, "line 3: no audio: the name of a file"),
    ({"audio": "c.wav", "text": 3}, "line 3: no text: what is said has to be a string"),
    ({"audio": "c.wav"}, "line 3: c.wav has no text, as others have: all must have one, or none"),
    ({"audio": "c.wav", "text": " -- "}, "line 3: c.wav has no text, as others have"),
    ({"audio": "none.wav", "text": "Three."}, "line 3: none.wav is not there"),
    ({"audio": "a.wav", "text": "Three."}, "line 3: a.wav is the same recording as in line 1"),
    ({"audio": "c.wav", "text": "Three.", "speaker": 3}, "line 3: speaker is no string"),
    ({"audio": "c.wav", "text": "Three.", "language": "ko"}, "line 3: c.wav is in 'ko', and others are in 'en'"),
    ({"audio": "c.wav", "text": "Three.", "words": [[0.0, 2.0]]}, "line 3: words: not 1 pairs of seconds"),
    ({"audio": "c.wav", "text": "Three.", "duration": "1"}, 'line 3: duration is "1": not a number of seconds'),
    ({"audio": "c.wav", "text": "Three.", "duration": True}, "line 3: duration is true: not a number of seconds"),
    ({"audio": "c.wav", "text": "Three.", "offset": -1}, "line 3: offset is -1: not a number of seconds"),
    ('{"audio": "c.wav", "text": "Three.", "duration": NaN}', "line 3: duration is NaN: not a number of seconds"),
    ({"audio": "c.wav", "text": "Three.", "duration": 1.2}, "line 3: the duration is 1.2 s, and c.wav has 1.00 s"),
    ({"audio": "c.wav", "text": "Three.", "duration": 0.9}, "line 3: the duration is 0.9 s, and c.wav has 1.00 s"),
    ({"audio": "c.wav", "text": "Three.", "offset": 1}, "line 3: c.wav lasts 1.00 s, and the offset is 1 s"),
    (
        {"audio": "c.wav", "text": "Three.", "offset": 0.5, "duration": 0.6},
        "line 3: the duration is 0.6 s, and c.wav has 0.50 s after the offset of 0.5 s",
    ),
    ({"audio": "c.wav", "text": "Three.", "offset": 1e306}, "line 3: c.wav lasts 1.00 s, and the offset is 1e+306 s"),
    ({"audio": "c.wav", "text": "Three.", "offset": 10**400}, "line 3: offset is 10000000000000000000: not a number"),
    (
        {"audio": "c.wav", "text": "Three.", "duration": 10**400},
        "line 3: duration is 10000000000000000000: not a num",
    ),
    ({"audio": "c.wav", "text": "Three.", "words": [[0, 10**400]]}, "line 3: words: not 1 pairs of seconds"),
    ('{"audio": "c.wav", "text": "Three \\ud800."}', "line 3: text has half of a character in it"),
    ('{"audio": "\\udc80.wav", "text": "Three."}', "line 3: audio has half of a character in it"),
    ('{"audio": "c.wav", "text": "Three.", "speaker": "\\udfff"}', "line 3: speaker has half of a character in it"),
    ('{"audio": "c.wav" "text": "Three."}', "line 3: not JSON: Expecting ',' delimiter at character 19"),
    ({"audio": "c.raw", "text": "Three."}, "line 3: c.raw is no audio that libsndfile reads"),
    ({"audio": "c.wav", "text": "Three.", "offset": 0.95}, "line 3: c.wav lasts 0.05 s; a recording has 0.1 to"),
]


@pytest.mark.parametrize(("line", "why"), LINES)
def test_each_fault_of_a_line_is_named_with_it(line: object, why: str, tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        sound(tmp_path / name)
    shutil.copy(tmp_path / "c.wav", tmp_path / "c.raw")
    good = (
        {"audio": "a.wav", "text": "One.", "language": "en"},
        {"audio": "b.wav", "text": "Two.", "language": "en"},
    )
    listed = manifest(tmp_path, *good, line)
    first, _ = faults(listed)
    assert first.startswith(f"{listed}: {why}")
    corpus = made(listed, skip_broken=True)
    assert [one.text for one in corpus.recordings] == ["One.", "Two."]
    assert corpus.left_out == (first,)


@pytest.mark.parametrize("duration", [1.04, 0.96, 1, 1.0])
def test_who_rounds_a_duration_does_not_lie(duration: float, tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    assert len(made(manifest(tmp_path, {"audio": "a.wav", "duration": duration})).recordings) == 1


def test_faults_of_texts_in_a_folder(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d", "e"):
        sound(tmp_path / "in" / f"{name}.wav")
    for name, content in (("a", b"One."), ("b", b"\xff\xfe"), ("c", b""), ("e", b"x " * 600_000)):
        (tmp_path / "in" / f"{name}.txt").write_bytes(content)
    assert [one.removeprefix(f"{tmp_path}/") for one in faults(tmp_path / "in")] == [
        "in: b.txt: not UTF-8 at byte 0",
        "in: c.wav has no text in c.txt, as others have: all must have one, or none",
        "in: d.wav has no text in d.txt, as others have: all must have one, or none",
        "in: e.txt: larger than 1 MB, which is the limit",
        "audio.skip_broken: true leaves out those that can't be used, 4 of 5",
    ]


def test_all_faults_at_once_but_no_more_than_can_be_read(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    told = faults(manifest(tmp_path, {"audio": "a.wav"}, *({"audio": f"{one}.wav"} for one in range(SHOWN + 5))))
    assert len(told) == SHOWN + 2
    assert told[-2:] == [
        "and 5 faults more",
        "audio.skip_broken: true leaves out those that can't be used, 1005 of 1006",
    ]


def test_where_nothing_is_left_it_is_said_with_the_reasons(tmp_path: Path) -> None:
    listed = manifest(tmp_path, {"audio": "a.wav"})
    with pytest.raises(CorpusError) as raised:
        made(listed, skip_broken=True)
    assert str(raised.value).splitlines() == [
        f"{listed}: line 1: a.wav is not there",
        "none of them can be used",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it has no lines"),
        (b"\n \n", "it has no lines"),
        (b'[{"audio": "a.wav"}]', "it begins with an array; each line is an object, such as "),
    ],
)
def test_a_file_that_is_no_manifest(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(content)
    (fault,) = faults(path)
    assert fault.startswith(f"{path}: {why}")


def test_a_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    path = tmp_path / "manifest.jsonl"
    path.write_bytes('{"audio": "a.wav", "text": "é"}\n{"text": "é'.encode() + b'\xe9"}')
    assert faults(path)[0] == f"{path}: line 2: not UTF-8 at its byte 13"
    assert made(path, skip_broken=True).recordings[0].text == "é"


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    (tmp_path / "a.wav").rename(tmp_path / os.fsdecode(b"\xff.wav"))
    (only,) = made(tmp_path).recordings
    assert only.name == "\\xff.wav"
    assert len(decoded(only, 8_000)) == 8_000


def test_what_is_neither_a_folder_nor_a_manifest(tmp_path: Path) -> None:
    assert faults(tmp_path / "none") == [f"{tmp_path / 'none'}: No such file or directory"]
    assert "no recordings in it" in faults(tmp_path)[0]
    assert faults(sound(tmp_path / "a.wav"))[0].endswith(
        "a.wav: this is a recording; a folder of recordings is wanted, or a manifest"
    )
    with pytest.raises(CorpusError, match="neither a folder nor a manifest"):
        corpus_of(Wanted(None))


def test_the_digest_is_that_of_names_lengths_and_texts(tmp_path: Path) -> None:
    first = written(tmp_path / "one", 16_000, 20_000)
    other = shutil.copytree(first, tmp_path / "other")
    digest = made(first).digest
    assert made(other).digest == digest
    (other / "00000.txt").write_text("Another text.", encoding="utf-8")
    assert made(touched(other)).digest != digest
    (other / "00000.txt").write_text("Text number 0.", encoding="utf-8")
    assert made(touched(other)).digest == digest
    sound(other / "00001.wav", 2)
    assert made(touched(other)).digest != digest


def test_a_text_that_is_mended_in_its_place_is_read_again(tmp_path: Path) -> None:
    """The folder itself is as it was."""
    written(tmp_path / "more", 16_000)
    before = made(tmp_path)
    assert made(tmp_path) is before
    with (tmp_path / "more" / "00000.txt").open("r+", encoding="utf-8") as file:
        file.write("Mended")
    os.utime(tmp_path / "more" / "00000.txt", ns=(0, 1))
    assert made(tmp_path).recordings[0].text == "Mendedumber 0."


def touched(folder: Path) -> Path:
    """As if somebody had put something into it later."""
    os.utime(folder, ns=(0, folder.stat().st_mtime_ns + 1_000_000_000))
    return folder


def test_another_folder_of_the_same_name_is_another_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, place in enumerate(("one", "other")):
        written(tmp_path / place / "in", 16_000 + number)
        monkeypatch.chdir(tmp_path / place)
        assert made(Path("in")).recordings[0].frames == 16_000 + number
