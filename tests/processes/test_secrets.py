"""Secrets in every place that takes one, against a service that repeats all that it was told: they are nowhere."""

from __future__ import annotations

import base64
import contextlib
import html
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import pytest

from tests.client.proxy import Proxy
from tests.ports import free_port
from tests.processes.crowd import until
from tests.processes.page import web_ui
from tests.processes.running import against, finish, run, start

pytestmark = pytest.mark.locust

SECRETS = {
    "S_KEY": "k3y/of+mine-1234",
    "S_HEADER": "h3ader/secret",
    "S_QUERY": "qu3ry secret&",
    "S_PROXY": "pr0xy-word",
}
API = {
    "api_key_env": "S_KEY",
    "headers": {"X-Auth": "Token ${S_HEADER}"},
    "query": {"sig": "${S_QUERY}"},
    "extra_fields": {"token": "${S_KEY}"},
    "capture_headers": ["x-echo", "x-fine"],
    "timeout": {"first_byte": 5, "read": 5, "total": 5},
}


class Repeating(BaseHTTPRequestHandler):
    """Says back its request: in a stream's error event, in a job's failure, in headers, in a 500."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = f"{self.path} {self.headers.items()} {body[:400]!r} " * 3
        path = urlsplit(self.path).path  # through a proxy it is a whole URL
        if path == "/stream":
            escaped = json.dumps({"error": {"message": told}}).replace("/", "\\/")
            piece = json.dumps({"type": "transcript.text.delta", "delta": "hello "})
            self._answer(200, f"data: {piece}\n\ndata: {escaped}\n\n", "text/event-stream")
        elif path == "/jobs":
            self._answer(202, json.dumps({"id": "a/b", "said": told}))
        else:
            self._answer(500, told)

    def do_GET(self) -> None:
        told = f"{self.headers['X-Auth']} {self.headers['Authorization']} {self.path} {self.headers.items()}"
        self._answer(200, json.dumps({"status": "failed", "error": told * 3}))

    def _answer(self, status: int, text: str, kind: str = "application/json") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Echo", " ".join(str(self.headers[name]) for name in ("Authorization", "X-Auth")))
        self.send_header("X-Fine", "pod-1")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Standard error belongs to the tests."""


@contextmanager
def repeating(handler: type[BaseHTTPRequestHandler] = Repeating) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def variants() -> list[bytes]:
    """The secrets as they may be written."""
    found = {base64.b64encode(f"me:{SECRETS['S_PROXY']}".encode())}
    for secret in SECRETS.values():
        plain = {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/")}
        found |= {one.encode() for one in plain}
        found.add(secret[: len(secret) - 3].encode())  # cut off
    return sorted(found)


def check(folder: Path, *texts: str) -> None:
    """Nothing that the run wrote has them."""
    written = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    written |= {f"text {number}": text.encode() for number, text in enumerate(texts)}
    assert len(written) >= 4
    assert [(name, one) for name, content in written.items() for one in variants() if one in content] == []


KINDS: dict[str, dict[str, Any]] = {
    "stream": {"endpoint": "/stream", "stream": True},
    "job": {"endpoint": "/jobs", "protocol": "submit_poll", "job": {"interval": 0.01}},
    "failure": {"endpoint": "/else"},
}


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.slow] * (kind == "job")) for kind in KINDS])
def test_whatever_the_service_repeats(tmp_path: Path, kind: str, user_class: str) -> None:
    proxy = Proxy(SECRETS["S_PROXY"])
    with repeating() as url, contextlib.closing(proxy):
        api = API | KINDS[kind] | {"proxy": f"http://me:${{S_PROXY}}@127.0.0.1:{proxy.port}"}
        plain = {"continue_on_dead_warmup": True, "audio_duration": 0.1, "wait_ready": 5}
        config = against(url, 8, 2, 2, api=api | {"health": "/health"}, **plain)
        ran = run(tmp_path, config, user_class, "--html=r.html", "--csv=c", "--loglevel=DEBUG", env=SECRETS)
    assert proxy.asked[0] == f"GET {url}/health HTTP/1.1", "it is waited for on the same way"
    assert proxy.asked[1].startswith("POST ")
    assert ran.code in (1, 4), ran.err
    expected = {"stream": "stream_error", "job": "poll_failed", "failure": "http_5xx"}[kind]
    rows = ran.result["requests"]
    assert {row["error_kind"] for row in rows} == {expected}
    assert "***" in rows[-1]["error"]
    assert {row["headers"]["x-fine"] for row in rows} == {"pod-1"}
    assert all("***" in row["headers"]["x-echo"] for row in rows)
    assert "x-echo" in ran.out
    check(tmp_path, ran.out, ran.err, json.dumps(ran.result))


SPELT = {"key": "SECRETa/b+c==", "header": "LITERALd/e+f==", "password": "PASSWORDg/h"}


def spellings(secret: str) -> list[str]:
    """As services, gateways and frameworks write what they repeat; all of it may stand in a header."""
    in_percent = "".join(f"%{byte:02x}" for byte in secret.encode())
    in_html = html.escape(secret).replace("/", "&#x2F;").replace("+", "&#43;").replace("=", "&equals;")
    in_json = secret.replace("/", "\\u002f").replace("+", "\\u002B")
    in_base64 = [
        base64.b64encode(one.encode()).decode() for one in (secret, f"me:{secret}", f"{secret}:", f"m:{secret}")
    ]
    found = [secret, quote(secret), quote(secret, safe=""), in_percent, secret.replace("+", " "), in_html, in_json]
    found += [secret.replace("/", "\\/"), secret.replace("/", "\\\\\\/"), quote(quote(secret, safe=""), safe="")]
    return [*found, json.dumps(in_json)[1:-1], *in_base64, *(one.rstrip("=") for one in in_base64)]


