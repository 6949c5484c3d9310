"""Numbers that a service tells in its answer, in whatever form it tells them."""

from __future__ import annotations

import math
from collections.abc import Mapping


def number(value: object) -> float | None:
    """`value` as a finite number of 0 or more, None when it is none.

    A string will do: vLLM's verbose_json says `"duration": "10.0"` (class TranscriptionResponseVerbose in
    vllm/entrypoints/openai/speech_to_text/protocol.py).
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        told = float(value)
    except (ValueError, OverflowError):
        return None
    return told if math.isfinite(told) and told >= 0 else None


def usage_of(document: object) -> tuple[float | None, int | None]:
    """The seconds of audio and the tokens in all that the `usage` of an answer counts; None for what it does not.

    document: the JSON answer, or the event of a stream, that `usage` stands in. The forms:

    - OpenAI: `{"type": "duration", "seconds": 10}` or `{"type": "tokens", "input_tokens": 1, "output_tokens": 2,
      "total_tokens": 3}` (openai-python, types/audio/transcription.py and transcription_text_done_event.py)
    - vLLM: the first of these, rounded up to whole seconds; in a stream `{"prompt_tokens": 1, "completion_tokens": 2,
      "total_tokens": 3}` (vllm/entrypoints/speech_to_text/base/serving.py)
    - Mistral: as vLLM's stream, with `prompt_audio_seconds`, which may be null (client-python, models/usageinfo.py)
    """
    usage = document.get("usage") if isinstance(document, Mapping) else None
    if not isinstance(usage, Mapping):
        return None, None
    audio_s = number(usage.get("seconds"))
    if audio_s is None:
        audio_s = number(usage.get("prompt_audio_seconds"))
    tokens = number(usage.get("total_tokens"))
    return audio_s, None if tokens is None else int(tokens)
