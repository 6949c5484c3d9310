"""Locust's ways that this suite changes or works around, each with its reason."""

from __future__ import annotations

import functools
import inspect
import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import gevent
import locust.argument_parser
import locust.runners
import locust.stats
from locust.rpc import Message
from locust.runners import STATE_RUNNING, STATE_SPAWNING, MasterRunner, WorkerNode, WorkerNodes, WorkerRunner

logger = logging.getLogger(__name__)

CSV_PERIOD_S = locust.stats.CSV_STATS_INTERVAL_SEC
NEVER_S = 3600
LOOK_S = 0.01


def settle(*, locust_stats: bool) -> None:
    """To be called once, before a run. locust_stats: Locust's own tables are wanted, too."""
    locust.stats.PERCENTILES_TO_CHART[:] = [0.5, 0.95, 0.99]
    # Locust's percentiles come from rounded times, by default 12.4 s as 12; it lets that be replaced.
    locust.stats.bucket_response_time = _whole_ms
    logging.getLogger("locust.runners").addFilter(_not_about_spawn_rate)
    print_stats(wanted=locust_stats)
    vars(locust.runners)["inspect"] = QuickInspection()


class QuickInspection:
    """The module `inspect` for Locust's runners, which look at the stack when they stop, to say in a debugging line
    where from. For a few lines of source around each place, which they throw away, it reads the path of every module
    there is: tens of milliseconds of everyone's time."""

    stack = staticmethod(functools.partial(inspect.stack, 0))
    getframeinfo = staticmethod(functools.partial(inspect.getframeinfo, context=0))

    def __getattr__(self, name: str) -> Any:
        return getattr(inspect, name)


def print_stats(*, wanted: bool) -> None:
    """Locust's own tables on the console."""
    logging.getLogger("locust.stats_logger").disabled = not wanted


def set_the_clock() -> None:
    """To be called last before Locust starts a run: its `-t` counts from the event loop's idea of now.

    That is from before all imports, half a second ago or two; by so much the run would end too early.
    """
    gevent.get_hub().loop.update_now()


def end_at_hangup(alone: Callable[[], bool] = lambda: True) -> None:
    """SIGHUP, as of a terminal that is closed, goes SIGTERM's way from now on; where it is ignored, as under nohup,
    it stays so. alone: whether nobody else, who has got it too, will end this process.
    """

    def hang_up() -> None:
        if alone():
            os.kill(os.getpid(), signal.SIGTERM)

    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        gevent.signal_handler(signal.SIGHUP, hang_up)


class SteadyTime:
    """The module `time` with a `time()` that goes on evenly: the time of day when this was made, and what has gone
    by since then on the monotonic clock."""

    def __init__(self) -> None:
        self._began_s = time.time() - time.monotonic()

    def time(self) -> float:
        return self._began_s + time.monotonic()

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def keep_time_steady() -> None:
    """For master and workers: Locust reads from the time of day how long its master has been silent, and which of two
    messages is the older one. Set forward by a minute, it ended every worker; set back, workers took no more users.
    """
    vars(locust.runners)["time"] = SteadyTime()


def miss_master(runner: WorkerRunner) -> None:
    """From now on a worker notices when its master is gone.

    Locust does from the master's first heartbeat on, and would wait without end for one that has died before it.
    """
    if runner.last_heartbeat_timestamp is None:
        runner.last_heartbeat_timestamp = vars(locust.runners)["time"].time()


def on_connect(prepare: Callable[[WorkerRunner], object], connected: Callable[[WorkerRunner], None]) -> None:
    """In a worker process `prepare` is called before its runner hears anything, `connected` when it has a master.

    Locust has no such event: `init` fires when the runner is whole and all that stands before it in the line is done.
    By then a master may have sent users, or the end. That one has to wait for the whole runner, which would stop the
    greenlets that it has, start others, and never end. And what can't be made sense of would end the greenlet that
    hears the master.
    """

    def connecting(connect: Any) -> Callable[..., None]:
        def connect_to_master(runner: WorkerRunner) -> None:
            first = not runner.retry  # it calls itself
            if first:
                prepare(runner)
            connect(runner)
            if first:
                connected(runner)

        return connect_to_master

    def hearing(handle: Any) -> Callable[..., None]:
        def handle_message(runner: WorkerRunner, msg: Message) -> None:
            while msg.type == "quit" and runner.environment.runner is None:
                gevent.sleep(LOOK_S)
            try:
                handle(runner, msg)
            except Exception as error:
                logger.exception("stt-load: the master's message %r failed: %s", msg.type, error, exc_info=error)

        return handle_message

    replace(WorkerRunner, "connect_to_master", connecting)
    replace(WorkerRunner, "handle_message", hearing)


