"""The client of `api.call`: a function of the user's own, timed and judged as a request is."""

from __future__ import annotations

import io
from typing import Any

from stt_load.api.request import Body, Request
from stt_load.api.verdict import Answer, described, of_status
from stt_load.client.exchange import Client, ClientError, Exchange
from stt_load.client.hook import Call
from stt_load.client.target import Target
from stt_load.samples.fields import in_range
from stt_load.samples.sample import ErrorKind


class CallClient(Client):
    """Hands each body to `call` as a file, and takes what it returns for the answer's text."""

    def __init__(self, target: Target, call: Call) -> None:
        super().__init__(target)
        self._call = call
        self._clip = io.BytesIO()

    def post(self, body: Body, exchange: Exchange) -> Answer:
        self._clip = io.BytesIO(b"".join(body.parts))  # made before the clock starts
        return super().post(body, exchange)

    def close(self) -> None:
        """Connections are the function's own."""

    def perform(self, request: Request, exchange: Exchange) -> None:  # noqa: ARG002 - it is in the clip
        try:
            text: Any = self._call(self._clip)
        except (Exception, SystemExit) as error:  # one call is not the end of the run
            failure = _failure(error, exchange)
            raise failure from (error if exchange.status is None else None)  # an answer is no limit of ours
        if not isinstance(text, str):
            raise ClientError(ErrorKind.NO_TEXT, f"the function returned {type(text).__name__}, not a text")
        exchange.status, exchange.parts = 200, [text.encode(errors="replace")]


def _failure(error: Exception | SystemExit, exchange: Exchange) -> ClientError:
    """An exception that knows of a status, as those of requests, httpx and the OpenAI SDK do, is that failure."""
    message = described(error)
    status = getattr(error, "status_code", getattr(getattr(error, "response", None), "status_code", None))
    if isinstance(status, int) and not isinstance(status, bool):
        exchange.status = int(status)
        failure = of_status(Answer(exchange.status, "", None, b"")) if in_range("status", status) else None
        if failure is not None:
            return ClientError(failure.kind, message)
    timed_out = isinstance(error, TimeoutError) or "Timeout" in type(error).__name__
    return ClientError(ErrorKind.TIMEOUT_TOTAL if timed_out else ErrorKind.HOOK_ERROR, message)
