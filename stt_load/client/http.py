"""The client of all users and of `stt-load probe`: HTTP/1.1 on one kept-alive connection.

Standard: RFC 9112. The bytes of an answer are read in `client.http1`, for both user classes by the same code.
"""

from __future__ import annotations

import ssl

from stt_load.api.request import Request
from stt_load.client.connection import Connection, Upload, numbers
from stt_load.client.exchange import Client, ClientError, Exchange, plain
from stt_load.client.incoming import Incoming
from stt_load.client.opening import opened
from stt_load.client.pace import Pace
from stt_load.client.target import Target, proxy_headers
from stt_load.client.tls import GONE, tls_context
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind

LINGER_S = 0.5
"""How long a stream that has said all may take to end as HTTP wants it, before its connection is given up."""
REQUEST_TIMEOUT = 408
AT_ONCE_S = 0.1
"""A kept-alive connection was stale when it is closed without a word within this and one round trip: the peer had
closed it, or was about to, before it saw the request. Whoever closes it later has had the request and broke off."""
LOOK_S = 0.05
"""Between two looks at how much of the request the peer has."""
LEAST_S = 0.01


class HttpClient(Client):
    """Posts over one connection of its own, which is opened when it is needed."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._connection: Connection | None = None
        self._was_answered = False
        self._context = tls_context(target.verify, target.ca_bundle) if target.scheme == "https" else None
        lines = [f"Host: {target.authority}"]
        lines += [f"{name}: {value}" for name, value in target.headers.items()]
        # A proxy is given whole URLs; through TLS it sees nothing but that there is a connection.
        self._origin = ""
        if target.proxy is not None and target.scheme == "http":
            self._origin = f"http://{target.authority}"
            lines += [f"{name}: {value}" for name, value in proxy_headers(target.proxy).items()]
        self._lines = "\r\n".join(lines)

    def open(self) -> None:
        if self._connection is not None:
            return
        pace = Pace()
        pace.deadline_s = clock() + self.target.timeouts.total_s
        connection = opened(self.target, self._context, pace)
        if self._connection is not None:  # a request has come meanwhile, and could not wait
            connection.close()
            return
        connection.number = next(numbers)
        self._connection = connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def perform(self, request: Request, exchange: Exchange) -> None:
        connection = self._connected(exchange)
        connection.requests += 1
        most = self.target.requests_per_connection
        is_last = most is not None and connection.requests >= most
        incoming = Incoming(exchange, request.method, self.target.captured, self.target.max_answer_bytes)
        upload = Upload((self._head(request, exchange.request_id, is_last), *request.body.parts))
        began_s = clock()
        is_kept = False
        try:
            self._send(connection, upload, incoming, exchange)
            if not upload.left:  # else the answer came first
                exchange.mark("written", clock())
            self._read(connection, incoming, exchange)
            is_kept = incoming.reader.reusable and not is_last and not upload.left and not connection.holds_back
            self._was_answered = True
        except (OSError, EOFError) as error:
            failure = self._broken(error, connection, incoming, clock() - began_s)
            if not exchange.is_refused:
                raise failure from error
            exchange.flaw = failure.message
        except ClientError as error:
            if not exchange.is_refused:
                raise
            exchange.flaw = error.message
        finally:
            if not is_kept:
                self.close()
        if exchange.status == REQUEST_TIMEOUT and not incoming.reader.interim:  # which says that it had come
            self._check_for_stale(connection, exchange, began_s)
        connection.answers += 1

    def _connected(self, exchange: Exchange) -> Connection:
        """The connection that is there, if it still is; else a new one."""
        connection = self._connection
        if connection is None or not connection.is_idle:
            self.close()
            since_s = clock()
            connection = opened(self.target, self._context, exchange.pace)
            self.close()  # one that was opened in advance, and has come too late
            self._connection = connection
            connection.number = next(numbers)
            exchange.connect_s, exchange.tcp_connect_s = clock() - since_s, connection.tcp_connect_s
            exchange.tls_s = connection.tls_s
        exchange.connection = connection.number
        return connection

    def _send(self, connection: Connection, upload: Upload, incoming: Incoming, exchange: Exchange) -> None:
        """A server may answer, and close, before it has read everything: then its answer is what counts."""
        pace = exchange.pace
        try:
            while upload.left or connection.holds_back:
                if not connection.send(upload):
                    connection.ready()
                    pace.rested(clock())
                    data = connection.receive()
                    if data:
                        incoming.feed(data)
                    if data == b"" or incoming.reader.done or incoming.is_refusal:
                        return
                elif upload.left:
                    pace.step(clock())
        except (ConnectionError, *GONE):
            return

    def _read(self, connection: Connection, incoming: Incoming, exchange: Exchange) -> None:
        """All that is left of the answer. Raises EOFError where the peer closes too early."""
        pace = exchange.pace
        given_up_s = None
        while not incoming.reader.done:
            data = connection.receive()
            if data is None:
                self._await(connection, exchange)
                pace.rested(clock())
                continue
            now_s = clock()
            if not data:
                if connection.was_cut or not incoming.end():
                    raise EOFError
                return
            incoming.feed(data)
            if exchange.said_all:
                given_up_s = given_up_s or now_s + LINGER_S
                if now_s > given_up_s:
                    raise self._silent(exchange)
            pace.step(now_s)

    def _await(self, connection: Connection, exchange: Exchange) -> None:
        """Waits until there is something to read. Raises `ClientError` when it takes too long."""
        if exchange.first_byte_s is not None:
            if not connection.readable(LINGER_S if exchange.said_all else self.target.timeouts.read_s):
                raise self._silent(exchange)
            return
        limit_s = left_s = self.target.timeouts.first_byte_s
        while not connection.readable(left_s):
            quiet_s = connection.quiet_s
            if quiet_s is None or quiet_s >= limit_s:
                raise self._silent(exchange)
            left_s = max(LEAST_S, limit_s - quiet_s) if quiet_s else LOOK_S

    def _check_for_stale(self, connection: Connection, exchange: Exchange, began_s: float) -> None:
        """A 408 says that no request has come (RFC 9110, 15.5.9): on a kept-alive connection and at once, as a server
        does that is about to close it, it is the answer to none. Raises `ClientError`."""
        answered_s = (exchange.first_byte_s or 0.0) - began_s
        if connection.answers and answered_s <= AT_ONCE_S + connection.round_trip_s:
            self.close()
            message = (
                "the kept-alive connection was given up with HTTP 408 before the request was read: not sent again"
            )
            raise ClientError(ErrorKind.CONNECTION_LOST, message)

    def _head(self, request: Request, request_id: str | None, is_last: bool) -> bytes:
        """Request line and headers."""
        body = request.body
        head = f"{request.method} {self._origin}{request.path} HTTP/1.1\r\n{self._lines}"
        if body.content_type is not None:
            head += f"\r\nContent-Type: {body.content_type}"
        if request_id is not None and self.target.request_id_header is not None:
            head += f"\r\n{self.target.request_id_header}: {request_id}"
        if is_last:
            head += "\r\nConnection: close"
        if request.method != "GET":
            head += f"\r\nContent-Length: {len(body)}"
        return f"{head}\r\n\r\n".encode("latin-1")

    def _silent(self, exchange: Exchange) -> ClientError:
        """The peer said nothing for too long: before the headers or after them."""
        if exchange.first_byte_s is None:
            limit = self.target.timeouts.first_byte_s
            return ClientError(ErrorKind.TIMEOUT_FIRST_BYTE, f"no answer began within {limit:g} s")
        limit = self.target.timeouts.read_s
        return ClientError(ErrorKind.TIMEOUT_READ, f"the answer stopped for {limit:g} s")

    def _broken(
        self, error: OSError | EOFError, connection: Connection, incoming: Incoming, after_s: float
    ) -> ClientError:
        """The connection ended before the answer was whole, after_s seconds after the request began to go out."""
        if isinstance(error, ssl.SSLError) and not isinstance(error, GONE):
            return ClientError(ErrorKind.TLS, plain(error))
        if incoming.has_begun:
            without = ", without TLS's close_notify," if connection.was_cut else ""
            message = f"the connection was closed{without} before the answer was whole"
        elif not connection.answers:
            message = "the new connection was closed before an answer"
            if self.target.scheme == "http" and not (incoming.came or self._was_answered):
                message += ", as a port does that speaks TLS: is it https?"
        elif incoming.came or after_s > AT_ONCE_S + connection.round_trip_s:
            message = f"the connection was closed before an answer, {after_s:.1f} s after the request began"
        else:
            message = "the kept-alive connection was closed before an answer: not sent again"
            return ClientError(ErrorKind.CONNECTION_LOST, message)
        return ClientError(ErrorKind.TRUNCATED, message)
