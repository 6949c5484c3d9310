"""Whoever reaches a master's port can end nothing, and count for nothing that was not given to it."""

from __future__ import annotations

import functools
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from stt_load.cluster import protocol
from tests.processes.crowd import Crowd, crowd, until
from tests.processes.rogue import Rogue, bomb, rogues, rows_of
from tests.processes.running import Ran, against, check_code, check_verdict, rows
from tests.processes.test_distributed import check_exact
from tests.processes.truth import Logged, logged_server

pytestmark = pytest.mark.locust

TENTH = {"slots": 16, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
MOST_GROWN_KB = 200_000
AUDIO_S = 1.0
FLOOD = 10_000

JUNK: dict[str, Callable[[Rogue], None]] = {
    "two_bytes": lambda one: one.raw(b"\x93\xa1"),
    "no_bytes": lambda one: one.raw(b""),
    "no_list": lambda one: one.raw(b"\x80"),
    "two_of_three": lambda one: one.raw(b"\x92\xa4quit\xc0"),
    "many_parts": lambda one: one.raw(b"a", b"b", b"c"),
    "empty_data": lambda one: one.say("stats", {}),
    "somebody_else": lambda one: one.say("client_ready", "2.47.0", sender="somebody else"),
    "heartbeat_without_words": lambda one: one.say("heartbeat"),
    "quit": lambda one: one.say("quit"),
    "numbers_for_a_version": lambda one: one.say("client_ready", 7),
    "nested": lambda one: one.raw(b"\x93\xacclient_ready" + b"\x91" * 1_000 + b"\xc0\xa1x"),
    "kind_that_there_is_not": lambda one: one.say("stt_load.saved", {"rows": 1}),
}


def start(processes: Crowd, server: Logged, total: int) -> int:
    """A run with one worker that is at its measured requests; the most memory that its master has had, in kB."""
    processes.start_master(against(server.url, total, 4, 4, audio_duration=AUDIO_S), expect=1)
    processes.start_worker()
    until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 20)
    return most_memory_kb(processes.master)


