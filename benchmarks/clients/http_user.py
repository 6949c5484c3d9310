"""Locust's HttpUser with ready bytes: no audio is made, nothing is unique."""

from __future__ import annotations

from locust import HttpUser, task

from benchmarks.clients import listening  # noqa: F401 - listens
from benchmarks.clients.ready import BODY, HEADERS
from benchmarks.clients.terms import URL


class Ready(HttpUser):
    host = URL

    @task
    def transcribe(self) -> None:
        assert self.client.post(URL, data=BODY, headers=HEADERS).json()["text"]
