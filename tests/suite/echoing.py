"""A service that fails and repeats in its answer what it was sent: what no report may show."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Echoing:
    """authorizations: the header of each request, in their order."""

    port: int
    authorizations: list[str] = field(default_factory=list)


@contextmanager
def echoing(words: str) -> Iterator[Echoing]:
    """Answers each POST with 500 and `words`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.authorizations.append(self.headers["Authorization"])
            self.send_error(500, "no", f"you said {words} to {self.path}")

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        seen = Echoing(server.server_port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield seen
        server.shutdown()
