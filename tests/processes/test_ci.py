"""A run where a CI system looks on: the files that it reads, and what GitHub marks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import LOCUSTFILE, run
from tests.processes.truth import logged_server

QUICK = {"overhead_s": 0.02, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
ASKED: dict[str, Any] = {
    "total_requests": 8,
    "warmup_requests": 2,
    "continue_on_dead_warmup": True,
    "audio": {"source": "noise", "duration": 1},
    "report": {"junit": "junit.xml"},
}
GONE = """
from pathlib import Path

from locust import events


@events.request.add_listener
def remove(**_):
    if Path("out").exists():
        Path("out").rmdir()
"""


@pytest.mark.locust
def test_a_run_that_fails_is_marked_on_github_and_told_in_its_files(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text("an older one", encoding="utf-8")
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n", encoding="utf-8")
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    with logged_server(tmp_path, **QUICK, error_rate=1.0) as server:
        ran = run(tmp_path, ASKED | {"api": {"base_url": server.url}}, env=github)
    assert ran.code == 1, (ran.out, ran.err)
    assert "::error title=stt-load%3A requests::6 of 6 requests failed.\n" in ran.out
    cases = {case.get("name"): case for case in ET.parse(tmp_path / "junit.xml").getroot().iter("testcase")}
    assert [child.tag for child in cases["requests"]] == ["failure"]
    checks = [check["name"] for check in ran.result["validity"]["checks"]]
    assert [name for name, case in cases.items() if case.get("classname") == "stt-load.validity"] == checks
    told = summary.read_text(encoding="utf-8")
    assert told.startswith("# Before\n## ")
    assert "`requests`: 6 of 6 requests failed." in told


@pytest.mark.slow
@pytest.mark.locust
def test_without_one_nothing_is_marked_and_a_file_that_can_not_be_written_is_4(tmp_path: Path) -> None:
    """Its folder goes while the run is on; who reads an older file would be told of another run."""
    (tmp_path / "out").mkdir()
    locustfile = tmp_path / "own.py"
    locustfile.write_text(LOCUSTFILE.read_text(encoding="utf-8") + GONE, encoding="utf-8")
    asked = ASKED | {"report": {"junit": "out/junit.xml"}}
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, asked | {"api": {"base_url": server.url}}, locustfile=locustfile)
    assert ran.code == 4, (ran.out, ran.err)
    assert "out/junit.xml could not be written: No such file or directory." in ran.out
    assert "::error" not in ran.out
    assert ran.result["metrics"]["requests"]["succeeded"] == 6
