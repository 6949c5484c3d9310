"""From a name to a connected socket: all its addresses in turn, within one limit.

RFC 8305 ("Happy Eyeballs"), section 5: an address that does not answer is not given up, but the next one is tried
beside it soon; the first that is connected wins.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import gevent
import gevent.socket

from stt_load.client.exchange import plain
from stt_load.clock import clock

STAGGER_S = 0.25
"""RFC 8305, section 8: until the next address is tried beside one that has not answered."""

_OURS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
"""What fails for want of something on this machine says nothing about an address."""
_CONNECTED = (0, errno.ECONNRESET)
"""A peer that takes no connection refuses it; one that resets it has had it, and what comes next tells so."""
_dead: set[Address] = set()
"""Addresses in this process beside which another one of the same name was connected: they come last from then on."""
_literals: dict[tuple[str, int], list[Address]] = {}


class Address(NamedTuple):
    """What `socket` wants to know of one address. place: the host as it is written in numbers, and the port."""

    family: int
    protocol: int
    place: tuple[Any, ...]


class NoAddress(Exception):  # noqa: N818 - the name says it
    """None of the addresses of a name takes a connection. errors: what was wrong with each."""

    def __init__(self, errors: Sequence[tuple[Address, OSError]]) -> None:
        said = {str(address.place[0]): plain(error) for address, error in errors}
        alike = len(set(said.values())) == 1
        text = next(iter(said.values())) if alike else "; ".join(f"{host}: {one}" for host, one in said.items())
        super().__init__(text)
        self.errors = ExceptionGroup(text, [error for _, error in errors])


def addresses_of(host: str, port: int) -> list[Address]:
    """All that the resolver says, in its order, but those known to be dead last. Raises OSError, UnicodeError.

    An address in numbers is asked for once in a process: the resolver's threads take their time.
    """
    known = _literals.get((host, port))
    if known is not None:
        return known
    found = gevent.socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    addresses = list(dict.fromkeys(Address(family, protocol, place) for family, _, protocol, _, place in found))
    if _is_literal(host):
        _literals[host, port] = addresses
    return sorted(addresses, key=_dead.__contains__)


def open_socket(address: Address) -> gevent.socket.socket:
    """One that never blocks, for a connection to `address`."""
    sock = gevent.socket.socket(address.family, socket.SOCK_STREAM, address.protocol)
    sock.settimeout(0.0)
    # Without it the last part of a body waits for the acknowledgement of the part before.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def connect(addresses: Sequence[Address], until_s: float) -> gevent.socket.socket:
    """The first that is connected; until_s: on `clock`, for all of them together.

    Raises TimeoutError at until_s, `NoAddress` when all have failed before.
    """
    attempts = _Attempts()
    waiting = list(addresses)
    stagger_s = min(STAGGER_S, max(0.0, until_s - clock()) / (len(waiting) + 1))
    try:
        while waiting or attempts.pending:
            if waiting and attempts.begin(waiting.pop(0)):
                return attempts.won
            left_s = until_s - clock()
            if attempts.wait(min(stagger_s, left_s) if waiting else left_s):
                return attempts.won
            if clock() >= until_s:
                raise TimeoutError("timed out")
        raise NoAddress(attempts.errors)
    finally:
        attempts.close()


class _Attempts:
    """Connections that are on their way, to addresses of one name."""

    def __init__(self) -> None:
        self.pending: dict[gevent.socket.socket, Address] = {}
        self.errors: list[tuple[Address, OSError]] = []
        self.won: gevent.socket.socket

    def begin(self, address: Address) -> bool:
        """Whether it is connected at once."""
        try:
            sock = open_socket(address)
        except OSError as error:
            self.errors.append((address, error))
            return False
        self.pending[sock] = address
        try:
            sock.connect(address.place)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _CONNECTED:
                self._failed(sock, error)
                return False
        self._win(sock)
        return True

    def wait(self, limit_s: float) -> bool:
        """Whether one is connected within limit_s seconds; returns as soon as one is, or has failed."""
        for sock in _ready(self.pending, limit_s):
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number in _CONNECTED:
                self._win(sock)
                return True
            self._failed(sock, OSError(number, os.strerror(number)))
        return False

    def close(self) -> None:
        for sock in self.pending:
            sock.close()

    def _win(self, sock: gevent.socket.socket) -> None:
        self.won = sock
        _dead.discard(self.pending.pop(sock))
        _dead.update(self.pending.values())
        _dead.update(address for address, error in self.errors if error.errno not in _OURS)

    def _failed(self, sock: gevent.socket.socket, error: OSError) -> None:
        self.errors.append((self.pending.pop(sock), error))
        sock.close()


def _ready(socks: Iterable[gevent.socket.socket], limit_s: float) -> list[gevent.socket.socket]:
    """Those of which the kernel knows how they have ended, as soon as there is one."""
    socks = list(socks)
    if not socks or limit_s <= 0:
        return []
    if len(socks) == 1:
        try:
            gevent.socket.wait_write(socks[0].fileno(), limit_s)
        except TimeoutError:
            return []
        return socks
    waiters = [gevent.spawn(gevent.socket.wait_write, sock.fileno()) for sock in socks]
    try:
        gevent.wait(waiters, limit_s, count=1)
        return [sock for sock, waiter in zip(socks, waiters, strict=True) if waiter.ready()]
    finally:
        gevent.killall(waiters)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
