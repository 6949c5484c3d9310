"""Each of Locust's ways that is worked around: what it would do, and what it does now."""

from __future__ import annotations

import inspect
import logging
import os
import signal
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import gevent
import locust.runners
import locust.stats
import pytest
from locust.rpc import Message
from locust.runners import MasterRunner, WorkerNode, WorkerNodes, WorkerRunner
from locust.stats import RequestStats

from stt_load.locust_plugin import quirks


@pytest.fixture
def hangup(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], None]]]:
    """What has been registered for SIGHUP."""
    handlers: list[Callable[[], None]] = []

    def register(number: int, handler: Callable[[], None]) -> None:
        assert number == signal.SIGHUP
        handlers.append(handler)

    monkeypatch.setattr(gevent, "signal_handler", register)
    before = signal.getsignal(signal.SIGHUP)
    yield handlers
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The signals that this process sends itself."""
    signals: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: signals.append(number) if pid == os.getpid() else None)
    return signals


def test_a_hangup_goes_the_way_of_sigterm(hangup: list[Callable[[], None]], sent: list[int]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    quirks.end_at_hangup()
    hangup[0]()
    assert sent == [signal.SIGTERM]


def test_under_nohup_a_hangup_stays_ignored(hangup: list[Callable[[], None]]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    quirks.end_at_hangup()
    assert hangup == []


def test_a_hangup_of_the_whole_terminal_is_its_masters_affair(
    hangup: list[Callable[[], None]], sent: list[int]
) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    alone = [False]
    quirks.end_at_hangup(alone=lambda: alone[0])
    hangup[0]()
    assert sent == []
    alone[0] = True
    hangup[0]()
    assert sent == [signal.SIGTERM]


def test_locusts_percentiles_come_from_whole_milliseconds() -> None:
    quirks.settle(locust_stats=False)
    stats = RequestStats()
    for took_ms in (12_401.4, 12_402.6):
        stats.log_request("POST", "/x", took_ms, 1)
    assert stats.get("/x", "POST").response_times == {12_401: 1, 12_403: 1}
    assert locust.stats.PERCENTILES_TO_CHART == [0.5, 0.95, 0.99]


def test_a_look_at_the_stack_says_where_and_reads_no_source() -> None:
    quirks.settle(locust_stats=False)
    look = vars(locust.runners)["inspect"]
    here = look.getframeinfo(look.stack()[0][0])
    assert (here.filename, here.function) == (__file__, "test_a_look_at_the_stack_says_where_and_reads_no_source")
    assert here.code_context is None
    assert look.stack()[0].code_context is None
    assert look.currentframe is inspect.currentframe


@pytest.mark.parametrize("wanted", [True, False])
def test_locusts_own_tables_are_printed_only_where_they_are_wanted(wanted: bool) -> None:
    quirks.settle(locust_stats=wanted)
    assert logging.getLogger("locust.stats_logger").disabled is not wanted


def test_nobody_is_warned_of_our_own_spawn_rate(caplog: pytest.LogCaptureFixture) -> None:
    quirks.settle(locust_stats=False)
    logger = logging.getLogger("locust.runners")
    logger.warning("Your selected spawn rate is very high (>100), and this is known to cause issues")
    logger.warning("Something else")
    assert [record.getMessage() for record in caplog.records] == ["Something else"]


def test_a_worker_leaves_json_to_its_master() -> None:
    options = SimpleNamespace(json=True, json_file="figures")
    quirks.leave_output_to_master(options)
    assert (options.json, options.json_file) == (False, None)


def test_the_last_csv_is_written_once_more_and_then_never(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(locust.stats, "CSV_STATS_INTERVAL_SEC", quirks.CSV_PERIOD_S)
    monkeypatch.setattr(gevent, "sleep", slept.append)
    quirks.write_last_csv()
    assert slept[0] > quirks.CSV_PERIOD_S
    assert locust.stats.CSV_STATS_INTERVAL_SEC >= 3_600


def test_who_goes_through_the_workers_doesnt_mind_that_some_go() -> None:
    quirks.distribute(SimpleNamespace(headless=False, enable_rebalancing=False))
    nodes = WorkerNodes()
    for name in "abc":
        nodes[name] = WorkerNode(name)
    for node in nodes.values():
        nodes.pop(node.id)
    assert len(nodes) == 0


@pytest.mark.parametrize(("headless", "warned"), [(True, []), (False, ["You can't start a distributed test yet"])])
def test_a_headless_master_that_gives_up_says_nothing_of_workers(
    caplog: pytest.LogCaptureFixture, headless: bool, warned: list[str]
) -> None:
    logger = logging.getLogger("locust.runners")
    before = list(logger.filters)
    try:
        options = SimpleNamespace(headless=headless, enable_rebalancing=False)
        quirks.distribute(options)
        logger.warning("You can't start a distributed test yet")
        logger.warning("Got spawning from a worker that is none of ours")
    finally:
        logger.filters = before
    assert [record.getMessage() for record in caplog.records] == warned
    assert options.enable_rebalancing


class Server:
    """Of a master: keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send_to_client(self, message: Any) -> None:
        self.sent.append((message.type, message.node_id))


def master(*workers: str) -> Any:
    clients = WorkerNodes()
    for name in workers:
        clients[name] = WorkerNode(name)
    removed: list[str] = []
    dispatcher = SimpleNamespace(remove_worker=lambda node: removed.append(node.id), removed=removed)
    return SimpleNamespace(clients=clients, server=Server(), _users_dispatcher=dispatcher)


def test_a_worker_that_goes_is_forgotten_without_a_word_to_locust() -> None:
    runner: MasterRunner = master("a", "b")
    quirks.forget(runner, "a")
    quirks.forget(runner, "a")
    assert list(runner.clients) == ["b"]
    assert runner._users_dispatcher.removed == ["a"]  # type: ignore[union-attr]


def test_a_worker_that_is_dismissed_is_told_to_quit() -> None:
    runner: MasterRunner = master("a")
    quirks.dismiss(runner, "a")
    assert len(runner.clients) == 0
    assert runner.server.sent == [("quit", "a")]


def test_a_worker_hears_what_comes_after_a_message_that_it_can_t_deal_with(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It would end the greenlet that hears the master."""
    for name in ("connect_to_master", "handle_message"):
        monkeypatch.setattr(WorkerRunner, name, getattr(WorkerRunner, name))
    quirks.on_connect(lambda _: None, lambda _: None)
    sent: list[Any] = []
    runner: Any = object.__new__(WorkerRunner)
    runner.greenlet = None  # its end asks for it
    runner.client, runner.client_id = SimpleNamespace(send=sent.append), "a"
    for kind in ("spawn", "update_user_class", "spawning_complete"):
        WorkerRunner.handle_message(runner, Message(kind, None, "a"))
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3
    assert len(sent) == 1


def test_a_worker_misses_a_master_that_has_died_before_its_first_heartbeat() -> None:
    runner: Any = object.__new__(WorkerRunner)
    runner.greenlet, runner.last_heartbeat_timestamp = None, None
    quirks.miss_master(runner)
    first = runner.last_heartbeat_timestamp
    assert first is not None
    assert 0 <= locust.runners.time.time() - first < 60, "on the clock that Locust looks at"
    quirks.miss_master(runner)
    assert runner.last_heartbeat_timestamp == first
