"""Master and workers: one budget, one barrier, the same exact numbers."""

from __future__ import annotations

import csv
import json
import socket
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stt_load.selftest.prediction import requests
from tests.processes.crowd import crowd, until
from tests.processes.running import LOCUSTFILE, against, check_code, quick, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

TENTH = {"slots": 16, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


def check_exact(result: Mapping[str, Any], total: int, warmup: int) -> None:
    """One budget, one barrier, nothing twice."""
    warm, measured = rows(result, "warmup"), rows(result, "measured")
    assert (len(warm), len(measured)) == (warmup, total - warmup)
    assert sorted(row["seq"] for row in warm + measured) == list(range(total))
    assert {row["seq"] for row in warm} == set(range(warmup))
    if warm:
        assert max(row["done_s"] for row in warm) <= 1e-6
    assert min(row["start_s"] for row in measured) >= -1e-6
    assert result["run"]["complete"] is True


_MORE = [pytest.param(*case, marks=pytest.mark.slow) for case in ((1, 3, 60, 5), (7, 7, 90, 8))]


@pytest.mark.parametrize(("workers", "users", "total", "warmup"), [(2, 5, 100, 10), *_MORE])
def test_the_budget_is_the_runs_and_not_each_workers(
    workers: int, users: int, total: int, warmup: int, tmp_path: Path
) -> None:
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, against(server.url, total, warmup, users), f"--processes={workers}")
        truths = server.truths()
    check_code(ran, 0)
    check_exact(ran.result, total, warmup)
    assert len(truths) == total
    assert len({truth["audio_hash"] for truth in truths}) == total
    assert len(ran.result["run"]["workers"]) == workers
    assert not list(tmp_path.glob("*.partial.jsonl"))


@pytest.mark.slow
def test_more_workers_than_requests_and_than_users(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(3, 1, 2, report={"rows": "rows.csv"}, audio_duration=1), "--processes=4")
    check_code(ran, 0)
    check_exact(ran.result, 3, 1)
    assert ran.err == ""
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as table:
        told = [(row["seq"], row["worker"]) for row in csv.DictReader(table)]
    assert told == [(str(row["seq"]), row["worker"]) for row in ran.result["requests"]]


@pytest.mark.slow
def test_every_time_is_the_servers(tmp_path: Path) -> None:
    """Offsets of different processes are on one clock: the one queue of the server explains all of them."""
    settings = {"slots": 3, "overhead_s": 0.1, "rtf": 0.0, "jitter": "uniform", "jitter_s": 0.05, "cold_requests": 0}
    with logged_server(tmp_path, **settings) as server:
        ran = run(tmp_path, against(server.url, 120, 12, 6), "--processes=2")
        truths = server.truths()
    check_exact(ran.result, 120, 12)
    errors = sorted(one.error_s for one in requests(ran.result, truths, 3))
    assert len(errors) == 120
    assert errors[0] >= -0.0005
    assert errors[len(errors) // 2] < 0.015


@pytest.mark.slow
def test_locusts_own_screens_agree(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"overhead_s": 0.1, "rtf": 0.0, "error_rate": 0.2, "seed": 5, "cold_requests": 20}
    words = ("--processes=2", "--csv=out", "--html=out.html", "--json")
    with logged_server(tmp_path, cold_extra_s=1.0, **settings) as server:
        ran = run(tmp_path, against(server.url, 150, 20, 4), *words)
    ours = ran.result["metrics"]["requests"]
    assert ours["total"] == 130
    assert ours["failed"] > 5
    with (tmp_path / "out_stats.csv").open() as file:
        total = list(csv.DictReader(file))[-1]
    assert (int(total["Request Count"]), int(total["Failure Count"])) == (ours["total"], ours["failed"])
    (entry,) = json.loads(ran.out)
    assert (entry["num_requests"], entry["num_failures"]) == (ours["total"], ours["failed"])
    html = (tmp_path / "out.html").read_text(encoding="utf-8")
    statistics = json.JSONDecoder().raw_decode(html.rpartition("window.templateArgs = ")[2])[0]["requests_statistics"]
    assert (statistics[-1]["num_requests"], statistics[-1]["num_failures"]) == (ours["total"], ours["failed"])
    rate = ours["total"] / ran.result["metrics"]["window_s"]
    assert float(total["Requests/s"]) == pytest.approx(rate, rel=0.05)


@pytest.mark.slow
def test_workers_need_neither_a_configuration_nor_a_locustfile(tmp_path: Path) -> None:
    with crowd(tmp_path) as processes:
        processes.start_master(quick(60, 6, 4, audio_duration=1.1), expect=2)
        processes.start_worker()
        processes.start_worker(locustfile=Path("-"), env={"TMPDIR": str(tmp_path)})
        ran = processes.finish()
        codes = [worker.wait() for worker in processes.workers]
    check_code(ran, 0)
    assert codes == [0, 0]
    check_exact(ran.result, 60, 6)
    assert {row["audio_s"] for row in ran.result["requests"]} == {1.1}
    assert len(Counter(row["worker"] for row in ran.result["requests"])) == 2
    assert ran.err == ""


@pytest.mark.slow
def test_a_ramp_is_followed_on_all_workers(tmp_path: Path) -> None:
    """Every row says how many users there were in the whole run."""
    ran = run(tmp_path, quick(180, 2, 6), "--processes=2", "-r", "2")
    check_code(ran, 0)
    measured = rows(ran.result, "measured")
    assert len(measured) == 178
    assert max(row["users"] for row in measured) == 6
    assert len(ran.result["levels"]) >= 3
    assert {row["users"] for row in measured if row["start_s"] > 3} == {6}


@pytest.mark.slow
def test_a_time_limit_finishes_what_is_in_flight(tmp_path: Path) -> None:
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, against(server.url, None, 4, 4), "--processes=2", "-t", "4s", "--csv=out")
        truths = server.truths()
    check_code(ran, 0)
    result = ran.result
    assert len(truths) == len(result["requests"])
    assert all(row["ok"] for row in result["requests"])
    assert result["run"]["end_reason"] == "time_limit"
    with (tmp_path / "out_stats.csv").open() as file:
        total = list(csv.DictReader(file))[-1]
    assert int(total["Request Count"]) == len(rows(result, "measured"))


