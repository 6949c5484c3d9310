"""What a user class of somebody's own may say in its own way: a request's body, and what an answer comes down to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from stt_load.api.request import Body, Part
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript, checked
from stt_load.run.context import RunContext


class Speaker(Protocol):
    """A user, whose class may override these."""

    @property
    def run_context(self) -> RunContext: ...

    def make_body(self, clip: Sequence[Part], clip_bytes: int) -> Body: ...

    def read_answer(self, answer: Answer) -> Transcript | Failure: ...


class Hooks:
    """The API's language as a user's class has it, whose `make_body` and `read_answer` may be its own."""

    def __init__(self, user: Speaker) -> None:
        self._user = user

    def body(self, audio: Sequence[Part], audio_bytes: int) -> Body:
        body: Any = self._user.make_body(audio, audio_bytes)
        if not isinstance(body, Body):
            raise TypeError(f"make_body returned {type(body).__name__}, not a Body")
        body.content_type = body.content_type or self._user.run_context.api.form.content_type
        return body

    def follow(self) -> Stream | None:
        return self._user.run_context.api.follow()

    def read(self, answer: Answer) -> Transcript | Failure:
        return checked(self._user.read_answer(answer))
