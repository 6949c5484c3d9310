"""One API as configured: what is around a clip, the transcript in an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from stt_load.api.answers import Read
from stt_load.api.batch import Plan
from stt_load.api.form import Bare, Form
from stt_load.api.redaction import Redactor
from stt_load.api.request import Body, Part
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript, of_status, with_processing


class Api:
    """How one service is spoken to. form: what is around the audio. read_text: finds the text in a 2xx answer.

    secrets: what no message may repeat, should the server echo it. follow: makes what follows a streamed answer, None
    where answers are read as a whole. plan: of the job that is made of a clip, None where there is none. told_in: the
    header that tells the time spent on a clip, in lower case, and its unit in seconds; of a job the last answer's.
    """

    def __init__(
        self,
        form: Form | Bare,
        read_text: Read,
        secrets: Sequence[str] = (),
        follow: Callable[[], Stream] | None = None,
        plan: Plan | None = None,
        told_in: tuple[str, float] | None = None,
    ) -> None:
        self.form = form
        self.plan = plan
        self._read_text = read_text
        self._follow = follow
        self._told_in = told_in
        self._redactor = Redactor(secrets)

    def body(self, audio: Sequence[Part], audio_bytes: int) -> Body:
        """The request's body around `audio`, parts of `audio_bytes` bytes in all."""
        return self.form.around(audio, audio_bytes)

    def follow(self) -> Stream | None:
        """What is to follow the next answer as it comes; None where answers are read as a whole."""
        return None if self._follow is None else self._follow()

    def read(self, answer: Answer) -> Transcript | Failure:
        """What an answer comes down to."""
        verdict = self._judge(answer)
        if isinstance(verdict, Failure):
            # Before the message is cut to its length, or half a secret might be left of one.
            location = None if answer.location is None else self.hide(answer.location)
            body = self._redactor.data(answer.body)
            if (body, location) != (answer.body, answer.location):  # a stream of 16 MB takes seconds to be read again
                verdict = self._judge(replace(answer, body=body, location=location), again=True)
        elif self._told_in is not None:
            name, unit_s = self._told_in
            verdict = with_processing(verdict, answer.header(name), unit_s)
        return verdict

    def _judge(self, answer: Answer, again: bool = False) -> Transcript | Failure:
        """again: the body is not what the stream has followed."""
        if self.plan is not None:
            return self.plan.read(answer, self._read_text)
        failure = of_status(answer)
        if failure is not None or answer.stream is None:
            return failure or self._read_text(answer)
        return answer.stream.again(answer) if again else answer.stream.read(answer)

    def hide(self, message: str) -> str:
        """`message` without the secrets."""
        return self._redactor.text(message)
