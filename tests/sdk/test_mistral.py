"""Mistral's client, which demands more of an answer than OpenAI's does; its streams are a dialect of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .clips import CLIP, LARGE, NO_CLIP
from .conftest import KEY

MODEL = "voxtral-mini-latest"


@pytest.fixture(scope="module")
def transcriptions() -> Iterator[Callable[..., Any]]:
    """Of a client with this key, KEY if none is given, at the server of this URL."""
    mistral = pytest.importorskip("mistralai.client").Mistral
    with ExitStack() as stack:
        yield lambda url, key=KEY: stack.enter_context(mistral(api_key=key, server_url=url)).audio.transcriptions


def file(content: bytes = CLIP) -> dict[str, Any]:
    return {"content": content, "file_name": "a.wav"}


def test_a_whole_answer(transcriptions: Callable[..., Any], url: str) -> None:
    complete = transcriptions(url).complete
    answer = complete(model=MODEL, file=file())
    assert len(answer.text.split()) == 5
    assert (answer.model, answer.language) == (MODEL, None)
    asked = complete(model=MODEL, file=file(), language="ko", timestamp_granularities=["segment"])
    assert (asked.text, asked.language) == (answer.text, "ko")
    assert [(one.text, one.start, one.end) for one in asked.segments] == [(answer.text, 0.0, 2.0)]


def test_a_stream(transcriptions: Callable[..., Any], serve: Callable[..., str]) -> None:
    here = transcriptions(serve(stream_dialect="mistral"))
    with here.stream(model=MODEL, file=file(), language="ko") as stream:
        events = [event.data for event in stream]
    first, *deltas, done = events
    assert (first.type, first.audio_language) == ("transcription.language", "ko")
    assert {one.type for one in deltas} == {"transcription.text.delta"}
    assert (done.type, done.model, done.language) == ("transcription.done", MODEL, "ko")
    assert "".join(one.text for one in deltas) == done.text == here.complete(model=MODEL, file=file()).text
    assert (done.usage.completion_tokens, done.usage.prompt_audio_seconds) == (5, 2)


@pytest.mark.parametrize(
    ("key", "given", "status", "message"),
    [
        ("wrong", {"file": file()}, 401, "API key"),
        (KEY, {"file": file(NO_CLIP)}, 400, "WAV"),
        (KEY, {}, 400, "Can't read the form"),
        (KEY, {"file": file(LARGE)}, 413, "embedded.max_body_bytes"),
    ],
)
def test_refusals(
    transcriptions: Callable[..., Any], url: str, key: str, given: dict[str, Any], status: int, message: str
) -> None:
    error = pytest.importorskip("mistralai.client.errors").SDKError
    with pytest.raises(error, match=message) as caught:
        transcriptions(url, key).complete(model=MODEL, **given)
    assert caught.value.status_code == status
