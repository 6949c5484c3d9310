"""Every way in which a run can end, with its exit code and what it leaves behind."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.client.misbehaving import Misbehaving
from tests.ports import free_port
from tests.processes.page import ended, web_ui
from tests.processes.running import (
    LOCUSTFILE,
    QUICK,
    Ran,
    against,
    check_code,
    finish,
    quick,
    rows,
    run,
    saved,
    start,
    until_said,
)
from tests.processes.truth import Logged, logged_server

pytestmark = pytest.mark.locust


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the process has said once it has said `words`."""
    assert process.stdout
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, f"ended before it said {words!r}:\n{said}"
        said += line
    return said


def interrupted(folder: Path, config: dict[str, Any], sign: signal.Signals, times: int = 1) -> Ran:
    """A run that gets the signal a little after measuring began."""
    process = start(folder, config)
    read_until(process, "📊")
    time.sleep(0.5)
    for _ in range(times):
        process.send_signal(sign)
        time.sleep(0.3)
    return finish(process, folder)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)])
def test_a_signal_drains_writes_and_ends_with_5(tmp_path: Path, sign: signal.Signals) -> None:
    ran = interrupted(tmp_path, quick(None, 2, 3), sign)
    assert ran.code == 5, ran.err
    run_block = ran.result["run"]
    assert (run_block["complete"], run_block["end_reason"]) == (False, "interrupted")
    measured = rows(ran.result, "measured")
    assert len(measured) >= 3
    assert all(row["ok"] for row in measured), "what was in flight was waited for"
    assert "Traceback" not in ran.err
    assert not list(tmp_path.glob("*.partial.jsonl"))


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_second_signal_cuts_what_is_in_flight(tmp_path: Path, sign: signal.Signals) -> None:
    slow = {"slots": 8, "overhead_s": 20.0, "rtf": 0.0, "cold_requests": 0}
    before = time.monotonic()
    ran = interrupted(tmp_path, quick(None, 0, 3, embedded=slow), sign, times=2)
    assert time.monotonic() - before < 18, "nobody waited for 20 s answers"
    assert ran.code == 5, ran.err
    assert "Traceback" not in ran.err
    assert [row["error_kind"] for row in ran.result["requests"]] == ["cancelled"] * 3
    assert all(row["response_time_s"] >= 0.5 for row in ran.result["requests"]), "with the age that it had"


def test_a_signal_before_the_run_is_no_success(tmp_path: Path) -> None:
    """Whether Python, Locust or the suite has the signal: 0 would be a pass."""
    process = start(tmp_path, quick(30, 5, 5), env={"PYTHONVERBOSE": "1"})
    until_said(process, "import 'stt_load.locust_plugin.suite'")
    process.send_signal(signal.SIGINT)
    ran = finish(process, tmp_path)
    assert ran.code != 0
    assert ran.results == []


def test_the_drain_is_bounded(tmp_path: Path) -> None:
    slow = {"slots": 8, "overhead_s": 20.0, "rtf": 0.0, "cold_requests": 0}
    ran = interrupted(tmp_path, quick(None, 0, 2, embedded=slow, drain_s=1.0), signal.SIGINT)
    ages = [row["response_time_s"] for row in ran.result["requests"]]
    assert len(ages) == 2
    assert all(1.0 <= age < 10 for age in ages), ages
    assert ran.result["metrics"]["failures"] == {}
    assert ran.result["metrics"]["requests"]["unfinished"] == 2


def slow_server(folder: Path, overhead_s: float) -> AbstractContextManager[Logged]:
    """A service that is well, and slow."""
    return logged_server(folder, slots=8, overhead_s=overhead_s, rtf=0.0, jitter="none", cold_requests=0)


