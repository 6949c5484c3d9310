"""One service on its way: in the queue, in a slot, over."""

from __future__ import annotations

import asyncio

from stt_load.server import misbehaviour
from stt_load.server.errors import ApiError
from stt_load.server.slots import Job, Slots
from stt_load.server.transcript import Transcript
from stt_load.server.truth import Truth
from stt_load.server.workload import Work


class Service:
    """What is made of one question. kind: how it is to go wrong, None not at all. truth: is kept up with it."""

    def __init__(self, transcript: Transcript, work: Work, kind: str | None, truth: Truth) -> None:
        self.transcript = transcript
        self.work = work
        self.misbehaviour = kind
        self.truth = truth
        self._started = asyncio.Event()
        self._ended = asyncio.Event()
        self._job: Job | None = None

    @property
    def is_fit_for_a_stream(self) -> bool:
        """Whether it comes as far as to one."""
        return not self.work.fails and self.misbehaviour not in misbehaviour.WHOLE_ONLY

    @property
    def has_started(self) -> bool:
        return self._started.is_set()

    def submit(self, slots: Slots, service_s: float) -> None:
        """Gets into the queue, for service_s seconds in a slot."""
        self._job = Job(self.truth.arrival_s, service_s, self._ended.set, self._started.set)
        slots.submit(self._job)

    async def start(self) -> float:
        """Waits for a slot; the instant at which it got one, on the loop's clock."""
        await self._started.wait()
        self._note()
        assert self.truth.start_s is not None
        return self.truth.start_s

    async def end(self) -> None:
        """Waits for the end of the service; ApiError 500 where it fails."""
        try:
            await self._ended.wait()
        finally:
            self._note()
        if self.work.fails:
            raise ApiError(500, "The service failed, as its error rate asks for.", code="internal_error")

    def _note(self) -> None:
        job, truth = self._job, self.truth
        if job is not None:
            truth.slot, truth.start_s, truth.end_s = job.slot, job.start_s, job.end_s
