"""Streamed answers of a server that means well, or does not."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable

Act = Callable[[socket.socket, threading.Event], bool]
"""Answers on a socket, the event being the test's end; whether the connection stays open."""

GAP_S = 0.1
PAUSE_S = 0.2
HANG_S = 20.0
WORDS = ["안녕", " small", " world"]


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def delta(text: str) -> bytes:
    return event({"type": "transcript.text.delta", "delta": text})


DONE = event({"type": "transcript.text.done", "text": "".join(WORDS)})
ERROR = event({"error": {"message": "the engine fell over"}})


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST = b"0\r\n\r\n"


def head(*lines: str, content_type: str = "text/event-stream") -> bytes:
    lines = ("HTTP/1.1 200 OK", f"Content-Type: {content_type}", "Transfer-Encoding: chunked", *lines, "", "")
    return "\r\n".join(lines).encode()


def _stream(*pieces: bytes, end: bytes = LAST, keep: bool = True, after: str = "close", headers: bytes = b"") -> Act:
    """Headers, then each piece in a chunk of its own, GAP_S apart; after: close, or hang."""

    def act(sock: socket.socket, over: threading.Event) -> bool:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(headers or head())
        time.sleep(PAUSE_S)
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(GAP_S)
            sock.sendall(chunk(piece))
        sock.sendall(end)
        if after == "hang":
            over.wait(HANG_S)
        return keep and after != "hang"

    return act


def _packed(pieces: list[bytes]) -> list[bytes]:
    """Each piece packed so that it can be read when it comes."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    packed = [packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH) for piece in pieces]
    packed[-1] += packer.flush()
    assert gzip.decompress(b"".join(packed)) == b"".join(pieces)
    return packed


def streams() -> dict[str, Act]:
    deltas = [delta(word) for word in WORDS]
    half = delta("안녕")
    half = half[: half.index("녕".encode()) + 1]
    return {
        "sse": _stream(*deltas, DONE),
        "sse-at-once": _stream(b"".join(deltas) + DONE),
        "sse-gzip": _stream(*_packed([*deltas, DONE]), headers=head("Content-Encoding: gzip")),
        "sse-hang-after-done": _stream(*deltas, DONE, end=b"", after="hang"),
        "sse-cut-after-done": _stream(*deltas, DONE, end=b"", keep=False),
        "sse-hang": _stream(*deltas, end=b"", after="hang"),
        "sse-hang-at-once": _stream(end=b"", after="hang"),
        "sse-no-done": _stream(*deltas),
        "sse-cut": _stream(deltas[1], half, end=b"", keep=False),
        "sse-cut-cleanly": _stream(deltas[1], half),
        "sse-error": _stream(deltas[0], ERROR + b"data: [DONE]\n\n"),
        "sse-error-then-hang": _stream(deltas[0], ERROR, end=b"", after="hang"),
        "sse-error-then-cut": _stream(deltas[0], ERROR, end=b"", keep=False),
        "sse-bad-utf8": _stream(deltas[0], b'data: {"type": "transcript.text.delta", "delta": "\xff"}\n\n', DONE),
        "sse-huge": _stream(*[delta("x" * 50_000)] * 2, *[delta("x" * 1_000_000)] * 5, end=b"", keep=False),
        "sse-html": _stream(b"<html><body>502</body></html>", headers=head(content_type="text/html")),
        "sse-wrong-type": _stream(b"\x00\x01RIFF", headers=head(content_type="application/octet-stream")),
        "sse-empty": _stream(),
        "json-instead": _stream(b'{"text": "all at once"}', headers=head(content_type="application/json")),
    }
