"""A stand-in for a synthesiser: tones instead of words, as a command of its own."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import numpy as np

from stt_load.packing.recording import Samples, Spoken

RATE_HZ = 8_000
PROGRAM = """
import array, math, sys, wave
text, wav, rate = sys.argv[1], sys.argv[2], int(sys.argv[3])
if text.startswith("fail"):
    sys.exit("cannot say " + text)
seconds = 0.0 if text.startswith("silent") else 0.1 * len(text.split())
tone = [round(8000 * math.sin(n * 0.3)) for n in range(round(seconds * rate))]
said = array.array("h", [0] * (rate // 4) + tone + [0] * (rate // 2))
if not text.startswith("nothing"):
    with wave.open(wav, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(said.tobytes())
if "phones" in sys.argv:
    ends = [f"{'ab'[n % 2]}:{0.25 + 0.1 * (n + 1):.3f}" for n in range(len(text.split()))]
    print("pau:0.250", *ends, f"pau:{len(said) / rate:.3f}")
"""
"""Each word is a tone of 0.1 s, and its phones "a" and "b" in turn. 0.25 s of silence come before, 0.5 s after."""


def command(folder: Path, *more: str, rate_hz: int = RATE_HZ) -> str:
    """Its command line, for `Synthesiser`; the program is written into `folder`."""
    program = folder / "speak.py"
    program.write_text(PROGRAM, encoding="utf-8")
    return shlex.join([sys.executable, "-I", "-S", str(program), "{text}", "{wav}", str(rate_hz), *more])


def tone(duration_s: float, rate_hz: int = RATE_HZ, peak: float = 0.5) -> Samples:
    return (peak * np.sin(np.arange(round(duration_s * rate_hz)) * 0.3)).astype(np.float32)


def spoken(voice: str, text: str, duration_s: float = 1.0, rate_hz: int = RATE_HZ) -> Spoken:
    """A recording whose words are all as long."""
    count = len(text.split())
    words = tuple((n * duration_s / count, (n + 1) * duration_s / count) for n in range(count))
    return Spoken(voice, text, tone(duration_s, rate_hz), rate_hz, words)
