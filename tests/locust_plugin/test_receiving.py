"""How a master hears its workers, and a worker its master: whatever comes, they hear what comes after it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import gevent
import msgpack
import pytest
import zmq
from locust.env import Environment
from locust.exception import RPCError
from locust.rpc import Message
from locust.rpc.zmqrpc import Client, Server
from locust.runners import MasterRunner
from locust.stats import RequestStats

from stt_load.locust_plugin import quirks, receiving
from stt_load.locust_plugin.receiving import Receiver

READY = "2.47.0"


class Socket:
    """Gives what it was given, and breaks when there is nothing more."""

    def __init__(self, frames: Iterable[tuple[bytes, ...]]) -> None:
        self.frames = deque(frames)

    def recv_multipart(self) -> list[bytes]:
        if not self.frames:
            raise zmq.ZMQError
        return list(self.frames.popleft())

    def recv(self) -> bytes:
        (only,) = self.recv_multipart()
        return only


def said(name: str, kind: str, data: Any = None) -> tuple[bytes, bytes]:
    return name.encode(), bytes(msgpack.packb((kind, data, name)))


def heard(one: Receiver, *frames: tuple[bytes, ...]) -> list[tuple[str, str]]:
    """Who said what, as far as it comes through."""
    socket, messages = Socket(frames), []
    while True:
        try:
            sender, message = one.receive(socket)
        except RPCError:
            return messages
        messages.append((sender, message.type))


def test_after_junk_the_next_message_is_heard() -> None:
    junk = (b"stranger", b"\x93\xa1")
    frames = (junk, said("a", "client_ready", READY), junk, said("a", "quit"))
    assert heard(Receiver(), *frames) == [("a", "client_ready"), ("a", "quit")]


def test_a_stranger_is_told_of_once_and_not_looked_at_again(caplog: pytest.LogCaptureFixture) -> None:
    one = Receiver()
    frames = [(b"stranger", b"\x93\xa1"), said("stranger", "client_ready", READY)] * 3
    with caplog.at_level(logging.WARNING):
        assert heard(one, *frames) == []
    (line,) = caplog.messages
    assert line.startswith("stt-load: stranger, which is no worker, is not listened to: it sends what is no message")


def test_a_worker_that_misbehaves_is_refused_and_its_master_told() -> None:
    one, told = Receiver(), []
    one.on_invalid_message = lambda worker, reason: told.append((worker, reason))
    frames = [said("a", "client_ready", READY), *[said("a", "heartbeat")] * 3, said("a", "quit")]
    assert heard(one, *frames) == [("a", "client_ready")]
    ((worker, reason),) = told
    assert (worker, reason) == ("a", "heartbeat is None, not a mapping")


def test_a_report_with_figures_that_are_none_is_heard_and_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    stats = RequestStats()
    stats.log_request("GET", "own", 5, 1)
    entry: Any = stats.get("own", "GET").serialize()
    report = {"stats": [entry | {"total_response_time": float("nan")}], "errors": {}, "stats_total": entry}
    report |= {"user_classes_count": {}, "user_count": 0}
    one, told = Receiver(), []
    one.on_invalid_message = lambda worker, reason: told.append((worker, reason))
    frames = [said("a", "client_ready", READY), *[said("a", "stats", report)] * 3]
    with caplog.at_level(logging.WARNING):
        assert heard(one, *frames) == [("a", "client_ready"), *[("a", "stats")] * 3]
    assert caplog.messages == [f"stt-load: a: {receiving.TRIMMED}"]
    assert told == []


def test_a_kind_that_nobody_listens_to_is_told_of_once_and_costs_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = Receiver()
    frames = [said("a", "client_ready", READY), *[said("a", "another's")] * 3, said("a", "quit")]
    with caplog.at_level(logging.WARNING):
        assert heard(one, *frames) == [("a", "client_ready"), ("a", "quit")]
    assert caplog.messages == ["stt-load: a: it sends messages of a kind that nobody listens to: another's"]


def test_whoever_has_many_names_does_not_fill_the_screen(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        heard(Receiver(), *((f"stranger {n}".encode(), b"junk") for n in range(500)))
    assert len(caplog.messages) == receiving.MOST_LINES + 1
    assert "no further ones are told" in caplog.messages[-1]


def test_a_name_that_a_terminal_would_obey_is_shown_and_not_obeyed(caplog: pytest.LogCaptureFixture) -> None:
    heard(Receiver(), (b"\x1b[2J\xff", b"junk"))
    assert "\\x1b[2J\\xff" in caplog.text
    assert "\x1b" not in caplog.text


@pytest.mark.parametrize("frame", [(b"stranger", b"junk"), said("a", "heartbeat", {"state": "ready"})])
def test_while_somebody_floods_it_the_others_have_their_turn(frame: tuple[bytes, ...]) -> None:
    """gevent's zmq comes back at once while there is something to receive."""
    one, turns = Receiver(), 0
    one.message_filter.refuse(b"stranger")
    one.message_filter._known.add("a")

    def take_turns() -> None:
        nonlocal turns
        while True:
            gevent.sleep(0)
            turns += 1

    other = gevent.spawn(take_turns)
    if frame[0] == b"a":
        ready = said("a", "heartbeat", {"state": "ready", "current_cpu_usage": 1.0})
        with gevent.Timeout(60):
            while turns < 5:
                heard(one, *[ready] * 100)
    else:
        heard(one, *[frame] * 1_000)
    other.kill()
    assert turns >= 5


