"""Where the users of this Locust process run: in itself, or on its workers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from locust.env import Environment
from locust.exception import RPCError
from locust.runners import STATE_MISSING, STATE_RUNNING, STATE_SPAWNING, MasterRunner

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import Needs, WorkerRegistry
from stt_load.config import Config
from stt_load.load.budget import Budget
from stt_load.load.ledger import Ledger
from stt_load.locust_plugin import quirks, shown_errors, user_starts
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.receiving import Receiver
from stt_load.locust_plugin.user_counts import UserCounts
from stt_load.locust_plugin.user_stop import UserStop
from stt_load.run.executor import Executor, LocalExecutor
from stt_load.run.lifecycle import InFlight
from stt_load.run.load_watch import Asked
from stt_load.samples.sample import Sample

if TYPE_CHECKING:
    from stt_load.cluster.remote_executor import RemoteExecutor

LOOK_S = 0.01
SPARE_USERS, LEAVING = 1_000, 10
"""Users that are on their way out while others come are there beside them; how many depends on how often and how
quickly their number is changed. So many, and so many times those that are wanted, there never are."""

logger = logging.getLogger(__name__)


class Executors(InFlight, Protocol):
    """Provides the executor of each run, and ends what its users have in flight."""

    @property
    def all_lost(self) -> bool:
        """Of the workers that took part in this run none is left."""

    @property
    def unconfirmed(self) -> int:
        """Workers that are there and have not introduced themselves."""

    def executor(self, config: Config, awaited: int, *, level: bool = False) -> Executor:
        """An executor for a run. awaited: users that the barrier waits for, none for a ramp. level: the run is a
        level of several, and users stay when it is over."""


class LocalExecutors:
    """The users are in this process, where Locust itself waits for them.

    reports: count what Locust has no event for.
    """

    all_lost = False
    unconfirmed = 0

    def __init__(self, environment: Environment, reports: Reports) -> None:
        self._environment = environment
        self._reports = reports
        assert environment.runner is not None
        self._runner = environment.runner
        self._budget: Budget | None = None
        self._user_stop = UserStop(self._runner.user_greenlets, lambda: self._in_flight)

    @property
    def _in_flight(self) -> int:
        return 0 if self._budget is None else self._budget.in_flight

    def executor(self, config: Config, awaited: int, *, level: bool = False) -> Executor:  # noqa: ARG002 - they stay
        self._user_stop.over()
        budget = self._budget = Budget(
            config.total_requests, config.warmup_requests, awaited, config.accuracy.repeat_check
        )
        return LocalExecutor(
            budget,
            UserCounts(self._runner),
            lambda context: user_starts.enter(self._environment, context),
            lambda sample: show(self._environment, self._reports, sample),
        )

    def finish(self, limit_s: float) -> None:
        until_s = clock() + limit_s
        while self._in_flight and clock() < until_s:
            gevent.sleep(LOOK_S)

    def drain(self, limit_s: float) -> None:
        """Locust's stop_timeout does it, but for users that don't end even then. To stop a thousand slots that wait
        takes the loop half a second, so in an open loop that waits until the answers are in."""
        self._user_stop.watch(limit_s)
        if self._budget is not None and self._budget.slots.opens:
            self.finish(limit_s)
            if self._in_flight:
                self.cut()

    def cut(self) -> None:
        self._user_stop.cut()


def show(environment: Environment, reports: Reports, sample: Sample) -> None:
    """On Locust's screens, which know nothing of what is unfinished. An arrival that was dropped, or lost with its
    worker, is one of the failed ones there, too, though no request was made that Locust could tell listeners of."""
    if not sample.unfinished:
        reports.count(environment.stats, sample, shown_errors.of(environment, sample))


class RemoteExecutors:
    """The users are on workers.

    needs: what each worker must have. reports: what Locust's screens count.
    on_refused: called with the number of workers that are left when one was refused. on_error: called with what
    could not be done, and why.
    """

    def __init__(
        self,
        runner: MasterRunner,
        needs: Needs,
        reports: Reports,
        on_refused: Callable[[int], None],
        on_error: Callable[[str, Exception], None],
    ) -> None:
        # Imported here, with all that keeps account of workers: a process without any is not to wait for it.
        from stt_load.cluster.remote_executor import RemoteExecutor

        self._runner = runner
        self._reports = reports
        self._on_error = on_error
        self._most_wanted = 0
        self._receiver = Receiver.of(runner)
        self._executor: RemoteExecutor | None = None
        self._is_level = False
        self._distribution: gevent.Greenlet[..., None] | None = None
        self._registry = WorkerRegistry(_Connection(runner, self._receiver), needs, on_refused, on_error)
        self._receiver.on_invalid_message, self._receiver.on_error = self._registry.refuse, on_error
        self._receiver.most_users, self._receiver.may_end = self._most_users, self._may_end
        self._listen(protocol.HELLO, self._registry.on_hello)
        self._listen(protocol.FIT, self._registry.on_fit)
        self._listen(protocol.ECHO, self._on_echo)
        self._listen(protocol.BYE, self._on_bye)
        self._listen(protocol.WANT, self._on(RemoteExecutor.on_want))
        self._listen(protocol.SAMPLES, self._on(RemoteExecutor.on_samples))

    @property
    def all_lost(self) -> bool:
        return self._executor is not None and self._executor.all_lost

    @property
    def unconfirmed(self) -> int:
        return self._registry.unconfirmed

    def executor(self, config: Config, awaited: int, *, level: bool = False) -> Executor:
        self._is_level = level
        shown_errors.begin(self._runner.environment)
        from stt_load.cluster.remote_executor import RemoteExecutor

        repeat_check = config.accuracy.repeat_check
        ledger = Ledger(config.total_requests, config.warmup_requests, awaited, repeat_check)
        self._executor = RemoteExecutor(
            self._registry,
            ledger,
            UserCounts(self._runner),
            asked=self._asked,
            distribute=self._distribute,
            on_counted=self._show,
            most_users=self._most_users,
        )
        return self._executor

    def finish(self, limit_s: float) -> None:
        if self._executor is not None:
            self._executor.drain(limit_s, goes_on=self._is_level)

    def drain(self, limit_s: float) -> None:
        if self._executor is not None:
            self._executor.drain(limit_s)

    def cut(self) -> None:
        if self._executor is not None:
            self._executor.cut()

    @property
    def _takes_part(self) -> bool:
        """Workers have a run, or had one whose users stay, for the next level."""
        stay = self._is_level and self._runner.state in (STATE_RUNNING, STATE_SPAWNING)
        return self._registry.listener is not None or stay

    def _asked(self) -> Asked:
        counts = UserCounts(self._runner)
        if counts.wanted is not None:
            return Asked(counts.wanted, counts.running)
        # Those that are to stop count until their last request has ended.
        return Asked(None, min(counts.running, int(self._runner.target_user_count)))

    def _most_users(self) -> int:
        """No more there can be at a time: Locust was never asked for so many, and those on their way out are few."""
        self._most_wanted = max(self._most_wanted, int(self._runner.target_user_count))
        return SPARE_USERS + LEAVING * self._most_wanted

    def _distribute(self) -> None:
        if self._distribution is None or self._distribution.ready():
            self._distribution = gevent.spawn(quirks.distribute_anew, self._runner)
            self._distribution.link_exception(self._on_distribution_error)

    def _on_distribution_error(self, greenlet: gevent.Greenlet[..., None]) -> None:
        assert isinstance(greenlet.exception, Exception)
        self._on_error("distributing the users anew", greenlet.exception)

    def _show(self, sample: Sample) -> None:
        show(self._runner.environment, self._reports, sample)

    def _listen(self, kind: str, listener: Callable[[str, Data], None]) -> None:
        def heard(msg: Any, **_: Any) -> None:
            try:
                listener(msg.node_id, msg.data)
            except InvalidMessage as invalid:
                self._receiver.refuse(msg.node_id.encode(), str(invalid))
            except Exception as error:
                self._on_error(f"the message {kind}", error)

        self._runner.register_message(kind, heard)

    def _on_echo(self, worker: str, data: Data) -> None:
        member = self._registry.member(worker)
        if member is None:
            return
        self._registry.on_echo(member, data)
        # It may not have heard of this run.
        if self._executor is not None and self._registry.listener is self._executor:
            self._executor.on_echo(worker, data)

    def _on_bye(self, worker: str, _: Data) -> None:
        """Between runs a worker may go; the last one of a run ends it, as Locust has it."""
        if not self._takes_part:
            self._registry.forget(worker)
            self._receiver.registrations.forget(worker)
            quirks.forget(self._runner, worker)

    def _may_end(self, worker: str) -> bool:
        """Whether a run may end with `worker`: whoever only says that it is one ends nothing."""
        return self._takes_part and self._registry.member(worker) is not None

    def _on(self, method: Callable[[RemoteExecutor, str, Data], None]) -> Callable[[str, Data], None]:
        """What a worker says about the run that is on, to its executor; what it says about another comes too late."""

        def pass_on(worker: str, data: Data) -> None:
            member = self._registry.member(worker)
            if member is not None and self._executor is not None and data.get("run") == self._executor.id:
                method(self._executor, worker, data)

        return pass_on


class _Connection:
    """Locust's connection to its workers, as the registry needs it."""

    def __init__(self, runner: MasterRunner, receiver: Receiver) -> None:
        self._runner = runner
        self._receiver = receiver

    def send(self, kind: str, data: Data, worker: str) -> None:
        try:
            self._runner.send_message(kind, data, worker)
        except RPCError as error:
            logger.warning("stt-load: %s did not reach worker %s: %s", kind, worker, error)

    def connected(self) -> Set[str]:
        return {client.id for client in self._runner.clients.all if client.state != STATE_MISSING}

    def registered(self) -> Set[str]:
        return set(self._receiver.registrations.pending)

    def is_alive(self, worker: str) -> bool:
        return self._receiver.registrations.is_alive(worker, clock())

    def accept(self, worker: str) -> None:
        self._receiver.accept(worker)

    def dismiss(self, worker: str) -> None:
        self._receiver.registrations.forget(worker)
        quirks.dismiss(self._runner, worker)
