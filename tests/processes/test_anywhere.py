"""`stt-load run` in an empty folder, as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings
from tests.processes.running import environment

pytestmark = pytest.mark.locust


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stt_load", "run", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_needs_no_file_at_all(tmp_path: Path) -> None:
    quick = ServerSettings(overhead_s=0.01, rtf=0.0, jitter="none", cold_requests=0)
    with EmbeddedServer.start(quick) as server:
        words = ("--total-requests", "6", "--warmup-requests", "1", "-u", "1", "--save-path", "result.json")
        ran = run(tmp_path, "--headless", "-H", server.url, *words)
    assert ran.returncode in (0, 4), ran.stderr  # 4: this machine was busy with something else
    assert f"no config.yaml in {tmp_path}" in ran.stderr
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert len(result["requests"]) == 6
    assert result["run"]["config_file"] is None


def test_what_lies_in_the_folder_is_not_taken_for_the_locustfile_or_for_locust(tmp_path: Path) -> None:
    for name in ("locustfile.py", "locust.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong one')\n", encoding="utf-8")
    listed = run(tmp_path, "-l")
    assert (listed.returncode, listed.stdout.split()) == (0, ["Available", "Users:", "FastSttUser", "SttUser"])
    assert listed.stderr == ""


def test_the_exit_code_is_locusts_and_help_says_whose_options_these_are(tmp_path: Path) -> None:
    assert run(tmp_path, "--headless", "--total-requests", "none").returncode == 2
    told = run(tmp_path, "--help")
    assert told.returncode == 0
    assert told.stdout.startswith("stt-load run [LOCUST OPTIONS]: `locust` with the locustfile of stt-load")
    assert "Usage: locust [options]" in told.stdout