def distribute(options: Any) -> None:
    """For a master, before its first run."""
    # Locust rebalances in the greenlet that hears the workers: what it waits for can't come in meanwhile.
    os.environ.setdefault("LOCUST_WAIT_FOR_WORKERS_REPORT_AFTER_RAMP_UP", "0.2")
    options.enable_rebalancing = True
    # It goes through its workers while others take some away.
    replace(WorkerNodes, "values", lambda _: _snapshot)
    logger = logging.getLogger("locust.runners")
    logger.addFilter(_not_about_refused_workers)
    if options.headless:
        logger.addFilter(_not_about_no_workers)


def quicken() -> None:
    """For a worker: Locust builds a parser of its whole command line for each option of each spawn message.

    That took 50 ms of everyone's time each second of a ramp; the defaults are always the same.
    """
    locust.argument_parser.default_args_dict = functools.cache(locust.argument_parser.default_args_dict)


def forget(runner: MasterRunner, worker: str) -> None:
    """A worker goes. Were it the only one and said so itself, Locust would end its master, too."""
    client = runner.clients.pop(worker, None)
    if client is not None and runner._users_dispatcher is not None:
        runner._users_dispatcher.remove_worker(client)


def dismiss(runner: MasterRunner, worker: str) -> None:
    """Ends a worker's process."""
    forget(runner, worker)
    runner.server.send_to_client(Message("quit", None, worker))


def distribute_anew(runner: MasterRunner) -> None:
    """Gives each worker the users that it should have, after one has gone or come back.

    Locust does so itself, but not while it is spawning, and not when a worker quits or comes back after it has
    rebalanced once: it takes its dispatcher to be busy from then on. And a worker that is told to have more users
    while some are still on their way out counts those.
    """
    while runner.state == STATE_SPAWNING:
        gevent.sleep(0.1)
    if runner.state == STATE_RUNNING and runner.worker_count:
        runner.start(runner.target_user_count, runner.spawn_rate)


def leave_output_to_master(options: Any) -> None:
    """For a worker: a child of `--processes` has its parent's options, and would write its own `--json`, too."""
    options.json = False
    options.json_file = None


def write_last_csv() -> None:
    """Locust writes its CSV once a second, and not at the end; then it closes the files under the writer.

    So the writer gets the time to write once more, and doesn't come back. May be called again.
    """
    locust.stats.CSV_STATS_INTERVAL_SEC = NEVER_S
    gevent.sleep(CSV_PERIOD_S + 0.1)


def replace(owner: type, name: str, make: Callable[[Any], Callable[..., Any]]) -> None:
    """Puts `make(method)` in the place of Locust's own `method`, that is `name` of `owner`; also where it has been
    replaced before. `tests/locust_plugin/test_locust_names.py` has all that are."""
    method = original(getattr(owner, name))
    setattr(owner, name, functools.wraps(method)(make(method)))


def original(method: Callable[..., Any]) -> Callable[..., Any]:
    """Locust's own, also where it has been replaced."""
    return getattr(method, "__wrapped__", method)


def _whole_ms(response_time: float) -> int:
    return round(response_time)


def _not_about_spawn_rate(record: logging.LogRecord) -> bool:
    """Spawning everyone at once is this suite's default; Locust's warning about it is for other uses."""
    return not str(record.msg).startswith("Your selected spawn rate is very high")


def _not_about_no_workers(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("You can't start a distributed test")


def _not_about_refused_workers(record: logging.LogRecord) -> bool:
    """A worker that was refused may still be spawning; that it was is said already."""
    return not str(record.msg).startswith("Got spawning")


def _snapshot(nodes: WorkerNodes) -> list[WorkerNode]:
    return list(nodes._worker_nodes.values())
