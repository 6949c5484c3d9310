"""Who makes the requests of a run: the users of this process, or those of workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from stt_load.clock import clock
from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.load.iterations import Iterations
from stt_load.load.settling import connections
from stt_load.load.timetable import timetable_of
from stt_load.run import collector, read_ahead
from stt_load.run.barrier import Barrier
from stt_load.run.clips import THREADS, Clips
from stt_load.run.context import RunContext, build
from stt_load.run.dispatcher import LocalDispatcher
from stt_load.run.drops import Drops
from stt_load.run.load_watch import Asked, LoadWatch
from stt_load.run.monitor import Monitor
from stt_load.run.order import Order
from stt_load.run.waiting import Condition
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import LOCAL, Clock, RunInfo
from stt_load.samples.sample import Phase, Sample


class Users(Protocol):
    """What Locust says of the users of this suite; those of other classes count for nothing.

    wanted: how many there ought to be; None while Locust is on its way there. running: how many there are.
    trouble: why there are none, as far as it knows.
    """

    @property
    def wanted(self) -> int | None: ...

    @property
    def running(self) -> int: ...

    @property
    def trouble(self) -> str: ...


class Executor(Protocol):
    """Does the work of one run. names: of the processes that do it, by the index in the samples; they may grow.

    users: of all these processes together.
    """

    @property
    def users(self) -> Users: ...

    @property
    def budget(self) -> Iterations: ...

    @property
    def names(self) -> Sequence[str]: ...

    @property
    def leased_again(self) -> int:
        """Iterations that were handed out once more, as those who had them were lost."""

    @property
    def clocks(self) -> dict[str, Clock]:
        """Of those on other machines, by name."""

    def begin(self, barrier: Barrier, order: Order, info: RunInfo, result: Path) -> None:
        """Gets ready; nobody starts before `barrier` is released. result: the file to come."""

    def spread_news(self) -> None:
        """There may be iterations for those who had none."""

    def measure(self) -> None:
        """The warm-up is over: begins to watch itself."""

    @property
    def unsure(self) -> bool:
        """Some process that may have users has not said lately how many: those that are missing may be there."""

    def follow_users(self) -> None:
        """To be called often: takes note of users that are missing."""

    def rest(self) -> None:
        """All answers are in: what comes now is no load any more."""

    def settle(self) -> int:
        """Sees to it that rows have `late_s`. Returns how many have it, from the first on: all after `rest`."""

    def remains(self) -> Sequence[Sample]:
        """At the end: the tries that nothing was ever heard of."""

    def dismiss(self, *, saved: bool) -> None:
        """The run is over. saved: the result is on the disk."""

    def generator(self, listener_errors: int) -> Generator:
        """What the executor has seen of itself since `measure`."""


class LocalExecutor:
    """The users of this process.

    enter: lets them know the context. on_dropped: gets each measured arrival that nobody has sent: whoever sends one
    tells Locust of it, and of these nobody does.
    """

    names = LOCAL
    unsure = False
    leased_again = 0
    clocks: dict[str, Clock] = {}  # noqa: RUF012 - there are none, and nobody adds any

    def __init__(
        self,
        budget: Budget,
        users: Users,
        enter: Callable[[RunContext], None],
        on_dropped: Callable[[Sample], None] = lambda _: None,
    ) -> None:
        self.budget = budget
        self.users = users
        self._enter = enter
        self._on_dropped = on_dropped
        self._condition = Condition()
        self._barrier: Barrier | None = None
        self._drops: Drops | None = None
        self._audio_s: Callable[[int], float] = lambda _: 0.0
        self._clips: Clips | None = None
        self._monitor = Monitor(lambda: budget.in_flight, lambda: budget.present, self._unseen)
        self._load = LoadWatch(self._asked, lambda: None)

    @property
    def barrier(self) -> Barrier:
        assert self._barrier is not None, "an executor begins before it is asked for anything"
        return self._barrier

    def begin(self, barrier: Barrier, order: Order, info: RunInfo, result: Path) -> None:  # noqa: ARG002 - see above
        self._barrier = barrier
        timetable = timetable_of(info.load, info.seed)
        self.budget.follow(info.load, timetable, settles=order.settles)
        dispatcher = LocalDispatcher(self.budget, barrier, self._condition)
        context = build(order.config, order.url, info.seed, dispatcher, self._at_work, info.load)
        self._audio_s, self._clips = context.audio_s, context.audio
        if self.budget.slots.opens:
            self._drops = self._dropping(barrier, self.budget.slots.max_lag_s)
            dispatcher.drop = self._drops.drop
        self._enter(context)

    def spread_news(self) -> None:
        self._condition.notify_all()

    def measure(self) -> None:
        self.budget.slots.barrier_s = barrier_s = self.barrier.barrier_s or clock()
        collector.spare()
        self._monitor.start(barrier_s)
        if self._drops is not None:
            self.barrier.faults.spawn("Arrivals that nobody takes are not dropped", self._drops.run)
            self.barrier.faults.spawn("Connections are not opened before they are needed", self._connect)
            self._read_ahead()

    def follow_users(self) -> None:
        if self.budget.closed:
            self._load.changes.end(clock())
        else:
            self._load.look(clock(), self.budget, measuring=self.barrier.barrier_s is not None)

    def rest(self) -> None:
        self._monitor.stop()
        collector.look_again()

    def settle(self) -> int:
        return self._monitor.settle(self.barrier.table, self.barrier.origin_s)

    def _asked(self) -> Asked:
        """Counting those that run costs something: it is of interest only while they are to become more or fewer."""
        wanted = self.users.wanted
        return Asked(wanted, self.users.running if wanted is None else wanted)

    def _unseen(self, what: str, error: Exception) -> None:
        self.barrier.faults.note(f"What the generator does was not seen to the end: {what} failed", error)

    def remains(self) -> Sequence[Sample]:
        """Arrivals that were due, and waited for a slot, when the run was closed."""
        closed_s = min(self.budget.closed_s, clock())
        left = self.budget.left_waiting()
        return [] if self._drops is None else [self._drops.left(one, closed_s) for one in left]

    def _at_work(self) -> int:
        budget = self.budget
        return budget.slots.users(budget.present, clock()) if budget.open else budget.present

    def _dropping(self, barrier: Barrier, max_lag_s: float) -> Drops:
        def finish(iteration: Iteration, sample: Sample) -> None:
            barrier.finish(iteration, sample, None)
            if iteration.phase is Phase.MEASURED:
                with barrier.faults.caught("Locust was not told of an arrival that was dropped"):
                    self._on_dropped(sample)

        return Drops(self.budget, finish, max_lag_s, barrier.origin_s, self._audio_s)

    def _read_ahead(self) -> None:
        """Where clips take time, they are made before they are due."""
        if self._clips is not None and self._clips.take_time:
            for _ in range(THREADS):
                what = "Clips are not made before they are due any more"
                self.barrier.faults.spawn(what, read_ahead.run, self.budget, self._clips)

    def _connect(self) -> None:
        """Who was in the warm-up waits again by now, and has a connection."""
        load = self.budget.load
        if load is not None:
            self._condition.connect(connections(load, self.budget.timetable, self.budget.median_s()))

    def dismiss(self, *, saved: bool) -> None:
        """There is nobody to tell."""

    def generator(self, listener_errors: int) -> Generator:
        watch, barrier_s = self._monitor.watch(), None if self._barrier is None else self._barrier.barrier_s
        if watch is None or barrier_s is None:
            return Generator(listener_errors=listener_errors)
        return replace(watch.generator(listener_errors), load_changes=self._load.changes.since(barrier_s, clock()))
