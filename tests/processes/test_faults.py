"""Whatever dies: the run ends, its numbers are exact, and it says what happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from stt_load.samples.sample import Phase
from stt_load.storage.merge import merge
from stt_load.storage.result_file import load
from stt_load.storage.run_record import RunRecord
from tests.processes.crowd import Crowd, crowd, until
from tests.processes.running import LOCUSTFILE, against, check_code, check_verdict, finish, rows, saved, start
from tests.processes.test_distributed import check_exact
from tests.processes.truth import Logged, logged_server

pytestmark = pytest.mark.locust

HALF = {"slots": 16, "overhead_s": 0.5, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


@contextmanager
def two_at_work(
    folder: Path, total: int | None, *words: str, locustfile: Path = LOCUSTFILE, service_s: float = 0.5, **more: Any
) -> Iterator[tuple[Crowd, Logged]]:
    """Two workers with four users whose requests take half a second, or `service_s`, and some ten seconds' worth."""
    with logged_server(folder, **HALF | {"overhead_s": service_s}) as server, crowd(folder) as processes:
        processes.start_master(against(server.url, total, 4, 4, **more), *words, expect=2)
        processes.start_worker(locustfile=locustfile)
        processes.start_worker(locustfile=locustfile)
        answered = int(10 / service_s)
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= answered)
        yield processes, server


def by_worker(result: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in result["run"]["workers"]}
    for row in result["requests"]:
        found[row["worker"]].append(row)
    return found


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_but_its_tries(tmp_path: Path) -> None:
    with two_at_work(tmp_path, 48, "--csv=out", service_s=2.0) as (processes, server):
        until("the last four are answered", lambda: len(server.truths()) % 4 == 0)
        time.sleep(1.0)  # amid the next four: what has not begun can't die, and what has just begun is not told yet
        processes.workers[0].kill()
        ran = processes.finish()
        truths = server.truths()
    check_code(ran, 0)
    result = ran.result
    check_exact(result, 48, 4)
    outside = rows(result, "outside")
    assert {row["error_kind"] for row in outside} == {"lost"}
    assert len(outside) == 2, "what it had started"
    assert result["run"]["leased_again"] >= len(outside)
    again = [row for row in rows(result, "measured") if row["attempt"] == 1]
    assert {row["seq"] for row in again} >= {row["seq"] for row in outside}
    assert {row["attempt"] for row in outside} == {0}
    # Only what was in flight when it died was sent twice, and never the same clip.
    assert 48 <= len(truths) <= 50
    assert len({truth["audio_hash"] for truth in truths}) == len(truths)
    check_verdict(result, "DEGRADED")
    ((from_s, to_s),) = result["run"]["generator"]["load_changes"]
    assert 0 < to_s - from_s < 12, "the users are there again within seconds"
    assert len({row["worker"] for row in outside}) == 1
    survivors = {row["worker"] for row in rows(result, "measured") if row["start_s"] > to_s}
    assert survivors == set(result["run"]["workers"]) - {row["worker"] for row in outside}
    assert max(row["users"] for row in rows(result, "measured")) == 4
    later = [row for row in rows(result, "measured") if row["start_s"] > to_s + 0.3]
    assert {row["users"] for row in later} == {4}
    assert "load changed" in ran.out
    line = (tmp_path / "out_stats.csv").read_text().splitlines()[-1]
    assert int(line.split(",")[2]) == 44, "Locust's own count knows what the dead worker had told"


