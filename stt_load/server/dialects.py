"""A transcript as server-sent events, in the dialects of known services.

openai: https://platform.openai.com/docs/api-reference/audio, transcript.text.delta, .segment and .done. vllm: chunks
like those of chat completions, vllm/entrypoints/speech_to_text/base/serving.py. mistral: client-python,
models/transcriptionstream*.py. segments: speaches before November 2025, faster-whisper-server. plain: the same with
response_format text, and transformers serve.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stt_load.server.transcript import MODEL, Extras, Transcript, words

ERROR = {"message": "The engine fell over, as its misbehaviour asks for.", "type": "server_error", "code": 500}
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Dialect:
    """opening: before any text. pieces: into which the text is cut. piece: the event of one. closing: after the text,
    the done mark if there is one. error: how it tells of one."""

    opening: Callable[[Extras], bytes]
    pieces: Callable[[Transcript], Iterator[str]]
    piece: Callable[[str], bytes]
    closing: Callable[[Transcript, Extras], bytes]
    error: bytes


def _nothing(*_: object) -> bytes:
    return b""


def _event(value: Any, name: str | None = None) -> bytes:
    data = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return (f"event: {name}\n" if name else "").encode() + f"data: {data}\n\n".encode()


def _named(value: dict[str, Any]) -> bytes:
    return _event(value, value["type"])


def _by_segment(transcript: Transcript) -> Iterator[str]:
    return (segment.text for segment in transcript.segments)


def _openai_closing(transcript: Transcript, extras: Extras) -> bytes:
    usage = {"type": "duration", "seconds": math.ceil(transcript.duration_s)}
    done = _event({"type": "transcript.text.done", "text": transcript.text, "usage": usage})
    if not extras.diarized:
        return done
    return b"".join(_event({"type": "transcript.text.segment"} | one) for one in transcript.turns()) + done


def _vllm_chunk(choices: list[dict[str, Any]], **more: Any) -> bytes:
    common = {"id": "trsc-0", "object": "transcription.chunk", "created": 0, "model": MODEL}
    return _event(common | {"choices": choices} | more)


def _vllm_piece(text: str, finish_reason: str | None = None) -> bytes:
    return _vllm_chunk([{"delta": {"content": text}, "finish_reason": finish_reason, "stop_reason": None}])


def _vllm_closing(transcript: Transcript, extras: Extras) -> bytes:
    usage = _vllm_chunk([], usage=_tokens(transcript)) if extras.usage else b""
    return _vllm_piece("", "stop") + usage + DONE


def _mistral_opening(extras: Extras) -> bytes:
    return _named({"type": "transcription.language", "audio_language": extras.language or "en"})


def _mistral_closing(transcript: Transcript, extras: Extras) -> bytes:
    usage = _tokens(transcript) | {"prompt_audio_seconds": math.ceil(transcript.duration_s)}
    said = {"model": extras.model, "text": transcript.text, "language": extras.language or "en", "usage": usage}
    return _named({"type": "transcription.done"} | said)


def _tokens(transcript: Transcript) -> dict[str, int]:
    """A token for each word; and for each second of audio, which is about what Voxtral has."""
    prompt, completion = math.ceil(transcript.duration_s), len(transcript.text.split())
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


DIALECTS = {
    "openai": Dialect(
        _nothing,
        words,
        lambda text: _event({"type": "transcript.text.delta", "delta": text}),
        _openai_closing,
        _named({"type": "error", "error": ERROR}),
    ),
    "vllm": Dialect(_nothing, words, _vllm_piece, _vllm_closing, _event({"error": ERROR}) + DONE),
    "mistral": Dialect(
        _mistral_opening,
        words,
        lambda text: _named({"type": "transcription.text.delta", "text": text}),
        _mistral_closing,
        _named({"type": "error", "error": ERROR}),
    ),
    "segments": Dialect(
        _nothing, _by_segment, lambda text: _event({"text": text}), _nothing, _event({"error": ERROR["message"]})
    ),
    "plain": Dialect(_nothing, words, _event, _nothing, _event({"error": ERROR["message"]})),
}
