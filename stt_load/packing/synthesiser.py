"""A program that speaks: called once for each text, as a command line of the user's."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stt_load.packing.cutting import cut
from stt_load.packing.instants import Phone, phones_of, spans
from stt_load.packing.recording import PackingError, Samples, Span, Spoken, within

PLACES = ("{text}", "{wav}")
"""What a command must have: where the text goes, and the file that it has to write."""
LONGEST_S = 60
"""For one text. A program that takes longer waits for something."""


class Said(NamedTuple):
    """samples: mono, full scale 1. printed: what the program wrote to its output."""

    samples: Samples
    rate_hz: int
    printed: str


class Synthesiser:
    """One voice.

    voice: its name in the pack. command: a command line with "{text}" and "{wav}", each as (part of) a word of it; no
    shell sees it. Raises PackingError where one is missing, and in `speak` where the program fails.

    If it prints phones as flite does with -psdur, the words' instants come from them.
    """

    def __init__(self, voice: str, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise PackingError(f"voice {voice}: {error}: {command}") from None
        for place in PLACES:
            if not any(place in word for word in self._words):
                raise PackingError(f"voice {voice}: the command has no {place}: {command}")
        self.voice = voice
        self._alone: dict[str, list[Phone]] = {}

    def speak(self, text: str) -> Spoken:
        """`text`, cut to its speech and set to one level."""
        said = self._say(text)
        piece = cut(said.samples, said.rate_hz)
        if piece is None:
            raise PackingError(f"voice {self.voice} says nothing: {text}")
        words = self._instants(text, said.printed)
        end = piece.samples.size / said.rate_hz
        moved = words and tuple(within(span, piece.from_s, end) for span in words)
        return Spoken(self.voice, text, piece.samples, said.rate_hz, moved)

    def _instants(self, text: str, printed: str) -> tuple[Span, ...] | None:
        phones = phones_of(printed)
        if not phones:
            return None
        return spans(phones, [[phone.name for phone in self._phones(word)] for word in text.split()])

    def _phones(self, word: str) -> list[Phone]:
        """Of a word alone, without what is about it in a sentence: a question mark is no phone."""
        bare = word.strip(".,;:!?\"'").lower()
        if bare not in self._alone:
            self._alone[bare] = phones_of(self._say(bare).printed)
        return self._alone[bare]

    def _say(self, text: str) -> Said:
        with tempfile.TemporaryDirectory(prefix="stt-load-pack-") as folder:
            wav = Path(folder, "said.wav")
            line = [word.replace("{wav}", str(wav)).replace("{text}", text) for word in self._words]
            printed = self._run(line, text)
            samples, rate_hz = self._read(wav, text)
        return Said(samples, rate_hz, printed)

    def _run(self, line: list[str], text: str) -> str:
        try:
            ran = subprocess.run(
                line, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=LONGEST_S
            )
        except FileNotFoundError:
            raise PackingError(f"voice {self.voice}: there is no program {line[0]}") from None
        except subprocess.TimeoutExpired:
            raise PackingError(f"voice {self.voice}: {line[0]} took more than {LONGEST_S} s for: {text}") from None
        if ran.returncode:
            why = ran.stderr.strip() or f"exit code {ran.returncode}"
            raise PackingError(f"voice {self.voice}: {line[0]} failed: {why} ({text})")
        return ran.stdout

    def _read(self, wav: Path, text: str) -> tuple[Samples, int]:
        import soundfile  # takes 50 ms, and a library of the system

        try:
            samples, rate_hz = soundfile.read(wav, dtype="float32", always_2d=True)
        except (OSError, soundfile.SoundFileError):
            raise PackingError(f"voice {self.voice} wrote no audio for: {text}") from None
        return samples.mean(axis=1, dtype=np.float32), int(rate_hz)
