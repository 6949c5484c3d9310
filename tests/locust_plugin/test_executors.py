"""Where users run: a master's messages to and from its workers, what Locust is asked for, what a broken one costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from locust import User
from locust.env import Environment
from locust.event import Events
from locust.exception import RPCError
from locust.runners import STATE_RUNNING, STATE_SPAWNING, STATE_STOPPED, MasterRunner, WorkerNode, WorkerNodes

import stt_load
from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import Needs
from stt_load.cluster.remote_executor import RemoteExecutor
from stt_load.config import Config
from stt_load.locust_plugin.executors import RemoteExecutors
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.users import FastSttUser
from stt_load.run.load_watch import Asked
from stt_load.run.order import Order
from tests.cluster.conversation import INFO
from tests.making import Told
from tests.worker_process import until

HELLO = {"version": stt_load.__version__, "name": "a:1", "boot_id": None, "ready": True}


class Visitor(User):
    """Sends no audio."""


class Master:
    """Locust's master without a connection, and the executors that listen to it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.failed: list[str] = []
        self.broken = False
        self.started: list[int] = []
        runner: Any = object.__new__(MasterRunner)
        runner.environment = Environment(user_classes=[FastSttUser, Visitor], events=Events())
        runner.greenlet = None
        runner.custom_messages = {}
        runner.clients = WorkerNodes()
        runner.state = STATE_RUNNING
        runner.target_user_count = 0
        runner.target_user_classes_count = {}
        runner.spawn_rate = 1.0
        runner.send_message = self._send
        runner.start = lambda users, _: self.started.append(users)
        runner._users_dispatcher = None
        self.runner = runner
        self.executors = RemoteExecutors(
            runner,
            Needs(),
            Reports(),
            lambda _: None,
            lambda what, error: self.failed.append(f"{what}: {type(error).__name__}"),
        )

    def _send(self, kind: str, data: Data, worker: str) -> None:  # noqa: ARG002 - who gets it is enough
        if self.broken:
            raise RPCError("ZMQ network broken")
        self.sent.append((kind, worker))

    def hears(self, kind: str, worker: str, data: Data) -> None:
        listener, _ = self.runner.custom_messages[kind]
        listener(msg=SimpleNamespace(node_id=worker, data=data))

    def knows(self, worker: str, state: str = STATE_RUNNING, **users: int) -> WorkerNode:
        node = WorkerNode(worker, state=state)
        node.user_classes_count = users
        self.runner.clients[worker] = node
        return node


@pytest.fixture
def master() -> Iterator[Master]:
    made = Master()
    yield made
    made.executors._registry.greenlet.kill()


