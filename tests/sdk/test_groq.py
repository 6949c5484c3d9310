"""Groq's client, whose paths begin with /openai."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .clips import CLIP, LARGE, NO_CLIP
from .conftest import KEY


@pytest.fixture(scope="module")
def groq() -> Any:
    return pytest.importorskip("groq")


@pytest.fixture(scope="module")
def client(groq: Any, url: str) -> Iterator[Any]:
    with groq.Groq(api_key=KEY, base_url=url) as client:
        yield client


def test_transcriptions_in_its_formats(client: Any) -> None:
    create = client.audio.transcriptions.create
    plain = create(model="whisper-large-v3-turbo", file=("a.wav", CLIP))
    text = create(model="whisper-large-v3-turbo", file=("a.wav", CLIP), response_format="text")
    verbose = create(
        model="whisper-large-v3-turbo",
        file=("a.wav", CLIP),
        language="ko",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert len(plain.text.split()) == 5
    assert (text.strip(), verbose.text) == (plain.text,) * 2
    assert (verbose.duration, verbose.language) == (2.0, "ko")
    assert [word["word"] for word in verbose.words] == plain.text.split()
    assert " ".join(segment["text"] for segment in verbose.segments) == plain.text


def test_translations_and_models(client: Any) -> None:
    assert client.audio.translations.create(model="whisper-large-v3", file=("a.wav", CLIP)).text
    assert [model.id for model in client.models.list().data] == ["whisper-1"]


@pytest.mark.parametrize(
    ("key", "file", "error", "message"),
    [
        ("wrong", CLIP, "AuthenticationError", "API key"),
        (KEY, NO_CLIP, "BadRequestError", "WAV"),
        (KEY, LARGE, "APIStatusError", "embedded.max_body_bytes"),
    ],
)
def test_refusals(groq: Any, url: str, key: str, file: bytes, error: str, message: str) -> None:
    with groq.Groq(api_key=key, base_url=url, max_retries=0) as client, pytest.raises(getattr(groq, error)) as caught:
        client.audio.transcriptions.create(model="whisper-large-v3-turbo", file=("a.wav", file))
    assert message in caught.value.body["error"]["message"]


def test_a_form_without_a_file_is_refused(groq: Any, client: Any) -> None:
    with pytest.raises(groq.BadRequestError, match="Exactly one file"):
        client.audio.transcriptions.create(model="whisper-large-v3-turbo", url="https://example.com/a.wav")
