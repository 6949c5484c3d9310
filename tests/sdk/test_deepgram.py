"""Deepgram's client: audio as the body, which it calls application/octet-stream."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from .clips import CLIP, LARGE, NO_CLIP
from .conftest import KEY

# Of the client's own: it imports what websockets advises against.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def connect(url: str, transport: Any) -> Callable[..., Any]:
    """A client with this key, KEY if none is given."""
    deepgram = pytest.importorskip("deepgram")
    environment = pytest.importorskip("deepgram.environment").DeepgramClientEnvironment
    here = environment(base=url, production=url, agent=url, agent_rest=url)
    return lambda key=KEY: deepgram.DeepgramClient(api_key=key, environment=here, httpx_client=transport)


def test_a_file(connect: Callable[..., Any]) -> None:
    media = connect().listen.v1.media
    answer = media.transcribe_file(request=CLIP, model="nova-3", language="ko", smart_format=True)
    metadata, (channel,) = answer.metadata, answer.results.channels
    (alternative,) = channel.alternatives
    assert len(alternative.transcript.split()) == 5
    assert [word.word for word in alternative.words] == alternative.transcript.split()
    assert (alternative.words[0].start, alternative.words[-1].end) == (0.0, 2.0)
    assert (metadata.duration, metadata.channels) == (2.0, 1)
    assert metadata.sha256 == hashlib.sha256(CLIP).hexdigest()
    assert [metadata.model_info[one]["name"] for one in metadata.models] == ["nova-3"]
    assert metadata.created.tzinfo
    assert metadata.request_id != media.transcribe_file(request=CLIP, model="nova-3").metadata.request_id


def test_a_file_piece_by_piece(connect: Callable[..., Any]) -> None:
    pieces = (CLIP[first : first + 1_000] for first in range(0, len(CLIP), 1_000))
    answer = connect().listen.v1.media.transcribe_file(request=pieces, model="nova-3")
    assert answer.metadata.duration == 2.0


@pytest.mark.parametrize(
    ("key", "file", "status", "code", "message"),
    [
        ("wrong", CLIP, 401, "INVALID_AUTH", "API key"),
        (KEY, NO_CLIP, 400, "Bad Request", "WAV"),
        (KEY, b"", 400, "Bad Request", "WAV"),
        (KEY, LARGE, 413, "", "embedded.max_body_bytes"),
    ],
)
def test_refusals(connect: Callable[..., Any], key: str, file: bytes, status: int, code: str, message: str) -> None:
    error = pytest.importorskip("deepgram.core.api_error").ApiError
    with pytest.raises(error) as caught:
        connect(key).listen.v1.media.transcribe_file(request=file, model="nova-3", request_options={"max_retries": 0})
    assert caught.value.status_code == status
    assert code in caught.value.body["err_code"]
    assert message in caught.value.body["err_msg"]
    assert caught.value.body["request_id"]


def test_a_url_is_not_fetched(connect: Callable[..., Any]) -> None:
    error = pytest.importorskip("deepgram.core.api_error").ApiError
    with pytest.raises(error) as caught:
        connect().listen.v1.media.transcribe_url(url="https://example.com/a.wav", model="nova-3")
    assert caught.value.status_code == 415
    assert "only audio as the body" in caught.value.body["err_msg"]
