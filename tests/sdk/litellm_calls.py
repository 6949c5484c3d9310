"""Calls of litellm, which is the client of many services, as JSON on standard output: what came of each.

A process of its own, as importing it takes seconds, and leaves threads and handlers behind. Arguments: the server's
URL, and its key.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks for prices on the Internet

import litellm

from tests.sdk.clips import CLIP, LARGE, NO_CLIP

URL, KEY = sys.argv[1:]
PLACES = {
    "openai/whisper-1": "/v1",
    "deepgram/nova-3": "/v1",
    "groq/whisper-large-v3-turbo": "/openai/v1",
}


def transcribe(model: str, clip: bytes = CLIP, key: str = KEY, **options: Any) -> Any:
    base = URL + PLACES.get(model, "/v1")
    file = ("a.wav", clip)
    return litellm.transcription(model=model, file=file, api_base=base, api_key=key, max_retries=0, **options)


def refusal(call: Callable[[], object]) -> dict[str, Any]:
    try:
        call()
    except Exception as error:
        return {"type": type(error).__name__, "status": getattr(error, "status_code", None), "said": str(error)}
    return {"type": "none"}


def main() -> None:
    whole = {model: json.loads(transcribe(model).model_dump_json()) for model in PLACES}
    text = {model: transcribe(model, response_format="text").text for model in PLACES if "deepgram" not in model}
    refused = {
        model: {
            "key": refusal(lambda model=model: transcribe(model, key="wrong")),  # type: ignore[misc]
            "clip": refusal(lambda model=model: transcribe(model, NO_CLIP)),  # type: ignore[misc]
            "size": refusal(lambda model=model: transcribe(model, LARGE)),  # type: ignore[misc]
        }
        for model in PLACES
    }
    stream = [event.type for event in transcribe("openai/gpt-4o-transcribe", stream=True)]
    json.dump({"whole": whole, "text": text, "refused": refused, "stream": stream}, sys.stdout)


if __name__ == "__main__":
    main()
