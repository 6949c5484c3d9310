"""The client of protocol submit_poll: several requests that are one to the caller."""

from __future__ import annotations

from collections.abc import Callable

import gevent

from stt_load.api.batch import Course, Plan
from stt_load.api.request import Request
from stt_load.api.verdict import Answer, excerpt
from stt_load.client.exchange import Client, ClientError, Exchange
from stt_load.clock import clock

OnStep = Callable[[Request, Answer, float], None]


class BatchClient(Client):
    """Makes a job of each body through `inner`, and asks until it is over; the last answer counts.

    on_step: is told each request on the way, its answer, and how many seconds that took.
    """

    def __init__(self, inner: Client, plan: Plan, on_step: OnStep | None = None) -> None:
        super().__init__(inner.target)
        self._inner = inner
        self._plan = plan
        self._on_step = on_step
        self._state: str | None = None

    def open(self) -> None:
        self._inner.open()

    def close(self) -> None:
        self._inner.close()

    def perform(self, request: Request, exchange: Exchange) -> None:
        course = Course(self._plan, request.body)
        exchange.uploaded, self._state = 0, None
        while course.request is not None:
            exchange.step = course.step
            if course.step == "poll":
                gevent.sleep(course.pause_s)
                exchange.polls = (exchange.polls or 0) + 1
            step = Exchange(
                exchange.request_id, step=course.step, uploaded=len(course.request.body), pace=exchange.pace
            )
            began_s = clock()
            try:
                self._inner.perform(course.request, step)
            finally:
                _add(exchange, step)
            answer = self._inner.answer(step)
            if self._on_step is not None:
                self._on_step(course.request, answer, clock() - began_s)
            course.take(answer)
            self._state = course.state

    def _overdue(self) -> ClientError:
        """A state that is in no list would be asked after in vain in every run: whoever reads of it can mend that."""
        error = super()._overdue()
        if self._state is not None and self._plan.end_of(self._state) is None:
            state = excerpt(self._state.encode(errors="replace"))
            error.message += f"; the job's state was last `{state}`, which is in neither job.done nor job.failed"
        return error


def _add(whole: Exchange, step: Exchange) -> None:
    """What one step adds to the exchange as a whole: bytes and set-ups together, of the rest the last one's."""
    whole.uploaded += step.uploaded
    whole.received += step.received
    if step.connect_s is not None:
        whole.connect_s, whole.tcp_connect_s = (whole.connect_s or 0.0) + step.connect_s, step.tcp_connect_s
        whole.tls_s = step.tls_s
    whole.connection = step.connection if step.connection is not None else whole.connection
    if step.first_byte_s is not None:
        whole.mark("first_byte", step.first_byte_s)
        whole.status, whole.captured = step.status, step.captured
        whole.header, whole.parts, whole.flaw = step.header, step.parts, step.flaw
