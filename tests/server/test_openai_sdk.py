"""The official SDK, as its users use it."""

from __future__ import annotations

import warnings

import openai
import pytest

from stt_load.server.settings import ServerSettings

from .clips import wav
from .running import INSTANT, serving

CLIP = ("clip.wav", wav(frames=80_000), "audio/wav")


def test_transcriptions() -> None:
    with (
        serving(api_key="k") as server,
        openai.OpenAI(base_url=server.url + "/v1", api_key="k", max_retries=0) as client,
    ):
        create = client.audio.transcriptions.create
        plain = create(model="whisper-1", file=CLIP)
        verbose = create(
            model="whisper-1", file=CLIP, response_format="verbose_json", timestamp_granularities=["segment"]
        )
        text = create(model="whisper-1", file=CLIP, response_format="text")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer SDKs advise against translations
            translation = client.audio.translations.create(model="whisper-1", file=CLIP)
        models = [model.id for model in client.models.list()]
    assert plain.text
    assert (verbose.text, text.strip(), translation.text) == (plain.text,) * 3
    assert verbose.duration == 5.0
    assert verbose.language == "english"
    assert verbose.segments
    assert " ".join(segment.text for segment in verbose.segments) == plain.text
    assert models == ["whisper-1"]


@pytest.mark.parametrize(
    ("settings", "key", "error"),
    [
        (INSTANT, "wrong", openai.AuthenticationError),
        (INSTANT.model_copy(update={"max_body_bytes": 1_000}), "k", openai.APIStatusError),
        (INSTANT.model_copy(update={"error_rate": 1.0}), "k", openai.InternalServerError),
    ],
)
def test_refusals_come_as_the_sdk_s_exceptions(
    settings: ServerSettings, key: str, error: type[openai.APIStatusError]
) -> None:
    with (
        serving(settings, api_key="k") as server,
        openai.OpenAI(base_url=server.url + "/v1", api_key=key, max_retries=0) as client,
        pytest.raises(error) as caught,
    ):
        client.audio.transcriptions.create(model="whisper-1", file=CLIP)
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["message"]
