"""A small HTTP proxy on a real socket: whole URLs, CONNECT, and a password."""

from __future__ import annotations

import base64
import socket
import threading
from urllib.parse import urlsplit

from tests.ports import stop_listening


class Proxy:
    """Listens on a free port of 127.0.0.1 until closed. asked: the first lines of what it was asked.

    password: of the user `me`, None lets everybody through.
    """

    def __init__(self, password: str | None = None) -> None:
        self.asked: list[str] = []
        self._expected = None if password is None else base64.b64encode(f"me:{password}".encode()).decode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
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
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(65_536)
            if not more:
                return
            data += more
        first, *lines = data.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        self.asked.append(first)
        given = [line for line in lines if line.lower().startswith("proxy-authorization: ")]
        if self._expected is not None and given != [f"Proxy-Authorization: Basic {self._expected}"]:
            sock.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            sock.close()
            return
        method, url, _ = first.split()
        place = urlsplit(f"//{url}" if method == "CONNECT" else url)
        peer = socket.create_connection((place.hostname or "", place.port or 80))
        self._open.append(peer)
        if method == "CONNECT":
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            peer.sendall(data)
        threading.Thread(target=_copy, args=(peer, sock), daemon=True).start()
        _copy(sock, peer)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
