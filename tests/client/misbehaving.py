"""A server that misbehaves on purpose, one way per path, on real sockets; it counts the requests it was sent."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.client.streaming import Act, streams
from tests.ports import stop_listening

OK = b'{"text": "hello"}'
TLS_HANDSHAKE = b"\x16"


def answer(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}", "", ""]
    return "\r\n".join(lines).encode() + body


class Misbehaving:
    """Listens on a free port of 127.0.0.1 until closed; `seen` counts whole or cut requests by path."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.bodies: dict[str, bytes] = {}
        self.heads: dict[str, list[dict[str, str]]] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def close(self) -> None:
        self._over.set()
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
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        on_connection = 0
        try:
            while (head := self._head(sock)) is not None:
                path, length = head
                self.seen[path] += 1
                if path not in ("early-413", "slow-reader"):
                    self.bodies[path] = self._body(sock, length)
                on_connection += 1
                if not self._act(path, sock, on_connection, length):
                    break
        except OSError:
            pass
        sock.close()

    def _head(self, sock: socket.socket) -> tuple[str, int] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(1)
            if not more:
                return None
            if not data and more == TLS_HANDSHAKE:
                sock.sendall(answer("400 Bad Request"))
                return None
            data += more
        first, *lines = data.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        path = urlsplit(first.split()[1]).path.removeprefix("/")
        self.heads.setdefault(path, []).append(headers | {"": first})
        return path, int(headers["content-length"])

    def _body(self, sock: socket.socket, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            more = sock.recv(min(65_536, length - len(data)))
            if not more:
                raise ConnectionError
            data += more
        return bytes(data)

    def _act(self, path: str, sock: socket.socket, on_connection: int, length: int) -> bool:
        """Whether the connection stays open."""
        if path in STATUSES:
            sock.sendall(answer(STATUSES[path], b'{"error": {"message": "the server said so"}}', "Location: /ok"))
            return True
        if path == "stale":
            if on_connection > 1:
                return False
            sock.sendall(answer("200 OK", OK))
            return True
        if path == "early-413":
            sock.recv(1)
            sock.sendall(answer("413 Payload Too Large", b"too big", "Connection: close"))
            return False
        if path == "slow-reader":
            time.sleep(0.8)
            self._body(sock, length)
            sock.sendall(answer("200 OK", OK))
            return True
        return _ACTS[path](sock, self._over)


def _hang(_: socket.socket, over: threading.Event) -> bool:
    over.wait(20)
    return False


def _say(data: bytes, keep: bool = False) -> Callable[[socket.socket, threading.Event], bool]:
    def act(sock: socket.socket, _: threading.Event) -> bool:
        sock.sendall(data)
        return keep

    return act


def _slow(sock: socket.socket, _: threading.Event) -> bool:
    time.sleep(0.3)
    sock.sendall(answer("200 OK", OK))
    return True


def _processing(sock: socket.socket, _: threading.Event) -> bool:
    """As servers do that fear for the client's patience."""
    for _number in range(2):
        sock.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.15)
    sock.sendall(answer("200 OK", OK))
    return True


def _stall(sock: socket.socket, over: threading.Event) -> bool:
    sock.sendall(answer("200 OK", OK[:5], length=len(OK)))
    return _hang(sock, over)


def _drip(sock: socket.socket, over: threading.Event) -> bool:
    sock.sendall(answer("200 OK", length=10_000))
    while not over.wait(0.05):
        sock.sendall(b" ")
    return False


def _huge(sock: socket.socket, _: threading.Event) -> bool:
    sock.sendall(answer("200 OK", length=100_000_000))
    for _piece in range(1_000):
        sock.sendall(b"x" * 100_000)
    return False


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n"
STATUSES = {
    "401": "401 Unauthorized",
    "415": "415 Unsupported Media Type",
    "429": "429 Too Many Requests",
    "500": "500 Internal Server Error",
    "503": "503 Service Unavailable",
    "redirect": "307 Temporary Redirect",
}
_ACTS: dict[str, Act] = {
    **streams(),
    "ok": _say(answer("200 OK", OK), keep=True),
    "until-closed": _say(b"HTTP/1.1 200 OK\r\n\r\n" + OK),
    "chunked": _say(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n" + OK + b"\r\n0\r\n\r\n", keep=True
    ),
    "interim": _say(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer("200 OK", OK),
        keep=True,
    ),
    "interim-only": _say(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "no-status": _say(answer("000 Nothing", OK), keep=True),
    "late": _processing,
    "gzip": _say(answer("200 OK", gzip.compress(OK), "Content-Encoding: gzip"), keep=True),
    "hang": _hang,
    "close": _say(b""),
    "cut-headers": _say(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "cut": _say(answer("200 OK", OK[:5], length=len(OK))),
    "cut-chunked": _say(CHUNKED + OK[:5]),
    "slow": _slow,
    "stall": _stall,
    "drip": _drip,
    "huge": _huge,
    "garbage": _say(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "bad-gzip": _say(answer("200 OK", b"junk", "Content-Encoding: gzip"), keep=True),
}
