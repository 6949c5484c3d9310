"""Keeping the spool up with what a run has measured, without getting into its way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import gevent

from stt_load.clock import clock
from stt_load.samples.table import SampleTable
from stt_load.storage.spool import Spool

logger = logging.getLogger(__name__)

PERIOD_S = 1.0
LEAST_REST_S = 0.1
SLICE = 100
"""Rows that become text at a time: that takes a millisecond, for which no answer is read and no arrival sent. Then
everybody who is ready has a turn, which under full load takes thirty."""
MOST_SLICES = 20
"""Of what is new at a time; where there are more rows, slices are longer, as it is to be done within a second."""
SOON_S = 1e-6


def give_way() -> None:
    """Lets everyone have a turn who is ready, once, those included whose answer or instant has come meanwhile: it
    takes a timer for that, as `gevent.sleep(0)` comes back before the loop has looked. `gevent.idle` would wait until
    nobody is ready, which under full load is never."""
    gevent.sleep(SOON_S)


class Spooling:
    """Writes what is new in `table` to `spool` each second.

    names: of the workers by index. settled: sees to it that rows have all their values, and says how many do.
    events: writes what else is worth keeping. on_error: nothing more can be written, and why; it is told once, and
    the run goes on without. beside: writes what does not go into the spool, and does not raise; gets what is called
    between slices.
    """

    def __init__(
        self,
        spool: Spool,
        table: SampleTable,
        names: Callable[[], Sequence[str]],
        settled: Callable[[], int],
        events: Callable[[Spool], None],
        on_error: Callable[[Exception], None],
        beside: Callable[[Callable[[], None]], None] = lambda _: None,
    ) -> None:
        self._spool = spool
        self._table = table
        self._names = names
        self._settled = settled
        self._events = events
        self._on_error = on_error
        self._beside = beside
        self._rows = 0
        self._works = True

    def run(self) -> None:
        """Goes on until killed; `catch_up` once more after that."""
        took_s = 0.0
        while True:
            gevent.sleep(max(LEAST_REST_S, PERIOD_S - took_s))
            begun_s = clock()
            self.catch_up(give_way)
            took_s = clock() - begun_s

    def catch_up(self, pause: Callable[[], None] = lambda: None) -> None:
        """What is new goes to the disk. pause: called between slices, to let others have their turn.

        Rows are settled each time, written or not: what a stall has added to them is known for a while only.
        """
        try:
            until = self._settled()
            if self._works:
                self._append(until, pause)
        except Exception as error:
            if self._works:
                self._fail(error)
        self._beside(pause)

    def _fail(self, error: Exception) -> None:
        self._works = False
        self._on_error(error)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else repr(error)
        logger.error("stt-load: %s can't be written any more: %s", self._spool.path, reason)

    def _append(self, until: int, pause: Callable[[], None]) -> None:
        """The rows up to the `until`-th, a few at a time. What comes meanwhile comes next time: this has an end.

        Those that were written are never written again, whatever breaks after that.
        """
        self._spool.workers(self._names())
        size = max(SLICE, (until - self._rows) // MOST_SLICES)
        while self._rows < until:
            part = self._table.snapshot(self._rows, min(size, until - self._rows))
            self._spool.write(part)
            self._rows += len(part)
            pause()
        self._events(self._spool)
        self._spool.flush()
