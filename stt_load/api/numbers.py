"""Numbers that a service tells in its answer, in whatever form it tells them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from stt_load.samples.fields import BY_NAME


def number(value: Any) -> float | None:
    """`value` as a number, None when it is none: what is too large for one is infinite.

    A string will do: vLLM's verbose_json says `"duration": "10.0"` (class TranscriptionResponseVerbose in
    vllm/entrypoints/openai/speech_to_text/protocol.py). It has to be in decimal notation, with an exponent or not,
    perhaps with blanks around it: what else Python reads as a number (`1_000`, `nan`, digits of other scripts) is
    none. So will what can become a float, as numpy's numbers.
    """
    if isinstance(value, str):
        value = value.strip(_BLANKS)
        if not _DECIMAL.fullmatch(value):
            return None
    elif isinstance(value, bool) or not (isinstance(value, int | float) or hasattr(value, "__float__")):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return None


def bounded(values: Mapping[str, float | None]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`values` by field of a sample, with None for those that no row can hold (`samples.fields`; half a token, too),
    and the names of these."""
    beyond = tuple(name for name, value in values.items() if value is not None and not BY_NAME[name].holds(value))
    return {**values, **dict.fromkeys(beyond)}, beyond


def usage_of(document: object) -> tuple[float | None, float | None]:
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
    return audio_s, number(usage.get("total_tokens"))


_BLANKS = " \t\r\n"
"""As JSON has them."""
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
