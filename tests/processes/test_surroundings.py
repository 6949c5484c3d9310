"""What a real run makes of odd files, and what it leaves for others to see."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import psutil
import pytest

from tests.processes.running import finish, quick, run, start


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('api: {endpoint: "\\ud800"}', "line 1, api.endpoint: '\"\\ud800\"' is not Unicode text"),
        pytest.param(
            f'api: {{response: {{text: "{"(" * 400}a{")" * 400}"}}}}',
            "nested in more than 100 levels",
            marks=pytest.mark.slow,
        ),
        pytest.param("#" * 100_000_000, "larger than 1 MB, which is the limit", marks=pytest.mark.slow),
    ],
    ids=["surrogate", "expression", "100 MB"],
)
def test_an_odd_configuration_is_a_line_and_2(tmp_path: Path, config: str, said: str) -> None:
    ran = run(tmp_path, config)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("kind", ["pipe", pytest.param("device", marks=pytest.mark.slow)])
def test_a_configuration_that_is_no_file_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    ran = run(tmp_path, "", env={"CONFIG_PATH": str(path)})
    assert ran.code == 2
    assert "not an ordinary file" in ran.err


def test_a_run_keeps_to_itself_what_it_writes_and_what_it_knows(tmp_path: Path) -> None:
    """Under a umask that lets everybody read and write, with a secret in its environment."""
    anybody = ["sh", "-c", 'umask 0; exec "$@"', "sh"]
    process = start(tmp_path, quick(20, 2, 2), "--logfile=locust.log", before=anybody, env={"SOME_SECRET": "hunter2"})
    deadline_s = time.monotonic() + 60
    while not (spools := list(tmp_path.glob("*.partial.jsonl"))) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    (server,) = psutil.Process(process.pid).children()
    assert process.poll() is None
    assert [stat.S_IMODE(spool.stat().st_mode) for spool in spools] == [0o600]
    assert psutil.Process(process.pid).environ()["SOME_SECRET"] == "hunter2"
    assert "hunter2" not in " ".join(server.environ().values())
    ran = finish(process, tmp_path)
    assert ran.result["run"]["complete"]
    (result,) = tmp_path.glob("stt_load_test_results_*.json")
    assert stat.S_IMODE(result.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "locust.log").stat().st_mode) == 0o600
