"""The words of answers by real `locust` processes: each is scored once, whatever the ending, and none stays."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import Ran, against, finish, quick, rows, run, start, until_said
from tests.processes.test_endings import read_until

pytestmark = pytest.mark.locust

SPEECH = {"audio": {"source": "speech", "duration": 3.0}}
SLOW_SCORER = """
import sys
import gevent
from stt_load.accuracy import child

def score(*_, **__):
    print("scoring has begun", file=sys.stderr, flush=True)
    gevent.sleep(600)

child.score = score
exec(open({locustfile!r}).read())
"""


def config(total: int | None, warmup: int, users: int, **more: Any) -> dict[str, Any]:
    made = quick(total, warmup, users, **SPEECH, **more)
    del made["audio_duration"]
    return made


def texts_left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*transcripts*"))


def check_scored(ran: Ran, measured: int) -> None:
    """Each measured row that is ok has its counts, and no other."""
    told = [row["words"] is not None for row in ran.result["requests"]]
    assert told == [row["phase"] == "measured" and row["ok"] for row in ran.result["requests"]]
    assert sum(told) == measured
    accuracy = ran.result["accuracy"]
    assert (accuracy["scored"], accuracy["unscored"], accuracy["reason"]) == (measured, 0, None)


@pytest.mark.parametrize("words", [(), ("--processes=2",)], ids=["one", "workers"])
def test_every_answer_is_scored_once_and_no_transcript_is_left(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(tmp_path, config(60, 6, 6), *words)
    check_scored(ran, 54)
    assert ran.result["run"]["faults"] == []
    assert ran.result["run"]["first_said"]
    assert texts_left(tmp_path) == []
    assert not list(tmp_path.glob("*.partial*"))


@pytest.mark.parametrize("words", [(), ("--processes=2",)], ids=["one", "workers"])
def test_what_was_said_and_heard_stays_where_it_is_asked_for(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(tmp_path, config(30, 4, 4, accuracy={"save_transcripts": True}), *words)
    check_scored(ran, 26)
    (name,) = texts_left(tmp_path)
    assert (ran.result["transcripts"]["file"], ran.result["transcripts"]["rows"]) == (name, 26)
    path = tmp_path / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(one["seq"] for one in kept) == sorted(row["seq"] for row in rows(ran.result, "measured"))
    assert all(one["said"] and one["heard"] for one in kept)
    lengths = {row["seq"]: row["text_length"] for row in ran.result["requests"]}
    assert all(len(one["heard"]) == lengths[one["seq"]] for one in kept)


@pytest.mark.slow
def test_of_noise_nothing_is_kept_and_it_says_why_nothing_is_scored(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(10, 2, 2, audio={"source": "noise"}) | {"audio_duration": 0.5})
    assert "noise" in ran.result["accuracy"]["reason"]
    assert [row["words"] for row in ran.result["requests"]] == [None] * 10
    assert texts_left(tmp_path) == []


def report_of(*files: Path) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "stt_load.cli", "report", *map(str, files), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def test_after_a_kill_the_report_scores_what_is_left(tmp_path: Path) -> None:
    process = start(tmp_path, config(None, 2, 3))
    read_until(process, "📊")
    time.sleep(2.5)
    process.kill()
    finish(process, tmp_path)
    (spool,) = tmp_path.glob("*.partial.jsonl")
    (texts,) = tmp_path.glob("*.partial.transcripts.jsonl")
    assert stat.S_IMODE(texts.stat().st_mode) == 0o600
    report = report_of(spool)
    assert report["metrics"]["requests"]["succeeded"] == report["accuracy"]["scored"] >= 10
    assert report["metrics"]["accuracy"]["n"] >= 10


@pytest.mark.slow
def test_after_a_master_that_died_the_workers_files_are_scored_with_its_own(tmp_path: Path) -> None:
    process = start(tmp_path, config(None, 2, 4), "--processes=2")
    read_until(process, "📊")
    time.sleep(2.5)
    os.killpg(process.pid, signal.SIGKILL)
    finish(process, tmp_path)
    spools = list(tmp_path.glob("*.partial.jsonl"))
    assert len(spools) == len(texts_left(tmp_path)) == 3
    report = report_of(*spools)
    assert report["metrics"]["requests"]["succeeded"] == report["accuracy"]["scored"] >= 10
    without_master = [path for path in spools if ".worker-" in path.name]
    assert report_of(*without_master)["accuracy"]["scored"] >= 10


def test_ctrl_c_during_the_run_ends_it_and_what_was_answered_is_scored(tmp_path: Path) -> None:
    process = start(tmp_path, config(None, 2, 3))
    read_until(process, "📊")
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    ran = finish(process, tmp_path)
    measured = [row for row in rows(ran.result, "measured") if row["ok"]]
    check_scored(ran, len(measured))
    assert texts_left(tmp_path) == []


def test_ctrl_c_while_it_is_scored_gives_that_up_and_the_result_is_written(tmp_path: Path) -> None:
    slow = tmp_path / "slow_locustfile.py"
    source = Path(__file__).parents[2] / "locustfile.py"
    slow.write_text(SLOW_SCORER.format(locustfile=str(source)), encoding="utf-8")
    process = start(tmp_path, config(20, 2, 3), locustfile=slow)
    until_said(process, "scoring has begun")
    process.send_signal(signal.SIGINT)
    ran = finish(process, tmp_path)
    assert "given up" in ran.result["accuracy"]["reason"]
    assert len(rows(ran.result, "measured")) == 18
    assert (ran.result["run"]["faults"], ran.result["run"]["end_reason"]) == ([], "finished")
    assert texts_left(tmp_path) == []


@pytest.mark.slow
def test_a_worker_that_is_killed_takes_only_its_own_answers_along(tmp_path: Path) -> None:
    process = start(tmp_path, config(200, 4, 4, request_delay=0.02), "--processes=2")
    read_until(process, "📊")
    time.sleep(1.0)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = [one for one in children if "locust" in Path(f"/proc/{one}/cmdline").read_text()]
    os.kill(int(workers[0]), signal.SIGKILL)
    ran = finish(process, tmp_path)
    measured = [row for row in rows(ran.result, "measured") if row["ok"]]
    check_scored(ran, len(measured))
    assert len(measured) == 196


SECRET = "swordfish-4711"


@contextmanager
def repeating() -> Iterator[str]:
    """A service whose transcripts have the key in them that it was given."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"text": f"you said {self.headers['Authorization']} to me"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("words", [(), ("--processes=1",)], ids=["one", "workers"])
def test_a_secret_in_a_transcript_is_in_no_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    with repeating() as url:
        asked = against(url, None, 2, 2, api={"api_key_env": "THE_KEY"}, **SPEECH)
        del asked["audio_duration"]
        asked |= {"accuracy": {"save_transcripts": True}, "request_delay": 0.05}
        process = start(tmp_path, asked, *words, env={"THE_KEY": SECRET})
        read_until(process, "📊")
        time.sleep(2.5)
        spooled = {path: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.partial*")}
        process.send_signal(signal.SIGINT)
        ran = finish(process, tmp_path)
    assert len([path for path in spooled if "transcripts" in path.name]) == (2 if words else 1)
    (name,) = texts_left(tmp_path)
    for text in (*spooled.values(), *(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json*"))):
        assert SECRET not in text
    assert "you said Bearer *** to me" in (tmp_path / name).read_text(encoding="utf-8")
    assert SECRET not in ran.out + ran.err
