"""What is heard in clips of the shipped pack, as they are sent and after what may become of them."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio.names import HEADER_BYTES
from stt_load.audio.sources import AudioSpec, source_of
from stt_load.server import flac
from stt_load.server.ears import Ears, ears_for
from stt_load.server.fingerprints import picture
from stt_load.server.wav import Clip

from .speech import Samples, clipped, noisy, resampled, share_found, spoken


@pytest.fixture(scope="module")
def ears() -> Ears:
    return ears_for(None)


def clip_of(samples: Samples, rate_hz: int = 16_000, channels: int = 1) -> Clip:
    return Clip(memoryview(samples.tobytes()), rate_hz, len(samples) // channels, channels)


def hearing(ears: Ears, rate_hz: int = 16_000) -> Callable[[Samples], str]:
    return lambda samples: "|".join(segment.text for segment in ears.hear(clip_of(samples, rate_hz)))


@pytest.mark.parametrize("duration_s", [1.0, 2.5, 5.0, 10.0, 30.0])
def test_every_sentence_is_heard_as_it_is_sent(ears: Ears, duration_s: float) -> None:
    for clip, samples in spoken(40, duration_s):
        assert " ".join(segment.text for segment in ears.hear(clip_of(samples))) == clip.text


def test_words_are_where_the_clip_has_them(ears: Ears) -> None:
    for clip, samples in spoken(10):
        heard = [word for segment in ears.hear(clip_of(samples)) for word in segment.words()]
        said = [word for sentence in clip.sentences for word in sentence]
        assert [word.text for word in heard] == [word.text for word in said]
        assert [word.start_s for word in heard] == pytest.approx([word.from_s for word in said], abs=1e-6)
        assert [word.end_s for word in heard] == pytest.approx([word.to_s for word in said], abs=1e-6)


CHANGES: dict[str, tuple[float, int, Callable[[Samples], Samples]]] = {
    "dither": (
        0.99,
        16_000,
        lambda samples: clipped(samples + np.random.default_rng(1).integers(-1, 2, len(samples))),
    ),
    "gain": (0.99, 16_000, lambda samples: clipped(samples * 10 ** (1 / 20))),
    "faint": (0.99, 16_000, lambda samples: clipped(samples * 0.1)),
    "cut": (0.99, 16_000, lambda samples: samples[117:]),
    "22.05 kHz": (0.99, 22_050, lambda samples: resampled(samples, 22_050)),
    "24 kHz": (0.99, 24_000, lambda samples: resampled(samples, 24_000)),
    "44.1 kHz": (0.99, 44_100, lambda samples: resampled(samples, 44_100)),
    "48 kHz": (0.99, 48_000, lambda samples: resampled(samples, 48_000)),
    "8 kHz": (0.95, 8_000, lambda samples: resampled(samples, 8_000)),
    "20 dB": (0.99, 16_000, lambda samples: noisy(samples, 20, seed=2)),
    "10 dB": (0.95, 16_000, lambda samples: noisy(samples, 10, seed=3)),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("duration_s", [2.0, 10.0])
@pytest.mark.parametrize("clips", [10, pytest.param(25, marks=pytest.mark.slow)])
def test_sentences_are_heard_in_what_is_changed(ears: Ears, name: str, duration_s: float, clips: int) -> None:
    least, rate_hz, change = CHANGES[name]
    hear = hearing(ears, rate_hz)
    assert share_found(spoken(clips, duration_s), lambda samples: hear(change(samples))) >= least


@pytest.mark.parametrize("rate_hz", [8_000, 24_000, 48_000])
def test_sentences_are_heard_at_other_rates_as_they_are_sent(ears: Ears, rate_hz: int) -> None:
    assert share_found(spoken(10, 10.0, rate_hz), hearing(ears, rate_hz)) >= 0.95


def test_both_channels_are_listened_to(ears: Ears) -> None:
    for clip, samples in spoken(5):
        stereo = np.stack([samples, samples], axis=1).ravel()
        left = np.stack([samples, np.zeros_like(samples)], axis=1).ravel()
        for both in (stereo, left):
            assert " ".join(segment.text for segment in ears.hear(clip_of(both, channels=2))) == clip.text


def test_flac_is_heard_as_it_was(ears: Ears) -> None:
    for clip, samples in spoken(5):
        file = io.BytesIO()
        soundfile.write(file, samples, 16_000, format="FLAC")
        decoded = flac.parse(memoryview(file.getvalue())).decoded()
        assert bytes(decoded.pcm) == samples.tobytes()
        assert " ".join(segment.text for segment in ears.hear(decoded)) == clip.text


def test_nothing_is_heard_where_nobody_speaks(ears: Ears) -> None:
    random = np.random.default_rng(4)
    for samples in (
        np.zeros(160_000, np.int16),
        random.integers(-57, 58, 160_000).astype(np.int16),
        random.integers(-4_095, 4_096, 160_000).astype(np.int16),
        clipped(8_000 * np.sin(np.arange(160_000) / 5)),
        clipped(3_000 * np.repeat(random.normal(0, 1, 1_000), 160)),
    ):
        assert ears.hear(clip_of(samples)) == ()


@pytest.mark.parametrize("frames", [0, 1, 100, 6_000, 9_000])
def test_short_clips_of_nothing_have_no_words(ears: Ears, frames: int) -> None:
    assert ears.hear(clip_of(np.random.default_rng(5).integers(-9_000, 9_000, frames).astype(np.int16))) == ()


def test_a_clip_as_it_was_sent_takes_no_time(ears: Ears) -> None:
    """1 ms of CPU time is what it may take; the machine's other work is not counted, its caches are."""
    clips = [clip_of(samples) for _, samples in spoken(50)]
    took_s = []
    for clip in clips:
        begun_s = time.thread_time()
        ears.hear(clip)
        took_s.append(time.thread_time() - begun_s)
    assert min(took_s) < 0.001


def test_a_pack_of_ones_own_is_known(tmp_path: Path) -> None:
    """Recordings of another rate, in two formats; clips of it come as they are made for them."""
    lines = []
    for number, (clip, samples) in enumerate(spoken(6, 2.0, seed=3)):
        name = f"{number}.{'flac' if number % 2 else 'wav'}"
        soundfile.write(tmp_path / name, resampled(samples, 24_000), 24_000)
        lines.append(json.dumps({"audio": name, "text": clip.text}))
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(lines), encoding="utf-8")
    ears = ears_for(str(manifest))
    source = source_of(AudioSpec("speech", 8.0, 16_000, "wav", str(manifest)), 1)
    for number in range(10):
        clip = source.clip(number, 0)
        samples = np.frombuffer(b"".join(clip.parts)[HEADER_BYTES:], "<i2")
        assert " ".join(segment.text for segment in ears.hear(clip_of(samples))) == clip.text


def test_a_long_clip_that_is_not_known_takes_little_memory() -> None:
    samples = np.full(600 * 16_000, 5_000, np.int16)  # as FLAC it is a few kilobytes
    tracemalloc.start()
    try:
        assert picture(samples, 16_000).shape == (29_999, 20)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 64e6  # a window of 2 kB every 20 ms would be 60 MB alone
