"""Somebody who can reach a master's port and says what no worker would."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgpack
import zmq
from locust import __version__ as locusts_version

import stt_load
from stt_load.cluster import protocol
from stt_load.samples.table import Samples, blank

LIMIT_MS = 10_000


class Rogue:
    """A socket of zmq's kind DEALER, as a worker's is. name: what its own begins with; "" for none."""

    def __init__(self, context: zmq.Context[Any], port: int, name: str) -> None:
        self.name = f"{name}_{uuid.uuid4().hex}" if name else ""
        self.run = ""
        self._socket = context.socket(zmq.DEALER)
        if name:
            self._socket.setsockopt(zmq.IDENTITY, self.name.encode())
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.connect(f"tcp://127.0.0.1:{port}")

    def close(self) -> None:
        self._socket.close()

    def raw(self, *frames: bytes) -> None:
        self._socket.send_multipart(frames)

    def say(self, kind: str, data: Any = None, sender: str | None = None) -> None:
        self.raw(msgpack.dumps((kind, data, self.name if sender is None else sender)))

    def heard(self, kind: str) -> dict[str, Any]:
        """What the next message of this kind says."""
        until_s = time.monotonic() + LIMIT_MS / 1000
        while time.monotonic() < until_s:
            if self._socket.poll(100):
                found, data, _ = msgpack.loads(self._socket.recv(), strict_map_key=False)
                if found == kind:
                    assert isinstance(data, dict) or data is None
                    return data or {}
        raise AssertionError(f"{self.name} has not heard {kind}")

    def register(self) -> None:
        """For Locust it is a worker."""
        self.say("client_ready", locusts_version)
        self.heard("ack")

    def join(self) -> None:
        """It takes part in the run."""
        self.register()
        hello = {"version": stt_load.__version__, "name": self.name, "boot_id": protocol.boot_id(), "ready": True}
        self.say(protocol.HELLO, hello)
        now_s = self.heard(protocol.WELCOME)["sent_s"]
        self.say(protocol.FIT, {"trouble": None, "sent_s": now_s, "clock_s": time.monotonic()})
        self.run = self.heard(protocol.RUN)["run"]

    def want(self, **more: Any) -> None:
        wants = {"epoch": 1, "joined": 1, "present": 1, "starting": 0, "waiting": 1, "taken": 0, "held": []}
        self.say(protocol.WANT, wants | {"run": self.run} | more)

    def leased(self) -> list[list[int]]:
        """Iterations that it is given, as it has a user that wants some."""
        self.want()
        iterations: list[list[int]] = self.heard(protocol.LEASE)["iterations"]
        return iterations

    def bring(self, rows: bytes, **more: Any) -> None:
        samples = {"first": 0, "rows": rows, "texts_from": 0, "texts": [], "transcripts": [], "last": False}
        said = {"transcript": None, "said": None, "held": None, "watch": None, "errors": 0, "run": self.run}
        self.say(protocol.SAMPLES, samples | said | more)


def rows_of(iterations: list[list[int]], audio_s: float, **more: Any) -> bytes:
    """Rows of `iterations` that could be, but for what is in `more`."""
    rows = blank(len(iterations))
    for name, column in zip(("seq", "attempt", "phase"), zip(*iterations, strict=True), strict=True):
        rows[name] = column
    now_s = time.monotonic()
    usual = {"start_s": now_s, "sent_s": now_s, "done_s": now_s, "users": 1, "audio_s": audio_s, "text_length": 5}
    for name, value in (usual | more).items():
        rows[name] = value
    return protocol.pack_rows(Samples(rows))


def bomb(megabytes: int) -> bytes:
    """So many, packed to less than a hundredth of them."""
    packer, nothing = zlib.compressobj(1), bytes(1_000_000)
    return b"".join([packer.compress(nothing) for _ in range(megabytes)]) + packer.flush()


@contextmanager
def rogues(port: int) -> Iterator[Callable[[str], Rogue]]:
    """Makes rogues by their names."""
    made: list[Rogue] = []

    def make(name: str) -> Rogue:
        made.append(Rogue(context, port, name))
        return made[-1]

    with zmq.Context() as context:
        try:
            yield make
        finally:
            for one in made:
                one.close()
