"""The transport of `SttUser`: urllib3, the client under requests and so under Locust's HttpUser."""

from __future__ import annotations

import functools
import ssl
from contextlib import suppress
from http.client import CONTINUE, HTTPResponse, IncompleteRead
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse

from stt_load.sample import ErrorKind
from stt_load.transport.exchange import (
    READ_BYTES,
    Exchange,
    Transport,
    TransportError,
    clock,
    numbers,
    plain,
    send,
)
from stt_load.transport.target import Target, proxy_headers
from stt_load.transport.tls import GONE, tls_context
from stt_load.wire.request import Part, Request


class Line:
    """What one user's connection knows about itself: whether it is open, its number, the requests it has carried and
    the answers it has had, the present exchange. most: requests that it may carry, None for any number."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.is_open = False
        self.number = self.requests = self.answers = 0
        self.exchange = Exchange()
        self.connection: HTTPConnection | None = None
        self.sock: Any = None

    @property
    def is_used_up(self) -> bool:
        return self.most is not None and self.requests >= self.most

    def hang_up(self) -> None:
        """Closes the connection; the next request opens another."""
        if self.connection is not None:
            self.connection.close()

    def opened(self, connection: HTTPConnection, since_s: float) -> None:
        """A new connection is there; its set-up began at `since_s`."""
        self.connection, self.sock = connection, connection.sock
        self.is_open = True
        self.number, self.answers = next(numbers), 0
        self.exchange.connect_s = clock() - since_s


class _Answer(HTTPResponse):
    """http.client passes over 100 Continue only; other interim answers (1xx) are none either."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, CONTINUE if 101 < status < 200 else status, reason


class _Noted(HTTPConnection):
    """A connection that tells its `Line` when it is opened and when an answer begins."""

    response_class = _Answer

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line = line
        self._parts: list[Part] = []

    def connect(self) -> None:
        self._line.is_open = False
        since_s = clock()
        super().connect()
        self._line.opened(self, since_s)
        self.sock.settimeout(None)

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **kwargs: Any) -> None:
        """urllib3 would send under the connect timeout, which a long upload may well exceed."""
        line = self._line
        line.requests = 1 if self.sock is None else line.requests + 1
        if self.sock is not None:
            self.timeout = None
        if line.is_used_up:
            headers = {**headers, "Connection": "close"}
        self._parts = []
        super().request(method, url, body, headers, **kwargs)
        parts, self._parts = self._parts, []
        line.exchange.connection = line.number
        with suppress(*GONE):  # it may have answered before; urllib3 knows only the other ways to find it gone
            send(self.sock, parts)

    def send(self, data: Any) -> None:
        """http.client sends the head and each part of the body by itself; here they wait for each other."""
        if self.sock is None:
            self.connect()
        elif not self._line.is_open:  # to a proxy, on the way to being open
            super().send(data)
            return
        self._parts.append(data)

    def getresponse(self) -> Any:
        response = super().getresponse()
        original = response._original_response
        if original is not None and original.msg.defects:
            # http.client takes headers that end in the middle for whole ones.
            raise ProtocolError("the answer's headers are broken")
        self._line.answers += 1
        return response


class _NotedTls(_Noted, HTTPSConnection):
    pass


