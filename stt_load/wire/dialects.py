"""What the events of a streamed transcription say, in the dialects that services speak.

Checked against their sources, November 2026:

- openai: openai-python, src/openai/types/audio/transcription_text_{delta,segment,done}_event.py; its Stream
  (src/openai/_streaming.py) stops at data that begins with `[DONE]`, too. speaches has spoken it since commit fe372f0
  (src/speaches/executors/whisper.py): the `text` of its done event is empty whatever the deltas said, joined from a
  generator that they have used up.
- vllm: vllm/entrypoints/speech_to_text/base/serving.py, `_speech_to_text_stream_generator` (in older versions
  vllm/entrypoints/openai/speech_to_text/speech_to_text.py). A usage chunk comes with `stream_include_usage` only. An
  exception is an event in a 200, and `[DONE]` follows. SGLang speaks it, too (python/sglang/srt/entrypoints/openai/
  serving_transcription.py).
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
from typing import Literal, NamedTuple, get_args

from stt_load.wire.places import parsed
from stt_load.wire.sse import Event

Dialect = Literal["openai", "vllm", "mistral", "segments", "plain"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
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


def document_of(data: str) -> Document | None:
    """The JSON object that an event's data is, None when it is none."""
    if not data.lstrip().startswith("{"):
        return None
    try:
        document = parsed(data)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def error_in(event: Event, document: Document | None) -> str | None:
    """What the server says went wrong, None when `event` is no error. document: its data, as `document_of` reads it.

    The forms: an event named error; `{"error": {"message": ...}}` (vLLM) or `{"error": "..."}`; `{"object": "error",
    "message": ...}` (vLLM of old); `{"type": "error", ...}`.
    """
    if document is None:
        return event.data if event.name == "error" or event.data.startswith('{"error"') else None
    error = document.get("error")
    if error is None:
        if event.name != "error" and document.get("type") != "error" and document.get("object") != "error":
            return None
        error = document
    if isinstance(error, Mapping):
        message = error.get("message")
        return message if isinstance(message, str) else event.data
    return error if isinstance(error, str) else event.data


def dialect_of(data: str, document: Document | None) -> Dialect | None:
    """The dialect whose first event has this data, None when it is of none."""
    if document is None:
        return None if data.lstrip().startswith("{") else "plain"
    kind = document.get("type")
    if isinstance(kind, str):
        if kind.startswith("transcript."):
            return "openai"
        return "mistral" if kind.startswith("transcription.") else None
    if isinstance(document.get("choices"), list):
        return "vllm"
    return "segments" if isinstance(document.get("text"), str) else None


def _openai(document: Document) -> Said:
    kind = document.get("type")
    if kind == "transcript.text.delta":
        return Said(text=_text(document, "delta"))
    if kind == "transcript.text.segment":
        return Said(segment=_text(document, "text"))
    if kind == "transcript.text.done":
        return Said(whole=_text(document, "text"), done=True)
    return _NOTHING


def _mistral(document: Document) -> Said:
    kind = document.get("type")
    if kind == "transcription.text.delta":
        return Said(text=_text(document, "text"))
    if kind == "transcription.segment":
        return Said(segment=_text(document, "text"))
    if kind == "transcription.done":
        return Said(whole=_text(document, "text"), done=True)
    return _NOTHING


def _vllm(document: Document) -> Said:
    choices = document.get("choices")
    if not isinstance(choices, list):
        return _NOTHING
    text = ""
    error = None
    for choice in choices:
        if isinstance(choice, Mapping):
            delta = choice.get("delta")
            text += _text(delta, "content") if isinstance(delta, Mapping) else ""
            # The engine gave up on it; no error event comes with that.
            if choice.get("finish_reason") in ("abort", "error"):
                error = f"finish_reason {choice['finish_reason']}"
    return Said(text=text, error=error)


def _segments(document: Document) -> Said:
    return Said(segment=_text(document, "text"))


def _text(document: Document, field: str) -> str:
    value = document.get(field)
    return value if isinstance(value, str) else ""


_NOTHING = Said()
UNDERSTAND: dict[Dialect, Callable[[Document], Said]] = {
    "openai": _openai,
    "vllm": _vllm,
    "mistral": _mistral,
    "segments": _segments,
}
"""What an event says, in the dialects whose events are JSON objects."""
