"""The rows of workers on their way into the run's table."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace

from stt_load.api.verdict import storable
from stt_load.clock import clock
from stt_load.cluster import plausibility, protocol
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.messages import MOST_TEXTS
from stt_load.cluster.protocol import Data
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.iteration import Iteration
from stt_load.load.ledger import Ledger
from stt_load.run.barrier import Barrier
from stt_load.samples.fields import INSTANTS
from stt_load.samples.keeping import keep
from stt_load.samples.sample import Phase, Sample
from stt_load.samples.table import NOT_KEPT, Samples

logger = logging.getLogger(__name__)

MOST_CHARACTERS = 64_000_000
"""Of all texts of one worker together, several times as many as it keeps itself: others are not kept."""
NO_ROOM = NOT_KEPT["headers"]
"""In place of one that is not: as it can be the headers of a row, or its error."""


class Intake:
    """Takes in rows in their order, each once, whatever was sent again on the way.

    on_counted: gets each measured sample that counts. errors: how often it failed, which costs the run no row.
    audio_s: tells how long the clip of an iteration is. most_users: no more there can have been at work. Raises
    `InvalidMessage` where a worker says what can't be: then nothing of that message is taken in.
    """

    barrier: Barrier
    audio_s: Callable[[int], float]

    def __init__(self, ledger: Ledger, on_counted: Callable[[Sample], None], most_users: Callable[[], int]) -> None:
        self.errors = 0
        self.slack_s = plausibility.SLACK_S
        self._ledger = ledger
        self._on_counted = on_counted
        self._most_users = most_users

    def take(self, worker_state: WorkerState, data: Data) -> bool:
        """What a message of kind `samples` brings; False where earlier ones are still to come."""
        if data["first"] > worker_state.rows or not _take_texts(worker_state, data):
            return False
        samples = protocol.unpack_rows(data["rows"], tuple(worker_state.texts))
        try:
            run = self._run(worker_state)
            new, moved_s = self._placed(
                worker_state, Samples(samples.rows[worker_state.rows - data["first"] :], samples.texts), run
            )
            checked = self._checked(worker_state, new, run)
            texts = self._transcripts(data, checked, worker_state.rows - data["first"])
        except plausibility.OutsideRun:
            if not worker_state.doubt(clock()):
                raise
            return False  # what is not acknowledged is told again
        worker_state.doubted_s = None
        if checked:
            worker_state.rows += len(checked)
            worker_state.place(moved_s)
            worker_state.returned(float(new.rows["pause_s"].max()))
            if data["transcript"] is not None:
                self.barrier.first_heard(data["transcript"], data["said"])
            for place, sample in enumerate(checked):
                self._finish(worker_state, sample, texts.get(place))
        worker_state.errors = max(worker_state.errors, data["errors"])
        return True

    def _run(self, worker_state: WorkerState) -> plausibility.RunBounds:
        """What is known of the run that this worker's rows are from."""
        barrier = self.barrier
        return plausibility.RunBounds(
            barrier_s=math.inf if barrier.barrier_s is None else barrier.barrier_s - barrier.origin_s,
            now_s=clock() - barrier.origin_s,
            error_s=worker_state.member.clock.error_s + worker_state.member.jumped_s,
            audio_s=self.audio_s,
            most_users=self._most_users(),
            slack_s=self.slack_s,
            due_s=self._due_s,
            max_lag_s=0.0 if self._ledger.allotment is None else self._ledger.allotment.max_lag_s,
        )

    def _due_s(self, seq: int) -> float | None:
        """When an iteration after the warm-up is due, counted from the run's origin; None: when it is ready."""
        allotment = self._ledger.allotment
        return None if allotment is None else allotment.due_s(seq) - self.barrier.origin_s

    def _placed(self, worker_state: WorkerState, new: Samples, run: plausibility.RunBounds) -> tuple[Samples, float]:
        """Rows that are here for the first time: as those of this worker, on this process's clock. With them by how
        much they may be wrong beside the error of that clock, as it has jumped."""
        new.rows["worker"] = worker_state.number
        offset_s = worker_state.member.clock.offset_s + self.barrier.origin_s
        for name in INSTANTS:
            new.rows[name] -= offset_s
        jumped_s = worker_state.member.jumped_s
        moved = jumped_s > 0 and plausibility.move_into(new.rows, run, jumped_s)
        return new, jumped_s if moved else 0.0

    def _checked(self, worker_state: WorkerState, new: Samples, run: plausibility.RunBounds) -> list[Sample]:
        """The samples that they are, of iterations that are this worker's."""
        samples = plausibility.readable(new)
        plausibility.check(samples, run)
        plausibility.check_texts(samples, worker_state.headers)
        iterations = list(map(_iteration, samples))
        foreign = [iteration for iteration in iterations if not self._ledger.owns(worker_state.member.id, iteration)]
        if foreign:
            seq, attempt = foreign[0].seq, foreign[0].attempt
            raise InvalidMessage(
                f"it returns what it was never given, or a second time (seq {seq}, attempt {attempt})"
            )
        if len(set(iterations)) < len(iterations):
            raise InvalidMessage("it returns the same twice")
        return [
            sample if sample.error is None else replace(sample, error=storable(sample.error)) for sample in samples
        ]

    def _transcripts(self, data: Data, checked: list[Sample], known: int) -> dict[int, str]:
        """Those of the rows that are new, by their place among these."""
        if data["transcripts"] and self.barrier.transcripts is None:
            raise InvalidMessage("it sends transcripts, where no answer is to be scored")
        return plausibility.transcripts_of(data, checked, known)

    def _finish(self, worker_state: WorkerState, sample: Sample, transcript: str | None) -> None:
        iteration = _iteration(sample)
        worker_state.missing.pop(iteration, None)
        if self._ledger.accepts(worker_state.member.id, iteration):
            self.barrier.finish(iteration, sample, transcript)
            try:
                if sample.phase is Phase.MEASURED:
                    self._on_counted(sample)
            except Exception as error:
                self.errors += 1
                logger.exception("stt-load: a sample could not be shown: %s", error)
        else:
            keep(self.barrier.table, replace(sample, phase=Phase.OUTSIDE))


def _iteration(sample: Sample) -> Iteration:
    """The one that its worker says it is of."""
    return Iteration(sample.seq, sample.attempt, sample.phase, level=sample.level, stage=sample.stage)


def _take_texts(worker_state: WorkerState, data: Data) -> bool:
    """Texts that rows of this worker point to; False where earlier ones are still to come."""
    known, begin, told = worker_state.texts, data["texts_from"], data["texts"]
    if begin > len(known):
        return False
    again = known[begin : begin + len(told)]
    if any(old not in (text, NO_ROOM) for old, text in zip(again, told, strict=False)):
        raise InvalidMessage("it says other texts than before")
    new = told[len(again) :]
    if new:
        if len(known) + len(new) > MOST_TEXTS:
            raise InvalidMessage("it has more texts than a worker keeps")
        left = MOST_CHARACTERS - sum(map(len, known))
        for text in new:
            left -= len(text)
            known.append(text if left >= 0 else NO_ROOM)
    return True
