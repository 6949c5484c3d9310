"""A server that costs next to nothing: it throws the body away inside the kernel, waits, and answers.

    python -m benchmarks.sink --delay 0.02 --count count.bin --log log.npy

Prints its port. `count.bin` holds the number of answers, as one unsigned 64-bit integer that others may look at while
it runs; at SIGTERM `log.npy` gets (arrival of the last body byte, answer sent) of each request, on CLOCK_MONOTONIC.

One thread, epoll, a heap of answers that are due. MSG_TRUNC makes Linux drop received TCP data instead of copying it.
It also ends when its standard input does, and so with whoever started it.
"""

from __future__ import annotations

import argparse
import mmap
import re
import select
import signal
import socket
import sys
from array import array
from contextlib import suppress
from heapq import heappop, heappush
from pathlib import Path
from time import monotonic

import numpy as np

BACKLOG = 4_096
HEAD_BYTES = 65_536
SWALLOW_BYTES = 1 << 20
ANSWER = b'{"text":"a sink hears nothing"}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
LENGTH = re.compile(rb"(?i)\r\ncontent-length:\s*(\d+)")


class Connection:
    """One client's. left: bytes of the present body that have not come yet, None while the head is still coming."""

    __slots__ = ("arrival_s", "head", "left", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.head = b""
        self.left: int | None = None
        self.arrival_s = 0.0

    def take(self, waste: bytearray) -> bool | None:
        """Whether a whole request is in now; None when the client has gone."""
        if self.left is None:
            data = self.sock.recv(HEAD_BYTES)
            if not data:
                return None
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            length = LENGTH.search(self.head, 0, end + 2)
            if length is None:
                raise SystemExit(f"sink: a request without Content-Length: {self.head[:end]!r}")
            self.left = int(length[1]) - (len(self.head) - end - 4)
        else:
            got = self.sock.recv_into(waste, min(self.left, SWALLOW_BYTES), socket.MSG_TRUNC)
            if not got:
                return None
            self.left -= got
        return self.left == 0


class Sink:
    """Answers each request `delay_s` seconds after its last byte has come."""

    def __init__(self, delay_s: float, count: mmap.mmap) -> None:
        self._delay_s = delay_s
        self._count = memoryview(count).cast("Q")
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._listener.setblocking(False)
        self._epoll = select.epoll()
        self._epoll.register(self._listener, select.EPOLLIN)
        self._epoll.register(sys.stdin, select.EPOLLIN)
        self._connections: dict[int, Connection] = {}
        self._due: list[tuple[float, int]] = []
        self._waste = bytearray(SWALLOW_BYTES)
        self.log = array("d")

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def run(self) -> None:
        """Serves until something raises in here, as a signal's handler does."""
        while True:
            timeout_s = max(0.0, self._due[0][0] - monotonic()) if self._due else None
            select.select([self._epoll], [], [], timeout_s)  # epoll itself knows only whole milliseconds
            for number, _ in self._epoll.poll(0):
                if number == sys.stdin.fileno():
                    raise KeyboardInterrupt
                if number == self._listener.fileno():
                    self._welcome()
                else:
                    self._read(number)
            while self._due and self._due[0][0] <= monotonic():
                self._answer(heappop(self._due)[1])

    def _welcome(self) -> None:
        sock, _ = self._listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections[sock.fileno()] = Connection(sock)
        self._epoll.register(sock, select.EPOLLIN)

    def _read(self, number: int) -> None:
        connection = self._connections[number]
        try:
            whole = connection.take(self._waste)
        except ConnectionError:
            whole = None
        if whole is None:
            del self._connections[number]
            connection.sock.close()
        elif whole:
            connection.arrival_s = monotonic()
            if self._delay_s:
                heappush(self._due, (connection.arrival_s + self._delay_s, number))
            else:
                self._answer(number)

    def _answer(self, number: int) -> None:
        connection = self._connections.get(number)
        if connection is None or connection.left != 0:
            return  # the client has gone, and perhaps another has its number
        connection.head, connection.left = b"", None
        self.log.extend((connection.arrival_s, monotonic()))
        self._count[0] += 1
        with suppress(ConnectionError):  # it will be read as gone
            connection.sock.send(REPLY)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--count", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    args = parser.parse_args()
    args.count.write_bytes(bytes(8))
    with args.count.open("r+b") as file:
        sink = Sink(args.delay, mmap.mmap(file.fileno(), 8))

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(sink.port, flush=True)
    try:
        sink.run()
    except KeyboardInterrupt:
        np.save(args.log, np.array(sink.log).reshape(-1, 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
