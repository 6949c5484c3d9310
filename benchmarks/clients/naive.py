"""The ten-line locustfile: HttpUser, `files=`, and float noise made for each request."""

from __future__ import annotations

from locust import HttpUser, task

from benchmarks.clients import listening  # noqa: F401 - listens
from benchmarks.clients.float_noise import clip
from benchmarks.clients.terms import URL


class Naive(HttpUser):
    host = URL

    @task
    def transcribe(self) -> None:
        files = {"file": ("audio.wav", clip(), "audio/wav")}
        data = {"model": "whisper-1", "response_format": "json"}
        assert self.client.post(URL, files=files, data=data).json()["text"]
