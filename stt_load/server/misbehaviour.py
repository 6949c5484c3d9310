"""Services that go wrong on purpose, for whoever wants to see what a client makes of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat

from stt_load.server.dialects import ERROR, Dialect
from stt_load.server.errors import ApiError
from stt_load.server.reply import Reply, StreamReply
from stt_load.server.vendors import vendor_of

HUGE_BYTES = 100_000_000
PIECE = b"word " * 20_000
KOREAN = "안녕하세요".encode()
HTML = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n"
WHOLE_ONLY = frozenset({"hang", "wrong_type", "html_error", "huge", "redirect"})
"""Ways to go wrong before there is a stream, asked for or not."""


def whole(kind: str, reply: Reply, path: str) -> Reply:
    """What `kind` makes of `reply`, an answer to a request of `path`."""
    match kind:
        case "hang":
            return replace(reply, then="hang", sent=0)
        case "hang_midway":
            return replace(reply, then="hang", sent=max(1, len(reply.body) // 2))
        case "cut_character":
            body = b'{"text": "' + KOREAN + b'"}'
            return Reply(body, then="cut", sent=body.index(KOREAN) + 1)
        case "wrong_type":
            return Reply(b"\x00\x01\x02\xfe\xff" * 50, "application/octet-stream")
        case "html_error":
            return Reply(HTML, "text/html; charset=utf-8")
        case "huge":
            return Reply(b'{"text": "', filler=chain(repeat(PIECE, HUGE_BYTES // len(PIECE)), [b'"}']))
        case "bad_utf8":
            return Reply(b'{"text": "' + KOREAN[:4] + b'"}')
        case "redirect":
            return Reply(b"", status=307, headers={"Location": f"{path}/elsewhere"})
    return Reply(vendor_of(path).body(ApiError(500, ERROR["message"])))  # type: ignore[arg-type]


def stream(kind: str, reply: StreamReply, dialect: Dialect) -> StreamReply:
    """What `kind` makes of a stream: half of its pieces are good."""
    half = reply.pieces[: (len(reply.pieces) + 1) // 2]
    korean = dialect.piece(KOREAN.decode())
    match kind:
        case "hang_midway":
            return replace(reply, pieces=half, closing=b"", then="hang")
        case "cut_character":
            return replace(reply, pieces=half, closing=korean[: korean.index(KOREAN) + 1], then="cut")
        case "bad_utf8":
            return replace(reply, pieces=[*half, korean.replace(KOREAN, KOREAN[:4])])
    return replace(reply, pieces=half, closing=dialect.error)