class Spelling(Repeating):
    """Says the secrets in one spelling after the other: as an error, a redirection, and in a header of both."""

    said: ClassVar[list[str]]
    numbers: ClassVar[Iterator[int]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        number, place = divmod(next(self.numbers), 2)
        told = self.said[number % len(self.said)]
        self.send_response((401, 302)[place])
        content = f'{{"error": "you said {told} to us"}}'.encode()
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Echo", f"<{told}>")
        if place:
            self.send_header("Location", f"https://login.test/?from={told}")
        self.end_headers()
        self.wfile.write(content)


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_in_whatever_spelling_it_comes_back(tmp_path: Path, user_class: str) -> None:
    Spelling.said = [one for secret in SPELT.values() for one in spellings(secret)]
    Spelling.numbers = itertools.count()
    api = {
        "api_key_env": "S_KEY",
        "headers": {
            "X-Session": SPELT["header"],
            "X-Other": "Basic " + base64.b64encode(f"me:{SPELT['password']}".encode()).decode(),
        },
        "capture_headers": ["x-echo"],
    }
    with repeating(Spelling) as url:
        config = against(url, 2 * len(Spelling.said), 4, 4, api=api, continue_on_dead_warmup=True, audio_duration=0.1)
        config["max_consecutive_failures"] = None
        ran = run(tmp_path, config, user_class, "--html=r.html", "--csv=c", env={"S_KEY": SPELT["key"]})
    rows = ran.result["requests"]
    assert {row["error_kind"] for row in rows} == {"auth", "redirect"}
    assert [row["error"] for row in rows if "***" not in row["error"]] == []
    assert [row["headers"] for row in rows if "***" not in row["headers"]["x-echo"]] == []
    # The configuration itself says where the literal ones stand.
    written = [path.read_text() for path in tmp_path.iterdir() if path.is_file() and path.name != "config.yaml"]
    for text in [*written, ran.out, ran.err, json.dumps(ran.result)]:
        assert [one for one in (*Spelling.said, "SECRETa", "LITERALd", "PASSWORDg") if one in text] == []


class Relay:
    """Stands between a worker and its master, and keeps all that they say."""

    def __init__(self, to_port: int) -> None:
        self.heard = bytearray()
        self._to_port = to_port
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for sock in (self._listener, *self._open):
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                worker, _ = self._listener.accept()
                try:
                    master = socket.create_connection(("127.0.0.1", self._to_port))
                except ConnectionRefusedError:  # it does not listen yet: the worker will come again
                    worker.close()
                    continue
                self._open += [worker, master]
                for source, target in ((worker, master), (master, worker)):
                    threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self.heard += data
                target.sendall(data)


def test_what_workers_are_told_and_what_a_killed_run_leaves(tmp_path: Path) -> None:
    """Master and worker speak through a relay; both are killed in the middle."""
    folders = tmp_path / "master", tmp_path / "worker"
    for folder in folders:
        folder.mkdir()
    port = free_port()
    with repeating() as url, contextlib.closing(Relay(port)) as relay:
        api = API | KINDS["stream"]
        config = against(
            url, None, 2, 2, api=api, continue_on_dead_warmup=True, audio_duration=0.1, request_delay=0.05
        )
        words = ["--master", f"--master-bind-port={port}", "--expect-workers=1", "--loglevel=DEBUG"]
        master = start(folders[0], config, *words, env=SECRETS)
        words = ["--worker", f"--master-port={relay.port}", "--loglevel=DEBUG"]
        worker = start(folders[1], config, *words, headless=False, env=SECRETS)
        spools = folders[0].glob
        until("the spool fills", lambda: any(path.stat().st_size > 5_000 for path in spools("*.partial.jsonl")))
        for process in (worker, master):
            process.kill()
        ends = [finish(process, folder) for process, folder in ((worker, folders[1]), (master, folders[0]))]
    assert len(relay.heard) > 3_000
    assert b"hello" in relay.heard, "what is said can be read"
    for folder, end in zip(reversed(folders), ends, strict=True):
        check_all(folder, end.out, end.err, bytes(relay.heard).decode("latin-1"))


def check_all(folder: Path, *texts: str) -> None:
    written = [path.read_bytes() for path in folder.iterdir() if path.is_file()]
    for content in [*written, *(text.encode("latin-1", "replace") for text in texts)]:
        assert [one for one in variants() if one in content] == []


PAGES = ("/", "/stats/requests", "/stats/requests/csv", "/stats/failures/csv", "/exceptions", "/exceptions/csv")
PAGES += ("/stats/report", "/logs", "/tasks", "/stt-load/run", "/stt-load/report", "/stt-load/result")


def test_what_the_web_ui_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with repeating() as url:
        api = API | KINDS["stream"]
        config = against(url, 8, 2, 2, api=api, continue_on_dead_warmup=True, audio_duration=0.1)
        with web_ui(tmp_path, config, "--loglevel=DEBUG") as page:
            page.post("/swarm", user_count=2, spawn_rate=2, host=url)
            page.until_stopped()
            shown = [page.get(path).decode() for path in PAGES]
    assert "stream_error" in shown[3]
    assert '"x-fine": "pod-1"' in shown[-1]
    check_all(tmp_path, *shown)
