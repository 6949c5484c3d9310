"""Several locustfiles of one run, each of which installs the suite: real locust processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes.running import LOCUSTFILE, against, check_code, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

SERVER = {"overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
MINE = """
from stt_load import SttUser, install


class Mine(SttUser):
    pass


install(default_user=Mine)
"""
IMPORTING = f"import sys\nsys.path.insert(0, {str(LOCUSTFILE.parent)!r})\nimport locustfile as shipped\n{MINE}"


@pytest.mark.parametrize("words", [[], ["--processes", "2"]], ids=["one process", "workers"])
def test_two_files_are_one_suite_with_the_last_ones_default(tmp_path: Path, words: list[str]) -> None:
    """A second install() added every option again, which ended in an ArgumentError."""
    mine = tmp_path / "mine.py"
    mine.write_text(MINE, encoding="utf-8")
    with logged_server(tmp_path, **SERVER) as server:
        ran = run(tmp_path, against(server.url, 8, 2, 2), *words, locustfile=Path(f"{mine},{LOCUSTFILE}"))
        truths = server.truths()
    check_code(ran, 0)
    assert ran.result["run"]["user_class"] == "SttUser"
    said = "stt-load: install() was called more than once; the last one's user classes are spawned: SttUser"
    assert ran.err.count(said) == 1
    assert len(rows(ran.result, "measured")) == 6
    assert len(truths) == 8, "each request was made once"


@pytest.mark.slow
def test_a_file_that_imports_another_has_the_last_word(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(IMPORTING, encoding="utf-8")
    with logged_server(tmp_path, **SERVER) as server:
        ran = run(tmp_path, against(server.url + "/v1", 6, 2, 2), locustfile=mine)
        truths = server.truths()
    check_code(ran, 0)
    assert ran.result["run"]["user_class"] == "Mine"
    assert len(truths) == 6
    # A base_url of this form on the way, too: what was said, what was sent, and what the result has.
    target = f"{server.url}/v1/audio/transcriptions"
    assert ran.err.count(f"has a part of the endpoint in it already; requests go to {target}\n") == 1
    assert f"API: {target}\n" in ran.out
    assert ran.result["run"]["target"] == target
    assert ran.result["config"]["api"]["base_url"] == server.url
    assert ran.result["run"]["seed"] < 2**53
