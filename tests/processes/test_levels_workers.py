"""Levels on many processes: each is exact, and nothing of one is counted in another, whatever becomes of workers."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes.crowd import Crowd, crowd, until
from tests.processes.running import OF_THE_MACHINE, against, finish, run, start
from tests.processes.truth import Logged, logged_server

pytestmark = pytest.mark.locust

TENTH = {"slots": 4, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
REQUESTS = 24
FIRST_WARMUP = 6
TRIES = 3


def sweep(url: str, *users: int, requests: int = REQUESTS) -> dict[str, Any]:
    """A configuration of these levels; the service may be cold before the first one."""
    keys = against(url, None, FIRST_WARMUP, 1, load={"levels": {"users": list(users), "requests": requests}})
    return {key: value for key, value in keys.items() if key not in ("total_requests", "concurrent_requests")}


def check_levels(result: Mapping[str, Any], *users: int, requests: int = REQUESTS) -> None:
    """Each has its own warm-up, of as many requests as it has users, twice as many that settle, and what it measures:
    each of them once, and those of the next one after all of them."""
    levels = result["levels"]
    assert [level["trial"]["value"] for level in levels] == list(users)
    assert result["run"]["complete"] is True
    ends_s, first_seq = -1e9, 0
    for level, present in zip(levels, users, strict=True):
        found = [row for row in result["requests"] if row["level"] == level["number"]]
        counted = [row for row in found if row["phase"] != "outside"]
        warm = max(present, FIRST_WARMUP if level["number"] == 0 else 0)
        phases = Counter(row["phase"] for row in counted)
        assert phases == {"warmup": warm, "settling": 2 * present, "measured": requests}, level["number"]
        assert sorted(row["seq"] for row in counted) == list(range(first_seq, first_seq + len(counted)))
        assert min(row["start_s"] for row in found) > ends_s, "what was in flight had ended"
        assert level["run"]["generator"]["rows_lost"] == 0
        ends_s, first_seq = max(row["done_s"] for row in found), first_seq + len(counted)


def changed(level: Mapping[str, Any]) -> str:
    """Whether its load was what was asked for."""
    return next(one["verdict"] for one in level["validity"]["checks"] if one["name"] == "load_changed")


def doubts(level: Mapping[str, Any]) -> set[str]:
    """What is not as it is to be in its measurement, and not because of other processes of this machine."""
    checks = {one["name"] for one in level["validity"]["checks"] if one["verdict"] not in ("VALID", None)}
    return checks - OF_THE_MACHINE


def spools(folder: Path) -> list[Path]:
    return list(folder.rglob("*.partial.jsonl"))


def begin(processes: Crowd, config: Mapping[str, Any]) -> None:
    processes.start_master(config, expect=2)
    for _ in range(2):
        processes.start_worker()


def until_measured(server: Logged, requests: int) -> None:
    until(f"{requests} requests were made", lambda: len(server.truths()) >= requests)


def test_each_level_is_exact_and_nothing_of_one_is_in_another(tmp_path: Path) -> None:
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, sweep(server.url, 1, 6, 3), "--processes=2")
        truths = server.truths()
    check_levels(ran.result, 1, 6, 3)
    measured = [row for row in ran.result["requests"] if row["phase"] == "measured"]
    assert {(row["level"], row["users"]) for row in measured} == {(0, 1), (1, 6), (2, 3)}
    assert [doubts(level) for level in ran.result["levels"]] == [set()] * 3
    assert len(truths) == len({truth["audio_hash"] for truth in truths}) == len(ran.result["requests"])
    shares = [Counter(row["worker"] for row in ran.result["requests"] if row["level"] == number) for number in (1, 2)]
    assert [len(share) for share in shares] == [2, 2], "users are scaled on all workers"
    assert not spools(tmp_path)


@pytest.mark.slow
def test_levels_of_a_rate_are_exact_on_many_workers(tmp_path: Path) -> None:
    load = {"levels": {"rate": [10, 25], "seconds": 3}, "arrivals": "constant", "max_in_flight": 40}
    config = sweep("", 1) | {"load": load}
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, config | {"api": {"base_url": server.url}}, "--processes=2")
        truths = server.truths()
    result = ran.result
    assert len(truths) == len(result["requests"])
    for level, rate in zip(result["levels"], (10, 25), strict=True):
        due_s = [
            row["start_s"] - level["zero_s"]
            for row in result["requests"]
            if row["level"] == level["number"] and row["phase"] in ("settling", "measured")
        ]
        due_s.sort()
        for number, at_s in enumerate(due_s):
            assert at_s == pytest.approx(1.0 + number / rate, abs=5e-6)
        assert doubts(level) == set()
    assert not spools(tmp_path)


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_the_load_of_its_level_and_of_no_other(tmp_path: Path) -> None:
    users = (4, 4, 4)
    first, all_of = FIRST_WARMUP + 8 + 120, 4 + 8 + 120
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        begin(processes, sweep(server.url, *users, requests=120))
        until_measured(server, first + 12 + 20)
        os.killpg(processes.workers[0].pid, signal.SIGKILL)
        ran = processes.finish()
        truths = server.truths()
    check_levels(ran.result, *users, requests=120)
    assert [changed(level) for level in ran.result["levels"]] == ["VALID", "DEGRADED", "VALID"]
    workers = [{row["worker"] for row in ran.result["requests"] if row["level"] == number} for number in range(3)]
    assert [len(worker) for worker in workers] == [2, 2, 1]
    assert len(truths) <= first + 2 * all_of + len(users)
    assert {file.name.split(".")[1] for file in spools(tmp_path)} == {"level_1"}, "that of the killed one"


@pytest.mark.slow
def test_a_worker_that_comes_in_a_level_takes_part_in_the_next_one(tmp_path: Path) -> None:
    users = (4, 4, 4)
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        processes.start_master(sweep(server.url, *users, requests=160), expect=1)
        processes.start_worker()
        until_measured(server, FIRST_WARMUP + 8 + 20)
        processes.start_worker()
        ran = processes.finish()
    check_levels(ran.result, *users, requests=160)
    workers = [{row["worker"] for row in ran.result["requests"] if row["level"] == number} for number in range(3)]
    assert len(workers[0]) <= 2
    assert len(workers[2]) == 2
    assert doubts(ran.result["levels"][2]) == set()
    assert not spools(tmp_path)


@pytest.mark.slow
def test_a_worker_that_stands_still_from_one_level_into_another_is_there_again_later(tmp_path: Path) -> None:
    """What it had in flight is made good for, and nothing that it says of the level before is counted."""
    users = (4, 4, 4)
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        begin(processes, sweep(server.url, *users, requests=160))
        until_measured(server, FIRST_WARMUP + 8 + 120)
        os.killpg(processes.workers[0].pid, signal.SIGSTOP)
        time.sleep(9)
        os.killpg(processes.workers[0].pid, signal.SIGCONT)
        ran = processes.finish()
    check_levels(ran.result, *users, requests=160)
    assert changed(ran.result["levels"][0]) == "DEGRADED"
    assert len({row["worker"] for row in ran.result["requests"] if row["level"] == 2}) == 2
    left = {file.name.split(".")[1] for file in spools(tmp_path)}
    assert left <= {"level_0"}, "with what it told when that was over"


@pytest.mark.slow
def test_a_search_on_two_workers_finds_what_the_service_carries(tmp_path: Path) -> None:
    """Of 4 slots and 0.25 s each: 8 in flight take 0.5 s, and with one more some take 0.75 s. Where other processes
    of this machine spoil a measurement it can tell no more than a part of that, and is tried again."""
    for number in range(TRIES):
        (folder := tmp_path / str(number)).mkdir()
        result = searched(folder)
        found = result["capacity"]
        if found["limited"] != "generator":
            break
        assert found["fails_at"] is None or found["fails_at"] >= 9
        assert found["carries"] is None or found["carries"] <= 8
        assert doubts(result["levels"][-1]) == set(), "it is the machine's doing"
    assert (found["carries"], found["fails_at"]) == (8, 9), found
    assert found["confirmed"] == {"carries": True, "fails_at": True}
    assert {level["judged"]["outcome"] for level in result["levels"]} >= {"pass", "fail"}
    for level in result["levels"]:
        assert level["run"]["generator"]["rows_lost"] == 0
    seqs = [row["seq"] for row in result["requests"] if row["phase"] != "outside"]
    assert len(seqs) == len(set(seqs)), "not all that were given to workers were sent, but each that was has one row"


def searched(folder: Path) -> dict[str, Any]:
    config = sweep("", 1) | {"load": {"search": "users"}, "slo": ["p95(response_time_s) < 0.6"]}
    with logged_server(folder, **TENTH | {"overhead_s": 0.25}) as server:
        process = start(folder, config | {"api": {"base_url": server.url}}, "--processes=2")
        ran = finish(process, folder, 300)
    assert ran.code in (0, 4, 6), ran.err
    assert not spools(folder)
    return ran.result
