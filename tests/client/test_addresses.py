"""From a name with several addresses to a connection, on real sockets: 127.0.0.0/8 has as many as are wanted."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

import gevent.socket
import pytest

from stt_load.api.request import Body
from stt_load.client import ClientError, Exchange, Target, Timeouts, addresses
from stt_load.client.addresses import Address, NoAddress, addresses_of, connect
from stt_load.client.http import HttpClient
from stt_load.clock import clock
from stt_load.run.readiness import wait_ready
from stt_load.samples.sample import ErrorKind
from tests.client.scripted import Scripted, answer
from tests.ports import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="all of 127.0.0.0/8 is this machine on Linux")

BODY = Body((b"RIFF",), 4)


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_dead", set())


@contextlib.contextmanager
def silent(host: str, port: int) -> Iterator[Address]:
    """An address that answers no attempt to connect: as many as it keeps waiting are there already."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind((host, port))
        full.listen(0)
        for _ in range(3):
            one = stack.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield Address(socket.AF_INET, socket.IPPROTO_TCP, full.getsockname())


def named(monkeypatch: pytest.MonkeyPatch, *places: tuple[str, int]) -> None:
    """All names have these addresses."""

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place) for place in places]

    monkeypatch.setattr(gevent.socket, "getaddrinfo", getaddrinfo)


def post(port: int, connect_s: float) -> tuple[ErrorKind | None, float]:
    """(kind of the failure, seconds until it was over) of one request on a new connection."""
    client, exchange = (
        HttpClient(Target(f"http://stt:{port}/", {}, Timeouts(connect_s, 5, 5, 30), 9_999)),
        Exchange(),
    )
    kind = None
    try:
        assert client.post(BODY, exchange).status == 200
    except ClientError as error:
        kind = error.kind
    client.close()
    assert exchange.sent_s is not None
    assert exchange.done_s is not None
    return kind, exchange.done_s - exchange.sent_s


def test_two_dead_addresses_beside_a_living_one_take_no_limit_each(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(answer()) as server, silent("127.0.0.2", server.port), silent("127.0.0.3", server.port):
        dead = [("127.0.0.2", server.port), ("127.0.0.3", server.port)]
        named(monkeypatch, *dead, ("127.0.0.1", server.port))
        kind, took_s = post(server.port, 10.0)
        assert kind is None
        assert 2 * addresses.STAGGER_S <= took_s < 10
        # The living one is remembered in this process.
        assert [one.place[0] for one in addresses_of("stt", server.port)] == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
        assert post(server.port, 10.0)[0] is None
        # A short limit is enough for all of them, too.
        addresses._dead.clear()
        assert post(server.port, 3.0)[0] is None


def test_the_limit_is_for_all_addresses_together(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    with silent("127.0.0.2", port), silent("127.0.0.3", port), silent("127.0.0.4", port):
        named(monkeypatch, ("127.0.0.2", port), ("127.0.0.3", port), ("127.0.0.4", port))
        kind, took_s = post(port, 2.0)
    assert kind is ErrorKind.TIMEOUT_CONNECT
    assert 2.0 <= took_s < 5.0, "a limit for each would be 6 s"


def test_a_living_address_that_dies_is_not_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(answer()) as first, socket.socket() as refused:
        refused.bind(("127.0.0.2", first.port))
        named(monkeypatch, ("127.0.0.2", first.port), ("127.0.0.1", first.port))
        assert post(first.port, 5.0)[0] is None
        refused.listen()
        with Scripted(answer(), host="127.0.0.3") as other:
            named(monkeypatch, ("127.0.0.1", free_port()), ("127.0.0.3", other.port))
            assert post(other.port, 5.0)[0] is None


def test_living_addresses_keep_the_resolvers_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that spreads its load by its addresses still has it spread."""
    with Scripted(answer()) as server, Scripted(answer(), host="127.0.0.2") as other:
        here, there = ("127.0.0.1", server.port), ("127.0.0.2", other.port)
        for places in ((here, there), (there, here), (here, there)):
            named(monkeypatch, *places)
            assert post(1, 5.0)[0] is None
        assert (len(server.heads), len(other.heads)) == (2, 1)


def test_what_is_wrong_with_each_is_said() -> None:
    nobody = [Address(socket.AF_INET, socket.IPPROTO_TCP, (f"127.0.0.{n}", free_port())) for n in (2, 3)]
    with pytest.raises(NoAddress) as caught:
        connect(nobody, clock() + 5)
    assert str(caught.value) == "Connection refused"
    odd = Address(socket.AF_INET, socket.IPPROTO_TCP, ("255.255.255.255", 9))
    with pytest.raises(NoAddress) as caught:
        connect([nobody[0], odd], clock() + 5)
    assert "127.0.0.2: Connection refused; 255.255.255.255: " in str(caught.value)
    assert len(caught.value.errors.exceptions) == 2


def test_an_address_in_numbers_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def getaddrinfo(host: str, port: int, *_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.9", port))]

    monkeypatch.setattr(gevent.socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(addresses, "_literals", {})
    for host in ("127.0.0.9", "stt.example"):
        for _ in range(2):
            addresses_of(host, 80)
    assert asked == ["127.0.0.9", "stt.example", "stt.example"]


def test_a_look_whether_the_service_is_there_takes_no_limit_for_each_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(answer()) as server, silent("127.0.0.2", server.port), silent("127.0.0.3", server.port):
        named(monkeypatch, *((host, server.port) for host in ("127.0.0.2", "127.0.0.3", "127.0.0.1")))
        began_s = clock()
        assert wait_ready(Target(f"http://stt:{server.port}/", {}, Timeouts(4, 5, 5, 30), 9_999), None, 20.0) is None
        assert clock() - began_s < 4
