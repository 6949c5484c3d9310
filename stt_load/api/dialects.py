"""What the events of a streamed transcription say, in the dialects that services speak.

Checked against their sources, November 2026:

- openai: openai-python, src/openai/types/audio/transcription_text_{delta,segment,done}_event.py; its Stream
  (src/openai/_streaming.py) stops at data that begins with `[DONE]`, too. speaches has spoken it since commit fe372f0
  (src/speaches/executors/whisper.py): the `text` of its done event is empty whatever the deltas said, joined from a
  generator that they have used up.
- vllm: vllm/entrypoints/speech_to_text/base/serving.py, `_speech_to_text_stream_generator` (in older versions
  vllm/entrypoints/openai/speech_to_text/speech_to_text.py). A usage chunk comes with `stream_include_usage` only. An
  exception is an event in a 200, and `[DONE]` follows. SGLang speaks it, too (python/sglang/srt/entrypoints/openai/
  serving_transcription.py). Others have the text where OpenAI's other APIs have it: `text` (completions), a whole
  `message`, a `content` in parts.
- mistral: client-python, src/mistralai/client/models/transcriptionstream{textdelta,segmentdelta,language,done}.py.
  The event's name repeats the `type`.
- segments: speaches before that commit (src/speaches/routers/stt.py) and faster-whisper-server (the same file). With
  `verbose_json` the text keeps its leading space, and `duration` is the segment's, not the clip's. A clip without
  speech is an empty body.
- plain: the same with `response_format=text`, and transformers (src/transformers/cli/serving/transcription.py). That
  one writes an error as `{"error": "..."}` without escaping what stands in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stt_load.api.errors import error_in
from stt_load.api.names import Dialect
from stt_load.api.sse import MESSAGE
from stt_load.api.words import is_blank

DONE = "[DONE]"
MARKS: dict[Dialect, str] = {"openai": "transcript.text.done", "vllm": DONE, "mistral": "transcription.done"}
"""What a stream ends with, in the dialects where it has to. `DONE` will do in all."""

Document = Mapping[str, object]


class Said(NamedTuple):
    """What one event says.

    text: the next piece of the transcript. segment: a finished part of it, which pieces may have told already.
    whole: all of it. done: nothing more will come. error: why it went wrong, None when it did not.
    """

    text: str = ""
    segment: str = ""
    whole: str = ""
    done: bool = False
    error: str | None = None


def is_listened_to(name: str) -> bool:
    """Whether events of this name are the transcript's: those without one, and those whose name repeats their type.

    Any other goes to the listeners of that name, and here are none (WHATWG HTML, section 9.2.6).
    """
    return name == MESSAGE or name.startswith("transcript")


def dialect_of(document: Document) -> Dialect | None:
    """The dialect that has such an event, None when none does."""
    kind = document.get("type")
    if isinstance(kind, str):
        if kind.startswith("transcript."):
            return "openai"
        return "mistral" if kind.startswith("transcription.") else None
    if isinstance(document.get("choices"), list):
        return "vllm"
    return "segments" if isinstance(document.get("text"), str) else None


def has_words(value: object, levels: int = 8) -> bool:
    """Whether there is a text in an event, at any place where one may be: also where nobody has looked for it."""
    if isinstance(value, str):
        return not is_blank(value)
    if isinstance(value, list) and levels:
        return any(has_words(one, levels - 1) for one in value)
    return (
        isinstance(value, Mapping) and levels > 0 and any(has_words(value.get(name), levels - 1) for name in _TEXTS)
    )


def is_sign_of_life(document: Document) -> bool:
    """Whether an object of no dialect says nothing but that the server is there: a type, a state, numbers, times."""
    return not any(
        value and not isinstance(value, int | float) for name, value in document.items() if name not in _IDLE
    )


def _typed(delta: str, piece: str, segment: str, done: str) -> Callable[[Document], Said]:
    """Of events whose `type` tells what they are: the next piece, in the field `piece`, a segment, or the end."""

    def said(document: Document) -> Said:
        kind = document.get("type")
        if kind == delta:
            return Said(text=_text(document, piece))
        if kind == segment:
            return Said(segment=_text(document, "text"))
        if kind == done:
            return Said(whole=_text(document, "text"), done=True)
        return _NOTHING

    return said


def _vllm(document: Document) -> Said:
    choices = document.get("choices")
    if not isinstance(choices, list):
        return _NOTHING
    text = whole = ""
    error = None
    for choice in choices:
        if isinstance(choice, dict):  # not `Mapping`: that takes three calls, in streams of millions of events
            delta = choice.get("delta")
            if isinstance(delta, dict):
                content = delta.get("content")
                text += content if isinstance(content, str) else _in_parts(content)
            else:
                text += _text(choice, "text")
                message = choice.get("message")
                whole += _in_parts(message.get("content")) if isinstance(message, Mapping) else ""
            if choice.get("error"):
                error = error_in(choice, str(choice["error"]))
            # The engine gave up on it; no error event comes with that.
            if choice.get("finish_reason") in ("abort", "error"):
                error = f"finish_reason {choice['finish_reason']}"
    return Said(text=text, whole=whole, error=error)


def _in_parts(content: object) -> str:
    """A text, or one that is cut into `{"type": "text", "text": ...}`."""
    if not isinstance(content, list):
        return content if isinstance(content, str) else ""
    return "".join(_text(part, "text") for part in content if isinstance(part, Mapping))


def _text(document: Document, field: str) -> str:
    value = document.get(field)
    return value if isinstance(value, str) else ""


_NOTHING = Said()
_TEXTS = ("text", "delta", "content", "transcript", "output_text", "message", "choices")
_IDLE = frozenset(
    {"type", "event", "object", "status", "state", "id", "time", "timestamp", "ts", "date", "created", "created_at"}
)
UNDERSTAND: dict[Dialect, Callable[[Document], Said]] = {
    "openai": _typed("transcript.text.delta", "delta", "transcript.text.segment", MARKS["openai"]),
    "vllm": _vllm,
    "mistral": _typed("transcription.text.delta", "text", "transcription.segment", MARKS["mistral"]),
    "segments": lambda document: Said(segment=_text(document, "text")),
}
"""What an event says, in the dialects whose events are JSON objects."""
