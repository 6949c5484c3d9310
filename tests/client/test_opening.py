"""The way to a connection: what TLS, a proxy and a wrong port come to, on real sockets."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import pytest
import trustme

from stt_load.api.request import Body
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.addresses import addresses_of
from stt_load.client.http import HttpClient
from stt_load.samples.sample import ErrorKind
from tests.client.scripted import Act, Scripted, answer

BODY = Body((b"RIFF",), 4)


def failure(url: str, connect_s: float = 5.0, **options: Any) -> ClientError:
    client = HttpClient(Target(url, {}, Timeouts(connect_s, 5, 5, 30), 9_999, **options))
    with pytest.raises(ClientError) as caught:
        client.post(BODY, Exchange())
    client.close()
    return caught.value


class Raw(Scripted):
    """A server that does with each connection as it likes, before it has read anything."""

    def __init__(self, act: Act) -> None:
        super().__init__(b"")
        self._act = act

    def _serve(self, sock: socket.socket, number: int) -> None:  # noqa: ARG002
        try:
            while self._act(sock):
                pass
        except OSError:
            pass
        sock.close()


def closed(sock: socket.socket) -> bool:
    sock.recv(65_536)
    return False


def closed_unread(sock: socket.socket) -> bool:
    sock.recv(1)
    return False


def reset(sock: socket.socket) -> bool:
    sock.recv(65_536)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def half_a_record(sock: socket.socket) -> bool:
    sock.recv(65_536)
    sock.sendall(b"\x16\x03\x03\x00\x50\x02")
    return False


@pytest.mark.parametrize("act", [closed, closed_unread, reset, half_a_record])
def test_a_handshake_that_is_cut_is_said_to_be_that(act: Act) -> None:
    with Raw(act) as server:
        found = failure(server.url.replace("http:", "https:"), verify=False)
    assert (found.kind, found.message) == (ErrorKind.TLS, "the connection was closed in the TLS handshake")


def test_a_handshake_that_takes_too_long_is_a_matter_of_connecting() -> None:
    with Raw(lambda sock: bool(sock.recv(65_536))) as server:
        found = failure(server.url.replace("http:", "https:"), connect_s=0.3, verify=False)
    assert found.kind is ErrorKind.TIMEOUT_CONNECT
    assert "0.3 s" in found.message


def test_a_flood_in_the_handshake_ends() -> None:
    """Records that say nothing: OpenSSL, or else the limit, has enough of them."""

    def act(sock: socket.socket) -> bool:
        sock.sendall(b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 1_000)  # hello requests
        return True

    with Raw(act) as server:
        found = failure(server.url.replace("http:", "https:"), connect_s=1.0, verify=False)
    assert found.kind in (ErrorKind.TLS, ErrorKind.TIMEOUT_CONNECT)


def test_https_to_a_plain_port_and_http_to_a_tls_port_are_said_to_be_that(server_context: ssl.SSLContext) -> None:
    def http_400(sock: socket.socket) -> bool:
        sock.recv(1)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        return False

    with Raw(http_400) as server:
        found = failure(server.url.replace("http:", "https:"), verify=False)
    assert found.kind is ErrorKind.TLS
    assert "http://" in found.message
    with Scripted(answer(), context=server_context) as tls:
        found = failure(tls.url.replace("https:", "http:"))
    # Python's ssl closes without a word; others send an alert (tests.client.test_behaviours).
    assert found.kind is ErrorKind.TRUNCATED
    assert "https" in found.message


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "::1").configure_cert(context)
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_tls_in_a_process_that_nobody_has_patched(
    authority: trustme.CA, server_context: ssl.SSLContext, tmp_path: Path, host: str
) -> None:
    """Three requests, one connection, a body that fills all buffers; the address in the certificate is checked."""
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    clip = memoryview(bytes(range(256)) * 20_000)
    with Scripted(answer(), host=host, context=server_context) as server:
        client = HttpClient(Target(server.url, {}, Timeouts(5, 5, 5, 30), 9_999, ca_bundle=str(bundle)))
        for _ in range(3):
            assert client.post(Body((b"<", clip, b">"), len(clip) + 2), Exchange()).status == 200
        client.close()
        assert server.bodies == [b"<" + bytes(clip) + b">"] * 3
        assert server.connections == [0, 0, 0]
        named = f"[{host}]" if ":" in host else host
        assert f"\r\nHost: {named}:{server.port}\r\n".encode() in server.heads[0]


def sends(data: bytes) -> Callable[[socket.socket], bool]:
    def act(sock: socket.socket) -> bool:
        sock.recv(65_536)
        sock.sendall(data)
        return False

    return act


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", "the proxy answers HTTP 407 to CONNECT stt:443"),
        (b"HTTP/1.1 200 OK\r\n\r\njunk", "more than its answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer: no HTTP"),
        (b"HTTP/1.1 200 OK\r\n", "does not answer: the connection was closed"),
        (b"", "does not answer: the connection was closed"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 50, "does not answer: more than 16 interim"),
    ],
)
def test_a_proxy_that_leads_nowhere(said: bytes, words: str) -> None:
    with Raw(sends(said)) as server:
        found = failure("https://stt/", proxy=server.url, verify=False)
    assert found.kind is ErrorKind.CONNECT
    assert f"can't connect to 127.0.0.1:{server.port}: " in found.message
    assert words in found.message


def test_a_proxy_that_says_nothing() -> None:
    with Raw(lambda sock: bool(sock.recv(65_536))) as server:
        found = failure("https://stt/", connect_s=0.3, proxy=server.url, verify=False)
    assert found.kind is ErrorKind.TIMEOUT_CONNECT


@pytest.mark.parametrize("name", ["no-such-host.invalid", "x" * 70 + ".invalid"])
def test_a_name_that_nobody_knows(name: str) -> None:
    assert failure(f"http://{name}/").kind is ErrorKind.DNS


@pytest.mark.parametrize(
    ("scheme", "kind", "words"),
    [
        ("https", ErrorKind.TLS, "the connection was closed in the TLS handshake"),
        ("http", ErrorKind.TRUNCATED, "the new connection was closed before an answer"),
    ],
)
def test_a_reset_right_behind_the_accept_is_one_of_a_connection(scheme: str, kind: ErrorKind, words: str) -> None:
    """Whether it is here before the connection is looked at, or after."""

    def reset_next(listener: socket.socket) -> None:
        sock, _ = listener.accept()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        addresses_of("127.0.0.1", port)  # so that the next turn of another is when this one waits for the connection
        for _ in range(5):
            resetting = gevent.spawn(reset_next, listener)
            found = failure(f"{scheme}://127.0.0.1:{port}/", verify=False)
            resetting.get()
            assert found.kind is kind, found
            assert found.message.startswith(words)
