"""What both transports share: the target, the record of one exchange, and the errors."""

from __future__ import annotations

import base64
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import gevent

from stt_load.sample import ErrorKind
from stt_load.wire.form import Body, Part
from stt_load.wire.verdict import Answer, decoded

clock: Callable[[], float] = time.monotonic
"""Seconds on the host's monotonic clock, which all processes of a host share; the server's log uses it, too."""

READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds. connect: TCP and TLS. first_byte: silence between the request's last byte and the answer's
    headers. read: silence inside the answer. total: from the send to the last byte."""

    connect_s: float
    first_byte_s: float
    read_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to post: an absolute http or https URL, the headers of every request, the limits, and for https
    whom to believe (see `stt_load.transport.tls`).

    `user:password@` in the URL becomes a Basic Authorization header and leaves the URL.
    """

    url: str
    headers: Mapping[str, str]
    timeouts: Timeouts
    max_answer_bytes: int
    verify: bool = True
    ca_bundle: str | None = None
    scheme: str = field(init=False)
    host: str = field(init=False)
    port: int = field(init=False)
    path: str = field(init=False)
    authority: str = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        headers = dict(self.headers)
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers.setdefault("Authorization", "Basic " + base64.b64encode(secret.encode()).decode())
        path = parts.path or "/"
        values = {
            "headers": headers,
            "scheme": parts.scheme,
            "host": parts.hostname or "",
            "port": parts.port or (443 if parts.scheme == "https" else 80),
            "path": f"{path}?{parts.query}" if parts.query else path,
            "authority": parts.netloc.rpartition("@")[2],
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)


@dataclass(slots=True)
class Exchange:
    """One request as it goes: filled in by the transport while it happens, so that a cut leaves what was known.

    Instants are on `clock`. received: bytes of the answer's body that came in.
    """

    sent_s: float | None = None
    first_byte_s: float | None = None
    done_s: float | None = None
    received: int = 0
    status: int | None = None


class TransportError(Exception):
    """The exchange brought no whole answer."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class Transport(ABC):
    """Posts bodies to one target, one at a time, from one greenlet."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def post(self, body: Body, exchange: Exchange) -> Answer:
        """Sends `body` and reads the whole answer; `exchange` gets the instants, the clock running only in here.

        Raises `TransportError`. Anything else that interrupts the greenlet goes through, the connection closed.
        """
        total_s = self.target.timeouts.total_s
        watch = gevent.Timeout(total_s)
        exchange.sent_s = clock()
        watch.start()
        try:
            raw = self._exchange(body, exchange)
        except gevent.Timeout as timeout:
            if timeout is not watch:
                raise
            raise TransportError(ErrorKind.TIMEOUT_TOTAL, f"no whole answer within {total_s:g} s") from None
        finally:
            exchange.done_s = clock()
            watch.close()
        return self._answer(raw)

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back."""

    @abstractmethod
    def _exchange(self, body: Body, exchange: Exchange) -> RawAnswer:
        """The exchange itself. It must leave no open connection behind when interrupted."""

    def _answer(self, raw: RawAnswer) -> Answer:
        try:
            body = decoded(raw.body, raw.header("content-encoding"), self.target.max_answer_bytes)
        except ValueError as error:
            raise TransportError(ErrorKind.BAD_HTTP, str(error)) from None
        kind, location, retry_after = map(raw.header, ("content-type", "location", "retry-after"))
        return Answer(raw.status, kind or "", location, body, retry_after)

    def _collect(self, read: Callable[[int], bytes], exchange: Exchange) -> bytes:
        """The whole body, by `read` until it gives nothing; never much more than the limit in memory."""
        parts = []
        limit = self.target.max_answer_bytes
        while part := read(READ_BYTES):
            parts.append(part)
            exchange.received += len(part)
            if exchange.received > limit:
                raise TransportError(ErrorKind.ANSWER_TOO_LARGE, f"the answer is larger than {limit} bytes")
        return b"".join(parts)

    def _silent(self, exchange: Exchange) -> TransportError:
        """A read timed out: before the headers or after them."""
        if exchange.first_byte_s is None:
            limit = self.target.timeouts.first_byte_s
            return TransportError(ErrorKind.TIMEOUT_FIRST_BYTE, f"no answer began within {limit:g} s")
        limit = self.target.timeouts.read_s
        return TransportError(ErrorKind.TIMEOUT_READ, f"the answer stopped for {limit:g} s")

    def _unconnected(self, error: BaseException) -> TransportError:
        return TransportError(ErrorKind.CONNECT, f"can't connect to {self.target.authority}: {plain(error)}")

    def _connect_timeout(self) -> TransportError:
        limit = self.target.timeouts.connect_s
        message = f"no connection to {self.target.authority} within {limit:g} s"
        return TransportError(ErrorKind.TIMEOUT_CONNECT, message)

    def _unresolved(self, error: BaseException) -> TransportError:
        return TransportError(ErrorKind.DNS, f"can't resolve {self.target.host!r}: {plain(error)}")

    def _cut(self, exchange: Exchange, reused: bool) -> TransportError:
        """The server closed the connection before the answer was whole."""
        if exchange.first_byte_s is not None:
            return TransportError(ErrorKind.TRUNCATED, "the connection was closed before the answer was whole")
        if reused:
            return TransportError(
                ErrorKind.CONNECTION_LOST, "the kept-alive connection was closed before an answer: not sent again"
            )
        return TransportError(ErrorKind.TRUNCATED, "the new connection was closed before an answer")


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as the client library gave it: `header` looks a name up, in lower case."""

    status: int
    header: Callable[[str], str | None]
    body: bytes


def send(sock: Any, parts: Sequence[Part]) -> None:
    """Sends the parts in their order, none of them copied.

    One system call for all takes 30 microseconds less of the event loop than one for each of a form's five; what the
    kernel has no room for follows as it comes. TLS knows no such call.
    """
    sent = 0 if isinstance(sock, ssl.SSLSocket) else sock.sendmsg(parts)
    for part in parts:
        if sent < len(part):
            sock.sendall(memoryview(part)[sent:])
        sent = max(0, sent - len(part))


def plain(error: BaseException) -> str:
    """An exception's message without the machinery around it: no object addresses, no nesting."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