class Runner:
    """What of a master's runner is looked at."""

    def __init__(self) -> None:
        self.state = "running"
        self.exceptions: dict[int, Any] = {}
        self.stats = RequestStats()


def test_exceptions_of_users_own_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_EXCEPTIONS", 2)
    one, runner = Receiver(), Runner()

    def takes(trace: str) -> bool:
        message = Message("exception", {"msg": "m" * 10**6, "traceback": trace}, "a")
        if not one._has_room(runner, message):  # type: ignore[arg-type]
            return False
        assert len(message.data["msg"]) <= 10_000
        runner.exceptions[hash(message.data["traceback"])] = {}
        return True

    assert [takes(trace) for trace in "abcab"] == [True, True, False, True, True]


def test_requests_of_users_own_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_ENTRIES", 2)
    one, stats = Receiver(), RequestStats()
    for name in "ab":
        stats.get(name, "GET")
    report = {"stats": [{"name": name, "method": "GET"} for name in "abc"], "errors": {"key": {}}}
    one._fit_in(stats, report)
    assert [entry["name"] for entry in report["stats"]] == ["a", "b"]
    assert report["errors"] == {}


@pytest.mark.parametrize("kind", ["stats", "spawning_complete"])
def test_a_worker_that_tells_locust_of_more_users_than_there_can_be_is_refused(kind: str) -> None:
    one, told = Receiver(), []
    one.message_filter._known.add("a")
    one.most_users, one.on_invalid_message = lambda: 100, lambda worker, reason: told.append((worker, reason))
    for users, heard_it in ((100, True), (101, False)):
        report = {"stats": [], "errors": {}, "user_classes_count": {"SttUser": users}}
        assert one._is_dealt_with(Runner(), Message(kind, report, "a")) == heard_it  # type: ignore[arg-type]
    assert told == [("a", "it says to have 101 users, where there can't be so many")]
    assert one.message_filter.is_refused(b"a")


def test_after_a_message_that_locust_can_t_deal_with_the_next_one_is_heard(
    monkeypatch: pytest.MonkeyPatch, installed: Receiver
) -> None:
    assert installed
    monkeypatch.setattr(MasterRunner, "handle_message", broken)
    failed: list[str] = []
    one = Receiver()
    one.on_error = lambda what, error: failed.append(f"{what}: {error}")
    one.install()
    one.registrations.accept("a")
    MasterRunner.handle_message(Runner(), "a", Message("spawning", None, "a"))  # type: ignore[arg-type]
    assert failed == ["Locust's message spawning: out of order"]


@pytest.mark.parametrize(
    ("may_end", "handled"), [(None, []), (lambda _: False, []), (lambda worker: worker == "a", ["quit"])]
)
def test_only_the_worker_of_a_run_that_quits_can_end_it(
    may_end: Any, handled: list[str], monkeypatch: pytest.MonkeyPatch, installed: Receiver
) -> None:
    """With the last worker that it knows Locust ends what hears all others, also before any run."""
    assert installed
    found: list[str] = []
    monkeypatch.setattr(MasterRunner, "handle_message", lambda _runner, _id, msg: found.append(msg.type))
    one = Receiver()
    one.may_end = may_end
    one.registrations.accept("a")
    one.install()
    runner = SimpleNamespace(clients={"a": "a node"}, _users_dispatcher=None, state="running")
    MasterRunner.handle_message(runner, "a", Message("quit", None, "a"))  # type: ignore[arg-type]
    assert found == handled
    assert runner.clients == ({"a": "a node"} if handled else {}), "it is known as a worker no more"


