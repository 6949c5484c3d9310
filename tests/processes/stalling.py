"""A server that stands still once, for a known time, and says when."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SERVICE_S = 0.05
STALL_S = 2.0
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"text": "hey"}'


class Stalling:
    """Answers each request `SERVICE_S` after it has come, however many there are; but from the `at`-th on nothing
    happens for `STALL_S`. from_s, until_s: when that was, on the host's monotonic clock."""

    def __init__(self, at: int) -> None:
        self.url = ""
        self.from_s = self.until_s = float("inf")
        self._at, self._count = at, 0
        self._loop = asyncio.new_event_loop()

    def run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def done_s(self, came_s: float) -> float:
        """When a request that came then is answered."""
        if came_s < self.from_s:
            return came_s + SERVICE_S + (STALL_S if came_s + SERVICE_S > self.from_s else 0.0)
        return max(came_s, self.until_s) + SERVICE_S

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                came_s = time.monotonic()
                self._count += head.startswith(b"post")
                if self._count == self._at and self.from_s == float("inf"):
                    self.from_s, self.until_s = came_s, came_s + STALL_S
                while (left_s := self.done_s(came_s) - time.monotonic()) > 0:
                    await asyncio.sleep(left_s)
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@contextmanager
def stalling(at: int) -> Iterator[Stalling]:
    server, ready = Stalling(at), threading.Event()
    thread = threading.Thread(target=server.run, args=(ready,))
    thread.start()
    ready.wait(10)
    try:
        yield server
    finally:
        server.stop()
        thread.join()
