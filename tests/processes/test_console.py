"""What a real run shows, on a terminal and in a log."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.processes.running import Ran, check_code, quick, run, saved, start

pytestmark = pytest.mark.locust


def drawn_on_a_terminal(process: subprocess.Popen[str], terminal: int) -> str:
    """All that the process writes to the terminal until it ends."""
    written = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the last process that had the other end is gone
            break
        if not part:
            break
        written += part
    process.wait(30)
    return written.decode()


@pytest.mark.parametrize(
    ("language", "bar"),
    [
        ("en", r"Measuring █+░* \d+/40, \d+\.\d\d requests/s, \d+ s left"),
        pytest.param("ko", r"측정 █+░* \d+/40, 초당 \d+\.\d\d건, 남은 시간 \d+초", marks=pytest.mark.slow),
    ],
)
def test_a_bar_is_drawn_on_a_terminal_and_gone_at_the_end(tmp_path: Path, language: str, bar: str) -> None:
    ours, theirs = pty.openpty()
    config = quick(42, 2, 2, report={"language": language})
    process = start(tmp_path, config, env={"TERM": "xterm", "COLUMNS": "100"}, terminal=theirs)
    os.close(theirs)
    written = drawn_on_a_terminal(process, ours)
    os.close(ours)
    check_code(Ran(process.returncode, written, "", saved(tmp_path)), 0)
    assert re.search(bar, written), written
    frames = re.split("\r\x1b\\[K", written)
    after_the_bar = frames[-1]
    assert "=" * 60 in after_the_bar, "the report stands on lines of its own"
    assert "█" not in after_the_bar
    assert 3 <= len(frames) < 40, "drawn a few times a second"


def test_a_log_gets_no_control_characters(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(30, 5, 5, audio_duration=1))  # shorter ones have no words, which would be said
    check_code(ran, 0)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", ran.out + ran.err)
    assert ran.err == "", "nothing of Locust's own log either"


@pytest.mark.slow
def test_a_long_run_says_how_far_it_is(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(None, 0, 1, measure_for=11.0, audio_duration=1))
    progress, *ending = ran.err.splitlines()
    assert re.fullmatch(r"Measuring: \d+ requests, \d+\.\d\d requests/s, [012] s left", progress)
    stopping = "Stopping: waiting for 1 request in flight, for at most 5 min 1 s (Ctrl-C cuts them off)"
    assert not ending or ending == [stopping]


@pytest.mark.slow
def test_locusts_own_tables_are_there_when_asked_for(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(12, 2, 2), "--locust-stats", "--loglevel", "INFO")
    assert "Aggregated" in ran.out + ran.err
    assert "📈" in ran.out


def test_a_run_that_is_stopped_says_what_it_waits_for(tmp_path: Path) -> None:
    slow = {"slots": 8, "overhead_s": 3.0, "rtf": 0.0, "cold_requests": 0}
    process = start(tmp_path, quick(None, 0, 2, embedded=slow, audio_duration=1))  # shorter ones have a note
    assert process.stdout
    assert process.stderr
    while "📊" not in process.stdout.readline():
        pass
    time.sleep(0.5)
    process.terminate()
    assert "2 requests in flight" in process.stderr.readline()
    process.communicate(timeout=30)
    assert process.returncode == 5


@pytest.mark.parametrize("encoding", ["ascii", pytest.param("cp949", marks=pytest.mark.slow)])
def test_a_terminal_without_these_characters_gets_question_marks(tmp_path: Path, encoding: str) -> None:
    ran = run(tmp_path, quick(12, 2, 2), env={"PYTHONIOENCODING": encoding})
    check_code(ran, 0)
    assert "? Results\n" in ran.out
    assert "Traceback" not in ran.err


def test_a_reader_that_goes_away_costs_the_report_and_not_the_run(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    process = start(tmp_path, quick(12, 2, 2), terminal=theirs)
    os.close(theirs)
    os.read(ours, 10)
    os.close(ours)
    ran = Ran(process.wait(60), "", "", saved(tmp_path))
    check_code(ran, 0)
    assert ran.result["metrics"]["requests"]["total"] == 10


@pytest.mark.slow
def test_a_full_disk_under_the_report_costs_the_report_and_not_the_run(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = start(tmp_path, quick(12, 2, 2), terminal=full.fileno())
    check_code(Ran(process.wait(60), "", "", saved(tmp_path)), 0)


def test_json_has_standard_output_to_itself(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(12, 2, 2), "--json")
    check_code(ran, 0)
    (entry,) = json.loads(ran.out)
    assert entry["num_requests"] == 10
    assert "📈" in ran.err
