"""Workers that are slow to start, refused while they are at it, or under a clock that jumps."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgpack
import pytest
import zmq

from tests.ports import free_port
from tests.processes.crowd import crowd, until
from tests.processes.running import LIMIT_S, LOCUSTFILE, against, check_verdict, finish, quick, rows, start
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

QUICK = {"slots": 16, "overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
SLOW = """
import os, time
from locust import events

@events.init.add_listener
def slow(**_):
    if "SLOW_S" in os.environ:
        time.sleep(float(os.environ["SLOW_S"]))

"""
READING = """
import gevent
from stt_load import SttUser, install
from stt_load.locust_plugin.users import transcribe

def transcribe_and_read(user):
    transcribe(user)
    gevent.sleep(16)

class Reader(SttUser):
    tasks = [transcribe_and_read]

install(Reader)
"""
STUCK = """
import os
from gevent.event import Event
from stt_load import SttUser, install

class Stuck(SttUser):
    def make_body(self, clip, clip_bytes):
        if "STUCK" in os.environ:
            Event().wait()
        return super().make_body(clip, clip_bytes)

del SttUser
install(Stuck)
"""


def slow_locustfile(folder: Path) -> Path:
    """The project's, and before it an `init` that takes as long as the environment says."""
    file = folder / "slow.py"
    file.write_text(SLOW + LOCUSTFILE.read_text(encoding="utf-8"), encoding="utf-8")
    return file


@pytest.mark.slow
def test_the_users_of_a_worker_that_is_late_to_say_hello_are_missed(tmp_path: Path) -> None:
    """Locust gave it half of them as soon as it was connected. It gets its part, and nobody is refused."""
    with logged_server(tmp_path, **QUICK) as server, crowd(tmp_path) as processes:
        processes.start_master(against(server.url, None, 4, 4, measure_for=9), expect=1)
        processes.start_worker()
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 40)
        late = processes.start_worker(locustfile=slow_locustfile(tmp_path), env={"SLOW_S": "3"})
        ran = processes.finish()
        assert late.wait() == 0
    check_verdict(ran.result, "DEGRADED")
    measured = rows(ran.result, "measured")
    assert len({row["worker"] for row in measured}) == 2
    ((from_s, to_s),) = ran.result["run"]["generator"]["load_changes"]
    assert 2.0 < to_s - from_s < 5.0
    assert {row["users"] for row in measured if from_s + 0.5 < row["start_s"] < to_s - 0.5} == {2}
    assert {row["users"] for row in measured if row["start_s"] > to_s + 0.5} == {4}
    assert "is refused" not in ran.err


@pytest.mark.slow
def test_a_worker_on_a_cold_node_is_waited_for(tmp_path: Path) -> None:
    with crowd(tmp_path) as processes:
        processes.start_master(quick(40, 4, 4), expect=2)
        processes.start_worker()
        cold = processes.start_worker(locustfile=slow_locustfile(tmp_path), env={"SLOW_S": "12"})
        ran = processes.finish()
        assert cold.wait() == 0
    assert ran.result["run"]["complete"] is True
    assert len({row["worker"] for row in ran.result["requests"]}) == 2
    assert ran.result["run"]["generator"]["load_changes"] == []
    assert {row["users"] for row in rows(ran.result, "measured")} == {4}
    assert "is still starting" in ran.err
    assert "is refused" not in ran.err


@pytest.mark.slow
def test_a_worker_without_this_suite_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    plain = tmp_path / "plain.py"
    plain.write_text("from locust import User, task\nclass SttUser(User):\n    @task\n    def nothing(self): ...\n")
    with crowd(tmp_path) as processes:
        processes.start_master(quick(40, 4, 4), expect=2)
        processes.start_worker()
        foreign = processes.start_worker(locustfile=plain)
        ran = processes.finish()
        foreign.wait(LIMIT_S)
    assert ran.result["run"]["complete"] is True
    assert "it runs Locust without stt-load, or with an older version of it" in ran.err


