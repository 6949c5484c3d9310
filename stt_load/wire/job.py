"""Services that make a job of a clip: one request makes it, others ask until it is over.

The way of AssemblyAI (https://www.assemblyai.com/docs/api-reference, upload, transcript, poll) and of batch services.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from stt_load.sample import ErrorKind
from stt_load.wire.answers import Read
from stt_load.wire.places import look
from stt_load.wire.request import Body, Request
from stt_load.wire.verdict import Answer, Failure, Step, Transcript, excerpt, of_status

UPLOAD_PLACE = "{upload}"
ID_PLACE = "{id}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one service makes jobs and tells of their end. The places are JMESPath expressions.

    upload_path: where the clip is posted to first, None when it goes with the request that makes the job. fields:
    what that request has in it as JSON when the clip was uploaded; `{upload}` in a text is what stands at `uploaded`
    in the upload's answer. poll_path: with `{id}` in it. done, failed: the words at `status` that end it. interval_s:
    from an answer to the next question.
    """

    submit_path: str
    upload_path: str | None
    uploaded: str
    fields: Sequence[tuple[str, Any]]
    id: str
    poll_path: str
    status: str
    done: frozenset[str]
    failed: frozenset[str]
    interval_s: float

    def read(self, answer: Answer, read_text: Read) -> Transcript | Failure:
        """What the last answer of a job comes down to. read_text: finds the transcript in one that is done."""
        failure = of_status(answer)
        if answer.step != "poll":
            return failure or _none(answer, self.uploaded if answer.step == "upload" else self.id)
        if failure is not None:
            return Failure(ErrorKind.POLL_FAILED, failure.message)
        status = _found(answer, self.status)
        if status in self.done:
            return read_text(answer)
        if status in self.failed:
            return Failure(ErrorKind.POLL_FAILED, f"the job ended as {status}: {excerpt(answer.body)}")
        return _none(answer, self.status)


class Course:
    """One job on its way: `request` is what to send next, None when it is over; `step` is what that is."""

    def __init__(self, plan: Plan, body: Body) -> None:
        """body: the clip, in a form or as it is."""
        self._plan = plan
        self.step: Step = "submit" if plan.upload_path is None else "upload"
        self.request: Request | None = Request("POST", plan.upload_path or plan.submit_path, body)

    def take(self, answer: Answer) -> None:
        """Goes on from the answer to `request`."""
        asked, self.request = self.request, None
        if of_status(answer) is not None:
            return
        if self.step == "upload":
            self._submit(_found(answer, self._plan.uploaded))
        elif self.step == "submit":
            self._poll(_found(answer, self._plan.id))
        elif _found(answer, self._plan.status) not in (None, *self._plan.done, *self._plan.failed):
            self.request = asked

    def _submit(self, upload: str | None) -> None:
        if upload is None:
            return
        fields = {name: _put(value, upload) for name, value in self._plan.fields}
        body = json.dumps(fields).encode()
        self.step = "submit"
        self.request = Request("POST", self._plan.submit_path, Body((body,), len(body), "application/json"))

    def _poll(self, number: str | None) -> None:
        if number is None:
            return
        self.step = "poll"
        self.request = Request("GET", self._plan.poll_path.replace(ID_PLACE, quote(number, safe="")), Body((), 0))


def _put(value: Any, upload: str) -> Any:
    if isinstance(value, list):
        return [_put(one, upload) for one in value]
    return value.replace(UPLOAD_PLACE, upload) if isinstance(value, str) else value


def _found(answer: Answer, expression: str) -> str | None:
    """The text or number at `expression`, as a text; None where there is none."""
    try:
        value = look(expression)(json.loads(answer.body))
    except (ValueError, RecursionError):
        return None
    is_one = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return str(value) if is_one else None


def _none(answer: Answer, expression: str) -> Failure:
    """There is nothing at `expression`, so that it can't go on."""
    message = f"HTTP {answer.status} to the {answer.step}, nothing at `{expression}`: {excerpt(answer.body)}"
    return Failure(ErrorKind.POLL_FAILED, message)
