"""A server on a real socket that answers each request as it is told to, byte for byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable

from tests.ports import stop_listening

Act = Callable[[socket.socket], bool]
"""Answers one request; whether the connection stays open."""


class Scripted:
    """The n-th request, on whatever connection, gets the n-th of `acts`, all further ones the last: bytes are sent as
    they are, and the connection stays open.

    Listens on a free port of `host` until closed. heads: of the requests. bodies: theirs. connections: by which of
    them each came, from 0.
    """

    def __init__(self, *acts: bytes | Act, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections: list[int] = []
        self._acts = list(acts)
        self._context = context
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if context else ''}://{f'[{host}]' if ':' in host else host}:{self.port}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *_: object) -> None:
        stop_listening(self._listener)
        for sock in self._open:
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(sock)
            threading.Thread(target=self._serve, args=(sock, len(self._open) - 1), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
            with sock:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with sock.makefile("rb") as stream:
                    while (act := self._request(stream, number)) is not None:
                        if isinstance(act, bytes):
                            sock.sendall(act)
                        elif not act(sock):
                            return
        except (OSError, ValueError):  # ValueError: closed by the test meanwhile
            pass

    def _request(self, stream: object, number: int) -> bytes | Act | None:
        """What is to be done about the next request; None when there is none."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line: bytes = stream.readline()  # type: ignore[attr-defined]
            if not line:
                return None
            head += line
        lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")]
        body: bytes = stream.read(sum(lengths))  # type: ignore[attr-defined]
        with self._lock:
            turn = len(self.heads)
            self.heads.append(head)
            self.bodies.append(body)
            self.connections.append(number)
        return self._acts[min(turn, len(self._acts) - 1)]


def answer(*headers: str, body: bytes = b'{"text": "hello"}', status: str = "200 OK", length: bool = True) -> bytes:
    """The bytes of an answer. length: with the Content-Length that is right."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def closing(data: bytes = b"") -> Act:
    """Sends `data` and closes."""

    def act(sock: socket.socket) -> bool:
        sock.sendall(data)
        return False

    return act


def in_pieces(data: bytes, ends: bool) -> Act:
    """Sends `data` byte by byte, each in a segment of its own as far as the kernel goes along. ends: and closes."""

    def act(sock: socket.socket) -> bool:
        for begin in range(len(data)):
            sock.sendall(data[begin : begin + 1])
        return not ends

    return act