@pytest.mark.slow
def test_a_worker_cut_off_for_ten_seconds_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with two_at_work(tmp_path, 240) as (processes, server):
        stopped = processes.workers[0]
        os.killpg(stopped.pid, signal.SIGSTOP)
        time.sleep(10)
        os.killpg(stopped.pid, signal.SIGCONT)
        ran = processes.finish()
        truths = server.truths()
    check_code(ran, 0)
    result = ran.result
    check_exact(result, 240, 4)
    check_verdict(result, "DEGRADED")
    assert result["run"]["leased_again"] > 0
    outside = rows(result, "outside")
    # What it had in flight was answered before it could read the answer: sent again by others, told later by itself.
    assert len(outside) <= 4
    assert "lost" not in {row["error_kind"] for row in outside}
    assert len(truths) == 240 + len(outside)
    assert len({truth["audio_hash"] for truth in truths}) == len(truths)
    changes = result["run"]["generator"]["load_changes"]
    assert changes
    end_s = max(to_s for _, to_s in changes)
    later = [row for row in rows(result, "measured") if row["start_s"] > end_s]
    assert {row["worker"] for row in later} == set(result["run"]["workers"]), "it is back"
    begins = [(row["start_s"], 1) for row in later] + [(row["done_s"], -1) for row in later]
    in_flight = accumulate(step for _, step in sorted(begins))
    assert max(in_flight) == 4, "and its users don't stand beside those that replaced them"


@pytest.mark.slow
def test_a_worker_killed_at_the_end_does_not_make_the_others_look_idle(tmp_path: Path) -> None:
    with two_at_work(tmp_path, 40) as (processes, server):
        until("nearly all are answered", lambda: len(server.truths()) >= 32)
        processes.workers[0].kill()
        ran = processes.finish()
    check_code(ran, 0)
    check_exact(ran.result, 40, 4)
    check_verdict(ran.result, "DEGRADED")


@pytest.mark.slow
def test_a_worker_that_comes_late_takes_part(tmp_path: Path) -> None:
    with logged_server(tmp_path, **HALF) as server, crowd(tmp_path) as processes:
        processes.start_master(against(server.url, 120, 4, 4), expect=1)
        processes.start_worker()
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 16)
        processes.start_worker()
        ran = processes.finish()
        truths = server.truths()
    check_code(ran, 0)
    check_exact(ran.result, 120, 4)
    assert len(truths) == 120, "users that were moved finished what they had"
    assert min(map(len, by_worker(ran.result).values())) > 20
    check_verdict(ran.result, "VALID")
    assert ran.result["run"]["leased_again"] == 0


_OTHER_SIGNALS = [pytest.param(number, marks=pytest.mark.slow) for number in (signal.SIGINT, signal.SIGHUP)]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, *_OTHER_SIGNALS])
def test_a_worker_that_is_asked_to_go_finishes_what_it_has(number: signal.Signals, tmp_path: Path) -> None:
    with two_at_work(tmp_path, 100) as (processes, server):
        processes.workers[0].send_signal(number)
        code = processes.workers[0].wait(20)
        ran = processes.finish()
        truths = server.truths()
    assert code == 0
    check_code(ran, 0)
    check_exact(ran.result, 100, 4)
    assert len(truths) == 100
    assert not rows(ran.result, "outside")
    check_verdict(ran.result, "DEGRADED")


@pytest.mark.slow
def test_the_last_worker_killed_ends_the_run(tmp_path: Path) -> None:
    with two_at_work(tmp_path, 1_000) as (processes, _):
        for worker in processes.workers:
            worker.kill()
        killed_s = time.monotonic()
        ran = processes.finish()
    assert time.monotonic() - killed_s < 15
    assert ran.code == 4
    result = ran.result
    assert (result["run"]["end_reason"], result["run"]["complete"]) == ("workers_lost", False)
    assert result["validity"]["verdict"] == "INVALID"
    measured = rows(result, "measured")
    assert len(measured) >= 12
    assert len({row["seq"] for row in measured}) == len(measured)
    assert "no worker was left" in ran.out


