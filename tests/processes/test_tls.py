"""https services, with the authority that vouches for them and without."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from tests.client.proxy import Proxy
from tests.processes.running import against, rows, run

pytestmark = pytest.mark.locust

BOTH = pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])


@dataclass
class Service:
    """bodies: (length as announced, length as read, hash) of each request."""

    url: str
    ca: Path
    bodies: list[tuple[int, int, bytes]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)


@contextmanager
def https_service(folder: Path) -> Iterator[Service]:
    authority = trustme.CA()
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            if "/gone" in self.path:
                service.connections.add(self.client_address[1])
                self.close_connection = True
                return
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            service.bodies.append((length, len(body), blake2b(body).digest()))
            service.connections.add(self.client_address[1])
            answer = json.dumps({"text": "heard"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    class Server(ThreadingHTTPServer):
        def finish_request(self, request: object, address: object) -> None:
            """The handshake in the request's own thread."""
            assert isinstance(request, ssl.SSLSocket)
            try:
                request.do_handshake()
            except OSError:
                return
            super().finish_request(request, address)  # type: ignore[arg-type]

        def handle_error(self, request: object, address: object) -> None:
            """A client that goes away is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        service = Service(f"https://127.0.0.1:{server.server_port}", ca)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield service
        server.shutdown()


@BOTH
@pytest.mark.parametrize("seconds", [pytest.param(0.5, marks=pytest.mark.slow), 60])
def test_clips_of_any_size_arrive_whole(tmp_path: Path, user_class: str, seconds: float) -> None:
    """Those of a minute fill every buffer on the way several times."""
    with https_service(tmp_path) as service:
        api = {"ca_bundle": str(service.ca), "health": "/health"}
        config = against(service.url, 12, 3, 3, api=api, audio_duration=seconds, wait_ready=5)
        ran = run(tmp_path, config, user_class)
    assert [row["error"] for row in ran.result["requests"] if not row["ok"]] == []
    assert len(service.bodies) == 12
    assert len({clip for _, _, clip in service.bodies}) == 12
    assert {(announced, read) for announced, read, _ in service.bodies} == {
        (row["upload_bytes"], row["upload_bytes"]) for row in ran.result["requests"]
    }
    assert len(service.connections) == 3, "each user keeps its own"


@BOTH
def test_an_unknown_authority_is_a_failure_of_its_kind_and_nothing_is_sent(tmp_path: Path, user_class: str) -> None:
    with https_service(tmp_path) as service:
        ran = run(tmp_path, against(service.url, 6, 2, 2, continue_on_dead_warmup=True), user_class)
    assert {row["error_kind"] for row in ran.result["requests"]} == {"tls"}
    assert "CERTIFICATE_VERIFY_FAILED" in ran.result["requests"][0]["error"]
    assert service.bodies == []


@BOTH
def test_a_server_that_goes_away_in_the_upload_has_broken_off_and_is_not_unbelievable(
    tmp_path: Path, user_class: str
) -> None:
    with https_service(tmp_path) as service:
        api = {"ca_bundle": str(service.ca), "endpoint": "/gone"}
        config = against(service.url, 12, 3, 3, api=api, audio_duration=60, continue_on_dead_warmup=True)
        ran = run(tmp_path, config, user_class)
    assert {row["error_kind"] for row in ran.result["requests"]} == {"truncated"}
    assert all(row["sent_s"] is not None for row in ran.result["requests"])
    assert len(service.connections) == 12, "each was sent once"


@BOTH
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", pytest.param("SSL_CERT_FILE", marks=pytest.mark.slow)])
def test_the_environment_may_say_whom_to_believe(tmp_path: Path, user_class: str, variable: str) -> None:
    with https_service(tmp_path) as service:
        others = dict.fromkeys(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"), "")
        ran = run(tmp_path, against(service.url, 6, 2, 2), user_class, env=others | {variable: str(service.ca)})
    assert [row["error"] for row in ran.result["requests"] if not row["ok"]] == []


@pytest.mark.slow
@BOTH
def test_without_verifying_anyone_will_do(tmp_path: Path, user_class: str) -> None:
    with https_service(tmp_path) as service:
        ran = run(tmp_path, against(service.url, 6, 2, 2, api={"verify": False}), user_class)
    assert len(service.bodies) == 6
    assert all(row["ok"] for row in rows(ran.result, "measured"))
    assert "Warning" not in ran.err


@BOTH
@pytest.mark.parametrize(("keep_alive", "connections"), [pytest.param(True, 2, marks=pytest.mark.slow), (False, 6)])
def test_through_a_proxy_that_sees_nothing_of_it(
    tmp_path: Path, user_class: str, keep_alive: bool, connections: int
) -> None:
    """Streams or whole, connections last as long as they are to."""
    with https_service(tmp_path) as service, contextlib.closing(Proxy("sesame")) as proxy:
        api = {
            "ca_bundle": str(service.ca),
            "proxy": f"http://me:sesame@127.0.0.1:{proxy.port}",
            "keep_alive": keep_alive,
            "health": "/health",
        }
        ran = run(tmp_path, against(service.url, 6, 2, 2, api=api, wait_ready=5), user_class)
    assert [row["error"] for row in ran.result["requests"] if not row["ok"]] == []
    place = service.url.removeprefix("https://")
    assert len(proxy.asked) == connections + 1, "one for the look at its health"
    assert {line.rpartition(" ")[0] for line in proxy.asked} == {f"CONNECT {place}"}
    assert len({row["connection"] for row in ran.result["requests"]}) == connections
    assert len(service.bodies) == 6
    assert "sesame" not in ran.out + ran.err + json.dumps(ran.result)
