"""Connections end to end: what goes with each request, how long connections last, which replica answered."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import against, check_code, rows, run

pytestmark = pytest.mark.locust

BOTH = pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
EVERYBODY = pytest.mark.parametrize(
    "words", [["SttUser"], ["FastSttUser"], ["SttUser", "--processes=2"]], ids=" ".join
)


@dataclass
class Replicas:
    """Two replicas behind one address: each new connection goes to the next one. heard: headers of each request."""

    url: str
    heard: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def replicas() -> Iterator[Replicas]:
    turns = itertools.cycle(["pod-a", "pod-b"])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.name = next(turns)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.heard.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(0.05)
            self.send_response(200)
            self.send_header("Content-Length", "15")
            self.send_header("X-Served-By", self.name)
            self.end_headers()
            self.wfile.write(b'{"text": "hey"}')

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        seen = Replicas(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield seen
        server.shutdown()


def pods_by_connection(measured: list[dict[str, Any]]) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = {}
    for row in measured:
        found.setdefault((row["worker"], row["connection"]), set()).add(row["headers"]["x-served-by"])
    return found


@EVERYBODY
def test_a_kept_alive_user_stays_with_its_replica_and_the_report_has_a_row_for_each(
    tmp_path: Path, words: list[str]
) -> None:
    with replicas() as service:
        ran = run(tmp_path, against(service.url, 24, 4, 4, api={"capture_headers": ["X-Served-By"]}), *words)
    check_code(ran, 0)
    measured = rows(ran.result, "measured")
    pods = pods_by_connection(measured)
    assert len(pods) == 4
    assert all(len(names) == 1 for names in pods.values())
    table = {one["value"]: one for one in ran.result["backends"]}
    assert set(table) == {"pod-a", "pod-b"}
    assert sum(one["requests"] for one in table.values()) == 20
    assert {one["connections"] for one in table.values()} == {2}
    assert "By the answer's header x-served-by" in ran.out
    assert "pod-b" in ran.out


@pytest.mark.slow
@BOTH
def test_connections_that_are_used_up_reach_all_replicas(tmp_path: Path, user_class: str) -> None:
    api = {"capture_headers": ["x-served-by"], "keep_alive": {"max_requests": 2}}
    with replicas() as service:
        ran = run(tmp_path, against(service.url, 21, 1, 1, api=api), user_class)
    by_connection: dict[int, list[str]] = {}
    for row in ran.result["requests"]:
        by_connection.setdefault(row["connection"], []).append(row["headers"]["x-served-by"])
    assert [len(names) for names in by_connection.values()] == [2] * 10 + [1]
    assert [names[0] for names in by_connection.values()] == ["pod-a", "pod-b"] * 5 + ["pod-a"]


@EVERYBODY
def test_without_keep_alive_the_set_up_is_part_of_every_response_time(tmp_path: Path, words: list[str]) -> None:
    with replicas() as service:
        ran = run(tmp_path, against(service.url, 16, 4, 4, api={"keep_alive": False}), *words)
    check_code(ran, 0)
    measured = rows(ran.result, "measured")
    assert len({(row["worker"], row["connection"]) for row in measured}) == 12
    assert all(0 < row["connect_s"] < row["response_time_s"] for row in measured)
    assert ran.result["metrics"]["connect_s"]["n"] == 12
    assert {heard["connection"] for heard in service.heard} == {"close"}
    assert "a new connection for each request" in ran.out


@EVERYBODY
def test_every_request_has_its_own_id_which_the_result_has_too(tmp_path: Path, words: list[str]) -> None:
    with replicas() as service:
        ran = run(tmp_path, against(service.url, 16, 4, 4), *words)
    seed = ran.result["run"]["seed"]
    expected = {f"{seed}-{row['seq']}-{row['attempt']}" for row in ran.result["requests"]}
    assert {heard["x-request-id"] for heard in service.heard} == expected
    assert len(service.heard) == 16
    assert all(heard["user-agent"].startswith("stt-load/") for heard in service.heard)


@BOTH
def test_an_idle_connection_that_is_closed_under_a_request_is_lost_and_not_sent_again(
    tmp_path: Path, user_class: str
) -> None:
    """Each connection is closed when its second request comes."""
    sent: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        answers = 0

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(self.headers["X-Request-ID"])
            self.answers += 1
            if self.answers == 2:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "15")
            self.end_headers()
            self.wfile.write(b'{"text": "hey"}')

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ran = run(tmp_path, against(f"http://127.0.0.1:{server.server_port}", 20, 2, 2), user_class)
        server.shutdown()
    kinds = [row["error_kind"] for row in ran.result["requests"]]
    assert kinds.count("connection_lost") in (9, 10), "each user's second, fourth and so on"
    assert kinds.count(None) + kinds.count("connection_lost") == 20
    assert len(sent) == len(set(sent)) == 20, "nothing was sent twice"
    assert "Connection closed before an answer" in ran.out
