"""What a user class may say in its own way."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.api.request import Body
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.config import Config
from stt_load.locust_plugin.user_hooks import Hooks
from stt_load.run.context import RunContext, build
from stt_load.samples.sample import ErrorKind


class Odd:
    """A user of which the test says what its hooks return."""

    def __init__(self, returned: Any) -> None:
        self.returned = returned
        self.run_context: RunContext = build(Config(), "http://127.0.0.1:1/x", 1, None, int)  # type: ignore[arg-type]

    def make_body(self, clip: Any, clip_bytes: int) -> Any:
        assert (clip, clip_bytes) == ((b"RIFF",), 4)
        return self.returned

    def read_answer(self, answer: Answer) -> Any:
        assert answer.status == 200
        return self.returned


def test_a_body_without_a_content_type_gets_that_of_the_configuration() -> None:
    user = Odd(Body((b"RIFF",), 4))
    body = Hooks(user).body((b"RIFF",), 4)
    assert body is user.returned
    assert body.content_type == user.run_context.api.form.content_type
    given = Body((b"RIFF",), 4, "audio/odd")
    assert Hooks(Odd(given)).body((b"RIFF",), 4).content_type == "audio/odd"


def test_what_is_no_body_or_no_transcript_is_an_error_that_says_so() -> None:
    hooks = Hooks(Odd(7))
    with pytest.raises(TypeError, match="make_body returned int, not a Body"):
        hooks.body((b"RIFF",), 4)
    verdict = hooks.read(Answer(200, "", None, b""))
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.HOOK_ERROR


def test_what_it_makes_of_an_answer_is_what_counts() -> None:
    said = Transcript("hello")
    assert Hooks(Odd(said)).read(Answer(200, "", None, b"")) == said
