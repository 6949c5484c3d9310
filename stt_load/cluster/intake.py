"""The rows of workers on their way into the run's table."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.cluster.recruit import Recruit
from stt_load.fields import INSTANTS
from stt_load.keeping import keep
from stt_load.sample import Phase, Sample
from stt_load.samples import Samples
from stt_load.schedule.ledger import Ledger
from stt_load.schedule.phases import Job
from stt_load.session import Session

logger = logging.getLogger(__name__)


class Intake:
    """Takes in rows in their order, each once, whatever was sent again on the way.

    on_counted: gets each measured sample that counts. errors: how often it failed, which costs the run no row.
    """

    session: Session

    def __init__(self, ledger: Ledger, on_counted: Callable[[Sample], None]) -> None:
        self.errors = 0
        self._ledger = ledger
        self._on_counted = on_counted

    def take(self, recruit: Recruit, data: Data) -> bool:
        """What a message of kind `samples` brings; False where earlier ones are still to come."""
        recruit.errors = max(recruit.errors, data["errors"])
        if data["first"] > recruit.rows:
            return False
        recruit.texts[data["texts_from"] :] = data["texts"]
        samples = protocol.unpack_rows(data["rows"], tuple(recruit.texts))
        new = Samples(samples.rows[recruit.rows - data["first"] :], samples.texts)
        if len(new):
            self._place(recruit, new)
            for sample in new:
                self._finish(recruit, sample, data["transcript"])
        return True

    def _place(self, recruit: Recruit, new: Samples) -> None:
        """Rows that are here for the first time: as those of this worker, on this process's clock."""
        recruit.rows += len(new)
        recruit.returned(float(new.rows["pause_s"].max()))
        new.rows["worker"] = recruit.number
        offset_s = recruit.place().offset_s + self.session.origin_s
        for name in INSTANTS:
            new.rows[name] -= offset_s

    def _finish(self, recruit: Recruit, sample: Sample, transcript: str | None) -> None:
        job = Job(sample.seq, sample.attempt, sample.phase)
        recruit.missing.pop(job, None)
        if self._ledger.accepts(recruit.member.id, job):
            self.session.finish(job, sample, transcript)
            if sample.phase is Phase.MEASURED:
                self._show(sample)
        else:
            keep(self.session.table, replace(sample, phase=Phase.OUTSIDE))

    def _show(self, sample: Sample) -> None:
        try:
            self._on_counted(sample)
        except Exception as error:
            self.errors += 1
            logger.exception("stt-load: a sample could not be shown: %s", error)
