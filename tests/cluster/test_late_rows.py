"""When a worker tells its rows: as soon as it is known what stalls have added to them."""

from __future__ import annotations

from typing import Any

import gevent
from gevent import monkey

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.worker_dispatcher import WorkerDispatcher
from stt_load.load.iteration import Iteration
from stt_load.run.monitor import LAG_PERIOD_S
from stt_load.samples.sample import Phase, Sample
from stt_load.samples.table import Samples
from tests.factory import table

block = monkey.get_original("time", "sleep")


class Told:
    """A dispatcher that is measuring, and the rows that it has told."""

    def __init__(self) -> None:
        self.rows: list[Samples] = []
        self.dispatcher = WorkerDispatcher(self._post, lambda: None)
        self.dispatcher.on_state({"open": [clock(), 0.0], "others": 0})
        gevent.sleep(0.02)

    def _post(self, kind: str, data: dict[str, Any]) -> None:
        if kind == protocol.SAMPLES:
            self.rows.append(protocol.unpack_rows(data["rows"], tuple(data["texts"])))

    def finish(self, sent_s: float) -> None:
        """A request that was sent then has been answered now."""
        sample: Sample = next(iter(table(sent_s, clock() - sent_s)))
        self.dispatcher.finish(Iteration(0, 0, Phase.MEASURED), sample, None)


def test_a_row_in_a_stall_is_told_with_what_the_stall_added() -> None:
    told = Told()
    sent_s = clock()
    block(0.1)
    told.finish(sent_s)
    with gevent.Timeout(60):
        while not told.rows:
            gevent.sleep(0.001)
    assert told.rows[0]["late_s"][0] >= 0.1 - LAG_PERIOD_S - 1e-5
    told.dispatcher.abandon()


def test_the_last_row_is_told_whatever_is_known() -> None:
    told = Told()
    sent_s = clock()
    block(0.1)
    told.finish(sent_s)
    told.dispatcher.conclude()
    assert sum(map(len, told.rows)) == 1
    assert told.rows[0]["late_s"][0] >= 0.1 - LAG_PERIOD_S - 1e-5