@pytest.mark.parametrize("words", [[], ["--processes=2"]], ids=["alone", "2 workers"])
def test_a_planned_end_waits_for_what_is_in_flight_and_starts_nothing_new(tmp_path: Path, words: list[str]) -> None:
    """Far longer than a stop would; workers have requests ahead that they must not start any more."""
    with slow_server(tmp_path, 1.5) as server:
        ran = run(tmp_path, against(server.url, None, 2, 4, measure_for=2, drain_s=0.1), *words)
        arrivals = [truth["arrival_s"] for truth in server.truths()]
    check_code(ran, 0)
    assert (ran.result["run"]["complete"], ran.result["run"]["end_reason"]) == (True, "finished")
    assert [row["ok"] for row in ran.result["requests"]] == [True] * len(arrivals)
    assert len(rows(ran.result, "measured")) == 8
    assert max(arrivals) < ran.result["run"]["barrier_s"] + 2
    assert "for at most 5 min" in ran.err


@pytest.mark.slow
def test_workers_with_many_quick_requests_ahead_start_none_after_the_planned_end(tmp_path: Path) -> None:
    with slow_server(tmp_path, 0.05) as server:
        config = against(server.url, None, 2, 8, measure_for=3, drain_s=0.0)
        ran = run(tmp_path, config, "--processes=2")
        arrivals = [truth["arrival_s"] for truth in server.truths()]
    check_code(ran, 0)
    assert len(arrivals) == len(ran.result["requests"]) > 300
    assert all(row["ok"] for row in ran.result["requests"])
    assert max(arrivals) < ran.result["run"]["barrier_s"] + 3 + 0.3


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_signal_in_the_wait_of_a_planned_end_cuts_at_once_and_counts(tmp_path: Path, sign: signal.Signals) -> None:
    with slow_server(tmp_path, 30.0) as server:
        process = start(tmp_path, against(server.url, None, 0, 2, measure_for=1))
        until_said(process, "in flight")
        began = time.monotonic()
        process.send_signal(sign)
        ran = finish(process, tmp_path)
    assert time.monotonic() - began < 10
    assert (ran.code, ran.result["run"]["end_reason"]) == (5, "interrupted")
    assert [row["error_kind"] for row in ran.result["requests"]] == ["cancelled"] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [[], pytest.param(["--processes=2"], marks=pytest.mark.slow)], ids=["alone", "2 workers"]
)
def test_a_time_limit_in_the_wait_of_a_planned_end_gives_what_a_stop_gives(tmp_path: Path, words: list[str]) -> None:
    with slow_server(tmp_path, 30.0) as server:
        ran = run(tmp_path, against(server.url, None, 0, 2, measure_for=1, drain_s=0.5), "-t", "2s", *words)
    assert (ran.result["run"]["complete"], ran.result["run"]["end_reason"]) == (False, "time_limit")
    ages = [row["response_time_s"] for row in ran.result["requests"]]
    assert len(ages) == 2
    assert all(1.0 < age < 10 for age in ages), ages
    assert {row["error_kind"] for row in ran.result["requests"]} == {"cancelled"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [[], pytest.param(["--processes=2"], marks=pytest.mark.slow)], ids=["alone", "2 workers"]
)
def test_on_the_page_a_planned_end_waits_too(tmp_path: Path, words: list[str]) -> None:
    with slow_server(tmp_path, 1.5) as server:
        config = against(server.url, None, 2, 4, measure_for=2, drain_s=0.1)
        with web_ui(tmp_path, config, *words) as page:
            form = {"user_count": 4, "spawn_rate": 4, "host": server.url}
            page.until(lambda: page.post("/swarm", **form)["success"], "there are workers")
            page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
            page.until_stopped()
            ran = ended(page)
    assert ran.code == 0, ran.err
    assert ran.result["run"]["complete"] is True
    assert [row["ok"] for row in ran.result["requests"]] == [True] * 10


