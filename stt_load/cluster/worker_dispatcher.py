"""A worker at work on one run: the dispatcher of its users, and what it tells the master."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from dataclasses import asdict

import gevent
from gevent.event import Event

from stt_load.audio.clip import Clip
from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.cluster.row_sender import RowSender
from stt_load.load.iteration import Iteration
from stt_load.load.leases import Leases
from stt_load.load.timetable import Timetable
from stt_load.run import collector
from stt_load.run.drops import Drops
from stt_load.run.monitor import Monitor
from stt_load.run.waiting import Condition
from stt_load.samples.keeping import keep, timed
from stt_load.samples.run_info import Load
from stt_load.samples.sample import Sample
from stt_load.samples.table import SampleTable
from stt_load.storage.transcripts import Transcripts, Wanted

logger = logging.getLogger(__name__)

PAUSE_S = 0.01
"""Between two messages to the master: what happens meanwhile goes together."""
LOOK_S = 0.01


class WorkerDispatcher:
    """Hands out what the master has leased, and tells it what came of it.

    post: sends a message of this run to the master; raises `ConnectionError` where it can't now.
    on_open: called once, when the warm-up is over everywhere and before the first measured request starts here.
    Instants are those of this machine's monotonic clock. wanted: of which answers the words are. transcripts: what
    keeps them on this machine, where anything does.
    """

    origin_s = 0.0

    def __init__(self, post: Callable[[str, Data], None], on_open: Callable[[], None]) -> None:
        self.table = SampleTable()
        self.first_transcript: str | None = None
        self.first_said: str | None = None
        self.wanted = Wanted()
        self.transcripts: Transcripts | None = None
        self.hide: Callable[[str], str] = str  # the master need not know this process's secrets
        self.barrier: list[float] | None = None
        self.monitor = Monitor(lambda: self._leases.in_flight, lambda: self._leases.slots.present, self.failed)
        self._post = post
        self._on_open = on_open
        self._leases = Leases()
        self.upcoming = self._leases.upcoming
        self._condition = Condition()
        self.errors = 0
        self._others = self._waiting = 0
        self._began_s = self._heard_s = clock()
        self._known_epoch = 0
        self.rows = RowSender(self.table, self.settle, post, self._beside, lambda text: self.hide(text))
        self._drops: Drops | None = None
        self._dropping: gevent.Greenlet[..., None] | None = None
        self._news = Event()
        self._writer = gevent.spawn(self._report_news)

    @property
    def users(self) -> int:
        """In the whole run: those here, and those on other workers as the master told last."""
        slots = self._leases.slots
        present = self._others + slots.present
        return present if self.barrier is None else slots.users(present, clock())

    def failed(self, what: str, error: Exception) -> None:
        """Something of ours failed on this worker, which the run must know; it goes on as well as it can."""
        self.errors = min(self.errors + 1, protocol.MOST_ERRORS)
        logger.error("stt-load: %s failed: %s: %s", what, type(error).__name__, error, exc_info=error)

    @property
    def in_flight(self) -> int:
        """Iterations that were started here and have no result yet."""
        return self._leases.in_flight

    @property
    def in_touch(self) -> bool:
        """The master was heard of lately, and it has heard of this worker."""
        return clock() - self._heard_s <= protocol.FENCE_S

    def follow(self, load: Load, timetable: Timetable, warmup: int, audio_s: Callable[[int], float]) -> None:
        """See `Slots.follow`. audio_s: tells how long the clip of a seq is."""
        slots = self._leases.slots
        slots.follow(load, timetable, warmup)
        if slots.opens:
            self._drops = Drops(
                self, lambda dropped, row: self.finish(dropped, row, None), slots.max_lag_s, 0.0, audio_s
            )

    def starting(self, users: int) -> None:
        self._leases.slots.starting = users
        self._news.set()

    def take(self, slot: Hashable, connect: Callable[[], None] | None = None) -> Iteration:
        self._leases.slots.join(slot)
        self._waiting += 1
        self._news.set()
        try:
            return self._condition.wait_for(self, slot, connect)
        finally:
            self._waiting -= 1
            self._news.set()

    @property
    def arrives(self) -> bool:
        """See `Source`, as with the next three."""
        return self._leases.arrives

    @property
    def closed(self) -> bool:
        """See `Lapsing`, as with the next two."""
        return self._leases.closed

    def lapses_s(self) -> float | None:
        """What it can't send when it is out of touch may be another one's, and is nobody's to drop here."""
        return self._leases.lapses_s() if self.in_touch else None

    def overdue(self, now_s: float) -> list[Iteration]:
        return self._leases.overdue(now_s) if self.in_touch else []

    def may_have(self, slot: Hashable, now_s: float) -> bool:
        return self._leases.may_have(slot, now_s)

    def wakes_s(self, now_s: float) -> float | None:
        return self._leases.wakes_s(now_s)

    def finish(self, iteration: Iteration, sample: Sample, text: str | None, clip: Clip | None = None) -> None:
        self._leases.finish(iteration)
        try:
            # It may have been due before this worker came, and another one's then.
            from_s = self._began_s if iteration.due_s is None else min(self._began_s, iteration.due_s)
            kept = keep(self.table, timed(sample, from_s, clock()))
            if text is not None:
                self._hear(kept, text, clip)
        except Exception as error:
            self.failed("keeping a row", error)
        self._news.set()

    def _hear(self, sample: Sample, text: str, clip: Clip | None) -> None:
        """The words of an answer: they go to the master with the last row, and to the disk."""
        if self.first_transcript is None:
            self.first_transcript = self.hide(text)[: protocol.LONGEST_TRANSCRIPT]
            self.first_said = clip.text[: protocol.LONGEST_TRANSCRIPT] or None if clip is not None else None
        if self.wanted(sample, clip is None or clip.said is not None):
            self.rows.add_transcript(len(self.table) - 1, text[: protocol.LONGEST_TRANSCRIPT])
            if self.transcripts is not None:
                self.transcripts.add(sample, text)

    def withdraw(self, slot: Hashable) -> None:
        self._condition.withdraw(slot)

    def retire(self) -> None:
        self._condition.retire()

    def leave(self, slot: Hashable) -> None:
        self._leases.slots.leave(slot)
        self._condition.leave(slot)
        self._condition.notify_all()
        self._news.set()

    def on_state(self, data: Data) -> None:
        """How things stand, as more than one message says it: any of them may get lost."""
        self._others = data["others"]
        stages, place = self._leases.slots.stages, data.get("place")
        if stages is not None and place is not None and place != [stages.part, stages.parts]:
            stages.part, stages.parts = place
            self._condition.notify_all()
        if self.barrier is None and data["open"] is not None:
            self.barrier = data["open"]
            self._leases.slots.barrier_s = data["open"][0]
            self._on_open()
            collector.spare()
            self.monitor.start(data["open"][0])
            self._begin_arrivals(data.get("connect", 0))

    def _begin_arrivals(self, connections: int) -> None:
        """In an open loop: opens so many connections before the first one is due, and drops what nobody takes."""
        if self._drops is None:
            return
        self._condition.connect(connections)
        self._dropping = gevent.spawn(self._drops.run)
        self._dropping.link_exception(self._on_dropping_died)

    def _on_dropping_died(self, greenlet: gevent.Greenlet[..., None]) -> None:
        assert isinstance(greenlet.exception, Exception)
        self.failed("dropping what nobody takes", greenlet.exception)

    def on_lease(self, data: Data) -> None:
        self.on_state(data)
        self._leases.add(data["epoch"], protocol.unpack_iterations(data["iterations"]))
        self._condition.notify_all()
        if self._leases.surplus:  # the users that they were for have left meanwhile
            self._news.set()

    def on_void(self, data: Data) -> None:
        """The master has taken the lease away; it may not have been this worker's any more anyway."""
        if data["epoch"] >= self._leases.epoch:
            self._leases.epoch = data["epoch"]
            self._renew()

    def on_beat(self, data: Data) -> None:
        """The master is there. What it says it has leased must have come, as messages keep their order."""
        if not self.in_touch:
            self._renew()
        self._heard_s = clock() - data["age_s"]
        self.on_state(data)
        self._known_epoch, leases = data["epoch"], self._leases
        if data["epoch"] == leases.epoch and data["granted"] != leases.received and not leases.closed:
            self._renew()
        watch = self.monitor.watch()
        answer = {"watch": None if watch is None else asdict(watch), "errors": self.errors, "closed": leases.closed}
        self._post(protocol.ECHO, answer | {"sent_s": data["sent_s"], "clock_s": clock()})
        self._news.set()  # what it has told of its users may have got lost
        if self.rows.unanswered:
            self._tell_again()

    def on_ack(self, data: Data) -> None:
        self._leases.acknowledged(self.rows.on_ack(data))
        if data.get("again"):
            self._tell_again()

    def settle(self) -> int:
        """Sees to it that rows have `late_s`; how many have it, from the first on."""
        return self.monitor.settle(self.table, self.origin_s)

    def close(self) -> None:
        """Nothing new starts here any more."""
        self._leases.close()

    def rest(self, limit_s: float) -> None:
        """Waits until nothing is in flight, `limit_s` at most. What users do then, as in `on_stop`, is no load."""
        until_s = clock() + limit_s
        while self._leases.in_flight and clock() < until_s:
            gevent.sleep(LOOK_S)
        self.monitor.stop()
        collector.look_again()

    def conclude(self) -> None:
        """Nothing will come any more: tells the last rows, as such."""
        self.abandon()
        self._leases.renew()
        self.rows.ended = True
        self._tell(self.rows.send)

    def abandon(self) -> None:
        """The run is over, told or not."""
        self.monitor.stop()
        collector.look_again()
        self._writer.kill()
        if self._dropping is not None:
            self._dropping.kill()

    def next(self, slot: Hashable, now_s: float) -> Iteration | None:
        if not self.in_touch:
            # The master may be about to lease these iterations to others.
            self._leases.renew()
            return None
        if self._drops is not None:
            self._drops.drop(now_s)
        return self._leases.take(slot, now_s)

    def _renew(self) -> None:
        self._leases.renew()
        self._news.set()

    def _report_news(self) -> None:
        """Tells the master what is new, at once when there was nothing to tell for a while."""
        while True:
            self._news.wait()
            self._news.clear()
            self._tell(self._tell_news)
            gevent.sleep(PAUSE_S)

    def _tell(self, say: Callable[[], None]) -> None:
        """Locust mends a broken connection, and everything is told again; any other trouble is our own."""
        try:
            say()
        except ConnectionError as error:
            logger.warning("stt-load: telling the master failed: %s", error)
        except Exception as error:
            self.failed("telling the master", error)

    def _tell_again(self) -> None:
        """All that is not acknowledged."""
        self.rows.rewind()
        gevent.spawn(self._tell, self.rows.send)

    def _tell_news(self) -> None:
        """Rows, then what users want."""
        leases = self._leases
        if leases.surplus:
            leases.renew()
        self.rows.send()
        if self.rows.unsettled:
            self._news.set()
        held = None if self._known_epoch == leases.epoch else protocol.pack_iterations(leases.held)
        wants = {
            "epoch": leases.epoch,
            "joined": leases.slots.joined,
            "present": leases.slots.present,
            "starting": leases.slots.starting,
            "waiting": self._waiting,
            "taken": leases.taken,
            "held": held,
        }
        self._post(protocol.WANT, wants)

    def _beside(self, last: bool) -> Data:
        """What goes with rows."""
        watch = self.monitor.watch() if self.rows.ended else None
        return {
            "transcript": self.first_transcript,
            "said": self.first_said,
            "held": protocol.pack_iterations(self._leases.held) if last else None,
            "watch": None if watch is None else asdict(watch),
            "errors": self.errors,
        }
