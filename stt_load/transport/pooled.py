"""The transport of `SttUser`: urllib3, the client under requests and so under Locust's HttpUser."""

from __future__ import annotations

import functools
import ssl
from contextlib import suppress
from http.client import IncompleteRead
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse

from stt_load.sample import ErrorKind
from stt_load.transport.exchange import Exchange, RawAnswer, Target, Transport, TransportError, clock, plain, send
from stt_load.transport.tls import GONE, tls_context
from stt_load.wire.form import Body, Part


class Line:
    """What one user's connection knows about itself: whether it is open, answers since then, the present exchange."""

    def __init__(self, read_timeout_s: float) -> None:
        self.read_timeout_s = read_timeout_s
        self.is_open = False
        self.answers = 0
        self.exchange = Exchange()


class _Noted(HTTPConnection):
    """A connection that tells its `Line` when it is opened and when an answer begins."""

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line = line
        self._parts: list[Part] = []

    def connect(self) -> None:
        self._line.is_open = False
        self._line.answers = 0
        super().connect()
        self._line.is_open = True
        self.sock.settimeout(None)

    def request(self, *args: Any, **kwargs: Any) -> None:
        """urllib3 would send under the connect timeout, which a long upload may well exceed."""
        if self.sock is not None:
            self.timeout = None
        self._parts = []
        super().request(*args, **kwargs)
        parts, self._parts = self._parts, []
        with suppress(*GONE):  # it may have answered before; urllib3 knows only the other ways to find it gone
            send(self.sock, parts)

    def send(self, data: Any) -> None:
        """http.client sends the head and each part of the body by itself; here they wait for each other."""
        if self.sock is None:
            self.connect()
        self._parts.append(data)

    def getresponse(self) -> Any:
        sock = self.sock
        response = super().getresponse()
        original = response._original_response
        if original is not None and original.msg.defects:
            # http.client takes headers that end in the middle for whole ones.
            raise ProtocolError("the answer's headers are broken")
        self._line.exchange.first_byte_s = clock()
        self._line.answers += 1
        sock.settimeout(self._line.read_timeout_s)
        return response


class _NotedTls(_Noted, HTTPSConnection):
    pass


class PooledTransport(Transport):
    """Posts through a urllib3 pool of which it is the only user."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._line = Line(target.timeouts.read_s)
        self._pool = self._own_pool()
        self._timeout = Timeout(connect=target.timeouts.connect_s, read=target.timeouts.first_byte_s)
        self._headers = dict(target.headers)

    def _own_pool(self) -> HTTPConnectionPool:
        target = self.target
        if target.scheme == "https":
            context = tls_context(target.verify, target.ca_bundle)
            pool: HTTPConnectionPool = HTTPSConnectionPool(target.host, target.port, maxsize=1, ssl_context=context)
            pool.ConnectionCls = functools.partial(_NotedTls, line=self._line)  # type: ignore[assignment]
        else:
            pool = HTTPConnectionPool(target.host, target.port, maxsize=1)
            pool.ConnectionCls = functools.partial(_Noted, line=self._line)  # type: ignore[assignment]
        return pool

    def close(self) -> None:
        self._pool.close()

    def _exchange(self, body: Body, exchange: Exchange) -> RawAnswer:
        self._line.exchange = exchange
        self._headers["Content-Length"] = str(len(body))
        response: BaseHTTPResponse | None = None
        try:
            response = self._pool.urlopen(
                "POST",
                self.target.path,
                body=body,  # type: ignore[arg-type]
                headers=self._headers,
                retries=False,
                redirect=False,
                timeout=self._timeout,
                preload_content=False,
                decode_content=False,
            )
            exchange.status = response.status
            content = self._collect(response.read1, exchange)  # as it comes: nothing is lost with what breaks off
            response.release_conn()
        except BaseException as error:
            if response is not None:
                response.close()
            if isinstance(error, HTTPError):
                raise self._failure(error, exchange) from None
            raise
        return RawAnswer(response.status, response.headers.get, content)

    def _failure(self, error: HTTPError, exchange: Exchange) -> TransportError:
        match error:
            case NameResolutionError():
                return self._unresolved(error.__cause__ or error)
            case NewConnectionError():
                return self._unconnected(error.__cause__ or error)
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
