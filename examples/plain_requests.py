"""Any HTTP API with a few lines of requests: `api.call: plain_requests.py:transcribe`.

STT_URL and STT_TOKEN say where and with which token. This one wants the audio as the body, and answers as Deepgram
does.
"""

from __future__ import annotations

import io
import os

import requests

session = requests.Session()  # keeps connections, one for each request in flight
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=1_000))
session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=1_000))


def transcribe(wav: io.BytesIO) -> str:
    answer = session.post(
        os.environ["STT_URL"],
        data=wav.getvalue(),
        headers={"Authorization": f"Bearer {os.environ['STT_TOKEN']}", "Content-Type": "audio/wav"},
        timeout=60,
    )
    answer.raise_for_status()
    text: str = answer.json()["results"]["channels"][0]["alternatives"][0]["transcript"]
    return text
