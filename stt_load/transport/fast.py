"""The transport of `FastSttUser`: geventhttpclient, the client under Locust's FastHttpUser.

Its HTTPClient joins head and body into one bytes object, a copy of the whole clip; so only its sockets, its pool and
its parser are used here, and the parts go out as they are.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import gevent.socket
from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool
from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPResponse, HTTPSocketPoolResponse

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
from stt_load.wire.request import Request


class _Pool(ConnectionPool):
    """What it knows of its one connection: its number, the requests it has carried, the answers it has had."""

    number = requests = answers = 0

    def after_connect(self, sock: gevent.socket.socket) -> None:
        self.number, self.requests, self.answers = next(numbers), 0, 0
        # Without it the last part of a body waits for the acknowledgement of the part before.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def is_lent(self) -> bool:
        """Its one connection is with somebody, or is being made."""
        return bool(self._semaphore.locked())

    def _is_socket_alive(self, sock: gevent.socket.socket | None) -> bool:
        """To look lets other greenlets go on. A time limit that is over meanwhile must not leave the one place in
        the pool taken for ever."""
        try:
            return super()._is_socket_alive(sock)
        except BaseException:
            if sock is not None:
                self.release_socket(sock)
            raise


class _TlsPool(_Pool, SSLConnectionPool):
    """Its own kind would read all authorities anew for each user."""

    def __init__(self, context: ssl.SSLContext, *address: Any, **options: Any) -> None:
        self.insecure = False
        self.ssl_options = {}
        self.ssl_context = context
        ConnectionPool.__init__(self, *address, **options)


class _Response(HTTPSocketPoolResponse):
    """A response whose body is read as it comes."""

    def _on_message_complete(self) -> None:
        """An interim answer (1xx) is not the end: its own kind would give the connection back."""
        if self.get_code() < 200:
            HTTPResponse._on_message_complete(self)
        else:
            super()._on_message_complete()

    def read_some(self) -> bytes:
        """What has come in, or else what comes next; nothing at the end."""
        sock = self._sock
        while not self._body_buffer and not self.message_complete and sock is not None:
            self.feed(sock.recv(READ_BYTES))
        part = bytes(self._body_buffer)
        self._body_buffer.clear()
        return part


class FastTransport(Transport):
    """Posts over one geventhttpclient socket."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._pool = _pool(target)
        lines = [f"Host: {target.authority}"]
        lines += [f"{name}: {value}" for name, value in target.headers.items()]
        # A proxy is given whole URLs; through TLS it sees nothing but that there is a connection.
        self._origin = ""
        if target.proxy is not None and target.scheme == "http":
            self._origin = f"http://{target.authority}"
            lines += [f"{name}: {value}" for name, value in proxy_headers(target.proxy).items()]
        self._lines = "\r\n".join(lines)

    def close(self) -> None:
        self._pool.close()

    def perform(self, request: Request, exchange: Exchange) -> None:
        sock = self._connected(exchange)
        self._pool.requests += 1
        reused = self._pool.answers > 0
        most = self.target.requests_per_connection
        is_last = most is not None and self._pool.requests >= most
        response: _Response | None = None
        try:
            self._send(sock, request, exchange.request_id, is_last)
            sock.settimeout(self.target.timeouts.first_byte_s)
            response = _Response(sock, self._pool, block_size=READ_BYTES, method=request.method)
            self._headers_in(response.status_code, _looked_up(response.info()), exchange)
            self._pool.answers += 1
            sock.settimeout(self.target.timeouts.read_s)
            self._collect(response.read_some, sock.settimeout, exchange)
        except (OSError, HTTPParseError, TransportError) as error:
            raise self._failure(error, exchange, reused) from error
        finally:
            self._give_back(sock, response)
            if is_last:
                self._hang_up(sock)

    def _connected(self, exchange: Exchange) -> gevent.socket.socket:
        number, since_s = self._pool.number, clock()
        try:
            sock = self._pool.get_socket()
        except socket.gaierror as error:
            raise self._unresolved(error) from error
        except ssl.SSLError as error:
            raise TransportError(ErrorKind.TLS, plain(error)) from error
        except TimeoutError:
            raise self._connect_timeout() from None
        except (OSError, RuntimeError) as error:  # RuntimeError: a proxy that does not want to
            raise self._unconnected(error) from error
        if self._pool.number != number:
            exchange.connect_s = clock() - since_s
        exchange.connection = self._pool.number
        return sock

    def _send(self, sock: gevent.socket.socket, request: Request, request_id: str | None, is_last: bool) -> None:
        """A server may answer and close before it has read everything: then its answer is what counts."""
        sock.settimeout(None)
        with suppress(BrokenPipeError, ConnectionResetError, *GONE):
            send(sock, (self._head(request, request_id, is_last), *request.body.parts))

    def _head(self, request: Request, request_id: str | None, is_last: bool) -> bytes:
        """Request line and headers."""
        body = request.body
        head = f"{request.method} {self._origin}{request.path} HTTP/1.1\r\n{self._lines}"
        if body.content_type is not None:
            head += f"\r\nContent-Type: {body.content_type}"
        if request_id is not None:
            head += f"\r\n{self.target.request_id_header}: {request_id}"
        if is_last:
            head += "\r\nConnection: close"
        if request.method != "GET":
            head += f"\r\nContent-Length: {len(body)}"
        return f"{head}\r\n\r\n".encode("latin-1")

    def _give_back(self, sock: gevent.socket.socket, response: _Response | None) -> None:
        """A response that is whole has already returned its socket, as has one that could not be begun; what is left
        over is closed."""
        if response is not None:
            response.release()
        elif self._pool.is_lent:
            self._pool.release_socket(sock)
        else:
            self._hang_up(sock)

    def _hang_up(self, sock: gevent.socket.socket) -> None:
        """A closed socket in the pool is not taken out of it again."""
        if sock.fileno() >= 0:
            sock.close()

    def _failure(
        self, error: OSError | HTTPParseError | TransportError, exchange: Exchange, reused: bool
    ) -> TransportError:
        match error:
            case TransportError():
                return error
            case TimeoutError():
                return self._silent(exchange)
            case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
                return self._cut(exchange, reused)
            case ssl.SSLError():
                return TransportError(ErrorKind.TLS, plain(error))
            case HTTPConnectionClosed() | ConnectionError():
                return self._cut(exchange, reused)
            case HTTPParseError() if _ended(error) or exchange.first_byte_s is not None:
                return self._cut(exchange, reused)
        return TransportError(ErrorKind.BAD_HTTP, plain(error))


def _pool(target: Target) -> _Pool:
    """Room for one connection to the target, or to the proxy on the way to it."""
    options: dict[str, Any] = {"size": 1, "connection_timeout": target.timeouts.connect_s}
    if target.proxy is not None:
        proxy = urlsplit(target.proxy)
        options["use_proxy"] = True
        if proxy.username is not None:
            options |= {"proxy_user": unquote(proxy.username), "proxy_password": unquote(proxy.password or "")}
    if target.scheme == "https":
        context = tls_context(target.verify, target.ca_bundle)
        return _TlsPool(context, *target.peer, target.host, target.port, **options)
    return _Pool(*target.peer, target.host, target.port, **options)


def _ended(error: HTTPParseError) -> bool:
    """Whether the parser complains of the end of the data, not of the data."""
    return any(words in str(error) for words in ("connection closed", "EOF", "Incomplete response"))


def _looked_up(headers: Headers) -> Callable[[str], str | None]:
    """A look-up that takes the first of several headers of one name."""

    def header(name: str) -> str | None:
        value = headers.get(name)
        return value[0] if isinstance(value, list) else value

    return header
