"""A service that fails and repeats in its answer what it was sent: what no report may show."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Echoing:
    """paths, headers: of each request, in their order."""

    port: int
    paths: list[str] = field(default_factory=list)
    headers: list[Message] = field(default_factory=list)

    @property
    def authorizations(self) -> list[str]:
        return [headers["Authorization"] for headers in self.headers]


@contextmanager
def echoing(words: str) -> Iterator[Echoing]:
    """Answers each POST with 500, `words` and its headers."""

    class Handler(BaseHTTPRequestHandler):
        error_message_format = "%(explain)s"  # first of all, so that no message is too short for it

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.paths.append(self.path)
            seen.headers.append(self.headers)
            self.send_error(500, "no", f"you said {words} to {self.path} with {self.headers.items()}")

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        seen = Echoing(server.server_port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield seen
        server.shutdown()
