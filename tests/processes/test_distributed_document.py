"""The commands of docs/distributed.md, which need each other: a master, and workers of all ways to start them."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.markdown import ROOT, blocks, commands
from tests.ports import free_port
from tests.processes.running import Ran, against, check_code, environment, rows, run, saved
from tests.processes.truth import logged_server

pytestmark = [pytest.mark.locust, pytest.mark.slow]  # the README's `--processes` is tried in every run

ALONE, MASTER, WORKERS = (commands(block) for block in blocks("docs/distributed.md", "sh"))
SERVER = {"overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


def test_one_command_for_one_machine(tmp_path: Path) -> None:
    (line,) = ALONE
    words = shlex.split(line.replace("--processes 4", "--processes 2"))
    assert words[:2] == ["locust", "--headless"]
    with logged_server(tmp_path, **SERVER) as server:
        check_code(run(tmp_path, against(server.url, 12, 2, 2), *words[2:]), 0)


def test_a_master_and_its_workers(tmp_path: Path) -> None:
    port, locust = str(free_port()), shutil.which("locust", path=str(Path(sys.executable).parent))
    ports = {"LOCUST_MASTER_BIND_PORT": port, "LOCUST_MASTER_NODE_PORT": port}
    shutil.copy(ROOT / "locustfile.py", tmp_path)
    lines = [line.replace("10.0.0.1", "127.0.0.1") for line in (*MASTER, *WORKERS)]
    with logged_server(tmp_path, **SERVER) as server:
        config = "total_requests: 48\nwarmup_requests: 8\nconcurrent_requests: 8\n"
        (tmp_path / "config.yaml").write_text(f"{config}api: {{base_url: '{server.url}'}}\n", encoding="utf-8")
        started = [
            subprocess.Popen(
                [locust, *shlex.split(line)[1:]],  # type: ignore[list-item]
                cwd=tmp_path,
                env=environment() | ports,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for line in lines
        ]
        (out, err), *_ = [process.communicate(timeout=90) for process in started]
    check_code(Ran(started[0].returncode, out, err, saved(tmp_path)), 0)
    (result,) = saved(tmp_path)
    assert len(result["run"]["generator"]["workers"]) == 4, (
        "one, two of --processes, and one with the master's locustfile"
    )
    assert len(rows(result, "measured")) == 40