class Master:
    """A Locust master as far as one worker sees it, which answers its first words with `burst`, all at once."""

    def __init__(self, *burst: tuple[str, Any]) -> None:
        self.port = free_port()
        self._socket = zmq.Context.instance().socket(zmq.ROUTER)
        self._socket.bind(f"tcp://127.0.0.1:{self.port}")
        self._burst = burst

    def answer(self) -> None:
        assert self._socket.poll(LIMIT_S * 1_000), "no worker came"
        node, _ = self._socket.recv_multipart()
        for kind, data in self._burst:
            self._socket.send_multipart([node, msgpack.dumps((kind, data, node.decode()))])

    def close(self) -> None:
        self._socket.close(linger=0)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([("stt_load.refused", {"reason": "it is not wanted"})], 2),
        pytest.param(
            [("stt_load.refused", {"reason": "it is not wanted"}), ("spawn", None)], 2, marks=pytest.mark.slow
        ),
        pytest.param([], 0, marks=pytest.mark.slow),
    ],
)
def test_a_worker_that_is_sent_away_while_it_connects_goes(
    words: list[tuple[str, Any]], code: int, tmp_path: Path
) -> None:
    """Locust's `quit` may be in the socket before its runner is whole."""
    spawn = {
        "timestamp": 1e12,
        "user_classes_count": {"SttUser": 2},
        "host": "",
        "stop_timeout": 0,
        "parsed_options": {},
    }
    burst = [(kind, spawn if kind == "spawn" else data) for kind, data in words]
    master = Master(("ack", {"index": 0}), *burst, ("quit", None))
    try:
        worker = start(tmp_path, "no: matter\n", "--worker", f"--master-port={master.port}", headless=False)
        master.answer()
        assert finish(worker, tmp_path).code == code
    finally:
        master.close()


def clock_that_jumps(file: Path) -> Mapping[str, str]:
    """The environment of a process whose time of day is what `file` says; its monotonic clock goes on as it is."""
    if shutil.which("faketime") is None:
        pytest.skip("needs the program faketime (Debian's package of that name)")
    file.write_text("+0\n")
    said = subprocess.run(
        ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True
    )
    return {
        "LD_PRELOAD": said.stdout.strip(),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.mark.slow
@pytest.mark.parametrize("step", ["+90", "-90"])
def test_a_step_of_the_time_of_day_changes_nothing(step: str, tmp_path: Path) -> None:
    jump = tmp_path / "time-of-day"
    with logged_server(tmp_path, **QUICK) as server:
        config = against(server.url, None, 4, 4, measure_for=6)
        process = start(tmp_path, config, "--processes=2", env=clock_that_jumps(jump))
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 100)
        jump.write_text(f"{step}\n")
        ran = finish(process, tmp_path)
    assert ran.result["run"]["end_reason"] == "finished"
    assert ran.result["run"]["generator"]["load_changes"] == []
    measured = rows(ran.result, "measured")
    assert {row["users"] for row in measured} == {4}
    assert max(row["start_s"] for row in measured) > 5.5
    assert "heartbeat" not in ran.err


def children(parent: int) -> Iterator[int]:
    """Processes that `parent` has started and that are alive."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        if int(fields[1]) == parent:
            yield int(status.parent.name)


@pytest.mark.slow
def test_a_killed_worker_leaves_no_spool_beside_a_whole_result(tmp_path: Path) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        process = start(tmp_path, against(server.url, 1_500, 4, 4), "--processes=2")
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 100)
        until("the spools are there", lambda: len(list(tmp_path.glob("*.worker-*.partial.jsonl"))) == 2)
        os.kill(next(iter(children(process.pid))), signal.SIGKILL)
        ran = finish(process, tmp_path)
    assert ran.result["run"]["complete"] is True
    assert list(tmp_path.glob("*.partial.jsonl")) == []


@pytest.mark.slow
def test_a_worker_whose_users_hang_does_not_hold_the_warm_up(tmp_path: Path) -> None:
    locustfile = tmp_path / "stuck.py"
    locustfile.write_text(STUCK, encoding="utf-8")
    with logged_server(tmp_path, **QUICK) as server, crowd(tmp_path) as processes:
        config = against(server.url, 60, 8, 4, api={"timeout": {"total": 2.0, "first_byte": 2.0, "read": 2.0}})
        processes.start_master(config, expect=2, locustfile=locustfile)
        processes.start_worker(locustfile=locustfile)
        processes.start_worker(locustfile=locustfile, env={"STUCK": "1"})
        ran = processes.finish()
    assert ran.result["run"]["complete"] is True
    assert len(rows(ran.result, "measured")) == 52
    assert ran.result["run"]["leased_again"] >= 2
    assert "has returned nothing for" in ran.err
    check_verdict(ran.result, "DEGRADED")


@pytest.mark.slow
def test_a_worker_whose_users_do_other_work_keeps_its_run(tmp_path: Path) -> None:
    """For longer than any request may take and its lease lasts: it is the only one, and nothing is wrong with it."""
    locustfile = tmp_path / "reading.py"
    locustfile.write_text(READING, encoding="utf-8")
    with logged_server(tmp_path, **QUICK) as server:
        limits = {"timeout": {"total": 2.0, "first_byte": 2.0, "read": 2.0}}
        config = against(server.url, None, 0, 1, measure_for=20.0, api=limits)
        ran = finish(start(tmp_path, config, "--processes=1", locustfile=locustfile), tmp_path)
    run = ran.result["run"]
    assert (run["end_reason"], run["leased_again"], run["generator"]["load_changes"]) == ("finished", 0, [])
    assert {round(row["start_s"], -1) for row in rows(ran.result, "measured")} == {0, 20}
