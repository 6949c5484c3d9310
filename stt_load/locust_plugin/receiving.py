"""How a master hears its workers: through the message filter, and so that nobody keeps it from hearing the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import gevent
import locust.rpc.protocol
import zmq
from locust.exception import RPCError
from locust.rpc import Message
from locust.rpc.zmqrpc import BaseSocket, Client, Server
from locust.runners import STATE_INIT, MasterRunner
from locust.stats import RequestStats

from stt_load.clock import clock
from stt_load.cluster import messages
from stt_load.cluster.checks import InvalidMessage, shown
from stt_load.cluster.message_filter import Ignored, MessageFilter, name_of
from stt_load.cluster.registrations import Registrations
from stt_load.locust_plugin import quirks

logger = logging.getLogger(__name__)

TURN_S = 0.01
"""So long the receiving greenlet may keep the others of its process from their turn: gevent's zmq does not give way
while there is something to receive."""
SOON_S = 1e-6
WAITING = 16
"""Messages of one sender that zmq keeps; the others wait on the sender's side."""
JUNK_AT_ONCE = 100
JUNK_PAUSE_S = 0.01
"""So many messages that nobody looks at are thrown away in a row; then others have time. zmq takes one of each
sender in turn, so that a worker's messages wait for one of these each, at the most."""
TRIMMED = "of its report to Locust's screens some requests are left out: figures that are none, or too many of them"
MOST_LINES = 100
MOST_EXCEPTIONS = 1_000
MOST_ENTRIES = 20_000
MOST_TIMES = 500_000
"""What Locust's tables of the users' own exceptions and requests may hold: it has no limits."""
_LONGEST_MESSAGE = 10_000
_LONGEST_TRACE = 100_000