@pytest.mark.parametrize("end", ["planned", pytest.param("-t", marks=pytest.mark.slow)])
def test_requests_that_die_with_their_worker_at_the_end_are_missed(tmp_path: Path, end: str) -> None:
    """Requests take 4 s: it has the second one of three users in flight when the end comes, and nobody else does."""
    words = ("-t", "5s") if end == "-t" else ()
    with logged_server(tmp_path, **HALF | {"overhead_s": 4.0}) as server, crowd(tmp_path) as processes:
        config = against(server.url, None, 0, 6, measure_for=60.0 if words else 5.0, drain_s=20.0)
        processes.start_master(config, *words, expect=2)
        for _ in range(2):
            processes.start_worker()
        until("the first ones are answered", lambda: server.log.exists() and len(server.truths()) == 6)
        time.sleep(2.0)
        processes.workers[0].kill()
        ran = processes.finish()
    assert ran.code == 4, ran.out
    run = ran.result["run"]
    assert (run["complete"], run["end_reason"]) == (False, "time_limit" if words else "finished")
    assert (run["generator"]["rows_lost"], len(rows(ran.result, "measured"))) == (3, 9)
    assert {row["error_kind"] for row in rows(ran.result, "outside")} == {"lost"}
    assert len(rows(ran.result, "outside")) == 3, "and none for what it had not started"
    check_verdict(ran.result, "INVALID")


@pytest.mark.slow
def test_when_the_master_dies_the_workers_stop_and_keep_what_they_have(tmp_path: Path) -> None:
    impatient = tmp_path / "impatient.py"
    limit = "import locust.runners\nlocust.runners.MASTER_HEARTBEAT_TIMEOUT = 15\n"
    impatient.write_text(limit + LOCUSTFILE.read_text(encoding="utf-8"), encoding="utf-8")
    with two_at_work(tmp_path, None, locustfile=impatient) as (processes, server):
        processes.master.kill()
        until("nothing is sent any more", lambda: _quiet(server), 20)
        sent = server.truths()
        spools = sorted(tmp_path.rglob("*.partial.jsonl"))
        assert len(spools) == 3, "two workers' and the master's"
        workers = [spool for spool in spools if "worker" in spool.name]
        until("the workers' spools hold all", lambda: len(_merged(workers).samples) == len(sent), 10)
        report = subprocess.run(
            [sys.executable, "-m", "stt_load.cli", "report", "--json", *map(str, spools)],
            capture_output=True,
            text=True,
            check=True,
        )
        figures = json.loads(report.stdout)
        for worker in processes.workers:
            assert worker.wait(30) == 0, "Locust's limit without a master, else a minute"
        merged = _merged(spools)
    assert len(merged.samples) == len(sent)
    assert len(set(merged.samples["seq"].tolist())) == len(sent)
    assert len(merged.samples.phase(Phase.MEASURED)) == len(sent) - 4 == figures["metrics"]["requests"]["total"]
    assert merged.samples.phase(Phase.WARMUP)["done_s"].max() <= 1e-6
    assert merged.samples.phase(Phase.MEASURED)["start_s"].min() >= -1e-6
    assert figures["run"]["end_reason"] == "crashed"


def _quiet(server: Logged) -> bool:
    before = len(server.truths())
    time.sleep(2)
    return len(server.truths()) == before


def _merged(spools: list[Path]) -> RunRecord:
    return merge([load(spool) for spool in spools])


def test_ctrl_c_in_the_terminal_of_all_processes(tmp_path: Path) -> None:
    with logged_server(tmp_path, **HALF) as server:
        process = start(tmp_path, against(server.url, None, 4, 4), "--processes=2", "--csv=out")
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 16)
        os.killpg(process.pid, signal.SIGINT)
        ran = finish(process, tmp_path)
        truths = server.truths()
    assert ran.code == 5, ran.err
    result = ran.result
    assert len(rows(result, "measured")) + 4 == len(truths)
    assert all(row["ok"] for row in result["requests"])
    assert result["run"]["end_reason"] == "interrupted"
    line = (tmp_path / "out_stats.csv").read_text().splitlines()[-1]
    assert int(line.split(",")[2]) == len(rows(result, "measured"))
    assert saved(tmp_path)
