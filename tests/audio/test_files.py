"""Clips of recordings: whole WAV files with each recording just where the clip says, the same for all who ask."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.audio import store
from stt_load.audio.arrangement import arrangement_of
from stt_load.audio.clip import Clip
from stt_load.audio.corpus import Corpus, CorpusError, Recording, corpus_of
from stt_load.audio.files import AHEAD, TRIED, FilesSource
from stt_load.audio.names import HEADER_BYTES, REPEAT
from stt_load.audio.room import PEAK
from stt_load.audio.sources import AudioSpec, digest_of, has_words, seconds_of, source_of, texts_of
from tests.audio.recordings import manifest, samples, written

RATE_HZ = 16_000
FRAMES = [8_000 + 1_000 * one for one in range(20)]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "in", *FRAMES)


def spec(files: Path, **more: Any) -> AudioSpec:
    return AudioSpec("files", more.pop("duration", None), RATE_HZ, files=str(files), **more)


def corpus(files: Path) -> Corpus:
    return corpus_of(spec(files))


def source(files: Path, seed: int = 5, duration: Any = None, cache_mb: float = 1) -> FilesSource:
    return FilesSource(arrangement_of(corpus(files), RATE_HZ, seed, duration), cache_mb)


def whole(clip: Clip) -> bytes:
    return b"".join(clip.parts)


def test_as_they_are_a_clip_is_one_recording(folder: Path) -> None:
    made = source(folder)
    said = []
    for seq in range(20):
        clip = made.clip(seq, 0)
        number = int(clip.text.split()[-1].removesuffix("."))
        said.append(number)
        with wave.open(io.BytesIO(whole(clip))) as reader:
            assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, RATE_HZ)
            assert reader.readframes(10**6) == samples(number, FRAMES[number]).tobytes()
        assert (clip.bytes, clip.duration_s) == (len(whole(clip)), FRAMES[number] / RATE_HZ)
        assert (clip.speech_from_s, clip.speech_to_s) == (0.0, pytest.approx(clip.duration_s, abs=0.001))
    assert sorted(said) == list(range(20))


@pytest.mark.parametrize("duration", [None, 5, "2..6"])
def test_a_clip_is_a_function_of_the_iteration_whatever_its_attempt(folder: Path, duration: Any) -> None:
    first, second = (source(folder, 5, duration) for _ in range(2))
    for seq in (9, 3, 40):
        assert whole(first.clip(seq, 0)) == whole(second.clip(seq, 1)) == whole(first.clip(seq, REPEAT))
    other = source(folder, 6, duration)
    assert [whole(first.clip(seq, 0)) for seq in range(9)] != [whole(other.clip(seq, 0)) for seq in range(9)]


@pytest.mark.parametrize("duration", [5, "2..6"])
def test_joined_each_recording_is_where_the_clip_says_and_room_noise_elsewhere(folder: Path, duration: Any) -> None:
    made = source(folder, 5, duration)
    for seq in range(30):
        clip = made.clip(seq, 0)
        assert len(whole(clip)) == clip.bytes
        rest = np.frombuffer(whole(clip)[HEADER_BYTES:], "<i2").copy()
        for sentence in clip.sentences:
            number = int(sentence[-1].text.removesuffix("."))
            at = round(sentence[0].from_s * RATE_HZ)
            assert np.array_equal(rest[at : at + FRAMES[number]], samples(number, FRAMES[number]))
            rest[at : at + FRAMES[number]] = 0
        assert np.abs(rest).max() <= PEAK
        assert np.count_nonzero(rest) > 0.9 * (len(rest) - sum(FRAMES[number] for number in numbers(clip)))


def numbers(clip: Clip) -> list[int]:
    return [int(sentence[-1].text.removesuffix(".")) for sentence in clip.sentences]


def test_words_are_where_the_manifest_has_them(folder: Path) -> None:
    listed = manifest(folder, {"audio": "00019.wav", "text": "One two", "words": [[0.2, 0.5], [0.9, 1.25]]})
    sentence, *_ = source(listed, 5, 5).clip(0, 0).sentences
    at_s = [(word.from_s, word.to_s) for word in sentence]
    assert at_s[1][0] - at_s[0][0] == pytest.approx(0.7)
    assert at_s[1][1] - at_s[0][0] == pytest.approx(1.05)


def test_without_texts_nobody_knows_what_is_said(tmp_path: Path) -> None:
    made = source(written(tmp_path / "in", 9_000, 9_500, texts=False), 5, 3)
    assert made.clip(0, 0).said is None
    assert made.clip(0, 0).text == ""


def test_a_recording_that_has_gone_is_named(folder: Path) -> None:
    made = source(folder)
    for file in folder.glob("*.wav"):
        file.unlink()
    with pytest.raises(CorpusError, match=r"\d\.wav can't be decoded any more"):
        made.clip(0, 0)


@pytest.mark.parametrize("duration", [None, 5, "2..6"])
def test_what_is_known_without_decoding_is_what_clips_are(folder: Path, duration: Any) -> None:
    wanted = spec(folder, duration=duration, vary="none")
    texts, seconds, made = texts_of(wanted, 5), seconds_of(wanted, 5), source_of(wanted, 5)
    assert made.takes_time
    for seq in (0, 7, 50):
        clip = made.clip(seq, 0)
        assert " ".join(texts(seq, 0)) == clip.text
        assert seconds(seq) == clip.duration_s


def test_what_a_spec_of_files_tells(folder: Path, tmp_path: Path) -> None:
    assert has_words(spec(folder))
    assert not has_words(spec(written(tmp_path / "mute", 9_000, texts=False)))
    assert has_words(spec(tmp_path / "none"))  # who wants to know more is told why not
    assert digest_of(spec(folder)) == corpus(folder).digest
    with pytest.raises(CorpusError, match="No such file"):
        texts_of(spec(tmp_path / "none"), 5)


@pytest.fixture
def decodings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recordings that were decoded, as it happens."""
    names, decoded = list[str](), store.decoded

    def noted(one: Recording, rate_hz: int) -> np.ndarray:
        names.append(one.name)
        return decoded(one, rate_hz)

    monkeypatch.setattr(store, "decoded", noted)
    return names


def test_what_comes_next_is_decoded_ahead_and_once(folder: Path, decodings: list[str]) -> None:
    made = source(folder, cache_mb=10)
    made.clip(0, 0)
    made.load()
    assert len(decodings) == 1 + AHEAD
    for seq in range(1, AHEAD + 1):
        made.clip(seq, 0)
    assert len(decodings) == len(set(decodings)) == 1 + AHEAD


def test_no_more_is_decoded_ahead_than_half_of_what_is_kept(folder: Path, decodings: list[str]) -> None:
    made = source(folder, cache_mb=0.15)  # 16 to 54 kB each
    made.load()
    assert 1 <= len(decodings) <= 4
    assert sum(2 * FRAMES[int(name.removesuffix(".wav"))] for name in decodings) <= 75_000


def test_where_others_make_the_next_clips_it_is_given_up(folder: Path, decodings: list[str]) -> None:
    made = source(folder)
    for turn in range(TRIED):
        made.clip(100 * turn, 0)
        made.load()
    before = len(decodings)
    made._store = store.Store(made._arrangement.recordings, RATE_HZ, 10**6)
    made.load()
    assert len(decodings) == before
