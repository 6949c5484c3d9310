"""A server with fewer threads than there are kept-alive connections: some are served, the others wait."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes.running import against, rows, run

pytestmark = pytest.mark.locust

SERVICE_S = 0.05
IDLE_S = 0.4
ANSWER = b'{"text": "hello"}'


@contextmanager
def few_threads(count: int) -> Iterator[str]:
    """`count` threads, each with one connection until that is closed or idle, as cpp-httplib has it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    pool = ThreadPoolExecutor(count)
    open_ones: list[socket.socket] = []

    def serve(sock: socket.socket) -> None:
        sock.settimeout(IDLE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError), sock, sock.makefile("rb") as file:
            while file.readline():
                length = 0
                while (line := file.readline().strip()) != b"":
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                file.read(length)
                time.sleep(SERVICE_S)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
                sock.sendall(head.encode() + ANSWER)

    def accept() -> None:
        with contextlib.suppress(OSError, RuntimeError):
            while True:
                open_ones.append(listener.accept()[0])
                pool.submit(serve, open_ones[-1])

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    for sock in open_ones:
        sock.close()
    pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_the_report_says_that_connections_were_left_waiting(tmp_path: Path, user_class: str) -> None:
    with few_threads(3) as url:
        ran = run(tmp_path, against(url, 155, 5, 5, audio_duration=0.1), user_class)
    found = {finding["name"]: finding["values"] for finding in ran.result["findings"]}
    assert found["starved"]["starved"] == 2, found
    assert "were left waiting" in " ".join(ran.out.split())
    waited = sorted(row["service_time_s"] for row in rows(ran.result, "measured"))
    assert waited[-2] > 5 * waited[len(waited) // 2]


@pytest.mark.slow
def test_without_keep_alive_nobody_is_left_waiting(tmp_path: Path) -> None:
    with few_threads(3) as url:
        config = against(url, 105, 5, 5, audio_duration=0.1, api={"keep_alive": False})
        ran = run(tmp_path, config, "FastSttUser")
    assert ran.result["metrics"]["requests"]["failed"] == 0
    assert "starved" not in {finding["name"] for finding in ran.result["findings"]}
    assert len({row["connection"] for row in rows(ran.result, "measured")}) == 100
