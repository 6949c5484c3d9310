"""The page that a CI system makes of a run of levels."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from stt_load.report.ci import append_markdown, cases_of, write_junit
from stt_load.report.levels_markdown import markdown
from stt_load.report.messages import Messages
from tests.report.searches import found, record_of, tried

SAY = Messages("en")
RECORD = record_of(tried(0, 4), tried(1, 6, "fail"), capacity=found())


def test_the_answer_comes_first_and_the_table_has_a_row_for_each_level() -> None:
    page = markdown(SAY, RECORD, cases_of(SAY, RECORD))
    heading, _, answer, *rest = page.splitlines()
    assert heading.startswith("## ✅ http")
    assert answer.startswith("Capacity: carries 4 requests in flight")
    rows = [line for line in rest if line.startswith("|")]
    assert len(rows) == 4
    assert "| users | tier | n | done/s |" in rows[0]
    words = {one.strip() for one, side in zip(rows[0].split("|"), rows[1].split("|"), strict=True) if ":---" in side}
    assert words == {"users", "tier", "test"}
    assert [row.split("|")[1].strip() for row in rows[2:]] == ["4", "6"]
    assert "<details><summary>The whole report</summary>" in page
    assert page.count("Capacity: ") == 2


def test_a_failed_answer_marks_the_page() -> None:
    record = record_of(tried(0, 1, "fail"), capacity=found(None, 1.0))
    assert markdown(SAY, record, cases_of(SAY, record)).startswith("## ❌ ")


def test_files_for_ci_systems(tmp_path: Path) -> None:
    cases, page, junit = cases_of(SAY, RECORD), tmp_path / "page.md", tmp_path / "junit.xml"
    append_markdown(page, SAY, RECORD, cases)
    write_junit(junit, RECORD, cases)
    assert page.read_text(encoding="utf-8") == markdown(SAY, RECORD, cases)
    suites = {suite.get("name"): suite for suite in ET.parse(junit).getroot()}
    assert set(suites) == {"stt-load.run", "stt-load.capacity", "stt-load.level"}
    assert suites["stt-load.level"].get("tests") == "2"
    told = {one.get("name"): one.get("value") for one in suites["stt-load.run"].iter("property")}
    assert told["capacity.carries"] == "4"
    assert told["capacity.fails_at"] == "6"
    assert told["capacity.axis"] == "users"
    assert told["levels"] == "2"
    assert told["load"] == "levels"
