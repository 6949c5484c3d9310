"""Requests that brought no transcript, to give advice on."""

from __future__ import annotations

from typing import Any

from stt_load.api.verdict import Answer, Failure, Step, of_status
from stt_load.cli.advice import advice
from stt_load.cli.tried import Tried
from stt_load.config import ApiConfig
from stt_load.samples.sample import ErrorKind

URL = "http://stt.example:8000/v1/audio/transcriptions"


def told(kind: ErrorKind, message: str = "", url: str = URL, **api: Any) -> str:
    """The advice on a request without an answer."""
    return "\n".join(advice(Tried(ApiConfig.model_validate(api), url, Failure(kind, message))))


def refused(
    status: int,
    body: str = "",
    location: str | None = None,
    keys: tuple[str, ...] = (),
    url: str = URL,
    step: Step = "request",
    **api: Any,
) -> str:
    """The advice on a refusal."""
    answer = Answer(status, "application/json", location, body.encode(), step=step)
    failure = of_status(answer)
    assert failure is not None
    config = ApiConfig.model_validate(api)
    return "\n".join(advice(Tried(config, url, failure, answer, key_places=keys, clip_bytes=32_044)))


def unread(kind: ErrorKind, body: str, message: str = "", step: Step = "request", **api: Any) -> str:
    """The advice on an answer in which no transcript was found."""
    answer = Answer(200, "application/json", None, body.encode(), step=step)
    return "\n".join(advice(Tried(ApiConfig.model_validate(api), URL, Failure(kind, message), answer)))
