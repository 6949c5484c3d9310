"""What is said of a service that is not ready."""

from __future__ import annotations

import socket
import threading

from stt_load.readiness import _trouble
from stt_load.transport.target import Target, Timeouts


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
    assert "\ufffd[2J\ufffd2J no HTTP" in said
    assert "\x1b" not in said
