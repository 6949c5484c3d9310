"""A service that says what the test wants it to say."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def saying(
    *bodies: str, kind: str = "application/json", status: str = "200 OK", headers: Sequence[str] = ()
) -> Iterator[str]:
    """Answers each POST with the next of `bodies`, over and over; and headers that are no texts.

    headers: lines that the n-th answer has, one text for each answer, over and over as well.
    """
    turns = zip(itertools.cycle(bodies), itertools.cycle(headers or [""]), strict=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            text, more = next(turns)
            body = text.encode()
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
            self.wfile.write(head.encode() + b"X-Served-By: \xff\xfe\x80" + b"x" * 3_000 + b"\r\n\r\n" + body)

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
