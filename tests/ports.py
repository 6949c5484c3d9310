"""Ports that are a test's own, however many tests run at the same time."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

# Below those that systems give to whoever asks for any port, as every client and many a server does.
CANDIDATES = range(20_000, 30_000)

_held: list[socket.socket] = []


def free_port() -> int:
    """A TCP port of 127.0.0.1 where nobody listens, and nobody will but whom the caller tells of it.

    A process that is started needs a second until it listens, in which the port must not become another's. So it is
    held until this process ends: by its twin, the UDP port of the same number, which only one process can have.
    """
    for port in random.sample(CANDIDATES, len(CANDIDATES)):
        twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with socket.socket() as probe:
            try:
                twin.bind(("127.0.0.1", port))
                probe.bind(("", port))
            except OSError:
                twin.close()
                continue
        _held.append(twin)
        return port
    raise AssertionError("no port is free")


def stop_listening(listener: socket.socket) -> None:
    """Closes `listener`, in whose `accept` a thread waits: that one ends now.

    A mere `close` leaves the thread in it. When it is interrupted it asks again, by a number that is another
    listener's by then, and takes that one's connections.
    """
    with suppress(OSError):  # nobody waits any more
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
