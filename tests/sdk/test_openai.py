"""OpenAI's client."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import openai
import pytest

from .clips import CLIP, LARGE, NO_CLIP
from .conftest import KEY

FILE = ("a.wav", CLIP, "audio/wav")


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as client:
        yield client


def test_transcriptions_in_their_formats(client: openai.OpenAI) -> None:
    create = client.audio.transcriptions.create
    plain = create(model="whisper-1", file=FILE)
    text = create(model="whisper-1", file=FILE, response_format="text")
    verbose = create(
        model="whisper-1", file=FILE, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    srt = create(model="whisper-1", file=FILE, response_format="srt")
    vtt = create(model="whisper-1", file=FILE, response_format="vtt")
    assert len(plain.text.split()) == 5
    assert (verbose.text, text.strip()) == (plain.text,) * 2
    assert (verbose.duration, verbose.language) == (2.0, "english")
    assert verbose.segments
    assert " ".join(segment.text for segment in verbose.segments) == plain.text
    assert verbose.words
    assert [word.word for word in verbose.words] == plain.text.split()
    assert srt.startswith("1\n00:00:00,000 --> 00:00:02,000\n")
    assert vtt.startswith("WEBVTT\n")


def test_log_probabilities_of_the_tokens(client: openai.OpenAI) -> None:
    answer = client.audio.transcriptions.create(model="gpt-4o-transcribe", file=FILE, include=["logprobs"])
    assert answer.logprobs is not None
    assert "".join(one.token or "" for one in answer.logprobs) == answer.text


def test_translations_and_models(client: openai.OpenAI) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer SDKs advise against translations
        assert client.audio.translations.create(model="whisper-1", file=FILE).text
    assert [model.id for model in client.models.list()] == ["whisper-1"]


def test_a_stream(client: openai.OpenAI) -> None:
    events = list(client.audio.transcriptions.create(model="gpt-4o-transcribe", file=FILE, stream=True))
    done = events[-1]
    assert [event.type for event in events] == ["transcript.text.delta"] * 5 + ["transcript.text.done"]
    assert done.type == "transcript.text.done"
    assert "".join(event.delta for event in events if event.type == "transcript.text.delta") == done.text


def test_a_stream_of_who_says_what(client: openai.OpenAI) -> None:
    stream = client.audio.transcriptions.create(
        model="gpt-4o-transcribe-diarize",
        file=FILE,
        response_format="diarized_json",
        chunking_strategy={"type": "server_vad"},
        stream=True,
    )
    assert "transcript.text.segment" in [event.type for event in stream]


@pytest.mark.parametrize(
    ("key", "file", "error", "message"),
    [
        ("wrong", CLIP, openai.AuthenticationError, "API key"),
        (KEY, NO_CLIP, openai.BadRequestError, "WAV"),
        (KEY, LARGE, openai.APIStatusError, "embedded.max_body_bytes"),
    ],
)
def test_refusals(url: str, key: str, file: bytes, error: type[openai.APIStatusError], message: str) -> None:
    with (
        openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client,
        pytest.raises(error, match=message) as caught,
    ):
        client.audio.transcriptions.create(model="whisper-1", file=("a.wav", file))
    assert isinstance(caught.value.body, dict)
    assert message in caught.value.body["message"]


def test_a_service_that_fails(serve: Callable[..., str]) -> None:
    with (
        openai.OpenAI(base_url=f"{serve(error_rate=1.0)}/v1", api_key=KEY, max_retries=0) as client,
        pytest.raises(openai.InternalServerError),
    ):
        client.audio.transcriptions.create(model="whisper-1", file=FILE)
