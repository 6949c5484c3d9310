"""What is said of a service that is not ready."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

from stt_load.client.target import Target, Timeouts
from stt_load.run.readiness import _trouble, wait_ready


def test_a_flood_of_interim_answers_is_no_readiness_and_has_an_end() -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def flood() -> None:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    with connection:
                        while not over.is_set():
                            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)

        threading.Thread(target=flood, daemon=True).start()
        host, port = listener.getsockname()
        began_s = time.monotonic()
        said = wait_ready(Target(f"http://{host}:{port}", {}, Timeouts(9, 9, 9, 9), 1_000), "/health", 0.5)
        took_s = time.monotonic() - began_s
        over.set()
    assert said is not None
    assert "interim" in said
    assert took_s < 5


def test_words_of_a_server_that_speaks_no_http_steer_no_terminal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"\x1b[2J\x9b2J no HTTP\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        host, port = listener.getsockname()
        said = _trouble(Target(f"http://{host}:{port}", {}, Timeouts(9, 9, 9, 9), 1_000), "/health", 9.0)
        thread.join(9)
    assert said is not None
    assert "[2J" in said
    assert said.isprintable()
