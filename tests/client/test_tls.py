"""TLS on bytes: pairs of real sockets, this end never blocking. Whom to believe on it: files of authorities that are
none are said to be, and not waited for."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent.socket
import pytest
import trustme

from stt_load.client.connection import Connection, Upload
from stt_load.client.pace import Pace
from stt_load.client.tls import VARIABLES, WRITE_BYTES, SecuredSocket, tls_context
from stt_load.clock import clock
from stt_load.storage.files import OddFileError

LIMIT_S = 10.0


@pytest.fixture(scope="module")
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("stt.example").configure_cert(context)
    return context


class Pair:
    """near: a connection with TLS. far: its other end, after the handshake."""

    def __init__(self, context: ssl.SSLContext) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            sock = gevent.socket.socket()
            sock.connect(listener.getsockname())
            raw, _ = listener.accept()
        sock.settimeout(0.0)
        self.near = Connection(sock)
        thread = threading.Thread(target=self._shake_hands, args=(raw, context))
        thread.start()
        self.near.secure(tls_context(False, None), "stt.example", clock() + LIMIT_S, Pace())
        thread.join()

    def _shake_hands(self, raw: socket.socket, context: ssl.SSLContext) -> None:
        self.far = context.wrap_socket(raw, server_side=True)


@pytest.fixture
def pair(server_context: ssl.SSLContext) -> Iterator[Pair]:
    pair = Pair(server_context)
    yield pair
    pair.near.close()
    pair.far.close()


def received(connection: Connection, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.receive()
        if part is None:
            assert connection.readable(LIMIT_S)
        else:
            assert part
            data += part
    return data


def test_bytes_arrive_in_both_directions(pair: Pair) -> None:
    """More than any buffer on the way holds, what is held back included."""
    clip = bytes(range(256)) * 40_000
    heard = bytearray()

    def hear() -> None:
        while len(heard) < len(clip):
            heard.extend(pair.far.recv(65_536))
        pair.far.sendall(clip)

    thread = threading.Thread(target=hear)
    thread.start()
    upload = Upload((b"", memoryview(clip)[:5], memoryview(clip)[5:]))
    while upload.left or pair.near.holds_back:
        if not pair.near.send(upload):
            assert pair.near.ready(LIMIT_S)
    answer = received(pair.near, len(clip))
    thread.join()
    assert bytes(heard) == clip
    assert answer == clip


def test_many_parts_are_handed_on_as_few_pieces(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [bytes([number]) * (5_000 if number % 2 else 70_000) for number in range(31)]
    sizes: list[int] = []
    send = SecuredSocket.send

    def counted(self: SecuredSocket, data: Any) -> int:
        sizes.append(len(data))
        return send(self, data)

    monkeypatch.setattr(SecuredSocket, "send", counted)
    heard = bytearray()
    size = sum(map(len, parts))

    def hear() -> None:
        while len(heard) < size:
            heard.extend(pair.far.recv(65_536))

    thread = threading.Thread(target=hear)
    thread.start()
    upload = Upload(parts)
    while upload.left or pair.near.holds_back:
        if not pair.near.send(upload):
            assert pair.near.ready(LIMIT_S)
    thread.join()
    assert bytes(heard) == b"".join(parts)
    assert set(sizes) == {WRITE_BYTES, size % WRITE_BYTES}


def test_what_is_open_is_idle_though_the_peer_has_sent_tickets(pair: Pair) -> None:
    """TLS 1.3 sends them behind the handshake: bytes on the wire that are nothing said."""
    assert pair.near.is_idle
    pair.far.sendall(b"junk")
    assert pair.near.readable(LIMIT_S)
    assert not pair.near.is_idle


@pytest.mark.parametrize("politely", [True, False])
def test_a_peer_that_has_closed_says_nothing_any_more(pair: Pair, politely: bool) -> None:
    if politely:
        pair.far.settimeout(0.0)
        with pytest.raises(ssl.SSLWantReadError):
            pair.far.unwrap()
    pair.far.close()
    while (data := pair.near.receive()) is None:
        assert pair.near.readable(LIMIT_S)
    assert data == b""
    assert pair.near.receive() == b""
    assert not pair.near.is_idle


def test_the_peer_is_told_why_it_is_not_believed(server_context: ssl.SSLContext) -> None:
    said = []

    def serve(listener: socket.socket) -> None:
        raw, _ = listener.accept()
        with raw:
            try:
                server_context.wrap_socket(raw, server_side=True)
            except ssl.SSLError as error:
                said.append(error.reason)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        sock = gevent.socket.socket()
        sock.connect(listener.getsockname())
        sock.settimeout(0.0)
        connection = Connection(sock)
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.secure(tls_context(True, None), "stt.example", clock() + LIMIT_S, Pace())
        thread.join()
        connection.close()
    assert said == ["TLSV1_ALERT_UNKNOWN_CA"]


def test_what_can_not_be_sent_during_a_handshake_is_sent_after_it(server_context: ssl.SSLContext) -> None:
    """TLS 1.2 may begin one at any time."""
    heard = []

    def serve(raw: socket.socket) -> None:
        with server_context.wrap_socket(raw, server_side=True) as far:
            heard.append(far.recv(100))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        sock = gevent.socket.create_connection(listener.getsockname())
        raw, _ = listener.accept()
    sock.settimeout(0.0)
    secured = SecuredSocket(sock, tls_context(False, None), "stt.example")
    thread = threading.Thread(target=serve, args=(raw,))
    thread.start()
    assert secured.send(b"hello") == 0
    while not secured.send(b"hello"):
        gevent.socket.wait_read(secured.fileno(), LIMIT_S)
        with pytest.raises(ssl.SSLWantReadError):
            secured.recv(100)
    thread.join()
    secured.close()
    assert heard == [b"hello"]


def shake_hands(secured: SecuredSocket) -> None:
    is_over = False
    while not is_over:
        gevent.socket.wait_read(secured.fileno(), LIMIT_S)
        is_over = secured.shake_hands()


def test_a_peer_that_is_gone_before_it_is_told_why_is_still_not_believed(server_context: ssl.SSLContext) -> None:
    """What is wrong is who it is, not that nobody hears of it."""

    def serve(raw: socket.socket) -> None:
        with raw, contextlib.suppress(OSError):
            server_context.wrap_socket(raw, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        sock = gevent.socket.create_connection(listener.getsockname())
        raw, _ = listener.accept()
    sock.settimeout(0.0)
    secured = SecuredSocket(sock, tls_context(True, None), "stt.example")
    with pytest.raises(BlockingIOError):
        secured.shake_hands()
    thread = threading.Thread(target=serve, args=(raw,))  # not before: it may be quick to answer
    thread.start()
    sock.shutdown(socket.SHUT_WR)  # what is sent from now on is an error, as where nobody is there
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(secured)
    secured.close()
    thread.join()


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_pipe_that_the_environment_names_is_no_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(pipe))
    tls_context.cache_clear()
    with pytest.raises(OddFileError, match="a named pipe"):
        tls_context(True, None)
    assert tls_context(False, None).verify_mode == ssl.CERT_NONE
    tls_context.cache_clear()