@pytest.mark.slow
def test_the_pages_stop_in_the_wait_of_a_planned_end_gives_what_a_stop_gives(tmp_path: Path) -> None:
    with slow_server(tmp_path, 30.0) as server:
        config = against(server.url, None, 0, 2, measure_for=0.5, drain_s=0.5)
        with web_ui(tmp_path, config) as page:
            assert page.post("/swarm", user_count=2, spawn_rate=2, host=server.url)["success"]
            until_said(page.process, "in flight")
            page.post("/stop")
            page.until_stopped()
            ran = ended(page)
    assert ran.code == 0, ran.err
    assert (ran.result["run"]["complete"], ran.result["run"]["end_reason"]) == (False, "stopped")
    assert [row["error_kind"] for row in ran.result["requests"]] == ["cancelled"] * 2


def test_a_terminal_that_is_closed_drains_the_run_of_all_its_processes(tmp_path: Path) -> None:
    """Each of them gets the hangup; the workers leave it to their master to end the run."""
    with slow_server(tmp_path, 1.0) as server:
        process = start(tmp_path, against(server.url, None, 2, 4), "--processes=2")
        read_until(process, "📊")
        os.killpg(process.pid, signal.SIGHUP)
        ran = finish(process, tmp_path)
    assert (ran.code, ran.result["run"]["end_reason"]) == (5, "interrupted")
    assert len(ran.result["requests"]) >= 6
    assert all(row["ok"] for row in ran.result["requests"])
    assert "Traceback" not in ran.err


@pytest.mark.slow
def test_a_warm_up_that_does_not_move_says_what_it_waits_for(tmp_path: Path) -> None:
    with slow_server(tmp_path, 30.0) as server:
        ran = run(tmp_path, against(server.url, 20, 5, 2, drain_s=0.1), "-t", "12s")
    assert "waiting for answers (2 requests in flight, none answered for" in ran.err
    assert "-t ends it in 2 s" in ran.err


@pytest.mark.slow
def test_a_master_says_now_and_then_that_it_waits_for_workers(tmp_path: Path) -> None:
    words = ["--master", f"--master-bind-port={free_port()}", "--expect-workers=2", "--expect-workers-max-wait=12"]
    ran = run(tmp_path, quick(30, 5, 5), *words)
    assert ran.code == 2
    assert "waiting for workers: 0 of 2 are here" in ran.err


@pytest.mark.slow
def test_under_nohup_a_hangup_is_none(tmp_path: Path) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        process = start(tmp_path, against(server.url, None, 2, 2, measure_for=1.5), before=["nohup"])
        read_until(process, "📊")
        process.send_signal(signal.SIGHUP)
        ran = finish(process, tmp_path)
    check_code(ran, 0)
    assert ran.result["run"]["complete"] is True


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--processes=2"]], ids=["alone", "2 workers"])
def test_a_time_limit_that_is_over_in_the_warm_up_measured_nothing_and_is_1(tmp_path: Path, words: list[str]) -> None:
    with slow_server(tmp_path, 30.0) as server:
        ran = run(tmp_path, against(server.url, 20, 5, 2, drain_s=0.2), "-t", "2s", *words)
    assert (ran.code, ran.result["run"]["end_reason"]) == (1, "time_limit"), ran.err
    assert rows(ran.result, "measured") == []


def test_locusts_time_limit_is_a_planned_end(tmp_path: Path) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, against(server.url, 100_000, 2, 3), "-t", "2s")
    check_code(ran, 0)
    assert (ran.result["run"]["complete"], ran.result["run"]["end_reason"]) == (False, "time_limit")
    assert all(row["ok"] for row in ran.result["requests"])


def test_a_run_without_an_end_is_never_complete_and_nobody_is_warned_of_it(tmp_path: Path) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, against(server.url, None, 2, 2), "-t", "2s")
    check_code(ran, 0)
    assert (ran.result["run"]["complete"], ran.result["run"]["end_reason"]) == (False, "time_limit")
    assert "❗" not in ran.out
    assert "Time limit (-t): 2 s\n" in ran.out
    assert "Ended by the time limit (-t), after" in ran.out


