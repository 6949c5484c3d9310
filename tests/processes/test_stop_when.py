"""A run that ends as soon as its figure is known precisely enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import against, check_code, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

MOST = 4_000
"""Five looks or so: on a quiet machine the first one ends it."""
FAST = {"slots": 4, "overhead_s": 0.004, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


def ended(tmp_path: Path, *words: str, **settings: Any) -> dict[str, Any]:
    rule = {"stop_when": {"metric": "p50(response_time_s)", "within": 0.5}}
    with logged_server(tmp_path, **FAST) as server:
        ran = run(tmp_path, against(server.url, None, 4, 4, **rule, **settings), *words)
    check_code(ran, 0)
    result = ran.result
    assert (result["run"]["end_reason"], result["run"]["complete"]) == ("precise", True)
    assert result["metrics"]["requests"]["unfinished"] == 0, "what was in flight is waited for"
    found = result["metrics"]["response_time_s"]
    interval = found["intervals"]["median"]
    assert (interval["high"] - interval["low"]) / 2 <= 0.55 * found["median"], "with what was in flight"
    assert 400 <= len(rows(result, "measured")) < MOST
    return result


def test_a_closed_loop_ends_with_every_row(tmp_path: Path) -> None:
    result = ended(tmp_path)
    assert sorted(row["seq"] for row in result["requests"]) == list(range(len(result["requests"])))


@pytest.mark.slow
def test_an_open_loop_does_and_needs_no_other_end(tmp_path: Path) -> None:
    ended(tmp_path, load={"rate": 50})


@pytest.mark.slow
@pytest.mark.parametrize("load", [{}, {"load": {"rate": 50}}])
def test_workers_are_told_of_the_end(tmp_path: Path, load: dict[str, Any]) -> None:
    result = ended(tmp_path, "--processes=2", **load)
    assert {row["worker"] for row in rows(result, "measured")} == set(result["run"]["workers"])
