"""One start of the load test with all that goes with it: lifecycle, barrier, executor, screen, result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import gevent

from stt_load import __version__
from stt_load.load.profile import measured_for_s
from stt_load.run.barrier import Barrier
from stt_load.run.ends import EndRule, rules, unmet
from stt_load.run.executor import Executor
from stt_load.run.faults import Faults
from stt_load.run.lifecycle import Ending, InFlight, Lifecycle
from stt_load.run.order import Order
from stt_load.run.readiness import wait_ready
from stt_load.run.result import Result
from stt_load.run.screen import Screen
from stt_load.run.user_watch import UserWatch
from stt_load.samples.keeping import keep
from stt_load.samples.run_info import RunInfo, host, now, versions
from stt_load.stats.summary import warmup
from stt_load.storage.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class LocustControls:
    """What a run asks of Locust: how many users are wanted, a clean slate, and the end of its users."""

    wanted: Callable[[], int]
    reset_statistics: Callable[[], None]
    stop_users: Callable[[], None]


class Run:
    """What `order` asks for, done by `users` users of class `user_class` in `executor`.

    in_flight: ends what they have in flight. watches: what else is to go on while it lasts, until killed, each with
    what it is that it isn't done any more.
    """

    def __init__(
        self,
        order: Order,
        executor: Executor,
        in_flight: InFlight,
        controls: LocustControls,
        screen: Screen,
        *,
        users: int,
        user_class: str,
    ) -> None:
        self.order = order
        self.executor = executor
        self.controls = controls
        self.screen = screen
        self._hide = order.hider()
        self.faults = Faults(self._hide)
        self.lifecycle = self._life(in_flight)
        self.barrier = self._gate()
        self.info = begun(order, executor.names, users, user_class)
        self.barrier.measure_for_s = measured_for_s(self.info.load, order.config.measure_for)
        self.barrier.ends = self._ends()
        self.result = Result(order, self.info, self.barrier, executor, screen, self._hide)
        self._users_watch = UserWatch(self.barrier, executor, controls.wanted, controls.wanted())
        self.watches: list[tuple[str, Callable[[], None]]] = []
        self._greenlets: list[gevent.Greenlet[..., None]] = []
        try:
            executor.begin(self.barrier, order, self.info, self.result.path)
        except BaseException:
            self.abandon()
            raise

    def _ends(self) -> tuple[EndRule, ...]:
        config, load = self.order.config, self.info.load
        requests = None if config.total_requests is None else config.total_requests - config.warmup_requests
        precise = rules(config.stop_when, load, self.barrier.table, self.faults, self._end)
        return (*precise, *unmet(config.slo, load, requests))

    def start(self) -> None:
        """Says what is going to happen and lets the users go once the service is there."""
        self.info = replace(self.info, workers=tuple(self.executor.names))
        self.screen.started(self.info)
        spawn = self.faults.spawn
        self._greenlets = [
            spawn("The service could not be waited for", self._get_ready),
            spawn("The spool is not kept up any more", self.result.keep_spool),
            spawn("The users are not watched any more", self._users_watch.run),
            spawn("The progress is not shown any more", self.screen.follow, self.barrier),
            *(spawn(what, work) for what, work in self.watches),
        ]

    def abandon(self) -> None:
        """It could not be started: nothing was sent, and nothing of it stays."""
        gevent.killall(self._greenlets)
        with suppress(OSError):
            self.result.discard()
        with self.faults.caught("The workers could not be told that there is no run"):
            self.executor.dismiss(saved=True)  # they have nothing to keep

    def finish(self) -> RunRecord:
        """The end: no user runs any more. Writes the result, shows the report; whatever breaks, the rest is done."""
        caught = self.faults.caught
        self._rest()
        gevent.killall(self._greenlets)
        with caught("Tries of lost workers are missing"):
            for sample in self.executor.remains():
                keep(self.barrier.table, sample)
        with caught("What standstills can have added to rows is not known"):
            self.executor.settle()
        with caught("That the result is being saved was not shown"):
            self.screen.saving(len(self.barrier.table))
        run = self.result.save(self.info)
        noted = self.faults.count
        with caught("The workers could not be told that the run is over"):
            spooled = run.path is not None or self.order.level is not None
            self.executor.dismiss(saved=spooled and not self.result.unread)
        with caught("The report could not be shown"):
            self.screen.finished(run)
        return run if self.faults.count == noted else run.invalid(self.result.doubted(run.info))

    def _life(self, in_flight: InFlight) -> Lifecycle:
        config = self.order.config
        return Lifecycle(
            self.executor.budget,
            in_flight,
            self.faults,
            drain_s=config.drain,
            longest_s=config.api.timeout.total,
            rest=self._rest,
            stop_users=self.controls.stop_users,
        )

    def _gate(self) -> Barrier:
        config = self.order.config
        return Barrier(
            self.executor.budget,
            self.lifecycle,
            self.faults,
            measure_for_s=config.measure_for,
            continue_on_dead_warmup=config.continue_on_dead_warmup,
            most_failures=config.max_consecutive_failures,
            on_barrier=self._on_barrier,
            on_news=self.executor.spread_news,
        )

    def _on_barrier(self) -> None:
        """Whatever goes wrong here goes wrong in a user: it is counted, and the run goes on."""
        caught = self.faults.caught
        with caught("Locust's statistics count the warm-up, too"):
            self.controls.reset_statistics()
        with caught("The end of the warm-up was not shown"):
            result = self.result
            self.screen.measuring(warmup(self.barrier.table.snapshot()), result.first_transcript, result.first_said)
        with caught("The generator's watch on itself is missing"):
            self.executor.measure()

    def _rest(self) -> None:
        with self.faults.caught("The generator's watch on itself could not be ended"):
            self.executor.rest()

    def _end(self, ending: Ending) -> None:
        if not self.lifecycle.closed:
            self.lifecycle.end(ending.reason, ending.detail)

    def _get_ready(self) -> None:
        trouble, config = None, self.order.config
        if config.wait_ready and config.api.call is None:
            with self.faults.caught("Whether the service was ready is not known"):
                trouble = wait_ready(self.order.target(), self.order.health_path, config.wait_ready)
        if trouble is not None:
            self.lifecycle.end("not_ready", self._hide(trouble))
            return
        with self.faults.caught("The beginning of the warm-up was not shown"):
            self.screen.warming_up()
        self.barrier.release()


def begun(order: Order, names: Iterable[str], users: int, user_class: str) -> RunInfo:
    """What is known of a run of `order` as it begins. names: of its workers. users, user_class: as of `Run`."""
    seed = order.seed()
    return RunInfo(
        version=__version__,
        versions=versions(),
        host=host(),
        seed=seed,
        seed_given=order.config.seed is not None,
        pack_digest=order.digest,
        left_out=order.left_out,
        config_file=order.file,
        target=order.shown_url,
        user_class=user_class,
        users=users,
        workers=tuple(names),
        started_at=now(),
        load=order.load(users, seed),
        levels=order.levels,
        gate=order.gate,
    )
