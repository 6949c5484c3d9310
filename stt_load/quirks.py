"""Locust's ways that this suite changes or works around, each with its reason."""

from __future__ import annotations

import inspect
import logging
import os
from typing import Any

import gevent
import locust.stats
from locust.rpc import Message
from locust.runners import STATE_RUNNING, STATE_SPAWNING, MasterRunner

CSV_PERIOD_S = locust.stats.CSV_STATS_INTERVAL_SEC
NEVER_S = 3600
FILL_UP_AFTER_S = 2.0
"""Locust's own way, where it has one, takes less."""


def settle(*, locust_stats: bool) -> None:
    """To be called once, before a run. locust_stats: Locust's own tables are wanted, too."""
    locust.stats.PERCENTILES_TO_CHART[:] = [0.5, 0.95, 0.99]
    # Locust's percentiles come from rounded times, by default 12.4 s as 12; it lets that be replaced.
    locust.stats.bucket_response_time = _whole_ms
    logging.getLogger("locust.runners").addFilter(_not_about_spawn_rate)
    logging.getLogger("locust.stats_logger").disabled = not locust_stats
    # A service's malformed headers are its own affair; urllib3 warns of them once for each answer.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # Locust looks at the stack when it stops, and the first look takes tens of milliseconds of everyone's time.
    inspect.stack()


class Reports:
    """The figures that Locust's workers send to Locust's master, each with the time since when it counts.

    The master takes the earliest of all times as the beginning of its rates. A report that was on its way while the
    master began anew, at the barrier, would take it back to before; so would a worker whose clock is late.
    """

    def __init__(self) -> None:
        self._since = 0.0

    def begin_anew(self, stats: locust.stats.RequestStats) -> None:
        stats.reset_all()
        self._since = stats.total.start_time

    def on_worker_report(self, data: dict[str, Any], **_: Any) -> None:
        """To be listened to before Locust does."""
        for entry in (*data["stats"], data["stats_total"]):
            entry["start_time"] = max(entry["start_time"], self._since)


def distribute(options: Any) -> None:
    """For a master, before its first run."""
    # Locust rebalances in the greenlet that hears the workers: what it waits for can't come in meanwhile.
    os.environ.setdefault("LOCUST_WAIT_FOR_WORKERS_REPORT_AFTER_RAMP_UP", "0.2")
    options.enable_rebalancing = True


def dismiss(runner: MasterRunner, worker: str) -> None:
    """Ends a worker's process. Were it the only one and said so itself, Locust would end its master, too."""
    client = runner.clients.pop(worker, None)
    if client is not None and runner._users_dispatcher is not None:
        runner._users_dispatcher.remove_worker(client)
    runner.server.send_to_client(Message("quit", None, worker))


def fill_up(runner: MasterRunner) -> None:
    """Spawns the users of workers that are gone on the others, where Locust has not done so.

    It doesn't while it is spawning, nor after it has rebalanced once and a worker quits of its own accord.
    """
    gevent.sleep(FILL_UP_AFTER_S)
    while runner.state == STATE_SPAWNING:
        gevent.sleep(0.1)
    if runner.state == STATE_RUNNING and runner.worker_count and runner.user_count < runner.target_user_count:
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


def _whole_ms(response_time: float) -> int:
    return round(response_time)


def _not_about_spawn_rate(record: logging.LogRecord) -> bool:
    """Spawning everyone at once is this suite's default; Locust's warning about it is for other uses."""
    return not str(record.msg).startswith("Your selected spawn rate is very high")