def broken(self: Any, client_id: str, msg: Message) -> None:  # noqa: ARG001 - as it is called
    raise RuntimeError("out of order")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    for owner, name in (
        (receiving.BaseSocket, "__init__"),
        (MasterRunner, "__init__"),
        (MasterRunner, "handle_message"),
        (MasterRunner, "check_stopped"),
        (Server, "recv_from_client"),
        (Client, "recv"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    one = Receiver()
    one.install()
    return one


def test_installed_twice_the_last_one_counts_once(installed: Receiver) -> None:
    again = Receiver()
    again.install()
    assert quirks.original(MasterRunner.handle_message) is not MasterRunner.handle_message
    assert not hasattr(quirks.original(MasterRunner.handle_message), "__wrapped__")
    server = SimpleNamespace(socket=Socket([said("a", "client_ready", READY)]))
    assert Server.recv_from_client(server)[0] == "a"  # type: ignore[arg-type]
    assert (again.message_filter.knows("a"), installed.message_filter.knows("a")) == (True, False)


def test_real_sockets_are_limited_before_anybody_can_connect(installed: Receiver) -> None:
    assert installed
    server = Server("127.0.0.1", 0)
    try:
        assert server.socket.getsockopt(zmq.MAXMSGSIZE) == 16 * 1024 * 1024
        assert server.socket.getsockopt(zmq.RCVHWM) == receiving.WAITING
    finally:
        server.close(linger=0)
        server.socket.context.term()


@pytest.mark.parametrize("junk", [b"", b"\x93\xa1", b"\x80", b"\x93\x01\xc0\xc0", b"\x92\xa4quit\xc0"])
def test_a_worker_hears_what_its_master_says_after_junk(junk: bytes, caplog: pytest.LogCaptureFixture) -> None:
    one = Receiver()
    with caplog.at_level(logging.WARNING):
        message = one.receive_from_master(Socket([(junk,), (junk,), (Message("ack", None, "a").serialize(),)]))
    assert message.type == "ack"
    assert len(caplog.messages) == 1
    with pytest.raises(RPCError):
        one.receive_from_master(Socket([]))


@pytest.fixture
def master(installed: Receiver) -> Iterator[tuple[Receiver, MasterRunner]]:
    """A real one of Locust's, which is told what it hears."""
    runner = Environment().create_master_runner("127.0.0.1", 0)
    try:
        yield installed, runner
    finally:
        runner.greenlet.kill(block=True)
        runner.server.close(linger=0)
        runner.server.socket.context.term()


def says(runner: MasterRunner, worker: str, *kinds: str) -> None:
    data = {"client_ready": READY, "heartbeat": {"state": "running", "current_cpu_usage": 1.0}}
    for kind in kinds:
        runner.handle_message(worker, Message(kind, data.get(kind), worker))
        runner.check_stopped()  # as Locust does after each


def test_locust_hears_of_a_worker_when_it_has_introduced_itself(master: tuple[Receiver, MasterRunner]) -> None:
    one, runner = master
    answered: list[tuple[str, str]] = []
    runner.server.send_to_client = lambda msg: answered.append((msg.type, msg.node_id))
    says(runner, "a", "client_ready", "heartbeat")
    assert answered == [("ack", "a")], "our workers introduce themselves after that"
    assert runner.worker_count == 0
    one.accept("a")
    assert len(runner.clients.ready) == 1
    says(runner, "a", "client_stopped", "client_ready")
    assert len(runner.clients.ready) == 1, "it is known after a run"


@pytest.mark.parametrize(
    "words", [("quit",), ("client_stopped",), ("heartbeat", "spawning", "stats"), ("exception",)]
)
def test_a_stranger_changes_nothing_in_a_master_that_waits(
    words: tuple[str, ...], master: tuple[Receiver, MasterRunner]
) -> None:
    _, runner = master
    says(runner, "stranger", "client_ready", *words)
    assert (runner.state, runner.worker_count, runner.exceptions) == ("ready", 0, {})


def test_the_last_worker_that_goes_before_a_run_does_not_end_its_master(
    master: tuple[Receiver, MasterRunner],
) -> None:
    one, runner = master
    ended: list[str] = []
    runner.quit = lambda: ended.append("quit")  # type: ignore[method-assign]
    assert runner.environment.parsed_options is None
    says(runner, "a", "client_ready")
    one.accept("a")
    says(runner, "a", "quit")
    assert (runner.state, runner.worker_count, ended) == ("ready", 0, [])
    says(runner, "a", "client_ready")
    assert runner.worker_count == 0, "it has to introduce itself again"
