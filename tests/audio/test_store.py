"""Recordings are decoded to just the samples that they ought to have, and only so many are kept."""

from __future__ import annotations

import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio import store
from stt_load.audio.blocks import BLOCK
from stt_load.audio.corpus import CorpusError, Recording
from stt_load.audio.pack import rescaled
from stt_load.audio.store import Store, decoded
from tests.audio.recordings import samples

RATE_HZ = 16_000


def sound(path: Path, values: np.ndarray, rate_hz: int = RATE_HZ, **form: str) -> Recording:
    soundfile.write(path, values, rate_hz, **form)
    channels = 1 if values.ndim == 1 else values.shape[1]
    return Recording(path.name, path, 0, 0, len(values), rate_hz, channels, "", ())


def tone(seconds: float, rate_hz: int, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("frames", [1_600, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_at_its_own_rate_not_a_bit_is_changed(frames: int, suffix: str, tmp_path: Path) -> None:
    values = samples(3, frames)
    one = sound(tmp_path / f"a.{suffix}", values, subtype="PCM_16")
    assert np.array_equal(decoded(one, RATE_HZ), values)


@pytest.mark.parametrize("offset", [0, 1, 8_191, 8_192, 50_000])
@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_a_part_is_that_of_the_whole(offset: int, suffix: str, tmp_path: Path) -> None:
    one = sound(tmp_path / f"a.{suffix}", tone(6, RATE_HZ, 333))
    whole = decoded(one, RATE_HZ)
    part = decoded(Recording("a", one.file, 0, offset, 40_000, RATE_HZ, 1, "", ()), RATE_HZ)
    assert np.abs(part.astype(int) - whole[offset : offset + 40_000]).max() <= 1


@pytest.mark.parametrize("from_hz", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("seconds", [0.1, 2.0, 5.123])
def test_resampled_it_is_the_same_sound_and_has_its_length(from_hz: int, seconds: float, tmp_path: Path) -> None:
    one = sound(tmp_path / "a.wav", tone(seconds, from_hz), from_hz, subtype="FLOAT")
    made = decoded(one, RATE_HZ)
    assert len(made) == rescaled(one.frames, from_hz, RATE_HZ)
    expected = tone(len(made) / RATE_HZ, RATE_HZ) * 32_768
    inner = slice(400, len(made) - 400)
    assert np.abs(made[inner] - expected[inner]).max() < 40  # 1 in 400 of the tone


def test_channels_are_mixed_and_what_is_too_loud_is_clipped(tmp_path: Path) -> None:
    loud = np.stack([np.full(RATE_HZ, 1.5), np.full(RATE_HZ, 1.0)], axis=1)
    loud[:100] = [0.5, -0.25]
    made = decoded(sound(tmp_path / "a.wav", loud, subtype="FLOAT"), RATE_HZ)
    assert set(made[:100]) == {4_096}
    assert set(made[100:]) == {32_767}


def test_what_has_changed_or_gone_meanwhile_is_said(tmp_path: Path) -> None:
    one = sound(tmp_path / "a.wav", samples(1, 16_000))
    sound(tmp_path / "a.wav", samples(1, 8_000))
    with pytest.raises(CorpusError, match=r"a\.wav has changed: 8000 samples of it are there, of 16000"):
        decoded(one, RATE_HZ)
    one.file.unlink()
    with pytest.raises(CorpusError, match=r"a\.wav can't be decoded any more: No such file or directory$"):
        decoded(one, RATE_HZ)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def decoded_(one: Recording, rate_hz: int) -> np.ndarray:
        names.append(one.name)
        return decoded(one, rate_hz)

    monkeypatch.setattr(store, "decoded", decoded_)
    return names


def test_who_was_asked_for_longest_ago_goes_first(tmp_path: Path, counted: list[str]) -> None:
    three = [sound(tmp_path / f"{one}.wav", samples(one, 10_000), subtype="PCM_16") for one in range(3)]
    kept = Store(three, RATE_HZ, 50_000)
    for number in (0, 1, 0, 2, 0, 1):  # 20,000 bytes each: there is room for two
        assert bytes(kept.samples(number)) == samples(number, 10_000).tobytes()
    assert counted == ["0.wav", "1.wav", "2.wav", "1.wav"]


def test_one_that_has_no_room_takes_none_from_others(tmp_path: Path, counted: list[str]) -> None:
    two = [sound(tmp_path / f"{one}.wav", samples(one, 10_000 * (one + 1)), subtype="PCM_16") for one in range(2)]
    kept = Store(two, RATE_HZ, 30_000)
    for number in (0, 1, 1, 0):
        assert len(kept.samples(number)) == 20_000 * (number + 1)
    assert counted == ["0.wav", "1.wav", "1.wav"]


def test_nobody_can_write_into_what_others_share(tmp_path: Path) -> None:
    kept = Store([sound(tmp_path / "a.wav", samples(1, 2_000))], RATE_HZ, 50_000)
    assert kept.samples(0).readonly


def test_many_threads_share_it(tmp_path: Path) -> None:
    ten = [sound(tmp_path / f"{one}.flac", samples(one, 20_000), subtype="PCM_16") for one in range(10)]
    kept, wrong = Store(ten, RATE_HZ, 4 * 40_000), []

    def ask(first: int) -> None:
        for turn in range(60):
            number = (first + 7 * turn) % 10
            if bytes(kept.samples(number)) != samples(number, 20_000).tobytes():
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_memory_is_bounded_whatever_is_asked_for(tmp_path: Path) -> None:
    many = [sound(tmp_path / f"{one}.wav", tone(10, 44_100), 44_100, subtype="PCM_16") for one in range(30)]
    kept = Store(many, RATE_HZ, 1_000_000)  # 3 of 320 kB each, of 9.6 MB
    kept.samples(0)
    peaks = []
    for _ in range(3):  # other threads of this process, if there are any, have memory of their own at some time
        tracemalloc.start()
        for turn in range(90):
            kept.samples(turn % 30)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert min(peaks) < 1_000_000 + 320_000 + 16 * 4 * BLOCK


def test_of_a_long_one_there_is_no_second_copy(tmp_path: Path) -> None:
    one = sound(tmp_path / "a.flac", tone(300, 44_100).astype("f4"), 44_100)
    decoded(one, RATE_HZ)
    tracemalloc.start()
    made = decoded(one, RATE_HZ)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < made.nbytes + 16 * 4 * BLOCK
