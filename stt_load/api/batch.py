"""Services that make a job of a clip: one request makes it, others ask until it is over.

The way of AssemblyAI (https://www.assemblyai.com/docs/api-reference, upload, transcript, poll) and of batch services.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from stt_load.api.answers import Read, told_error
from stt_load.api.places import look, parsed
from stt_load.api.request import Body, Request, encoded_path
from stt_load.api.verdict import Answer, Failure, Step, Transcript, excerpt, of_status
from stt_load.samples.sample import ErrorKind

UPLOAD_PLACE = "{upload}"
ID_PLACE = "{id}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one service makes jobs and tells of their end. The places are JMESPath expressions.

    upload_path: where the clip is posted to first, None when it goes with the request that makes the job. fields:
    what that request has in it as JSON when the clip was uploaded; `{upload}` in a text is what stands at `uploaded`
    in the upload's answer. poll_path: with `{id}` in it. done, failed: the words at `status` that end it, in capitals
    or not. interval_s: from an answer to the next question. text: where the transcript stands.
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
    text: str = "text"

    def end_of(self, state: str | None) -> Literal["done", "failed"] | None:
        """How a job in `state` has ended; None while it goes on. No service has states that differ in case only."""
        if state is None:
            return None
        if _plain(state) in map(_plain, self.done):
            return "done"
        return "failed" if _plain(state) in map(_plain, self.failed) else None

    def read(self, answer: Answer, read_text: Read) -> Transcript | Failure:
        """What the last answer of a job comes down to. read_text: finds the transcript in one that is done."""
        failure = of_status(answer)
        if failure is not None:
            return Failure(ErrorKind.POLL_FAILED, failure.message) if answer.step == "poll" else failure
        document = _document(answer)
        state = None if answer.step == "upload" else _told(document, self.status)
        end = self.end_of(state)
        error = None if end == "failed" else told_error(answer, document)
        if error is not None:
            return Failure(ErrorKind.POLL_FAILED, error)
        if end == "done":
            return read_text(answer)
        if end == "failed":
            return Failure(ErrorKind.POLL_FAILED, f"the job ended as {state}: {excerpt(answer.body)}")
        place = {"upload": self.uploaded, "submit": self.id}.get(answer.step, self.status)
        message = f"HTTP {answer.status} to the {answer.step}, nothing at `{place}`: {excerpt(answer.body)}"
        return Failure(ErrorKind.POLL_FAILED, message)


class Course:
    """One job on its way: `request` is what to send next, None when it is over; `step` is what that is.

    pause_s: how long to wait before that. state: the state seen last, None before there was one.
    """

    def __init__(self, plan: Plan, body: Body) -> None:
        """body: the clip, in a form or as it is."""
        self._plan = plan
        self.step: Step = "submit" if plan.upload_path is None else "upload"
        self.request: Request | None = _request("POST", plan.upload_path or plan.submit_path, body)
        self.pause_s = 0.0
        self.state: str | None = None

    def take(self, answer: Answer) -> None:
        """Goes on from the answer to `request`."""
        asked, self.request = self.request, None
        if of_status(answer) is not None:
            return
        document = _document(answer)
        if told_error(answer, document) is not None:
            return
        if self.step == "upload":
            self._submit(_told(document, self._plan.uploaded))
            return
        self.state = _told(document, self._plan.status)
        if self.step == "submit":
            self._begin(document)
        elif self.state is not None and self._plan.end_of(self.state) is None:
            self.request, self.pause_s = asked, self._plan.interval_s

    def _submit(self, upload: str | None) -> None:
        if upload is None:
            return
        fields = {name: _put(value, upload) for name, value in self._plan.fields}
        body = json.dumps(fields).encode()
        self.step = "submit"
        self.request = _request("POST", self._plan.submit_path, Body((body,), len(body), "application/json"))

    def _begin(self, document: Any) -> None:
        """The job is made. What is done by then is fetched at once, or is there already."""
        plan, number = self._plan, _told(document, self._plan.id)
        end = plan.end_of(self.state)
        if number is None or end == "failed" or (end == "done" and isinstance(look(plan.text)(document), str)):
            return
        self.step = "poll"
        self.pause_s = plan.interval_s if end is None else 0.0
        path = plan.poll_path.replace(ID_PLACE, quote(number, safe="", errors="replace"))
        self.request = _request("GET", path, Body((), 0))


def _request(method: str, path: str, body: Body) -> Request:
    return Request(method, encoded_path(path), body)


def _put(value: Any, upload: str) -> Any:
    if isinstance(value, list):
        return [_put(one, upload) for one in value]
    return value.replace(UPLOAD_PLACE, upload) if isinstance(value, str) else value


def _document(answer: Answer) -> Any:
    """The JSON that an answer is, None where it is none."""
    try:
        return parsed(answer.body)
    except ValueError:
        return None


def _told(document: Any, expression: str) -> str | None:
    """The text or number at `expression`, as a text without blanks around it; None where there is none."""
    value = look(expression)(document)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return str(value).strip() or None


def _plain(state: str) -> str:
    """As states are compared."""
    return state.strip().casefold()
