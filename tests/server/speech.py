"""Clips of the shipped pack, and what may become of them on their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stt_load.audio.clip import Clip
from stt_load.audio.names import HEADER_BYTES
from stt_load.audio.sources import AudioSpec, source_of

Samples = NDArray[np.int16]


def spoken(count: int, duration_s: float = 10.0, rate_hz: int = 16_000, seed: int = 14) -> list[tuple[Clip, Samples]]:
    """Clips as they are sent, each with its samples."""
    source = source_of(AudioSpec("speech", duration_s, rate_hz, "wav"), seed)
    clips = [source.clip(number, 0) for number in range(count)]
    return [(clip, np.frombuffer(b"".join(clip.parts)[HEADER_BYTES:], "<i2")) for clip in clips]


def noisy(samples: Samples, snr_db: float, seed: int) -> Samples:
    """With white noise so far below the speech, by their root mean squares."""
    speech = samples[np.abs(samples.astype(np.int32)) > 300].astype(float)
    noise = np.random.default_rng(seed).normal(0, np.sqrt(np.mean(speech**2)) * 10 ** (-snr_db / 20), len(samples))
    return clipped(samples + noise)


def clipped(samples: NDArray[Any]) -> Samples:
    return np.clip(np.round(samples), -32_768, 32_767).astype(np.int16)


def resampled(samples: Samples, rate_hz: int) -> Samples:
    import soxr

    found: Samples = soxr.resample(samples, 16_000, rate_hz)
    return found


def share_found(clips: Sequence[tuple[Clip, Samples]], hear: Callable[[Samples], str]) -> float:
    """Of all sentences that are said, those that are heard: the longest common subsequence of each clip's."""
    from difflib import SequenceMatcher

    said = found = 0
    for clip, samples in clips:
        sentences = [" ".join(word.text for word in sentence) for sentence in clip.sentences]
        matcher = SequenceMatcher(None, sentences, hear(samples).split("|"), autojunk=False)
        said += len(sentences)
        found += sum(block.size for block in matcher.get_matching_blocks())
    return found / said