class PooledTransport(Transport):
    """Posts through a urllib3 pool of which it is the only user."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._line = Line(target.requests_per_connection)
        self._pool = self._own_pool()
        self._timeout = Timeout(connect=target.timeouts.connect_s, read=target.timeouts.first_byte_s)
        # A proxy is given whole URLs; through TLS it sees nothing but that there is a connection.
        self._origin = f"http://{target.authority}" if target.proxy and target.scheme == "http" else ""

    def _own_pool(self) -> HTTPConnectionPool:
        target = self.target
        options: dict[str, Any] = {"maxsize": 1}
        if target.scheme == "https":
            options["ssl_context"] = tls_context(target.verify, target.ca_bundle)
        if target.proxy is not None:
            manager = ProxyManager(target.proxy, proxy_headers=proxy_headers(target.proxy), **options)
            pool = manager.connection_from_host(target.host, target.port, target.scheme)
        elif target.scheme == "https":
            pool = HTTPSConnectionPool(target.host, target.port, **options)
        else:
            pool = HTTPConnectionPool(target.host, target.port, **options)
        kind = _NotedTls if target.scheme == "https" else _Noted
        pool.ConnectionCls = functools.partial(kind, line=self._line)  # type: ignore[assignment]
        return pool

    def close(self) -> None:
        self._pool.close()

    def perform(self, request: Request, exchange: Exchange) -> None:
        line, limits = self._line, self.target.timeouts
        line.exchange = exchange
        response: BaseHTTPResponse | None = None
        try:
            response = self._pool.urlopen(
                request.method,
                self._origin + request.path,
                body=request.body if len(request.body) else None,  # type: ignore[arg-type]
                headers=self._headers(request, exchange.request_id),
                retries=False,
                redirect=False,
                assert_same_host=False,  # a proxy is given other hosts' URLs
                timeout=self._timeout,
                preload_content=False,
                decode_content=False,
            )
            self._headers_in(response.status, response.headers.get, exchange)
            line.sock.settimeout(limits.read_s)
            # As it comes: nothing is lost with what breaks off.
            self._collect(lambda: response.read1(READ_BYTES), line.sock.settimeout, exchange)
            response.release_conn()
            if line.is_used_up:
                line.hang_up()
        except BaseException as error:
            if response is not None:
                response.close()
            if isinstance(error, HTTPError):
                raise self._failure(error, exchange) from error
            raise

    def _headers(self, request: Request, request_id: str | None) -> dict[str, str]:
        """All that urllib3 does not know by itself."""
        headers = dict(self.target.headers)
        if request.body.content_type is not None:
            headers["Content-Type"] = request.body.content_type
        if request_id is not None and self.target.request_id_header is not None:
            headers[self.target.request_id_header] = request_id
        if request.method != "GET":
            headers["Content-Length"] = str(len(request.body))
        return headers

    def _unproxied(self, error: BaseException) -> TransportError:
        """The proxy was not reached, or does not want to."""
        match error:
            case NameResolutionError():
                return self._unresolved(error.__cause__ or error)
            case NewConnectionError():
                return self._unconnected(error.__cause__ or error)
            case ConnectTimeoutError() | ReadTimeoutError() | TimeoutError():
                return self._connect_timeout()
        return self._unconnected(error)

    def _failure(self, error: HTTPError, exchange: Exchange) -> TransportError:
        match error:
            case NameResolutionError():
                return self._unresolved(error.__cause__ or error)
            case NewConnectionError():
                return self._unconnected(error.__cause__ or error)
            case ProxyError():
                return self._unproxied(error.original_error)
            case ConnectTimeoutError():
                return self._connect_timeout()
            case ReadTimeoutError() if not self._line.is_open:  # in the TLS handshake
                return self._connect_timeout()
            case ReadTimeoutError():
                return self._silent(exchange)
            case SSLError(args=(ssl.SSLEOFError() | ssl.SSLZeroReturnError(), *_)) if self._line.is_open:
                return self._cut(exchange, reused=self._line.answers > 0)
            case ProtocolError(args=(*_, ssl.SSLEOFError() | ssl.SSLZeroReturnError())):
                return self._cut(exchange, reused=self._line.answers > 0)
            case SSLError():
                return TransportError(ErrorKind.TLS, plain(error))
            case ProtocolError(args=(*_, TimeoutError())):
                return self._silent(exchange)
            case ProtocolError(args=(*_, ConnectionError() | IncompleteRead())):  # the cause comes last
                return self._cut(exchange, reused=self._line.answers > 0)
        return TransportError(ErrorKind.BAD_HTTP, plain(error))
