"""What all transports share: the record of one exchange, its clock and limits, and the errors."""

from __future__ import annotations

import itertools
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gevent

from stt_load.sample import ErrorKind
from stt_load.transport import local_limits
from stt_load.transport.target import Target
from stt_load.wire.coding import Decoder
from stt_load.wire.request import Body, Part, Request
from stt_load.wire.stream import Stream
from stt_load.wire.verdict import Answer, Step

clock: Callable[[], float] = time.monotonic
"""Seconds on the host's monotonic clock, which all processes of a host share; the server's log uses it, too."""

READ_BYTES = 65_536
NOTICED_S = 0.01
LINGER_S = 0.5
"""How long a stream that has said all may take to end as HTTP wants it, before its connection is given up."""

numbers: Iterator[int] = itertools.count(1)
"""Of the connections of this process."""


@dataclass(slots=True)
class Exchange:
    """One request as it goes: filled in by the transport while it happens, so that a cut leaves what was known.

    request_id: goes out in the header that the target names. stream: takes the answer in as it comes, None where only
    the whole counts. step: what of a job it is.

    Instants are on `clock`. uploaded: bytes of the bodies that were to be sent. received: bytes of the answer's body
    that came in. connection: number of the connection, unique in this process. connect_s: what its set-up took, None
    for one that was there already. lingered_s: from the done mark of a stream to the end of its body, where that is
    worth telling: the server's way, not the generator's. captured: the headers that the target names. polls:
    questions after a job.
    """

    request_id: str | None = None
    stream: Stream | None = None
    step: Step = "request"
    sent_s: float | None = None
    first_byte_s: float | None = None
    done_s: float | None = None
    uploaded: int = 0
    received: int = 0
    status: int | None = None
    connection: int | None = None
    connect_s: float | None = None
    lingered_s: float = 0.0
    captured: dict[str, str | None] = field(default_factory=dict)
    polls: int | None = None
    header: Callable[[str], str | None] = field(default=lambda _: None, repr=False)
    parts: list[bytes] = field(default_factory=list, repr=False)

    @property
    def said_all(self) -> bool:
        """The answer is a stream that is at its end, or has told of an error: how it goes on is of no interest."""
        return self.stream is not None and self.stream.has_said_all


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
        request = Request("POST", self.target.path, body)
        watch = gevent.Timeout(self.target.timeouts.total_s)
        exchange.uploaded = len(body)
        exchange.sent_s = clock()
        watch.start()
        try:
            self.perform(request, exchange)
        except gevent.Timeout as timeout:
            if timeout is not watch:
                raise
            if not exchange.said_all:
                raise self._overdue() from None
        except (TransportError, OSError) as error:
            if not exchange.said_all:
                self._blame(error)
                raise
        finally:
            exchange.done_s = clock()
            watch.close()
        if exchange.stream is not None and exchange.stream.ended_s is not None:
            lingered_s = exchange.done_s - exchange.stream.ended_s
            exchange.lingered_s = lingered_s if lingered_s > NOTICED_S else 0.0
            exchange.done_s = exchange.stream.ended_s
        return self.answer(exchange)

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back."""

    @abstractmethod
    def perform(self, request: Request, exchange: Exchange) -> None:
        """The exchange itself. Raises `TransportError`; leaves no open connection behind when interrupted."""

    def answer(self, exchange: Exchange) -> Answer:
        """The answer of an exchange that is over."""
        kind, location, retry_after = map(exchange.header, ("content-type", "location", "retry-after"))
        body = b"".join(exchange.parts)
        return Answer(exchange.status or 0, kind or "", location, body, retry_after, exchange.stream, exchange.step)

    def _headers_in(self, status: int, header: Callable[[str], str | None], exchange: Exchange) -> None:
        """The answer has begun. header: looks a name up, in lower case."""
        exchange.first_byte_s = clock()
        exchange.status, exchange.header = status, header
        exchange.captured = {name: header(name) for name in self.target.captured}
        if not 200 <= status < 300:
            exchange.stream = None  # it is read as a whole
        elif exchange.stream is not None:
            exchange.stream.begin(header("content-type") or "")

    def _collect(self, read: Callable[[], bytes], hurry: Callable[[float], None], exchange: Exchange) -> None:
        """The body, by `read` until it gives nothing; never much more than the limit in memory.

        hurry: sets the limit for each silence from now on, in seconds.
        """
        limit = self.target.max_answer_bytes
        try:
            decoder = Decoder(exchange.header("content-encoding"), limit)
            while part := read():
                exchange.received += len(part)
                if exchange.received > limit:
                    raise TransportError(ErrorKind.ANSWER_TOO_LARGE, f"the answer is larger than {limit} bytes")
                exchange.parts.append(decoder.feed(part))
                if exchange.stream is not None:
                    goes_on = not exchange.said_all
                    exchange.stream.feed(exchange.parts[-1], clock())
                    if goes_on and exchange.said_all:
                        hurry(LINGER_S)
            decoder.finish()
        except ValueError as error:
            raise TransportError(ErrorKind.BAD_HTTP, str(error)) from None

    def _blame(self, error: Exception) -> None:
        """Raises what the generator's own limit comes to, where `error` goes back to one."""
        advice = local_limits.advice(error)
        if advice is not None:
            raise TransportError(ErrorKind.LOCAL_LIMIT, advice) from error

    def _overdue(self) -> TransportError:
        """The time for all of it is over."""
        limit = self.target.timeouts.total_s
        return TransportError(ErrorKind.TIMEOUT_TOTAL, f"no whole answer within {limit:g} s")

    def _silent(self, exchange: Exchange) -> TransportError:
        """A read timed out: before the headers or after them."""
        if exchange.first_byte_s is None:
            limit = self.target.timeouts.first_byte_s
            return TransportError(ErrorKind.TIMEOUT_FIRST_BYTE, f"no answer began within {limit:g} s")
        limit = self.target.timeouts.read_s
        return TransportError(ErrorKind.TIMEOUT_READ, f"the answer stopped for {limit:g} s")

    def _unconnected(self, error: BaseException) -> TransportError:
        host, port = self.target.peer
        return TransportError(ErrorKind.CONNECT, f"can't connect to {host}:{port}: {plain(error)}")

    def _connect_timeout(self) -> TransportError:
        limit = self.target.timeouts.connect_s
        host, port = self.target.peer
        message = f"no connection to {host}:{port} within {limit:g} s"
        return TransportError(ErrorKind.TIMEOUT_CONNECT, message)

    def _unresolved(self, error: BaseException) -> TransportError:
        return TransportError(ErrorKind.DNS, f"can't resolve {self.target.peer[0]!r}: {plain(error)}")

    def _cut(self, exchange: Exchange, reused: bool) -> TransportError:
        """The server closed the connection before the answer was whole."""
        if exchange.first_byte_s is not None:
            return TransportError(ErrorKind.TRUNCATED, "the connection was closed before the answer was whole")
        if reused:
            return TransportError(
                ErrorKind.CONNECTION_LOST, "the kept-alive connection was closed before an answer: not sent again"
            )
        return TransportError(ErrorKind.TRUNCATED, "the new connection was closed before an answer")


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