def test_a_broken_connection_is_no_error_of_the_run(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.knows("a")
    master.broken = True
    master.hears(protocol.HELLO, "a", HELLO)
    assert master.failed == []
    assert "stt_load.welcome did not reach worker a" in caplog.text
    master.broken = False
    master.hears(protocol.HELLO, "a", HELLO)
    assert master.sent[-1] == (protocol.WELCOME, "a")


def test_a_message_that_cannot_be_dealt_with_is_one(master: Master) -> None:
    master.hears(protocol.HELLO, "a", {})
    assert master.failed == ["the message stt_load.hello: KeyError"]


def test_a_run_ends_with_a_worker_that_takes_part_and_with_nobody_else(master: Master) -> None:
    may_end = master.executors._may_end
    master.knows("a")
    master.hears(protocol.HELLO, "a", HELLO)
    master.hears(protocol.FIT, "a", {"trouble": None, "sent_s": 0.0, "clock_s": 0.0})
    assert not may_end("a"), "there is no run"
    master.executors._registry.listener = SimpleNamespace(on_tick=lambda _: False)  # type: ignore[assignment]
    assert (may_end("a"), may_end("a stranger")) == (True, False)


def test_between_two_levels_workers_take_part_though_no_run_is_on(master: Master) -> None:
    master.knows("a")
    master.hears(protocol.HELLO, "a", HELLO)
    master.hears(protocol.FIT, "a", {"trouble": None, "sent_s": 0.0, "clock_s": 0.0})
    master.executors.executor(Config(), awaited=0, level=True)
    assert master.executors._may_end("a")
    master.hears(protocol.BYE, "a", {})
    assert "a" in master.runner.clients, "Locust ends the test with its last worker, and deals with it"
    master.runner.state = STATE_STOPPED
    assert not master.executors._may_end("a"), "the last level is over, and so is the test"
    master.hears(protocol.BYE, "a", {})
    assert "a" not in master.runner.clients


def test_what_was_planned_of_a_level_ends_without_its_users_and_a_stop_with_them(
    master: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays: list[bool] = []
    monkeypatch.setattr(
        RemoteExecutor,
        "drain",
        lambda _, limit_s, *, goes_on=False: stays.append(goes_on),  # noqa: ARG005
    )
    for level in True, False:
        master.executors.executor(Config(), awaited=0, level=level)
        master.executors.finish(1.0)
        master.executors.drain(1.0)
    assert stays == [True, False, False, False]


def test_what_a_worker_says_of_another_run_comes_too_late(master: Master) -> None:
    master.knows("a")
    master.hears(protocol.HELLO, "a", HELLO)
    master.hears(protocol.FIT, "a", {"trouble": None, "sent_s": 0.0, "clock_s": 0.0})
    master.executors.executor(Config(), awaited=0)
    master.hears(protocol.WANT, "a", {"run": "an older one"})
    assert master.failed == []


def test_a_worker_whose_answer_shows_that_it_has_not_heard_of_the_run_is_told_again(master: Master) -> None:
    master.knows("a")
    master.hears(protocol.HELLO, "a", HELLO)
    master.hears(protocol.FIT, "a", {"trouble": None, "sent_s": 0.0, "clock_s": 0.0})
    executor = master.executors.executor(Config(), awaited=0)
    echo = {"watch": None, "errors": 0, "sent_s": 0.0, "clock_s": 0.0}
    master.hears(protocol.ECHO, "a", echo)
    assert (protocol.RUN, "a") not in master.sent, "it has not begun"
    told = Told(4)
    executor.begin(told.barrier, Order(Config(), {}, "http://x"), INFO, Path("result.json"))
    for words in echo, echo | {"run": "the one before"}, echo | {"run": executor.id, "closed": False}:  # type: ignore[attr-defined]
        master.hears(protocol.ECHO, "a", words)
    assert master.sent.count((protocol.RUN, "a")) == 3
    executor.dismiss(saved=False)
    master.hears(protocol.ECHO, "a", echo)
    assert master.sent.count((protocol.RUN, "a")) == 3, "it is over"
    assert master.failed == []


def test_users_of_other_classes_are_neither_asked_for_nor_there(master: Master) -> None:
    master.runner.target_user_count = 9
    master.runner.target_user_classes_count = {"FastSttUser": 4, "Visitor": 5}
    master.knows("a", FastSttUser=3, Visitor=5)
    assert master.executors._asked() == Asked(4, 3)


def test_while_locust_spawns_those_that_are_there_are_due(master: Master) -> None:
    master.runner.state = STATE_SPAWNING
    master.runner.target_user_count = 6
    master.knows("a", FastSttUser=2)
    master.knows("b", FastSttUser=1)
    assert master.executors._asked() == Asked(None, 3)
    master.runner.target_user_count = 2
    assert master.executors._asked() == Asked(None, 2), "one is to stop"


def test_a_worker_that_stands_still_while_it_spawns_is_not_waited_for(master: Master) -> None:
    master.runner.target_user_classes_count = {"FastSttUser": 4}
    node = master.knows("a", STATE_SPAWNING, FastSttUser=2)
    assert master.executors._asked().wanted is None
    node.heartbeat = 0
    assert master.executors._asked() == Asked(4, 2)


def test_a_distribution_that_fails_is_an_error_of_the_run(master: Master) -> None:
    master.knows("a")

    def broken(*_: Any) -> None:
        raise RuntimeError("out of order")

    master.runner.start = broken
    master.executors._distribute()
    until(lambda: master.failed)
    assert master.failed == ["distributing the users anew: RuntimeError"]
