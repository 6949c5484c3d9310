"""One API as configured: what is around a clip, the transcript in an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stt_load.wire.answers import Read
from stt_load.wire.form import Bare, Body, Form, Part
from stt_load.wire.verdict import Answer, Failure, Transcript, of_status

MASK = "***"


class Speech:
    """How one service is spoken to. form: what is around the audio. read_text: finds the text in a 2xx answer.

    secrets: what no message may repeat, should the server echo it.
    """

    def __init__(self, form: Form | Bare, read_text: Read, secrets: Sequence[str] = ()) -> None:
        self.form = form
        self._read_text = read_text
        self._secrets = tuple(secrets)

    def body(self, audio: Sequence[Part], audio_bytes: int) -> Body:
        """The request's body around `audio`, parts of `audio_bytes` bytes in all."""
        return self.form.around(audio, audio_bytes)

    def read(self, answer: Answer) -> Transcript | Failure:
        """What an answer comes down to."""
        verdict = of_status(answer) or self._read_text(answer)
        if isinstance(verdict, Failure) and self._secrets:
            # Before the message is cut to its length, or half a secret might be left of one.
            cleaned = replace(answer, body=self._without_secrets(answer.body))
            verdict = of_status(cleaned) or self._read_text(cleaned)
        return verdict

    def hide(self, message: str) -> str:
        """`message` without the secrets."""
        return hide(message, self._secrets)

    def _without_secrets(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode(), MASK.encode())
        return body


def hide(message: str, secrets: Sequence[str]) -> str:
    """`message` without `secrets`, the longest of which come first."""
    for secret in secrets:
        message = message.replace(secret, MASK)
    return message
