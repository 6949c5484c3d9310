"""What the kernel knows of a connection's other end. Linux tells it: tcp(7), struct tcp_info of <linux/tcp.h>."""

from __future__ import annotations

import socket
import struct
from typing import Any, Protocol

try:
    import fcntl
    import termios
except ImportError:  # not on Windows
    fcntl = termios = None  # type: ignore[assignment]

_LAST_ACK_OFFSET = 56  # tcpi_last_ack_recv, milliseconds
_RTT_OFFSET = 68  # tcpi_rtt, microseconds
_INFO_BYTES = 72


class Socket(Protocol):
    """What of a socket is asked here."""

    def fileno(self) -> int: ...

    def getsockopt(self, *option: Any) -> Any: ...


def quiet_s(sock: Socket) -> float | None:
    """For how many seconds the other end has had all that was sent; 0 while it has not, None where nobody knows.

    It has it when its kernel says so. That kernel speaks again when its process takes what it could not keep for it
    (RFC 9293, 3.8.6), so in fact this counts from its last word.
    """
    info = _info(sock)
    if info is None:
        return None
    unsent = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0]  # SIOCOUTQ
    return 0.0 if unsent else float(struct.unpack_from("=I", info, _LAST_ACK_OFFSET)[0]) / 1_000


def round_trip_s(sock: Socket) -> float:
    """How long it takes there and back, as measured so far; 0 where nobody knows."""
    info = _info(sock)
    return 0.0 if info is None else float(struct.unpack_from("=I", info, _RTT_OFFSET)[0]) / 1e6


def _info(sock: Socket) -> bytes | None:
    option = getattr(socket, "TCP_INFO", None)
    if option is None or fcntl is None or not hasattr(termios, "TIOCOUTQ"):
        return None
    try:
        info: bytes = sock.getsockopt(socket.IPPROTO_TCP, option, _INFO_BYTES)
    except OSError:
        return None
    return info if len(info) == _INFO_BYTES else None
