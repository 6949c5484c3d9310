"""An engine: what recognises speech for real, in place of the model of a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from stt_load.server.transcript import Segment

ENGINES = ("whisper-tiny",)
DEVICES = ("auto", "cpu", "cuda")
MOST_SLOTS = 256
"""Inferences at a time: each is a thread, and memory of the engine's own."""
SETTINGS = frozenset({"slots", "queue_limit", "stream_dialect", "api_key_env", "max_body_bytes"})
"""Of the server's settings those that an engine's have, too. The others say how the model of a server behaves."""


class EngineError(RuntimeError):
    """The engine can't be had here; the message says what is missing."""


class AudioError(ValueError):
    """The bytes are no audio that the engine can read."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """device: one of DEVICES. compute_type: the numbers that it computes with, as CTranslate2 names them.
    cpu_threads: of one inference. None: what suits the device."""

    device: str = "auto"
    compute_type: str | None = None
    cpu_threads: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine makes of audio: its language, its length, and the segments, which it hears as they are asked
    for."""

    language: str
    duration_s: float
    segments: Iterator[Segment]


class Engine(Protocol):
    """Recognises speech, in as many threads at a time as it was made for."""

    model: str
    """Its name, as /v1/models has it."""
    about: str
    """What it is and runs on, for people."""

    def recognise(self, audio: memoryview, words: bool) -> Heard:
        """What is said in a file of audio, whatever its format. words: with the place of each.

        AudioError where it is no audio. It blocks, and the segments do.
        """


def cores() -> int:
    """Of the processor: those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
