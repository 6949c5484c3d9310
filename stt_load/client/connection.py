"""One open connection: bytes out and in without ever blocking, and what is known of it."""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Iterator, Sequence

import gevent.socket

from stt_load.api.request import Part
from stt_load.client import kernel
from stt_load.client.pace import Pace
from stt_load.client.tls import WRITE_BYTES, SecuredSocket
from stt_load.clock import clock

READ_BYTES = 65_536
MOST_PARTS = 64
"""What sendmsg is given at a time; kernels take up to 1,024 (IOV_MAX)."""

numbers: Iterator[int] = itertools.count(1)
"""Of the connections of this process."""


class Upload:
    """What of a request is still to be sent: its parts in their order."""

    __slots__ = ("left",)

    def __init__(self, parts: Sequence[Part]) -> None:
        self.left: list[Part] = [part for part in parts if len(part)]

    def first(self, most_bytes: int) -> Part:
        """So many bytes of what is left, in one piece, or all of it: copied where they are of several parts."""
        pieces, room = list[Part](), most_bytes
        for part in self.left:
            pieces.append(memoryview(part)[:room])
            room -= len(pieces[-1])
            if not room:
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def sent(self, count: int) -> None:
        """So many bytes more have gone."""
        left, gone = self.left, 0
        for part in left:
            if count < len(part):
                break
            count -= len(part)
            gone += 1
        del left[:gone]
        if count:
            left[0] = memoryview(left[0])[count:]


class Connection:
    """number: unique in this process, 0 until it is of use. requests, answers: that it has carried so far.
    tcp_connect_s: what TCP took to connect, see `opened`; tls_s: what the TLS handshake took, None without one."""

    def __init__(self, sock: gevent.socket.socket) -> None:
        """sock: connected, with a timeout of 0.0."""
        self.number = self.requests = self.answers = 0
        self.tcp_connect_s = 0.0
        self.tls_s: float | None = None
        self._sock: gevent.socket.socket | SecuredSocket = sock

    def send(self, upload: Upload) -> bool:
        """Hands on what the kernel has room for; whether there was any. Raises OSError.

        One system call for all parts takes 30 microseconds less than one for each of a form's five, and a clip of
        30 s of speech has some thirty. TLS knows no such call, and makes a record of each piece that it is given:
        there they are joined.
        """
        try:
            left = upload.left
            if isinstance(self._sock, SecuredSocket):
                if not left:
                    return self._sock.flush()
                sent = self._sock.send(upload.first(WRITE_BYTES))
            else:
                sent = self._sock.sendmsg(left if len(left) <= MOST_PARTS else left[:MOST_PARTS])
        except BlockingIOError:
            return False
        upload.sent(sent)
        return sent > 0

    def receive(self) -> bytes | None:
        """What has come in; None for nothing yet, no bytes when the peer has closed. Raises OSError."""
        try:
            return self._sock.recv(READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None

    def readable(self, limit_s: float | None) -> bool:
        """Waits until there is something to receive; False after limit_s seconds."""
        try:
            gevent.socket.wait_read(self._sock.fileno(), limit_s)
        except TimeoutError:
            return False
        return True

    def ready(self, limit_s: float | None = None) -> bool:
        """Waits until there is something to receive or room to send; False after limit_s seconds."""
        try:
            gevent.socket.wait_readwrite(self._sock.fileno(), limit_s)
        except TimeoutError:
            return False
        return True

    @property
    def holds_back(self) -> bool:
        """Some of what was sent has not gone yet: `send` goes on with it."""
        return isinstance(self._sock, SecuredSocket) and self._sock.holds_back

    @property
    def was_cut(self) -> bool:
        """The peer has closed it without saying so in TLS: what has come may not be all (RFC 9112, 9.8)."""
        return isinstance(self._sock, SecuredSocket) and self._sock.was_cut

    @property
    def is_idle(self) -> bool:
        """Whether it is open and nobody has said anything, as it ought to be between two requests."""
        try:
            return self.receive() is None
        except OSError:
            return False

    @property
    def quiet_s(self) -> float | None:
        """See `stt_load.client.kernel`."""
        return kernel.quiet_s(self._sock)

    @property
    def round_trip_s(self) -> float:
        return kernel.round_trip_s(self._sock)

    def secure(self, context: ssl.SSLContext, host: str, until_s: float, pace: Pace) -> None:
        """The TLS handshake. Raises ssl.SSLError, OSError, TimeoutError."""
        assert not isinstance(self._sock, SecuredSocket)
        self._sock = secured = SecuredSocket(self._sock, context, host)
        while True:
            try:
                if secured.shake_hands():
                    return
                is_ready = True
            except BlockingIOError:
                left_s = max(0.0, until_s - clock())
                is_ready = self.ready(left_s) if secured.holds_back else self.readable(left_s)
            now_s = clock()
            if not is_ready or now_s >= until_s:
                raise TimeoutError
            pace.step(now_s)

    def close(self) -> None:
        """Can be called more than once."""
        self._sock.close()