def test_bad_input_is_told_once_and_ends_with_2(tmp_path: Path) -> None:
    with crowd(tmp_path) as processes:
        processes.start_master({"total_requests": 5, "warmup_requests": 9}, expect=1)
        ran = processes.finish()
    assert ran.code == 2
    assert ran.out == ""
    assert "warmup_requests" in ran.err
    assert "Traceback" not in ran.err


def test_a_worker_of_another_version_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("import stt_load\nstt_load.__version__ = '0.0.7'\n" + LOCUSTFILE.read_text(encoding="utf-8"))
    with crowd(tmp_path) as processes:
        processes.start_master(quick(40, 4, 4), expect=2)
        refused = processes.start_worker(locustfile=other)
        processes.start_worker()
        ran = processes.finish()
        assert refused.wait() == 2
        assert "0.0.7" in processes.said_by(refused)
    check_code(ran, 0)
    check_exact(ran.result, 40, 4)
    assert len(ran.result["run"]["workers"]) == 1
    assert ran.err.count("is refused") == 1
    assert "0.0.7" in ran.err


@pytest.mark.slow
def test_without_any_worker_that_is_fit_the_run_ends_with_2(tmp_path: Path) -> None:
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        processes.start_master(against(server.url, 40, 4, 4, api={"api_key_env": "THE_KEY"}), expect=2)
        workers = [processes.start_worker(), processes.start_worker()]
        ran = processes.finish()
        assert [worker.wait() for worker in workers] == [2, 2]
        assert not server.log.exists() or server.truths() == []
    assert ran.code == 2, ran.err
    assert ran.err.count("is refused") == 2
    assert "THE_KEY" in ran.err


@pytest.mark.slow
def test_the_key_is_each_workers_own_and_does_not_travel(tmp_path: Path) -> None:
    secret = {"THE_KEY": "sk-planted-0123456789"}
    with crowd(tmp_path) as processes:
        config = quick(40, 4, 4, api={"api_key_env": "THE_KEY"})
        processes.start_master(config, "--loglevel=DEBUG", expect=2)
        keyless = processes.start_worker("--loglevel=DEBUG")
        processes.start_worker("--loglevel=DEBUG", env=secret)
        ran = processes.finish()
        said = processes.said_by(processes.workers[1])
        assert keyless.wait() == 2
    check_code(ran, 0)
    check_exact(ran.result, 40, 4)
    everything = ran.out + ran.err + said + json.dumps(ran.result)
    assert secret["THE_KEY"] not in everything


