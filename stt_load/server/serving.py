"""One service on its way: in the queue, in a slot, over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from stt_load.server.errors import ApiError
from stt_load.server.slots import Turn
from stt_load.server.transcript import Transcript
from stt_load.server.truth import Truth
from stt_load.server.workload import Work


@dataclass(slots=True, eq=False)
class Service:
    """What is made of one question. transcript: may become what it is while the service lasts; known: is done then,
    None where it is already. streams: as a stream. truth: is kept up with its turn."""

    transcript: Transcript
    work: Work
    streams: bool
    truth: Truth
    turn: Turn
    known: asyncio.Future[None] | None = None

    async def start(self) -> float:
        """Waits for a slot; the instant at which it got one, on the loop's clock."""
        await self.turn.started.wait()
        self._note()
        assert self.turn.start_s is not None
        return self.turn.start_s

    async def end(self) -> None:
        """Waits for the end of the service; ApiError 500 where it fails, 400 where the audio can't be read."""
        try:
            await self.turn.ended.wait()
        finally:
            self._note()
        if self.work.fails:
            raise ApiError(500, "The service failed, as its error rate asks for.", code="internal_error")
        await self.heard()

    async def heard(self) -> None:
        """Waits until the transcript is known; ApiError 400 where the audio can't be read after all."""
        if self.known is not None:
            try:
                await asyncio.shield(self.known)
            finally:
                self._note()

    def _note(self) -> None:
        turn, truth = self.turn, self.truth
        truth.slot, truth.start_s, truth.end_s, truth.batch = turn.slot, turn.start_s, turn.end_s, turn.batch
