"""Services that make a job of a clip: one request makes it, others ask until it is over.

The way of AssemblyAI (https://www.assemblyai.com/docs/api-reference, upload, transcript, poll) and of batch services,
some of which have the transcript at a place of its own (Speechmatics, Rev AI).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stt_load.api.answers import Read, told_error
from stt_load.api.job_path import JobPath, NoPathError, told
from stt_load.api.names import UPLOAD_PLACE
from stt_load.api.places import look, parsed
from stt_load.api.request import Body, Request, encoded_path
from stt_load.api.verdict import Answer, Failure, Step, Transcript, excerpt, of_status
from stt_load.samples.sample import ErrorKind


@dataclass(frozen=True, slots=True)
class Plan:
    """How one service makes jobs and tells of their end. The places are JMESPath expressions.

    upload_path: where the clip is posted to first, None when it goes with the request that makes the job. fields:
    what that request has in it as JSON when the clip was uploaded; `{upload}` in a text is what stands at `uploaded`
    in the upload's answer. poll: where the job is asked after, by what the answer to its making says. done, failed:
    the words at `status` that end it, in capitals or not. result: where the transcript is then, by what the answer
    says that tells of the end; None when it is in there. interval_s: from an answer to the next question. text: where
    the transcript stands.
    """

    submit_path: str
    upload_path: str | None
    uploaded: str
    fields: Sequence[tuple[str, Any]]
    id: str
    poll: JobPath
    status: str
    done: frozenset[str]
    failed: frozenset[str]
    interval_s: float
    text: str = "text"
    result: JobPath | None = None

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
            is_late = answer.step in ("poll", "result")
            return Failure(ErrorKind.POLL_FAILED, failure.message) if is_late else failure
        if answer.step == "result":
            return read_text(answer)
        document = _document(answer)
        state = None if answer.step == "upload" else told(document, self.status)
        end = self.end_of(state)
        error = None if end == "failed" else told_error(answer, document)
        if error is not None:
            return Failure(ErrorKind.POLL_FAILED, error)
        if end == "done" and self.result is None:
            return read_text(answer)
        if end == "failed":
            return Failure(ErrorKind.POLL_FAILED, f"the job ended as {state}: {excerpt(answer.body)}")
        lack = self._lack(answer.step, document, is_done=end == "done")
        message = f"HTTP {answer.status} to the {answer.step}, {lack}: {excerpt(answer.body)}"
        return Failure(ErrorKind.POLL_FAILED, message)

    def _lack(self, step: Step, document: Any, *, is_done: bool) -> str:
        """Why an answer that does not end the job is its last one."""
        if step == "upload" or (step == "poll" and not is_done):
            return f"nothing at `{self.uploaded if step == 'upload' else self.status}`"
        following = self.result if is_done and self.result is not None else self.poll
        try:
            # Of a poll the id is known from before, or it is what is missing.
            following.after(document, told(document, self.id) if step == "submit" else "")
        except NoPathError as error:
            return str(error)
        return f"and there was nothing at `{self.id}` when it was made"


class Course:
    """One job on its way: `request` is what to send next, None when it is over; `step` is what that is.

    pause_s: how long to wait before that. state: the state seen last, None before there was one.
    """

    def __init__(self, plan: Plan, body: Body) -> None:
        """body: the clip, in a form or as it is."""
        self._plan = plan
        self._id: str | None = None
        self.step: Step = "submit" if plan.upload_path is None else "upload"
        self.request: Request | None = _request("POST", plan.upload_path or plan.submit_path, body)
        self.pause_s = 0.0
        self.state: str | None = None

    def take(self, answer: Answer) -> None:
        """Goes on from the answer to `request`."""
        asked, self.request = self.request, None
        if of_status(answer) is not None or self.step == "result":
            return
        document = _document(answer)
        if told_error(answer, document) is not None:
            return
        if self.step == "upload":
            self._submit(told(document, self._plan.uploaded))
            return
        self.state = told(document, self._plan.status)
        end = self._plan.end_of(self.state)
        if self.step == "submit":
            self._id = told(document, self._plan.id)
        if end == "done":
            self._fetch(document)
        elif self.step == "submit" and end is None:
            self._ask("poll", self._plan.poll, document, self._plan.interval_s)
        elif self.state is not None and end is None:
            self.request, self.pause_s = asked, self._plan.interval_s

    def _submit(self, upload: str | None) -> None:
        if upload is None:
            return
        fields = {name: _put(value, upload) for name, value in self._plan.fields}
        body = json.dumps(fields).encode()
        self.step = "submit"
        self.request = _request("POST", self._plan.submit_path, Body((body,), len(body), "application/json"))

    def _fetch(self, document: Any) -> None:
        """The job is done: its transcript is fetched at once, unless it is there already."""
        if self._plan.result is not None:
            self._ask("result", self._plan.result, document)
        elif self.step == "submit" and not isinstance(look(self._plan.text)(document), str):
            self._ask("poll", self._plan.poll, document)

    def _ask(self, step: Step, path: JobPath, document: Any, pause_s: float = 0.0) -> None:
        try:
            where = path.after(document, self._id)
        except NoPathError:  # which `Plan.read` will say
            return
        self.step, self.pause_s = step, pause_s
        self.request = _request("GET", where, Body((), 0))


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


def _plain(state: str) -> str:
    """As states are compared."""
    return state.strip().casefold()
