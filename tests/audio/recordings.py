"""Recordings to try things on: as a corpus alone, or written to a folder, each unlike the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from stt_load.audio.corpus import Corpus, Recording
from stt_load.audio.entries import Span

RATE_HZ = 16_000


def recording(number: int, seconds: float, words: Sequence[Span] = (), rate_hz: int = RATE_HZ) -> Recording:
    """One without a file. words: when they are spoken; without them there is one, and nobody knows when."""
    text = " ".join(f"w{number}n{place}" for place in range(max(1, len(words))))
    frames = round(seconds * rate_hz)
    return Recording(f"{number}.wav", Path(f"{number}.wav"), 0, 0, frames, rate_hz, 1, text, tuple(words))


def corpus(*recordings: Recording) -> Corpus:
    return Corpus("made", None, ("speaker",), recordings, "ab" * 32, ())


def lasting(*seconds: float) -> Corpus:
    """Recordings that last so long."""
    return corpus(*(recording(number, one) for number, one in enumerate(seconds)))


def samples(number: int, frames: int) -> np.ndarray:
    """Of a recording that is unlike the others."""
    return np.random.default_rng(number).integers(-9_000, 9_000, frames, dtype="i2")


def written(folder: Path, *frames: int, rate_hz: int = RATE_HZ, texts: bool = True, suffix: str = "wav") -> Path:
    """A folder of recordings of so many samples, 0.wav with its text in 0.txt and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, count in enumerate(frames):
        soundfile.write(folder / f"{number:05}.{suffix}", samples(number, count), rate_hz, subtype="PCM_16")
        if texts:
            (folder / f"{number:05}.txt").write_text(f"Text number {number}.", encoding="utf-8")
    return folder


def manifest(folder: Path, *lines: object) -> Path:
    """Of these lines: objects, or as they are."""
    path = folder / "manifest.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path
