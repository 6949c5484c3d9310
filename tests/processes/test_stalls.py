"""Generators that really stand still, and one that is well: what their runs are worth."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes.crowd import crowd, until
from tests.processes.running import LOCUSTFILE, Ran, against, finish, quick, run, start
from tests.processes.truth import Logged, logged_server

pytestmark = pytest.mark.locust

SECOND = {"slots": 16, "overhead_s": 1.0, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
USERS, WARMUP = 5, 5


def found(result: Mapping[str, Any], name: str) -> dict[str, Any]:
    check: dict[str, Any] = next(check for check in result["validity"]["checks"] if check["name"] == name)
    return check


def stop(pid: int, length_s: float) -> None:
    """The process does nothing for so long, as in a VM's pause or a throttled container."""
    os.kill(pid, signal.SIGSTOP)
    time.sleep(length_s)
    os.kill(pid, signal.SIGCONT)


def measuring(server: Logged) -> None:
    """Waits for the first measured answers, and into the time of those that follow."""
    first = WARMUP + USERS
    until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= first)
    time.sleep(0.3)


def stopped(folder: Path, length_s: float, total: int, *words: str) -> Ran:
    """A run against a service that takes 1.000 s for each answer; it stands still for `length_s` in the middle."""
    with logged_server(folder, **SECOND) as server:
        process = start(folder, against(server.url, total, WARMUP, USERS), *words)
        measuring(server)
        stop(process.pid, length_s)
        return finish(process, folder)


@pytest.mark.parametrize(
    ("length_s", "total"), [(2.0, WARMUP + 20), pytest.param(8.0, WARMUP + 60, marks=pytest.mark.slow)]
)
def test_a_process_that_was_stopped_is_not_believed(tmp_path: Path, length_s: float, total: int) -> None:
    ran = stopped(tmp_path, length_s, total)
    result = ran.result
    check = found(result, "stalls")
    assert (check["verdict"], ran.code) == ("INVALID", 4)
    figure = check["figure"]  # P95, unless the machine stood still as well, and moved another one further
    assert figure["reported_s"] == result["metrics"]["response_time_s"][figure["name"]]
    assert figure["reported_s"] - figure["without_stalls_s"] > figure["without_stalls_s"] / 10, "beyond the limit"
    assert result["metrics"]["response_time_s"]["p95"] > length_s
    named = {"mean": "Mean", "median": "Median", "p95": "P95"}[figure["name"]]
    said = " ".join(ran.out.split())
    assert f"{named} of the response times, {figure['reported_s']:.3f} s, may be".lower() in said.lower()
    longest = max(result["run"]["generator"]["stalls"], key=lambda stall: stall["to_s"] - stall["from_s"])
    assert longest["to_s"] - longest["from_s"] > length_s - 0.01
    assert 0 < longest["from_s"] < longest["to_s"] < result["metrics"]["window_s"]
    assert "for " + f"{longest['to_s'] - longest['from_s']:.2f} s (local)" in ran.out
    late = [row for row in result["requests"] if row["late_s"] > length_s - 0.1]
    assert late, "rows say what it added to them"
    assert all(row["response_time_s"] > row["late_s"] for row in late)


@pytest.mark.slow
def test_a_worker_that_was_stopped_is_named(tmp_path: Path) -> None:
    with logged_server(tmp_path, **SECOND) as server, crowd(tmp_path) as processes:
        processes.start_master(against(server.url, WARMUP + 30, WARMUP, USERS), expect=2)
        workers = [processes.start_worker(), processes.start_worker()]
        measuring(server)
        stop(workers[0].pid, 1.5)
        ran = processes.finish()
    result = ran.result
    assert found(result, "stalls")["verdict"] == "INVALID"
    longest = max(result["run"]["generator"]["stalls"], key=lambda stall: stall["to_s"] - stall["from_s"])
    assert longest["to_s"] - longest["from_s"] > 1.4
    name = result["run"]["workers"][longest["worker"]]
    assert name.endswith(f":{workers[0].pid}")
    assert f"({name})" in ran.out
    late = {row["worker"] for row in result["requests"] if row["late_s"] > 1.0}
    assert late == {name}


BLOCKING = """
import gevent
from gevent import monkey
from stt_load import FastSttUser, SttUser, install

block = monkey.get_original("time", "sleep")


class BlockingUser(FastSttUser):
    pass


def now_and_then():
    while True:
        gevent.sleep(0.75 * {period_s})
        block(0.25 * {period_s})


gevent.spawn(now_and_then)
install(default_user=BlockingUser)
"""


@pytest.mark.parametrize(("period_s", "overhead_s"), [(1.0, 0.25), pytest.param(4.0, 1.0, marks=pytest.mark.slow)])
def test_code_of_a_users_own_that_blocks_is_told(tmp_path: Path, period_s: float, overhead_s: float) -> None:
    """A second in every four."""
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(BLOCKING.format(period_s=period_s), encoding="utf-8")
    embedded = SECOND | {"overhead_s": overhead_s}
    ran = run(tmp_path, quick(WARMUP + 60, WARMUP, USERS, embedded=embedded), locustfile=locustfile)
    assert ran.code == 4, ran.out
    assert found(ran.result, "stalled_share")["verdict"] == "INVALID"
    assert found(ran.result, "stalls")["verdict"] == "INVALID"
    assert "if code of your own runs in it, it must not block" in " ".join(ran.out.split())


@pytest.mark.alone
def test_a_healthy_run_against_a_fast_service_is_believed(tmp_path: Path) -> None:
    """20 ms, of which the lag's P99 was more than a tenth. A machine may be busy for a moment, not three times."""
    embedded = SECOND | {"overhead_s": 0.02}
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        ran = run(folder, quick(500, WARMUP, USERS, embedded=embedded), "FastSttUser", locustfile=LOCUSTFILE)
        verdicts = {name: found(ran.result, name)["verdict"] for name in ("stalls", "busy_loop", "stalled_share")}
        if "INVALID" not in verdicts.values():
            return
    raise AssertionError(ran.result["validity"])
