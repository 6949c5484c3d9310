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

import gevent.socket
from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool
from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPSocketPoolResponse

from stt_load.sample import ErrorKind
from stt_load.transport.exchange import (
    READ_BYTES,
    Exchange,
    RawAnswer,
    Target,
    Transport,
    TransportError,
    clock,
    plain,
    send,
)
from stt_load.transport.tls import GONE, tls_context
from stt_load.wire.form import Body


class _Counted:
    """A connection pool that knows whether its one connection has had an answer yet."""

    answers = 0

    def after_connect(self, sock: gevent.socket.socket) -> None:
        self.answers = 0
        # Without it the last part of a body waits for the acknowledgement of the part before.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Pool(_Counted, ConnectionPool):
    pass


class _TlsPool(_Counted, SSLConnectionPool):
    """Its own kind would read all authorities anew for each user."""

    def __init__(self, context: ssl.SSLContext, *address: Any, **options: Any) -> None:
        self.insecure = False
        self.ssl_options = {}
        self.ssl_context = context
        ConnectionPool.__init__(self, *address, **options)


class FastTransport(Transport):
    """Posts over one geventhttpclient socket."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        address = (target.host, target.port)
        options: dict[str, Any] = {"size": 1, "connection_timeout": target.timeouts.connect_s}
        if target.scheme == "https":
            context = tls_context(target.verify, target.ca_bundle)
            self._pool: _Pool | _TlsPool = _TlsPool(context, *address, *address, **options)
        else:
            self._pool = _Pool(*address, *address, **options)
        lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}"]
        lines += [f"{name}: {value}" for name, value in target.headers.items()]
        self._head = "\r\n".join([*lines, "Content-Length: "]).encode("latin-1")

    def close(self) -> None:
        self._pool.close()

    def _exchange(self, body: Body, exchange: Exchange) -> RawAnswer:
        sock = self._connected()
        reused = self._pool.answers > 0
        response: HTTPSocketPoolResponse | None = None
        try:
            self._send(sock, body)
            sock.settimeout(self.target.timeouts.first_byte_s)
            response = HTTPSocketPoolResponse(sock, self._pool, block_size=READ_BYTES, method="POST")
            exchange.first_byte_s = clock()
            exchange.status = response.status_code
            self._pool.answers += 1
            sock.settimeout(self.target.timeouts.read_s)
            content = self._collect(response.read, exchange)
        except (OSError, HTTPParseError, TransportError) as error:
            raise self._failure(error, exchange, reused) from None
        finally:
            self._give_back(sock, response)
            if response is not None:  # what had come before it broke off
                exchange.received += len(response.read())
        return RawAnswer(response.status_code, _looked_up(response.info()), content)

    def _connected(self) -> gevent.socket.socket:
        try:
            return self._pool.get_socket()
        except socket.gaierror as error:
            raise self._unresolved(error) from None
        except ssl.SSLError as error:
            raise TransportError(ErrorKind.TLS, plain(error)) from None
        except TimeoutError:
            raise self._connect_timeout() from None
        except OSError as error:
            raise self._unconnected(error) from None

    def _send(self, sock: gevent.socket.socket, body: Body) -> None:
        """A server may answer and close before it has read everything: then its answer is what counts."""
        sock.settimeout(None)
        with suppress(BrokenPipeError, ConnectionResetError, *GONE):
            send(sock, (b"%s%d\r\n\r\n" % (self._head, len(body)), *body.parts))

    def _give_back(self, sock: gevent.socket.socket, response: HTTPSocketPoolResponse | None) -> None:
        """A response that is whole has already returned its socket; what is left over is closed."""
        if response is not None:
            response.release()
        elif sock.fileno() >= 0:
            self._pool.release_socket(sock)

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


def _ended(error: HTTPParseError) -> bool:
    """Whether the parser complains of the end of the data, not of the data."""
    return "connection closed" in str(error) or "EOF" in str(error)


def _looked_up(headers: Headers) -> Callable[[str], str | None]:
    """A look-up that takes the first of several headers of one name."""

    def header(name: str) -> str | None:
        value = headers.get(name)
        return value[0] if isinstance(value, list) else value

    return header
