"""The official OpenAI SDK as the client: `api.call: openai_sdk.py:transcribe`.

OPENAI_BASE_URL (with its /v1) and OPENAI_API_KEY say where and with which key, as the SDK has it.
"""

from __future__ import annotations

import io

from openai import OpenAI

# The SDK would try a failed request twice more, in silence: three requests for the server, one slow one for you.
client = OpenAI(max_retries=0)


def transcribe(wav: io.BytesIO) -> str:
    answer = client.audio.transcriptions.create(model="gpt-transcribe", file=("audio.wav", wav, "audio/wav"))
    return answer.text
