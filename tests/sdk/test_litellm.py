"""litellm, as the client of three services."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from .conftest import KEY

# To import it takes half a minute of a processor, and the clients that it calls have tests of their own.
pytestmark = pytest.mark.slow

LIMIT_S = 120
MODELS = ("openai/whisper-1", "deepgram/nova-3", "groq/whisper-large-v3-turbo")


@pytest.fixture(scope="module")
def told(url: str) -> dict[str, Any]:
    """What came of its calls."""
    if not find_spec("litellm"):
        pytest.skip("litellm is not installed")
    command = [sys.executable, "-m", "tests.sdk.litellm_calls", url, KEY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


@pytest.mark.parametrize("model", MODELS)
def test_a_transcription(told: dict[str, Any], model: str) -> None:
    answer = told["whole"][model]
    assert len(answer["text"].split()) == 5
    if not model.startswith("groq/"):  # of that it asks no more than the text
        assert answer["duration"] == 2.0


def test_deepgrams_words(told: dict[str, Any]) -> None:
    answer = told["whole"]["deepgram/nova-3"]
    assert [word["word"] for word in answer["words"]] == answer["text"].split()


def test_plain_text_and_a_stream(told: dict[str, Any]) -> None:
    assert told["text"] == {model: told["whole"][model]["text"] + "\n" for model in MODELS if "deepgram" not in model}
    assert told["stream"] == ["transcript.text.delta"] * 5 + ["transcript.text.done"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("why", "status", "said"),
    [("key", 401, "API key"), ("clip", 400, "WAV"), ("size", 413, "embedded.max_body_bytes")],
)
def test_refusals(told: dict[str, Any], model: str, why: str, status: int, said: str) -> None:
    refusal = told["refused"][model][why]
    assert refusal["status"] == status
    assert said in refusal["said"]
