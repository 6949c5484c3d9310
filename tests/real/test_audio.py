"""What the engine reads: any format that FFmpeg does, and nothing beside the file that came."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.server import whisper
from stt_load.server.engine import AudioError
from tests.server.clips import wav

from .engines import needs_whisper

pytestmark = [needs_whisper, pytest.mark.real]


def tone(form: str, rate_hz: int, channels: int = 1) -> bytes:
    """A second of 440 Hz at half of full scale."""
    wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    file = io.BytesIO()
    soundfile.write(file, np.stack([wave] * channels, axis=1), rate_hz, format=form)
    return file.getvalue()


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (44_100, 2)])
def test_a_file_is_one_channel_of_16_khz(form: str, rate_hz: int, channels: int) -> None:
    samples = whisper.decoded(memoryview(tone(form, rate_hz, channels)))
    assert samples.dtype == np.float32
    assert abs(samples.size - 16_000) < 1_600, "but for what a coder puts before and after it"
    middle = samples[4_000:12_000]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)
    spectrum = np.abs(np.fft.rfft(middle))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=2)


def test_a_wav_file_comes_out_as_it_is() -> None:
    file = wav(1_600)
    samples = whisper.decoded(memoryview(file))
    assert (samples * 32_768).astype("<i2").tobytes() == file[44:]


def test_a_file_without_samples_is_nothing() -> None:
    assert whisper.decoded(memoryview(wav(0))).size == 0


@pytest.mark.parametrize("bytes_of_it", [b"", b"nothing that is audio", bytes(10_000)])
def test_what_is_none_is_refused(bytes_of_it: bytes) -> None:
    with pytest.raises(AudioError):
        whisper.decoded(memoryview(bytes_of_it))


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{file}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {file}\n",
    ],
)
def test_a_file_that_names_others_opens_none(playlist: str, tmp_path: Path) -> None:
    (tmp_path / "other.wav").write_bytes(wav(16_000))
    with pytest.raises(AudioError):
        whisper.decoded(memoryview(playlist.format(file=tmp_path / "other.wav").encode()))


def test_a_clip_longer_than_any_is_refused_before_it_is_all_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "LONGEST_S", 2)
    with pytest.raises(AudioError, match="longer than 2 s"):
        whisper.decoded(memoryview(wav(16_000 * 60)))
