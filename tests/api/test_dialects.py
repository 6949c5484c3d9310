"""What single events say, in each dialect."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.api.dialects import UNDERSTAND, Said, dialect_of, has_words, is_listened_to, is_sign_of_life
from stt_load.api.names import Dialect

EVENTS: list[tuple[Dialect, dict[str, Any], Said]] = [
    ("openai", {"type": "transcript.text.delta", "delta": "hi"}, Said(text="hi")),
    ("openai", {"type": "transcript.text.segment", "text": "hi"}, Said(segment="hi")),
    ("openai", {"type": "transcript.text.done", "text": "hi"}, Said(whole="hi", done=True)),
    ("mistral", {"type": "transcription.text.delta", "text": "hi"}, Said(text="hi")),
    ("mistral", {"type": "transcription.done", "text": "hi"}, Said(whole="hi", done=True)),
    ("mistral", {"type": "transcription.language", "audio_language": "en"}, Said()),
    ("vllm", {"choices": [{"delta": {"content": "hi"}}]}, Said(text="hi")),
    ("vllm", {"choices": [{"message": {"content": [{"type": "text", "text": "hi"}]}}]}, Said(whole="hi")),
    ("vllm", {"choices": [{"delta": {}, "finish_reason": "abort"}]}, Said(error="finish_reason abort")),
    ("segments", {"text": "hi", "duration": 2.0}, Said(segment="hi")),
]


@pytest.mark.parametrize(("dialect", "document", "said"), EVENTS)
def test_an_event_tells_its_dialect_and_says_so_much(dialect: Dialect, document: dict[str, Any], said: Said) -> None:
    assert dialect_of(document) == dialect
    assert UNDERSTAND[dialect](document) == said


@pytest.mark.parametrize("document", [{}, {"type": "ping"}, {"text": 3}, {"choices": "none"}])
def test_other_objects_are_of_no_dialect(document: dict[str, Any]) -> None:
    assert dialect_of(document) is None


def test_events_of_another_name_are_somebody_elses() -> None:
    assert is_listened_to("message")
    assert is_listened_to("transcription.done")
    assert not is_listened_to("ping")


def test_a_sign_of_life_says_nothing_and_words_are_found_where_nobody_looked() -> None:
    assert is_sign_of_life({"type": "ping", "seq": 3, "created": "today"})
    assert not is_sign_of_life({"note": "hi"})
    assert has_words({"choices": [{"message": {"output_text": "hi"}}]})
    assert not has_words({"text": " ", "other": "hi"})
