"""The page of a run that has just been made: beside its result, of each kind of run; and paths that can't be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.html.browser import PHONE, needs_browser, shown
from tests.html.reading import Reader
from tests.processes.running import QUICK, run

pytestmark = pytest.mark.locust

ASKED: dict[str, Any] = {
    "total_requests": 24,
    "warmup_requests": 4,
    "concurrent_requests": 4,
    "api": {"base_url": "embedded"},
    "audio": {"duration": "1..3"},
    "embedded": {**QUICK, "overhead_s": 0.02, "error_rate": 0.2},
    "slo": ["p50(response_time_s) < 2", "error_rate < 60%"],
    "report": {"html": "auto"},
}


def pages(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.html"))


def test_a_run_leaves_a_page_beside_its_result(tmp_path: Path) -> None:
    ran = run(tmp_path, ASKED)
    assert ran.code in (0, 4), (ran.out, ran.err)
    (page,) = pages(tmp_path)
    (result,) = tmp_path.glob("stt_load_test_results_*.json")
    assert page.stem == result.stem
    assert f"💾 Report saved to {page.name}" in ran.out
    found = Reader(page.read_text(encoding="utf-8"))
    assert result.name in found.texts("title")[0]
    failed = ran.result["metrics"]["requests"]["failed"]
    facts = dict(zip(found.texts("dt"), found.texts("dd"), strict=True))
    assert facts["Failed requests"].startswith(f"{failed} ")


def test_a_path_that_can_not_be_written_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    ran = run(tmp_path, ASKED, "--html-report", "none/page.html")
    assert ran.code == 2
    assert "none/page.html is in a directory that doesn't exist" in ran.err
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.slow
def test_each_run_of_a_series_leaves_one(tmp_path: Path) -> None:
    ran = run(tmp_path, ASKED | {"repeat": 2}, "--html-report", "page.html")
    assert ran.code in (0, 4), (ran.out, ran.err)
    assert [path.name for path in pages(tmp_path)] == ["page_1.html", "page_2.html"]


@needs_browser
@pytest.mark.slow
def test_levels_leave_one_that_a_browser_shows(tmp_path: Path) -> None:
    levels = {"load": {"levels": {"users": [1, 2], "requests": 20}}, "total_requests": None}
    others = ("slo", "warmup_requests", "concurrent_requests")
    asked = {key: value for key, value in ASKED.items() if key not in others}
    ran = run(tmp_path, asked | levels)
    assert ran.code in (0, 4), (ran.out, ran.err)
    (page,) = pages(tmp_path)
    with shown(page, width=PHONE) as found:
        assert found.said == []
        assert [url for url in found.asked if not url.startswith("data:")] == []
        assert not found.is_too_wide
        assert found.tab.locator("h1").inner_text().startswith("Levels of load on ")