def most_memory_kb(process: subprocess.Popen[str]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def refusals(ran: Ran, name: str) -> list[str]:
    return [line for line in ran.err.splitlines() if f" {name}_" in line]


@pytest.mark.slow
def test_junk_ends_nothing_and_is_told_in_one_line_each(tmp_path: Path) -> None:
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes, rogues(processes.port) as make:
        before_kb = start(processes, server, 200)
        for name, act in JUNK.items():
            one = make(name)
            for _ in range(3):
                act(one)
        make("").say("client_ready", "2.47.0")
        flood = make("flood")
        for _ in range(FLOOD):
            flood.raw(b"\x93\xa1")
        time.sleep(1)
        grown_kb = most_memory_kb(processes.master) - before_kb
        ran = processes.finish()
    check_code(ran, 0)
    check_exact(ran.result, 200, 4)
    for name in (*JUNK, "flood"):
        assert len(refusals(ran, name)) == 1, (name, ran.err)
    assert ran.err.count("it has no name that a worker could have") == 1
    assert len(ran.err.splitlines()) == len(JUNK) + 2, ran.err
    assert "Traceback" not in ran.err
    assert grown_kb < MOST_GROWN_KB


@functools.cache
def large_bomb() -> bytes:
    return bomb(300)


def impossible(**more: Any) -> Callable[[Rogue], None]:
    return lambda one: one.bring(rows_of(one.leased(), AUDIO_S, **more))


LIES: dict[str, Callable[[Rogue], None]] = {
    "never_leased": lambda one: one.bring(rows_of([[seq, 0, 2] for seq in range(60, 160)], AUDIO_S)),
    "long_ago": impossible(start_s=-1e6, sent_s=-1e6, done_s=-1e6 + 0.1),
    "no_number": impossible(done_s=float("nan")),
    "huge": impossible(done_s=1e300),
    "before_it_began": impossible(done_s=0.0),
    "small_bomb": lambda one: one.bring(bomb(20)),
    "bomb": lambda one: one.bring(large_bomb()),
    "present": lambda one: one.want(joined=1_000_000, present=1_000_000),
    "taken": lambda one: one.want(taken=1_000),
}
QUICK = ("never_leased", "huge", "bomb", "present")


@pytest.mark.parametrize(
    "names", [pytest.param(QUICK, id="quick"), pytest.param(tuple(LIES), id="all", marks=pytest.mark.slow)]
)
def test_a_worker_that_lies_is_refused_and_counts_for_nothing(names: tuple[str, ...], tmp_path: Path) -> None:
    total = 60 * (len(names) + 3)
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes, rogues(processes.port) as make:
        large_bomb()
        before_kb = start(processes, server, total)
        for name in names:
            one = make(name)
            one.join()
            LIES[name](one)
            one.heard(protocol.REFUSED)
        grown_kb = most_memory_kb(processes.master) - before_kb
        ran = processes.finish()
        truths = server.truths()
    assert ran.code in (0, 4), ran.err
    check_exact(ran.result, total, 4)
    for name in names:
        assert len(refusals(ran, name)) == 1, (name, ran.err)
    assert "Traceback" not in ran.err
    assert ran.result["run"]["generator"]["listener_errors"] == 0
    assert grown_kb < MOST_GROWN_KB
    honest = [row for row in ran.result["requests"] if row["phase"] != "outside"]
    assert len({row["worker"] for row in honest}) == 1
    assert len(truths) == total, "each row is of a request that the server has seen"
    assert all(0 <= row["done_s"] - row["start_s"] < 5 for row in rows(ran.result, "measured"))


THIRDS = TENTH | {"overhead_s": 0.3}
HEARTBEAT = {"state": "running", "current_cpu_usage": 1.0}


def comes(one: Rogue) -> None:
    """It registers, and says nothing more."""
    one.register()


def goes(one: Rogue) -> None:
    one.register()
    one.say("quit")


def stops(one: Rogue) -> None:
    one.register()
    one.say("client_stopped")


def has_users(one: Rogue) -> None:
    """As far as Locust can see."""
    one.register()
    one.say("heartbeat", HEARTBEAT)
    one.say("spawning")
    one.say("spawning_complete", {"user_classes_count": {"SttUser": 1}, "user_count": 1})


STRANGERS: dict[str, Callable[[Rogue], None]] = {
    "comes": comes,
    "goes": goes,
    "stops": stops,
    "has_users": has_users,
}


def test_strangers_that_register_get_no_users_and_a_run_goes_on(tmp_path: Path) -> None:
    with logged_server(tmp_path, **THIRDS) as server, crowd(tmp_path) as processes, rogues(processes.port) as make:
        processes.start_master(against(server.url, 24, 2, 2), expect=1)
        processes.start_worker()
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 6)
        for name, act in STRANGERS.items():
            act(make(name))
        ran = processes.finish()
    check_code(ran, 0)
    check_exact(ran.result, 24, 2)
    assert ran.result["run"]["generator"]["load_changes"] == []
    assert {row["users"] for row in rows(ran.result, "measured")} == {2}


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [pytest.param(("comes",), id="quick"), pytest.param(tuple(STRANGERS), id="all", marks=pytest.mark.slow)],
)
def test_strangers_before_the_first_worker_are_not_waited_for_and_end_nothing(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes, rogues(processes.port) as make:
        processes.start_master(against(server.url, 12, 2, 2), expect=1)
        for name in names:
            STRANGERS[name](make(name))
        time.sleep(1.5)  # Locust looks once a second whether all are here
        processes.start_worker()
        ran = processes.finish()
    check_code(ran, 0)
    check_exact(ran.result, 12, 2)
    assert len(ran.result["run"]["workers"]) == 1


def beat_on(one: Rogue, running: Event) -> None:
    """Locust hears of it each second."""
    while running.is_set():
        one.say("heartbeat", HEARTBEAT)
        time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.parametrize("beats", [False, True])
def test_workers_that_do_nothing_end_no_run(beats: bool, tmp_path: Path) -> None:
    """They introduce themselves as workers do. Locust gives them all users that there are."""
    running = Event()
    running.set()
    with logged_server(tmp_path, **THIRDS) as server, crowd(tmp_path) as processes, rogues(processes.port) as make:
        processes.start_master(against(server.url, 100, 2, 2), expect=1)
        processes.start_worker()
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 6)
        idle = [make(name) for name in ("idle", "lazy")]
        threads = [Thread(target=beat_on, args=(one, running)) for one in idle if beats]
        for one in idle:
            one.join()
        for thread in threads:
            thread.start()
        ran = processes.finish()
        running.clear()
        for thread in threads:
            thread.join()
    check_code(ran, 0)
    check_exact(ran.result, 100, 2)
    check_verdict(ran.result, "DEGRADED")
