"""Locust's worker runner without a connection: what it sends is kept, what its master sends comes from the test."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gevent
from gevent.pool import Group
from locust.env import Environment
from locust.event import Events
from locust.runners import WorkerRunner

from stt_load.cluster.protocol import Data


class Process:
    """A worker process as far as this suite sees it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Data]] = []
        self.trouble: Exception | None = None
        self.quits = 0
        self.environment = Environment(events=Events(), parsed_options=SimpleNamespace(processes=None))
        runner: Any = object.__new__(WorkerRunner)
        runner.environment = self.environment
        runner.custom_messages = {}
        runner.client_id, runner.last_heartbeat_timestamp = "worker", None
        runner.user_greenlets, runner.greenlet = Group(), Group()
        runner.send_message = self._send
        runner.quit = self._quit
        self.runner: WorkerRunner = runner
        self.environment.runner = runner

    def _send(self, kind: str, data: Data) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append((kind, data))

    def _quit(self) -> None:
        self.quits += 1

    def said(self, kind: str) -> list[Data]:
        """What it has sent of this kind."""
        return [data for of_kind, data in self.sent if of_kind == kind]

    def hears(self, kind: str, data: Data) -> None:
        """As Locust would call the listener."""
        listener, concurrent = self.runner.custom_messages[kind]
        message = SimpleNamespace(data=data)
        if concurrent:
            gevent.spawn(listener, environment=self.environment, msg=message)
        else:
            listener(environment=self.environment, msg=message)


def until(condition: Callable[[], object], limit_s: float = 5.0) -> None:
    """Waits for what other greenlets do."""
    with gevent.Timeout(limit_s):
        while not condition():
            gevent.sleep(0.002)
