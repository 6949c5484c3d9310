"""ElevenLabs' client: its key has a header of its own, and its answer tells what is between the words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .clips import CLIP, LARGE, NO_CLIP
from .conftest import KEY

# Of the client's own: it imports what others advise against.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def convert(url: str, transport: Any) -> Callable[..., Any]:
    """Of a client with this key, KEY if none is given."""
    client = pytest.importorskip("elevenlabs.client").ElevenLabs

    def call(key: str = KEY, **given: Any) -> Any:
        return client(api_key=key, base_url=url, httpx_client=transport).speech_to_text.convert(**given)

    return call


def test_a_transcription(convert: Callable[..., Any]) -> None:
    answer = convert(model_id="scribe_v1", file=CLIP, language_code="ko", timestamps_granularity="word")
    assert "".join(one.text for one in answer.words) == answer.text
    assert [one.type for one in answer.words] == ["word", "spacing"] * 4 + ["word"]
    assert (answer.language_code, answer.audio_duration_secs, answer.words[-1].end) == ("ko", 2.0, 2.0)


@pytest.mark.parametrize(
    ("key", "file", "status", "message"),
    [
        ("wrong", {"file": CLIP}, 401, "API key"),
        (KEY, {"file": NO_CLIP}, 400, "WAV"),
        (KEY, {}, 400, "Exactly one file"),
        (KEY, {"file": LARGE}, 413, "embedded.max_body_bytes"),
    ],
)
def test_refusals(convert: Callable[..., Any], key: str, file: dict[str, bytes], status: int, message: str) -> None:
    error = pytest.importorskip("elevenlabs.core.api_error").ApiError
    with pytest.raises(error) as caught:
        convert(key, model_id="scribe_v1", **file)
    assert caught.value.status_code == status
    assert message in caught.value.body["detail"]["message"]
