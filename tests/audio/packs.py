"""Packs to try things on: without samples, or of a few recordings, each noise of its own, listed in a manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from stt_load.audio.clip import Word
from stt_load.audio.lengths import Even, Lengths
from stt_load.audio.pack import Pack, Recording

RATE_HZ = 16_000


def pack(*voices: Sequence[float], rate_hz: int = RATE_HZ) -> Pack:
    """One without samples: of each voice recordings that last so many seconds, of one word each."""
    recordings = [
        Recording(voice, round(lasts_s * rate_hz), f"v{voice}n{number}", (Word(f"v{voice}n{number}", 0.0, lasts_s),))
        for voice, lengths in enumerate(voices)
        for number, lasts_s in enumerate(lengths)
    ]
    return Pack("made", "en", rate_hz, tuple(f"v{one}" for one in range(len(voices))), tuple(recordings), "ab" * 32)


def alike(frames: int, rate_hz: int = RATE_HZ) -> Lengths:
    """Of clips that all have so many samples."""
    return Lengths(Even(frames / rate_hz, frames / rate_hz), rate_hz, 0)


def samples(number: int, frames: int) -> np.ndarray:
    """Of a recording that is unlike the others."""
    return np.random.default_rng(number).integers(-9_000, 9_000, frames, dtype="i2")


def written(folder: Path, *lengths: int, rate_hz: int = RATE_HZ) -> Path:
    """A manifest of recordings of so many samples, and the recordings, in `folder`."""
    lines = []
    for number, frames in enumerate(lengths):
        soundfile.write(folder / f"{number}.wav", samples(number, frames), rate_hz, subtype="PCM_16")
        lines.append(json.dumps({"audio": f"{number}.wav", "text": f"Text number {number}.", "language": "en"}))
    manifest = folder / "manifest.jsonl"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest
