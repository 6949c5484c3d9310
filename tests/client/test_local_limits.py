"""Limits of this machine: told from failures of the service by their errno, wherever it stands."""

from __future__ import annotations

import errno
import os
import resource
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Any

import gevent.socket
import gevent.ssl
import pytest
import requests
import urllib3

from stt_load.api.request import Body
from stt_load.client import ClientError, Exchange, Target, Timeouts, addresses, local_limits
from stt_load.client.call import CallClient
from stt_load.client.http import HttpClient
from stt_load.client.local_limits import advice
from stt_load.samples.sample import ErrorKind
from tests.client.calling import LONG, speak
from tests.client.misbehaving import Misbehaving

LIMITS = ["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ENOMEM"]
BODY = Body((b"RIFF",), 4, "audio/wav")


def limit(name: str) -> OSError:
    code = getattr(errno, name)
    return OSError(code, os.strerror(code))


@pytest.fixture
def no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """No local port is free."""
    monkeypatch.setattr(socket.socket, "bind", raising(OSError(errno.EADDRINUSE, "Address already in use")))


def raising(error: BaseException) -> Callable[..., Any]:
    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


def caused(error: Exception, cause: Exception, explicit: bool = True) -> Exception:
    """`error`, raised from `cause` or while that was being handled."""
    try:
        try:
            raise cause
        except Exception as handled:
            if explicit:
                raise error from handled
            raise error  # noqa: B904 - the other way is what is tried
    except Exception as raised:
        return raised


WRAPPINGS: dict[str, Callable[[OSError], Exception]] = {
    "bare": lambda error: error,
    "cause": lambda error: caused(ValueError("x"), error),
    "context": lambda error: caused(ValueError("x"), error, explicit=False),
    "deep": lambda error: caused(ValueError("x"), caused(KeyError("y"), error)),
    "requests": lambda error: requests.ConnectionError(
        urllib3.exceptions.MaxRetryError(None, "/", caused(urllib3.exceptions.HTTPError("new connection"), error))  # type: ignore[arg-type]
    ),
    "argument": lambda error: urllib3.exceptions.ProtocolError("Connection aborted.", error),
    "proxy": lambda error: urllib3.exceptions.ProxyError("proxy", error),
    "group": lambda error: ExceptionGroup("all", [ValueError("x"), error]),
}


@pytest.mark.usefixtures("no_port")
@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_limit_is_seen_wherever_it_stands(name: str, wrapping: str) -> None:
    found = advice(WRAPPINGS[wrapping](limit(name)))
    assert found is not None
    assert f"({name}): " in found


def test_the_advice_names_the_limit_that_holds() -> None:
    now = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert advice(limit("EMFILE")) == f"too many open files (EMFILE): raise `ulimit -n`, now {now}"


def test_python_has_a_name_of_its_own_for_want_of_memory() -> None:
    assert "(ENOMEM)" in (advice(caused(ValueError("x"), MemoryError())) or "")


def without_context() -> Exception:
    try:
        try:
            raise limit("EMFILE")
        except OSError:
            raise ValueError("not about it") from None
    except ValueError as error:
        return error


def circle() -> Exception:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    return first


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        ConnectionResetError(errno.ECONNRESET, "reset"),
        TimeoutError(errno.ETIMEDOUT, "timed out"),
        OSError(errno.EHOSTUNREACH, "No route to host"),
        OSError("no number at all"),
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        ssl.SSLError(errno.ENOMEM, "a number of OpenSSL's own"),
        ValueError("Too many open files"),
        without_context(),
        circle(),
    ],
    ids=repr,
)
def test_all_else_is_none(error: Exception) -> None:
    assert advice(error) is None


def test_an_address_of_a_family_that_this_machine_lacks_is_no_want_of_ports() -> None:
    """`localhost` where IPv6 is off, and the server down: it is the server that is missing."""
    assert advice(limit("EADDRNOTAVAIL")) is None


def test_a_resolver_without_memory_or_without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ENOMEM" in (advice(socket.gaierror(socket.EAI_MEMORY, "Memory allocation failure")) or "")
    monkeypatch.setattr(os, "open", raising(limit("EMFILE")))
    assert "EMFILE" in (advice(socket.gaierror(socket.EAI_NONAME, "Name or service not known")) or "")
    assert "EMFILE" in (advice(OSError(errno.EBUSY, "Device or resource busy")) or "")
    assert advice(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")) is None


def post(url: str, **options: Any) -> tuple[ClientError, Exchange]:
    exchange = Exchange()
    with pytest.raises(ClientError) as caught:
        HttpClient(Target(url, {}, Timeouts(*LONG), 1_000, **options)).post(BODY, exchange)
    return caught.value, exchange


def check(found: ClientError, name: str) -> None:
    assert (found.kind, f"({name})" in found.message) == (ErrorKind.LOCAL_LIMIT, True), found


@pytest.mark.usefixtures("no_port")
@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:9"])
def test_on_connect(monkeypatch: pytest.MonkeyPatch, server: Misbehaving, name: str, proxy: str | None) -> None:
    for kind in (socket.socket, gevent.socket.socket):
        monkeypatch.setattr(kind, "connect", raising(limit(name)))
    found, exchange = post(server.url("ok"), proxy=proxy)
    check(found, name)
    assert exchange.connection is None, "nothing was sent"


def test_when_there_can_be_no_socket(monkeypatch: pytest.MonkeyPatch, server: Misbehaving) -> None:
    for kind in (socket.socket, gevent.socket.socket):
        monkeypatch.setattr(kind, "__init__", raising(limit("EMFILE")))
    check(post(server.url("ok"))[0], "EMFILE")


@pytest.mark.parametrize("error", [limit("EMFILE"), socket.gaierror(socket.EAI_MEMORY, "Memory allocation failure")])
def test_on_the_way_to_an_address(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    for module in (socket, gevent.socket):
        monkeypatch.setattr(module, "getaddrinfo", raising(error))
    check(post("http://stt.example/")[0], "EMFILE" if error.errno == errno.EMFILE else "ENOMEM")


@pytest.mark.parametrize("name", ["ENOBUFS", "ENOMEM"])
def test_in_the_set_up_of_tls(monkeypatch: pytest.MonkeyPatch, server: Misbehaving, name: str) -> None:
    monkeypatch.setattr(gevent.ssl.SSLContext, "wrap_bio", raising(limit(name)))
    check(post(server.url("ok").replace("http:", "https:"))[0], name)


@pytest.mark.parametrize("name", ["ENOBUFS", "ENOMEM"])
def test_on_send(monkeypatch: pytest.MonkeyPatch, server: Misbehaving, name: str) -> None:
    for kind in (socket.socket, gevent.socket.socket):
        monkeypatch.setattr(kind, "sendmsg", raising(limit(name)), raising=False)
    found, exchange = post(server.url("ok"))
    check(found, name)
    assert exchange.connection is not None


@pytest.mark.parametrize("name", ["EMFILE", "ENOMEM"])
def test_in_a_function_of_the_users_own(name: str) -> None:
    def call(_: object) -> str:
        raise requests.ConnectionError(urllib3.exceptions.ProtocolError("aborted", limit(name)))

    with pytest.raises(ClientError) as caught:
        CallClient(Target("http://h/", {}, Timeouts(*LONG), 1_000), call).post(BODY, Exchange())
    check(caught.value, name)


def test_a_function_that_was_answered_met_no_limit() -> None:
    """As a client that tries again raises what came of the last attempt while it handles the first."""

    class RefusedError(Exception):
        status_code = 429

    def call(_: object) -> str:
        try:
            raise limit("EMFILE")
        except OSError:
            raise RefusedError("too many") from None

    exchange = Exchange()
    with pytest.raises(ClientError) as caught:
        CallClient(Target("http://h/", {}, Timeouts(*LONG), 1_000), call).post(BODY, exchange)
    assert (caught.value.kind, exchange.status) == (ErrorKind.SHED, 429)


def one_port() -> bytes:
    """A local port range of one free port, as Linux has it for a socket; skips where there is no such thing."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    value = struct.pack("=I", port | port << 16)
    with socket.socket() as sock:
        try:
            sock.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, value)
        except OSError:
            pytest.skip("this kernel knows no port range of a socket")
    return value


IP_LOCAL_PORT_RANGE = 51


def test_real_sockets_that_find_no_port_and_a_service_that_is_down(
    monkeypatch: pytest.MonkeyPatch, server: Misbehaving
) -> None:
    """All sockets here are left the same single port, which one connection keeps."""
    value = one_port()
    option = (socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, value)
    made = addresses.open_socket

    def opened(address: addresses.Address) -> Any:
        sock = made(address)
        sock.setsockopt(*option)
        return sock

    monkeypatch.setattr(addresses, "open_socket", opened)
    bind = socket.socket.bind

    def bound(sock: socket.socket, address: Any) -> None:
        sock.setsockopt(*option)
        bind(sock, address)

    monkeypatch.setattr(socket.socket, "bind", bound)
    with socket.socket() as first:
        first.setsockopt(*option)
        first.connect(("127.0.0.1", server.port))
        check(post(server.url("ok"))[0], "EADDRNOTAVAIL")
    monkeypatch.undo()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        found, _ = post(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
    assert found.kind is ErrorKind.CONNECT


def test_a_process_that_may_open_no_more_files(server: Misbehaving) -> None:
    calls = [{"url": server.url("slow")} for _ in range(60)]
    results = [one[0] for one in speak(calls, files=40)]
    kinds = {result.get("kind") for result in results}
    assert kinds == {None, "local_limit"}, results
    messages = {result["message"] for result in results if "kind" in result}
    assert messages == {"too many open files (EMFILE): raise `ulimit -n`, now 40"}


def test_each_limit_has_an_advice() -> None:
    assert {errno.errorcode[code] for code in local_limits._ADVICE} == set(LIMITS)
