"""Users of this suite on a Locust environment, and a scripted server on a real socket."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import gevent.pool
from locust.env import Environment

from stt_load.config import Config
from stt_load.load.budget import Budget
from stt_load.load.timetable import timetable_of
from stt_load.locust_plugin.user_starts import clear, enter
from stt_load.locust_plugin.users import SpeechUser, on_user_error
from stt_load.run.context import build
from stt_load.run.dispatcher import LocalDispatcher
from stt_load.run.waiting import Condition
from stt_load.samples.run_info import OpenLoop
from stt_load.samples.sample import Sample
from tests.making import barrier_of

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"text": "hey"}'

SpeechUser.host = "http://127.0.0.1"  # Locust's own clients want one, and are not used


class Script:
    """A server that answers every request with the bytes in `answer`, closing the connection after each."""

    def __init__(self) -> None:
        self.answer = OK
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1/audio/transcriptions"
        gevent.spawn(self._accept)

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            gevent.spawn(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as stream:
            size = 0
            while (line := stream.readline().lower()) not in (b"", b"\r\n"):
                if line.startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            stream.read(size)
            sock.sendall(self.answer)


class Run:
    """A run of `total` requests by users of one class, in this process and without Locust's runner. load: None for
    a closed loop without an end to its time."""

    def __init__(
        self, url: str, total: int | None = None, warmup: int = 0, load: OpenLoop | None = None, **keys: Any
    ) -> None:
        api = {"timeout": {"total": 5, "first_byte": 5, "read": 2}} | keys.pop("api", {})
        config = Config(audio={"duration": 0.1}, api=api, **keys)
        self.environment = Environment()
        self.environment.events.user_error.add_listener(on_user_error)
        self.condition = Condition()
        self.budget = Budget(total, warmup, 0)
        self.over: list[str] = []
        self.barrier = barrier_of(
            self.budget, over=lambda: self.over.append("over"), on_news=self.condition.notify_all
        )
        dispatcher = LocalDispatcher(self.budget, self.barrier, self.condition)
        clear(self.environment)
        if load is not None:
            self.budget.follow(load, timetable_of(load, 1))
        self.context = build(config, url, 1, dispatcher, lambda: self.budget.present, load)
        enter(self.environment, self.context)
        self.barrier.release()
        self.group = gevent.pool.Group()

    @property
    def rows(self) -> list[Sample]:
        return list(self.barrier.table.snapshot())


@contextmanager
def started(run: Run, *users: SpeechUser) -> Iterator[list[gevent.Greenlet]]:
    """`users` as Locust runs them, until the block ends."""
    greenlets = [user.start(run.group) for user in users]
    try:
        yield greenlets
    finally:
        run.group.kill()


def until(holds: Callable[[], Any], what: str) -> None:
    with gevent.Timeout(10, AssertionError(f"waited in vain until {what}")):
        while not holds():
            gevent.sleep(0.005)
