"""An open loop from the master's timetable to its table: two workers in one process, by the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gevent

from stt_load.clock import clock
from stt_load.samples.run_info import OpenLoop
from stt_load.samples.sample import ErrorKind, Phase, Sample
from tests.cluster.conversation import Conversation, sample_of
from tests.load.timetables import open_loop

RATE = 50


def load(planned: int, max_lag_s: float) -> OpenLoop:
    return open_loop((RATE, RATE, None), planned=planned, max_lag_s=max_lag_s)


class Busy(Conversation):
    """Workers with as many slots as are asked for, each of which works as long as `work_s` says of its worker."""

    def __init__(self, load: OpenLoop, work_s: dict[str, float], slots: int = 3) -> None:
        super().__init__(None, awaited=slots * len(work_s), load=load)
        self.executor._intake.slack_s = 1.0
        self.greenlets = []
        for worker, seconds in work_s.items():
            self.join(worker)
            self.greenlets += [gevent.spawn(self.work, worker, f"{worker}{n}", seconds) for n in range(slots)]

    def work(self, worker: str, slot: str, seconds: float) -> None:
        dispatcher = self.dispatchers[worker]
        while True:
            iteration = dispatcher.take(slot)
            sent_s = clock()
            gevent.sleep(seconds)
            assert iteration.due_s is not None
            sample = sample_of(iteration, iteration.due_s, clock())
            dispatcher.finish(iteration, Sample(**told(sample) | {"sent_s": sent_s}), "a text")

    def until(self, condition: Callable[[], bool], limit_s: float = 60.0) -> list[Sample]:
        """Lets everything be said until `condition` holds; the rows, as they were due."""
        with gevent.Timeout(limit_s):
            while not condition():
                gevent.sleep(0.005)
                self.executor.on_tick(clock())
                for member in self.registry._members.values():
                    member.heard_s = clock()
                for worker in self.dispatchers:
                    self.hear(worker)
                    self.tell(worker)
        gevent.killall(self.greenlets)
        for dispatcher in self.dispatchers.values():
            dispatcher.abandon()
        return sorted(self.barrier.table.snapshot(), key=lambda sample: (sample.seq, sample.attempt))


def told(sample: Sample) -> dict[str, Any]:
    return {name: getattr(sample, name) for name in Sample.__slots__}


def test_each_arrival_is_sent_once_when_it_is_due_by_one_worker_after_the_other() -> None:
    run = Busy(load(30, 5.0), {"a": 0.02, "b": 0.02})
    rows = run.until(lambda: run.executor.budget.done)
    assert [(row.seq, row.attempt, row.phase) for row in rows] == [(seq, 0, Phase.MEASURED) for seq in range(30)]
    barrier_s = (run.barrier.barrier_s or 0.0) - run.barrier.origin_s
    for row in rows:
        assert abs(row.start_s - barrier_s - 1.0 - row.seq / RATE) < 1e-6
        assert row.sent_s is not None
        assert row.sent_s >= row.start_s
    assert set(Counter(row.worker for row in rows).values()) == {15}
    assert {row.error_kind for row in rows} == {None}


def test_what_no_slot_of_its_worker_takes_in_time_is_dropped_there_though_nobody_asks() -> None:
    run = Busy(load(20, 2.0), {"a": 60.0, "b": 0.02}, slots=2)
    rows = run.until(lambda: run.executor.budget.measured_results == 18)
    dropped = [row for row in rows if row.error_kind is ErrorKind.DROPPED]
    assert len(dropped) == 8, "of its ten, two are in flight"
    assert {row.worker for row in dropped} == {0}
    assert all(abs(row.done_s - row.start_s - 2.0) < 1e-6 and row.sent_s is None for row in dropped)
    assert len([row for row in rows if row.ok]) == 10
