"""TLS on a socket that never blocks, and whom to believe on it.

OpenSSL is given bytes and never the socket: with the socket in its hands it reads as long as something comes in, and
a flood of records that it passes over (hello requests in a handshake) would be one call that never ends.
"""

from __future__ import annotations

import functools
import os
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent.socket
import gevent.ssl
from certifi import where

from stt_load.storage.files import open_ordinary

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
GONE = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What TLS makes of a peer that has closed the connection."""

READ_BYTES = 65_536
WRITE_BYTES = 131_072
"""What is encrypted at a time: that takes the processor, and others wait meanwhile."""


@functools.cache
def tls_context(verify: bool, ca_bundle: str | None) -> ssl.SSLContext:
    """One for all connections of a process that are of one mind, gevent's kind, in a process that is patched or not.

    verify: whether the server has to prove who it is. ca_bundle: PEM file of the authorities that may vouch for
    it; None for those that the environment names, as requests and OpenSSL read it, else those of certifi. Raises
    OSError when the file is none.
    """
    context: ssl.SSLContext = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify:
        named = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)
        bundle = ca_bundle or named or where()
        open_ordinary(Path(bundle)).close()  # OpenSSL would wait for the other end of a pipe
        context.load_verify_locations(cafile=bundle)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class SecuredSocket:
    """What of a socket's methods a connection needs, with TLS below them.

    was_cut: the peer has closed without a close_notify, so that anybody on the way may have (RFC 8446, 6.1).
    """

    def __init__(self, sock: gevent.socket.socket, context: ssl.SSLContext, host: str) -> None:
        """sock: connected, with a timeout of 0.0. host: the name or address that the certificate has to be for."""
        self._sock = sock
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)
        self._unsent = memoryview(b"")
        self.was_cut = False

    @property
    def holds_back(self) -> bool:
        """Some of what was sent is still here."""
        return bool(self._unsent)

    def shake_hands(self) -> bool:
        """One step of the handshake; whether it is the last. Raises BlockingIOError where the peer has to say more
        first, ssl.SSLError, OSError."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self.flush()
            self._take_in()
            return False
        except ssl.SSLError:
            self._tell()  # the alert: the peer is told why
            raise
        self.flush()
        return True

    def recv(self, _: int) -> bytes:
        """Raises BlockingIOError or SSLWantReadError where nothing is there."""
        with suppress(ssl.SSLWantReadError):
            return self._read()
        self._take_in()
        try:
            return self._read()
        finally:
            if self._out.pending:
                self._tell()

    def send(self, data: Any) -> int:
        """How much of `data` was taken: nothing while there is no room, or the peer has to say more first (TLS 1.2:
        RFC 5246, 7.4.1.1). The last of it may be held back."""
        if not self.flush():
            return 0
        try:
            taken = self._tls.write(memoryview(data)[:WRITE_BYTES])
        except ssl.SSLWantReadError:
            taken = 0
        self.flush()
        return taken

    def flush(self) -> bool:
        """Hands on what is held back; whether nothing is any more."""
        while self._unsent or self._out.pending:
            if not self._unsent:
                self._unsent = memoryview(self._out.read())
            try:
                sent = self._sock.send(self._unsent)
            except BlockingIOError:
                return False
            self._unsent = self._unsent[sent:]
        return True

    def fileno(self) -> int:
        return int(self._sock.fileno())

    def getsockopt(self, *option: int) -> Any:
        return self._sock.getsockopt(*option)

    def close(self) -> None:
        self._sock.close()

    def _read(self) -> bytes:
        """What is decrypted; nothing at the end."""
        try:
            return self._tls.read(READ_BYTES)
        except ssl.SSLZeroReturnError:
            return b""
        except ssl.SSLEOFError:
            self.was_cut = True
            return b""

    def _tell(self) -> None:
        """Hands on what TLS itself has to say. That the peer is gone is told by what is read next."""
        with suppress(OSError):
            self.flush()

    def _take_in(self) -> None:
        data = self._sock.recv(READ_BYTES)
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()
