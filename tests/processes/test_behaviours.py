"""Odd answers in whole runs: both user classes tell the same of the same bytes, and nothing of ours breaks."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from tests.client.scripted import Scripted, answer, closing
from tests.client.test_behaviours import ROWS
from tests.client.test_floods import FLOODS, pouring
from tests.processes.running import against, rows, run

pytestmark = pytest.mark.locust

USERS = ["SttUser", "FastSttUser"]
CHOSEN = (
    "junk behind",
    "length in characters",
    "204 with a body",
    "413 with more than it says",
    "408 behind",
    "a second 200 behind",
    "length twice, equal",
    "length twice, not equal",
    "length negative",
    "length beside chunked",
    "200 headers",
    "a header of 70 kB",
    "NUL in a header",
    "a folded header",
    "lines end with LF",
    "chunk size that is none",
    "a status line and the end",
    "101",
    "GZIP",
    "gzip in two members",
    "raw deflate",
)


def died(sock: socket.socket) -> bool:
    """Half a second into the work."""
    time.sleep(0.5)
    sock.close()
    return False


@pytest.mark.parametrize("user_class", USERS)
def test_each_answer_of_the_table_is_what_it_is(tmp_path: Path, user_class: str) -> None:
    """Between two of them a good answer, which is nobody else's; then a crash on a connection that is kept."""
    acts: list[Any] = [answer()]  # the warm-up's
    expected: list[str | None] = []
    for name in CHOSEN:
        row = ROWS[name]
        acts += [closing(row.reply) if row.ends else row.reply, answer(body=b'{"text": "good"}')]
        expected += [row.kind, None]
    acts += [died, answer(body=b'{"text": "good"}')]
    expected += ["truncated", None]
    api = {"capture_headers": ["X"], "timeout": {"total": 20}}
    with Scripted(*acts) as server:
        config = against(server.url.rstrip("/"), len(expected) + 1, 1, 1, audio_duration=0.1, api=api, wait_ready=0)
        ran = run(tmp_path, config, user_class)
        assert len(server.heads) == len(expected) + 1, "one call is one request"
    measured = sorted(rows(ran.result, "measured"), key=lambda row: row["seq"])
    assert [row["error_kind"] for row in measured] == expected
    texts = ["good" if number % 2 else "hello" for number in range(len(expected))]
    assert [row["text_length"] for row in measured] == [
        None if kind else len(text) for kind, text in zip(expected, texts, strict=True)
    ]
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("user_class", USERS)
def test_floods_cost_their_own_users_only(tmp_path: Path, user_class: str) -> None:
    names = ("interim answers", "headers", "trailers", "chunks of one byte")
    acts = [answer(), answer(), *(pouring(FLOODS[name]) for name in names), *([answer()] * 60)]
    with Scripted(*acts) as server:
        api = {"timeout": {"total": 2}, "max_answer_bytes": 1024**3}
        config = against(server.url.rstrip("/"), 40, 2, 2, audio_duration=0.1, api=api, wait_ready=0)
        ran = run(tmp_path, config, user_class)
    measured = rows(ran.result, "measured")
    assert sorted(row["error_kind"] for row in measured if not row["ok"]) == ["bad_http"] * 3 + ["timeout_total"]
    late = [row for row in measured if row["error_kind"] == "timeout_total"]
    assert 2.0 <= late[0]["service_time_s"] < 4.0
