"""The way to a connection that is of use: name, address, proxy, TLS, each failing as what it is."""

from __future__ import annotations

import ssl

from stt_load.client.addresses import NoAddress, addresses_of, connect
from stt_load.client.connection import Connection, Upload
from stt_load.client.exchange import ClientError, plain
from stt_load.client.http1 import AnswerReader, BadHttp
from stt_load.client.pace import Pace
from stt_load.client.target import Target, proxy_headers
from stt_load.client.tls import GONE
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind

_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "UNKNOWN_PROTOCOL"}
"""What OpenSSL makes of an answer that is none of TLS's."""


def opened(target: Target, context: ssl.SSLContext | None, pace: Pace) -> Connection:
    """A new connection to `target`, through its proxy if it has one, all within the limit on connecting.

    context: for TLS, None for none. Raises `ClientError`. Its tcp_connect_s is one round trip over the network: what
    the kernel measured, which waits for no other greenlet and for no address that is dead; elsewhere our own clock's.
    """
    host, port = target.peer
    try:
        addresses = addresses_of(host, port)
    except (OSError, UnicodeError) as error:
        raise ClientError(ErrorKind.DNS, f"can't resolve {host!r}: {plain(error)}") from error
    since_s = clock()
    until_s = since_s + target.timeouts.connect_s
    try:
        connection = Connection(connect(addresses, until_s))
        connection.tcp_connect_s = connection.round_trip_s or clock() - since_s
    except NoAddress as error:
        raise _unconnected(target, plain(error)) from error.errors
    except TimeoutError:
        raise _too_slow(target) from None
    try:
        if context is not None:
            if target.proxy is not None:
                _tunnel(connection, target, target.proxy, until_s, pace)
            since_s = clock()
            _secure(connection, target, context, until_s, pace)
            connection.tls_s = clock() - since_s
    except BaseException as error:
        connection.close()
        if isinstance(error, TimeoutError):
            raise _too_slow(target) from None
        if isinstance(error, OSError):
            raise _unconnected(target, plain(error)) from error
        raise
    return connection


def _secure(connection: Connection, target: Target, context: ssl.SSLContext, until_s: float, pace: Pace) -> None:
    """Raises `ClientError`, TimeoutError."""
    try:
        connection.secure(context, target.host.partition("%")[0], until_s, pace)
    except (ConnectionError, *GONE) as error:
        raise ClientError(ErrorKind.TLS, "the connection was closed in the TLS handshake") from error
    except ssl.SSLError as error:
        if error.reason in _NO_TLS:
            message = f"port {target.port} does not speak TLS: is it plain HTTP, with http:// for its URL?"
            raise ClientError(ErrorKind.TLS, message) from error
        raise ClientError(ErrorKind.TLS, plain(error)) from error


def _tunnel(connection: Connection, target: Target, proxy: str, until_s: float, pace: Pace) -> None:
    """Asks the proxy for a way through (RFC 9110, 9.3.6). Raises `ClientError`, TimeoutError."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    place = f"{host}:{target.port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    lines += [f"{name}: {value}" for name, value in proxy_headers(proxy).items()]
    upload = Upload(("\r\n".join([*lines, "", ""]).encode("latin-1"),))
    reader = AnswerReader("CONNECT")
    try:
        while upload.left:
            if not connection.send(upload) and not connection.ready(_left(until_s)):
                raise TimeoutError
        while reader.head is None:
            _feed(reader, connection, until_s, pace)
    except (ConnectionError, BadHttp) as error:
        raise _unconnected(target, f"the proxy does not answer: {plain(error)}") from error
    if not 200 <= reader.head.status < 300:
        raise _unconnected(target, f"the proxy answers HTTP {reader.head.status} to CONNECT {place}")
    if not reader.reusable:
        raise _unconnected(target, "the proxy sends more than its answer to CONNECT")


def _feed(reader: AnswerReader, connection: Connection, until_s: float, pace: Pace) -> None:
    data = connection.receive()
    if data is None:
        if not connection.readable(_left(until_s)):
            raise TimeoutError
    elif data:
        reader.feed(data)
    else:
        reader.end()
    now_s = clock()
    if now_s >= until_s:
        raise TimeoutError
    pace.step(now_s)


def _left(until_s: float) -> float:
    return max(0.0, until_s - clock())


def _unconnected(target: Target, why: str) -> ClientError:
    host, port = target.peer
    return ClientError(ErrorKind.CONNECT, f"can't connect to {host}:{port}: {why}")


def _too_slow(target: Target) -> ClientError:
    host, port = target.peer
    limit = target.timeouts.connect_s
    return ClientError(ErrorKind.TIMEOUT_CONNECT, f"no connection to {host}:{port} within {limit:g} s")