class Receiver:
    """What one process hears, be it a master or a worker. `install` makes Locust's sockets and runners ask it.

    on_invalid_message: called with a worker that is not listened to any more, and why. on_error: called with what
    could not be dealt with, and why. most_users: no more there can be. may_end: whether the run may end with a worker
    that quits, as it takes part. These are set once there is somebody who knows.
    """

    def __init__(self) -> None:
        self.message_filter = MessageFilter(locust.rpc.protocol.decode, self._custom_kinds)
        self.registrations = Registrations()
        self.on_invalid_message: Callable[[str, str], None] | None = None
        self.on_error: Callable[[str, Exception], None] | None = None
        self.most_users: Callable[[], int] | None = None
        self.may_end: Callable[[str], bool] | None = None
        self._runner: MasterRunner | None = None
        self._turned_s = clock()
        self._junk = 0
        self._lines = 0
        self._told: set[tuple[str, str]] = set()

    @staticmethod
    def of(runner: MasterRunner) -> Receiver:
        """The one of this master's process."""
        found = getattr(runner, "stt_receiver", None)
        return found if isinstance(found, Receiver) else Receiver()

    def install(self) -> None:
        """To be called before Locust makes a socket. May be called again: the last one counts."""
        self._patch_sockets()
        self._patch_master()

    def _patch_sockets(self) -> None:
        def limiting(make: Any) -> Callable[..., None]:
            def limited(sock: BaseSocket, sock_type: int, *arguments: Any) -> None:
                make(sock, sock_type, *arguments)
                if sock_type == zmq.ROUTER:  # options of connections to come
                    sock.socket.setsockopt(zmq.MAXMSGSIZE, messages.LARGEST)
                    sock.socket.setsockopt(zmq.RCVHWM, WAITING)

            return limited

        quirks.replace(BaseSocket, "__init__", limiting)
        quirks.replace(Server, "recv_from_client", lambda _: lambda server: self.receive(server.socket))
        quirks.replace(Client, "recv", lambda _: lambda client: self.receive_from_master(client.socket))

    def _patch_master(self) -> None:
        def beginning(begin: Any) -> Callable[..., None]:
            def begun(runner: MasterRunner, *arguments: Any, **named: Any) -> None:
                self._runner = runner  # it hears the first message before anybody knows it
                vars(runner)["stt_receiver"] = self
                begin(runner, *arguments, **named)

            return begun

        def handling(handle: Any) -> Callable[..., None]:
            def handle_message(runner: MasterRunner, client_id: str, msg: Message) -> None:
                try:
                    if self._is_registered(runner, msg) and self._is_dealt_with(runner, msg):
                        handle(runner, client_id, msg)
                except Exception as error:  # would end the greenlet that hears all workers
                    self._failed(f"Locust's message {msg.type}", error)

            return handle_message

        def checking(stop: Any) -> Callable[..., None]:
            def check_stopped(runner: MasterRunner) -> None:
                """After each message: of no workers all are at rest, and a test that never began would have ended."""
                if runner.state != STATE_INIT:
                    stop(runner)

            return check_stopped

        quirks.replace(MasterRunner, "__init__", beginning)
        quirks.replace(MasterRunner, "handle_message", handling)
        quirks.replace(MasterRunner, "check_stopped", checking)

    def receive(self, socket: Any) -> tuple[str, Message]:
        """The next message that a worker may send. Raises `RPCError` where the socket itself is broken."""
        while True:
            self._give_way()
            try:
                frames = socket.recv_multipart()
            except zmq.ZMQError as error:
                raise RPCError("ZMQ network broken") from error
            if self.message_filter.is_refused(frames[0]):
                self._passed_over()
                continue
            try:
                received = self.message_filter.take(frames, clock())
            except Ignored as ignored:
                self._tell_once(name_of(frames[0]), str(ignored))
                self._passed_over()
            except InvalidMessage as invalid:
                self.refuse(frames[0], str(invalid))
                self._passed_over()
            else:
                self._junk = 0
                if received.trimmed:
                    self._tell_once(received.sender, TRIMMED)
                return received.sender, Message(received.kind, received.data, received.sender)

    def refuse(self, identity: bytes, reason: str) -> None:
        """Whoever has this identity is not listened to any more, which is said once."""
        if self.message_filter.is_refused(identity):
            return
        self.message_filter.refuse(identity)
        name = name_of(identity)
        if self.on_invalid_message is not None and self.message_filter.knows(name):
            try:
                self.on_invalid_message(name, reason)
            except Exception as error:
                self._failed("refusing a worker", error)
        else:
            self._say("stt-load: %s, which is no worker, is not listened to: %s", shown(name), reason)

    def receive_from_master(self, socket: Any) -> Message:
        """The next message that a worker gets. What is none is passed over: its master, or who seems to be it, may
        send something better."""
        while True:
            try:
                packed = socket.recv()
            except zmq.ZMQError as error:
                raise RPCError("ZMQ network broken") from error
            try:
                message: Message = Message.unserialize(packed)
                if isinstance(message.type, str):
                    return message
                reason = "a kind that is no text"
            except Exception as error:  # of many kinds, as is what can be wrong
                reason = f"{type(error).__name__}: {shown(str(error))}"
            self._tell_once("the master", f"what it sends is no message ({reason})")

    def accept(self, worker: str) -> None:
        """It has introduced itself: Locust hears now that it is ready, and gives it users."""
        version = self.registrations.accept(worker)
        if version is not None and self._runner is not None:
            handle = quirks.original(MasterRunner.handle_message)
            handle(self._runner, worker, Message("client_ready", version, worker))

    def _is_registered(self, runner: MasterRunner, msg: Message) -> bool:
        """Whether Locust is to hear of this sender. Who waits for an answer before he introduces himself gets it."""
        if not self.registrations.passes(msg.node_id, msg.type, msg.data, clock()):
            if msg.type == "client_ready":
                runner.send_message("ack", {"index": runner.get_worker_index(msg.node_id)}, msg.node_id)
            return False
        if msg.type == "quit":
            self.registrations.forget(msg.node_id)
        return True

    def _custom_kinds(self) -> Any:
        return () if self._runner is None else self._runner.custom_messages

    def _give_way(self) -> None:
        if clock() - self._turned_s > TURN_S:
            gevent.sleep(SOON_S)
            self._turned_s = clock()

    def _passed_over(self) -> None:
        self._junk += 1
        if self._junk >= JUNK_AT_ONCE:
            gevent.sleep(JUNK_PAUSE_S)
            self._junk, self._turned_s = 0, clock()

    def _is_dealt_with(self, runner: MasterRunner, msg: Message) -> bool:
        """Whether Locust is to deal with a message of its own that has its shape, and of how much of it."""
        if msg.type in ("stats", "spawning_complete"):
            said = sum(msg.data["user_classes_count"].values())
            if self.most_users is not None and said > self.most_users():
                self.refuse(msg.node_id.encode(), f"it says to have {said} users, where there can't be so many")
                return False
        if msg.type == "quit" and (self.may_end is None or not self.may_end(msg.node_id)):
            quirks.forget(runner, msg.node_id)  # with the last one that Locust knows, it would hear nobody any more
            return False
        if msg.type == "stats":
            self._fit_in(runner.stats, msg.data)
        return msg.type != "exception" or self._has_room(runner, msg)

    def _has_room(self, runner: MasterRunner, msg: Message) -> bool:
        """Whether Locust's table takes it in, of which `msg` says that a user has raised it."""
        msg.data["msg"] = msg.data["msg"][:_LONGEST_MESSAGE]
        msg.data["traceback"] = trace = msg.data["traceback"][:_LONGEST_TRACE]
        if len(runner.exceptions) < MOST_EXCEPTIONS or hash(trace) in runner.exceptions:
            return True
        self._is_full("exceptions")
        return False

    def _fit_in(self, stats: RequestStats, report: dict[str, Any]) -> None:
        """Leaves in `report`, on users' own requests, what Locust's tables have room for."""
        if max(len(stats.entries), len(stats.errors)) >= MOST_ENTRIES:
            report["stats"] = [one for one in report["stats"] if (one["name"], one["method"]) in stats.entries]
            report["errors"] = {key: one for key, one in report["errors"].items() if key in stats.errors}
            self._is_full("requests of users' own")
        if len(stats.total.response_times) >= MOST_TIMES:
            report["stats"] = []
            self._is_full("response times of users' own requests")

    def _is_full(self, what: str) -> None:
        self._tell_once("Locust's table", f"it has so many different {what} that it takes no more of them")

    def _tell_once(self, who: str, what: str) -> None:
        if (who, what) not in self._told and len(self._told) < MOST_LINES:
            self._told.add((who, what))
            self._say("stt-load: %s: %s", shown(who), what)

    def _say(self, line: str, *words: str) -> None:
        """Names cost nothing: whoever has many of them does not fill the screen."""
        self._lines += 1
        if self._lines <= MOST_LINES:
            logger.warning(line, *words)
        if self._lines == MOST_LINES:
            logger.warning("stt-load: there are more of these; no further ones are told")

    def _failed(self, what: str, error: Exception) -> None:
        if self.on_error is None:
            logger.exception("stt-load: %s failed: %s", what, error, exc_info=error)
        else:
            self.on_error(what, error)
