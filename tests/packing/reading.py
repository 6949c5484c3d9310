"""Somebody who reads words aloud: each is a tone of its own, with pauses between, over a hiss, in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

RATE_HZ = 16_000


class Read(NamedTuple):
    """words: from when to when each is heard, in seconds."""

    words: list[tuple[float, float]]
    lasts_s: float


def read_aloud(
    file: Path, words: Sequence[tuple[float, float]], rate_hz: int = RATE_HZ, channels: int = 1, hiss: float = 0.001
) -> Read:
    """Writes `file`. words: how long the pause before each is, and how long it is itself; 0.3 s more end it."""
    spans, parts, at_s = list[tuple[float, float]](), list[np.ndarray](), 0.0
    for number, (pause_s, word_s) in enumerate(words):
        at = np.arange(round(word_s * rate_hz)) / rate_hz
        parts += np.zeros(round(pause_s * rate_hz)), 0.3 * np.sin(2 * np.pi * (200 + 10 * (number % 30)) * at)
        spans.append((round(at_s + pause_s, 3), round(at_s + pause_s + word_s, 3)))
        at_s += pause_s + word_s
    samples = np.concatenate([*parts, np.zeros(round(0.3 * rate_hz))])
    samples += np.random.default_rng(len(words)).normal(0, hiss, samples.size)
    soundfile.write(file, np.stack([samples] * channels, axis=1), rate_hz, subtype="PCM_16")
    return Read(spans, samples.size / rate_hz)