OTHER_CLOCK = ("unshare", "--time", "--monotonic=5000", "--fork", "--kill-child")


def has_other_clocks() -> bool:
    """Linux can give a process a monotonic clock of its own, if one may."""
    try:
        return subprocess.run([*OTHER_CLOCK, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not has_other_clocks(), reason="needs the right to make a time namespace")
def test_a_worker_with_another_clock_is_put_on_the_masters(tmp_path: Path) -> None:
    settings = {"slots": 3, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
    with logged_server(tmp_path, **settings) as server, crowd(tmp_path) as processes:
        processes.start_master(against(server.url, 100, 10, 6), expect=2)
        processes.start_worker()
        processes.start_worker(before=OTHER_CLOCK)
        ran = processes.finish()
        truths = server.truths()
    check_code(ran, 0)
    check_exact(ran.result, 100, 10)
    ((name, clock),) = ran.result["run"]["clocks"].items()
    assert clock["offset_s"] == pytest.approx(5000, abs=0.1)
    assert clock["error_s"] < 0.1
    # The server logs the arrival of each request on the master's clock: no row is sent after it arrived.
    barrier_s = ran.result["run"]["barrier_s"]
    seen = requests(ran.result, truths, 3)
    late = [(one.sent_s + barrier_s - one.arrival_s, one.reported["worker"]) for one in seen if one.reported]
    assert len(late) == len(truths)
    assert {worker for _, worker in late} == set(ran.result["run"]["workers"])
    assert name in ran.result["run"]["workers"]
    assert max(one for one, _ in late) <= clock["error_s"]


@pytest.mark.slow
def test_a_late_worker_that_is_refused_is_no_part_of_the_run(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("import stt_load\nstt_load.__version__ = '0.0.7'\n" + LOCUSTFILE.read_text(encoding="utf-8"))
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        processes.start_master(against(server.url, 400, 4, 4), expect=1)
        processes.start_worker()
        until("requests are answered", lambda: server.log.exists() and len(server.truths()) >= 40)
        refused = processes.start_worker(locustfile=other)
        ran = processes.finish()
        assert refused.wait() == 2
    check_code(ran, 0)
    check_exact(ran.result, 400, 4)
    assert len(ran.result["run"]["workers"]) == 1
    assert ran.result["run"]["generator"]["load_changes"] == [], "Locust never gave it users"
    assert "unknown worker" not in ran.err
    assert {row["users"] for row in rows(ran.result, "measured")[-20:]} == {4}


def test_a_port_that_another_master_has_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ("--processes=2", "--master-bind-host=127.0.0.1", f"--master-bind-port={taken.getsockname()[1]}")
        ran = run(tmp_path, quick(40, 4, 4, audio_duration=1), *words)
    assert ran.code == 2
    assert "--master-bind-port" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_one_workers_bad_key_is_not_taken_for_a_dead_service(tmp_path: Path) -> None:
    asked = {
        "slots": 8,
        "overhead_s": 0.1,
        "rtf": 0.0,
        "jitter": "none",
        "cold_requests": 0,
        "api_key_env": "THE_KEY",
    }
    config = quick(40, 8, 4, embedded=asked, api={"api_key_env": "THE_KEY"})
    with crowd(tmp_path) as processes:
        processes.start_master(config, expect=2, env={"THE_KEY": "right-one"})
        processes.start_worker(env={"THE_KEY": "right-one"})
        processes.start_worker(env={"THE_KEY": "wrong-one"})
        ran = processes.finish()
    assert ran.result["run"]["end_reason"] == "finished", ran.out
    assert set(ran.result["metrics"]["failures"]) == {"auth"}


@pytest.mark.slow
def test_a_worker_that_goes_before_the_run_is_not_missed(tmp_path: Path) -> None:
    with crowd(tmp_path) as processes:
        processes.start_master(quick(40, 4, 4), expect=2)
        early = processes.start_worker("--loglevel=DEBUG")
        assert early.stderr is not None
        while "stt_load.beat" not in early.stderr.readline():
            pass
        early.terminate()
        assert early.wait(20) == 0
        processes.start_worker()
        processes.start_worker()
        ran = processes.finish()
    check_code(ran, 0)
    check_exact(ran.result, 40, 4)
    assert len(ran.result["run"]["workers"]) == 2
