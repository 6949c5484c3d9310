"""OpenAI's client as it speaks to Azure: the deployment is in the path, the key in a header of its own."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from .clips import CLIP, LARGE
from .conftest import KEY

FILE = ("a.wav", CLIP, "audio/wav")
VERSION = "2025-04-01-preview"


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.AzureOpenAI]:
    with openai.AzureOpenAI(api_key=KEY, azure_endpoint=url, api_version=VERSION, max_retries=0) as client:
        yield client


def test_a_deployment_by_its_name(client: openai.AzureOpenAI) -> None:
    create = client.audio.transcriptions.create
    plain = create(model="my-whisper", file=FILE)
    verbose = create(model="my-whisper", file=FILE, response_format="verbose_json")
    events = list(create(model="my-gpt-4o", file=FILE, stream=True))
    assert len(plain.text.split()) == 5
    assert (verbose.text, verbose.duration) == (plain.text, 2.0)
    assert [event.type for event in events] == ["transcript.text.delta"] * 5 + ["transcript.text.done"]
    assert [model.id for model in client.models.list()] == ["whisper-1"]


def test_the_api_that_has_no_deployments_in_its_paths(client: openai.AzureOpenAI, url: str) -> None:
    with openai.OpenAI(api_key=KEY, base_url=f"{url}/openai/v1/") as other:
        text = other.audio.transcriptions.create(model="my-whisper", file=FILE).text
    assert text == client.audio.transcriptions.create(model="my-whisper", file=FILE).text


@pytest.mark.parametrize(
    ("key", "file", "error", "message"),
    [
        ("wrong", CLIP, openai.AuthenticationError, "API key"),
        (KEY, LARGE, openai.APIStatusError, "embedded.max_body_bytes"),
    ],
)
def test_refusals(url: str, key: str, file: bytes, error: type[openai.APIStatusError], message: str) -> None:
    with (
        openai.AzureOpenAI(api_key=key, azure_endpoint=url, api_version=VERSION, max_retries=0) as client,
        pytest.raises(error, match=message),
    ):
        client.audio.transcriptions.create(model="my-whisper", file=("a.wav", file))