@pytest.mark.slow
def test_a_signal_in_the_drain_of_a_time_limit_cuts_and_counts_as_one(tmp_path: Path) -> None:
    slow = {"slots": 8, "overhead_s": 30.0, "rtf": 0.0, "cold_requests": 0}
    with logged_server(tmp_path, **slow) as server:
        process = start(tmp_path, against(server.url, None, 0, 2, drain_s=25), "-t", "2s")
        until_said(process, "in flight")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        ran = finish(process, tmp_path)
    assert time.monotonic() - began < 15
    assert (ran.code, ran.result["run"]["end_reason"]) == (5, "interrupted")
    assert ran.result["metrics"]["failures"] == {}
    assert ran.result["metrics"]["requests"]["unfinished"] == 2


@pytest.mark.slow
def test_measuring_for_a_time_that_was_cut_short_is_not_complete(tmp_path: Path) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, against(server.url, None, 2, 2, measure_for=60), "-t", "2s")
    check_code(ran, 0)
    assert ran.result["run"]["complete"] is False
    assert "❗ Not complete: stopped by the time limit (-t) after" in ran.out


def test_after_a_kill_the_spool_makes_the_report(tmp_path: Path) -> None:
    process = start(tmp_path, quick(None, 2, 3))
    read_until(process, "📊")
    time.sleep(2.5)
    process.kill()
    finish(process, tmp_path)
    (spool,) = tmp_path.glob("*.partial.jsonl")
    assert not list(tmp_path.glob("stt_load_test_results_*.json"))
    ran = subprocess.run(
        [sys.executable, "-m", "stt_load.cli", "report", str(spool), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert report["run"]["end_reason"] == "crashed"
    assert report["warmup"]["requests"] == 2
    assert report["metrics"]["requests"]["total"] >= 10


def test_a_full_disk_costs_the_file_and_not_the_report(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(60, 5, 5), file_limit=6_000)
    assert ran.code == 4
    assert ran.results == []
    assert "Requests: 55\n" in ran.out
    assert "What broke in the load generator itself" in ran.out
    assert "could not be written" in ran.err
    assert "Traceback" not in ran.err
    (spool,) = tmp_path.glob("*.partial.jsonl")
    assert spool.name in ran.err
    assert not list(tmp_path.glob("*.tmp"))


def test_the_embedded_server_ends_with_the_test_even_after_a_kill(tmp_path: Path) -> None:
    process = start(tmp_path, quick(None, 2, 2))
    said = read_until(process, "http://127.0.0.1:")
    port = int(said.rpartition("http://127.0.0.1:")[2].split("/")[0])
    process.kill()
    finish(process, tmp_path)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    raise AssertionError("the embedded server outlived its parent")


def test_a_wrong_key_stops_the_run_with_the_servers_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER_KEY", "right")
    with logged_server(tmp_path, overhead_s=0.05, rtf=0.0, api_key_env="SERVER_KEY") as server:
        ran = run(tmp_path, against(server.url, 100, 10, 5))
        seen = len(server.truths())
    assert ran.code == 1
    assert "API key" in ran.out
    assert ran.result["run"]["end_reason"] == "dead_warmup"
    assert seen < 20, "it did not go on to a hundred refusals"
    assert rows(ran.result, "measured") == []
    assert ran.result["metrics"]["response_time_s"]["mean"] is None


def test_a_dead_warm_up_can_be_gone_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER_KEY", "right")
    with logged_server(tmp_path, overhead_s=0.05, rtf=0.0, api_key_env="SERVER_KEY") as server:
        ran = run(tmp_path, against(server.url, 20, 4, 2, continue_on_dead_warmup=True))
    assert ran.code in (1, 4), "4 when refusals come faster than this machine can measure them"
    assert ran.result["metrics"]["failures"] == {"auth": 16}


@pytest.mark.parametrize("user_class", ["SttUser", pytest.param("FastSttUser", marks=pytest.mark.slow)])
def test_a_refused_port_is_no_hot_loop(tmp_path: Path, user_class: str) -> None:
    config = against(f"http://127.0.0.1:{free_port()}", None, 2, 5, continue_on_dead_warmup=True)
    ran = run(tmp_path, config, user_class, "-t", "4s")
    assert ran.code == 1
    kinds = {row["error_kind"] for row in ran.result["requests"]}
    assert kinds == {"connect"}
    assert ran.result["metrics"]["upload_bytes"] == 0
    assert {(row["sent_s"], row["service_time_s"]) for row in ran.result["requests"]} == {(None, None)}
    assert len(ran.result["requests"]) < 60, "five users, backing off to one try a second"


@pytest.mark.slow
def test_ten_thousand_failures_end_in_a_report(tmp_path: Path) -> None:
    server = Misbehaving()
    try:
        config = against(server.url("")[:-1], 10_000, 10, 10, continue_on_dead_warmup=True, api={"endpoint": "/500"})
        ran = run(tmp_path, config | {"audio_duration": 0.01})
    finally:
        server.close()
    assert ran.code in (1, 4), "4 when this machine is too slow for 10,000 quick failures to be measured well"
    assert ran.result["metrics"]["failures"] == {"http_5xx": 9_990}
    assert server.seen["500"] == 10_000
    assert "Traceback" not in ran.err
    assert len(ran.err) < 10_000


@pytest.mark.parametrize("words", [[], pytest.param(["--processes", "1"], marks=pytest.mark.slow)])
def test_a_start_that_breaks_once_all_is_ready_ends_and_leaves_nothing(tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "breaking.py"
    file.write_text(
        "from stt_load.locust_plugin.display import Display\n"
        "def breaks(*_):\n    raise RuntimeError('no such screen')\n"
        "Display.started = breaks\n" + LOCUSTFILE.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    ran = run(tmp_path, quick(20, 2, 2), *words, locustfile=file)
    assert ran.code == 4, (ran.out, ran.err)
    assert "no such screen" in ran.err
    assert ran.results == []
    assert not list(tmp_path.glob("*.partial.jsonl"))


def test_bad_input_in_locusts_own_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "locust.conf").write_text("total-requests = x\nresponse-format = xml\n", encoding="utf-8")
    ran = run(tmp_path, "")
    assert ran.code == 2
    assert "locust.conf, total-requests" in ran.err
    assert "locust.conf, response-format" in ran.err


def test_waiting_for_a_service_that_comes_late(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, against(f"http://127.0.0.1:{port}", 6, 1, 2, wait_ready=20, api={"health": "/health"}))
    time.sleep(2)
    serve = [
        sys.executable,
        "-m",
        "stt_load.server",
        f"--port={port}",
        "--overhead-s=0.05",
        "--rtf=0",
        "--quit-with-stdin",
    ]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as server:
        ran = finish(process, tmp_path)
        server.terminate()
    check_code(ran, 0)
    assert len(rows(ran.result, "measured")) == 5


@pytest.mark.slow
def test_a_service_that_can_not_be_there(tmp_path: Path) -> None:
    ran = run(tmp_path, against("http://no.such.host.invalid", 6, 1, 2, wait_ready=0.3, api={"health": "/health"}))
    assert ran.code == 1
    assert ran.result["run"]["end_reason"] == "not_ready"
    assert "Traceback" not in ran.err


def test_a_service_that_never_comes(tmp_path: Path) -> None:
    ran = run(tmp_path, against(f"http://127.0.0.1:{free_port()}", 6, 1, 2, wait_ready=1))
    assert ran.code == 1
    assert ran.result["run"]["end_reason"] == "not_ready"
    assert ran.result["requests"] == []


@pytest.mark.parametrize(
    ("config", "words", "said"),
    [
        pytest.param(
            "total_requests: 10\nwarmup_request: 3\n", [], ["warmup_requests", "line 2"], marks=pytest.mark.slow
        ),
        ("total_requests: 10\nwarmup_requests: 10\napi: {endpoint: x}\n", [], ["line 2", "line 3", "2 problems"]),
        pytest.param("", ["--warmup-requests", "200"], ["200", "total_requests"], marks=pytest.mark.slow),
        pytest.param("", ["-H", "localhost:8000"], ["localhost:8000", "http"], marks=pytest.mark.slow),
        pytest.param("save_path: /proc/nowhere/x.json\n", [], ["save_path"], marks=pytest.mark.slow),
        pytest.param(
            "", ["--processes", "2", "--warmup-requests", "200"], ["200", "total_requests"], marks=pytest.mark.slow
        ),
        pytest.param(
            "seed: -1\n",
            ["--response-format", "xml"],
            ["seed", "line 1", "xml", "verbose_json"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_bad_input_is_one_clear_message_and_2(tmp_path: Path, config: str, words: list[str], said: list[str]) -> None:
    ran = run(tmp_path, config, *words)
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    for part in said:
        assert part in ran.err
    assert saved(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (["Nobody"], {}),
        (["SttUser", "Nobody", "--processes=2"], {}),
        pytest.param([], {"LOCUST_USER_CLASSES": "Nobody"}, marks=pytest.mark.slow),
    ],
    ids=["word", "2 workers", "environment"],
)
def test_an_unknown_user_class_is_2_and_the_known_ones_are_named(
    tmp_path: Path, words: list[str], env: dict[str, str]
) -> None:
    ran = run(tmp_path, "", *words, env=env)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "there is no user class Nobody; the locustfile has FastSttUser, SttUser\n"


def test_workers_that_do_not_come_in_time_are_2(tmp_path: Path) -> None:
    words = ["--master", f"--master-bind-port={free_port()}", "--expect-workers=2", "--expect-workers-max-wait=1"]
    ran = run(tmp_path, quick(30, 5, 5), *words)
    assert ran.code == 2, ran.err
    assert "0 of 2 workers have come within 1 s (--expect-workers-max-wait)" in ran.err
    assert ran.results == []


@pytest.mark.parametrize("words", [[], ["--processes=2"]], ids=["alone", "2 workers"])
def test_a_hopeless_run_is_given_up(tmp_path: Path, words: list[str]) -> None:
    """After so many in a row; what is in flight then still ends and counts."""
    settings = {"overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0, "error_rate": 1.0}
    with logged_server(tmp_path, **settings) as server:
        ran = run(tmp_path, against(server.url, 5_000, 0, 4, max_consecutive_failures=20), *words)
    assert ran.code == 1, ran.err
    assert (ran.result["run"]["end_reason"], ran.result["run"]["complete"]) == ("gave_up", False)
    assert ran.result["run"]["detail"].startswith("HTTP 500")
    assert 20 <= ran.result["metrics"]["requests"]["failed"] < 20 + 4 + (4 * 16 if words else 0)
    assert "max_consecutive_failures" in ran.out


@pytest.mark.slow
def test_a_success_in_between_is_hope(tmp_path: Path) -> None:
    settings = {"overhead_s": 0.02, "rtf": 0.0, "jitter": "none", "cold_requests": 0, "error_rate": 0.5, "seed": 1}
    with logged_server(tmp_path, **settings) as server:
        ran = run(tmp_path, against(server.url, 120, 0, 1, max_consecutive_failures=30))
        failed = [truth["status"] == 500 for truth in server.truths()]
    assert sum(failed) > 30
    assert max(len(list(group)) for same, group in itertools.groupby(failed) if same) < 30
    assert ran.result["run"]["end_reason"] == "finished"


def test_a_time_limit_that_is_over_before_the_start_is_no_interruption(tmp_path: Path) -> None:
    """The embedded server takes three seconds to start."""
    slow = "import sys, time\nif 'stt_load.server' in sys.orig_argv:\n    time.sleep(3)\n"
    (tmp_path / "sitecustomize.py").write_text(slow, encoding="utf-8")
    ran = run(tmp_path, quick(None, 2, 2), "-t", "1s", env={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 1, (ran.code, ran.err)
    assert "the time limit (-t) was over before anything was sent" in ran.err
    assert ran.results == []
