"""What goes over the connection between master and worker, which anybody on the way can read: no secret."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.processes.crowd import crowd
from tests.processes.running import against
from tests.processes.test_secrets import API, SECRETS, repeating

pytestmark = pytest.mark.locust

LITERAL = {
    "headers": {"X-Literal": "l1teral-header"},
    "query": {"literal": "l1teral-query"},
    "extra_fields": {"literal": "l1teral-field"},
}


class Relay:
    """Passes on what two ends say to each other, and keeps all of it. port: where to connect to instead."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listener]
        self._heard: list[bytearray] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()
        self.port: int = self._listener.getsockname()[1]

    @property
    def heard(self) -> bytes:
        """All of it, one direction of one connection after the other."""
        return b"\n".join(bytes(one) for one in self._heard)

    def close(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for one in self._open:
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                worker, _ = self._listener.accept()
            except OSError:
                return
            try:
                master = socket.create_connection(("127.0.0.1", self._to))
            except OSError:  # it is not there yet; zmq tries again
                worker.close()
                continue
            self._open += [worker, master]
            for ends in ((worker, master), (master, worker)):
                thread = threading.Thread(target=self._pass_on, args=ends, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        kept = bytearray()
        self._heard.append(kept)
        with suppress(OSError):  # one of them is gone
            while part := source.recv(65_536):
                kept += part
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def relay(port: int) -> Iterator[Relay]:
    one = Relay(port)
    try:
        yield one
    finally:
        one.close()


def disguises(secret: str) -> set[bytes]:
    """The ways in which it could be written."""
    raw = secret.encode()
    return {raw, quote(secret).encode(), quote(secret, safe="").encode(), base64.b64encode(raw)}


def test_what_stands_in_the_environment_does_not_travel_and_what_stands_in_the_file_does(tmp_path: Path) -> None:
    """The service repeats all that it is told, so that secrets come back in errors and captured headers, too."""
    api = API | {section: API[section] | said for section, said in LITERAL.items()}  # type: ignore[operator]
    config = {"continue_on_dead_warmup": True}
    with repeating() as url, crowd(tmp_path) as processes, relay(processes.port) as between:
        processes.start_master(against(url, 12, 2, 2, api=api, **config), "--loglevel=DEBUG", expect=1, env=SECRETS)
        processes.start_worker(f"--master-port={between.port}", "--loglevel=DEBUG", env=SECRETS)
        ran = processes.finish()
        heard = between.heard
    assert len(ran.result["requests"]) == 12, ran.err
    assert b"stt_load.samples" in heard
    assert b"${S_HEADER}" in heard, "its name is all that the worker needs"
    for section in LITERAL.values():
        for word in section.values():
            assert word.encode() in heard, "as docs/distributed.md says"
    for name, secret in SECRETS.items():
        assert not [one for one in disguises(secret) if one in heard], name
