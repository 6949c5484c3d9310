"""What a worker process and its master say to each other before it can work."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress

import gevent
from locust.exception import RPCError
from locust.runners import WorkerRunner

import stt_load
from stt_load.audio.sources import AudioSpec, digest_of
from stt_load.client import call
from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.locust_plugin import quirks
from stt_load.run.order import another_than_at_the_master

logger = logging.getLogger(__name__)

HELLO_S = 1.0
GO_S = 5.0
"""A worker that was refused goes by itself when it has not been told to for so long."""


def install_handshake() -> None:
    """Makes worker processes say hello as soon as they are connected; to be called before Locust makes its runner."""
    quirks.on_connect(Handshake, lambda runner: Handshake.of(runner).begin())


class Handshake:
    """A worker process, from its connection to the moment when there is a `Worker`.

    Locust gives it users at once, and `init`, where a locustfile of somebody's own may take its time, comes later. So
    the master must know from the first moment on that this worker will take part, and a refusal must be heard.
    """

    def __init__(self, runner: WorkerRunner) -> None:
        self.refused = False
        self._runner = runner
        self._ready = self._taken_in = self._looks = False
        self._sent_s = 0.0
        runner.register_message(protocol.WELCOME, lambda msg, **_: self._on_welcome(msg.data))
        runner.register_message(protocol.REFUSED, lambda msg, **_: self._on_refused(msg.data))
        vars(runner.environment)["stt_handshake"] = self

    @staticmethod
    def of(runner: WorkerRunner) -> Handshake:
        """The one of this process."""
        found = getattr(runner.environment, "stt_handshake", None)
        return found if isinstance(found, Handshake) else Handshake(runner)

    def begin(self) -> None:
        """Says hello, and again and again, as the master may not be listening yet."""
        self._say_hello()
        gevent.spawn(self._repeat)

    def ready(self) -> None:
        """From now on this worker can take part."""
        self._ready = True
        if self.refused:
            self._go_soon()
        else:
            self._say_hello()

    def taken_in(self) -> None:
        """The master keeps in touch: it knows that this worker can take part."""
        self._taken_in = True

    def trouble(self, trouble: str | None, sent_s: float) -> None:
        """Tells the master what is in the way of taking part, if something is: the beginning of what is long."""
        told = trouble and trouble[: protocol.LONGEST_TROUBLE]
        post(self._runner, protocol.FIT, {"trouble": told, "sent_s": sent_s, "clock_s": clock()})

    def _repeat(self) -> None:
        while not self._taken_in and not self.refused:
            gevent.sleep(HELLO_S)
            self._say_hello()

    def _say_hello(self) -> None:
        hello = {
            "version": stt_load.__version__,
            "name": f"{socket.gethostname()}:{os.getpid()}",
            "boot_id": protocol.boot_id(),
            "ready": self._ready,
        }
        with suppress(ConnectionError):  # it is said again
            post(self._runner, protocol.HELLO, hello)

    def _on_welcome(self, needs: Data) -> None:
        """The answer may get lost, like any message: hello is said until the master is heard to have it."""
        quirks.miss_master(self._runner)
        self._sent_s = needs["sent_s"]
        trouble = _trouble(needs)
        if trouble is not None or needs["audio"] is None:
            self._answer(trouble)
        elif not self._looks:
            self._looks = True
            gevent.spawn(self._look, AudioSpec(**needs["audio"]), needs["digest"])

    def _look(self, spec: AudioSpec, digest: str) -> None:
        """Many recordings take their time to look at, in which this worker goes on being heard."""
        try:
            trouble = gevent.get_hub().threadpool.apply(_trouble_with, (spec, digest))
        finally:
            self._looks = False
        self._answer(trouble)

    def _answer(self, trouble: str | None) -> None:
        with suppress(ConnectionError):
            self.trouble(trouble, self._sent_s)

    def _on_refused(self, data: Data) -> None:
        if not self.refused:
            self.refused = True
            logger.error("stt-load: the master refused this worker: %s", data["reason"])
            if self._ready:
                self._go_soon()

    def _go_soon(self) -> None:
        """Locust's own quit, which follows, may get lost."""
        gevent.spawn_later(GO_S, self._runner.quit)


def post(runner: WorkerRunner, kind: str, data: Data) -> None:
    """Sends a message to the master. Raises `ConnectionError` where it can't now: Locust mends its connection."""
    try:
        runner.send_message(kind, data)
    except RPCError as error:
        raise ConnectionError(f"{kind}: {error}") from error


def _trouble(needs: Data) -> str | None:
    """What this process lacks of what requests need, as a reason to refuse it."""
    missing = [name for name in needs["variables"] if not os.environ.get(name)]
    if missing:
        return f"its environment lacks {missing[0]}, which requests need"
    try:
        if needs["call"] is not None:
            call.load(needs["call"])
    except call.HookError as error:
        return str(error)
    return None


def _trouble_with(spec: AudioSpec, digest: str) -> str | None:
    """The same for the files that its clips are made of."""
    try:
        same = digest_of(spec) == digest
    except ValueError as error:
        return f"its clips can't be made: {str(error).splitlines()[0]}"
    return None if same else another_than_at_the_master(spec)
