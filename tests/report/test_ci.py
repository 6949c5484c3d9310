"""What CI systems are told: files in their places, lines where they are read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from stt_load.report import ci
from stt_load.report.cases import cases
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind
from tests.factory import table
from tests.report.runs import run_of, steady

SAY = Messages("en")
RUN = run_of(steady())
CASES = cases(SAY, RUN)
FAILED = run_of(table([0.0, 1.0], 0.5, kind=ErrorKind.HTTP_5XX))


def test_an_older_junit_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    ci.write_junit(path, FAILED, cases(SAY, FAILED))
    ci.write_junit(path, RUN, CASES)
    assert ET.parse(path).getroot().get("failures") == "0"
    assert [one.name for one in tmp_path.iterdir()] == ["junit.xml"]


def test_one_that_can_not_be_written_leaves_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "junit.xml"
    path.write_text("older", encoding="utf-8")
    monkeypatch.setattr(ci, "utf8", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        ci.write_junit(path, RUN, CASES)
    assert path.read_text(encoding="utf-8") == "older"
    assert [one.name for one in tmp_path.iterdir()] == ["junit.xml"]
    with pytest.raises(FileNotFoundError):
        ci.write_junit(tmp_path / "missing" / "junit.xml", RUN, CASES)


def test_markdown_goes_behind_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("# Build\n", encoding="utf-8")
    ci.append_markdown(path, SAY, RUN, CASES)
    ci.append_markdown(path, SAY, RUN, CASES)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Build\n## ✅ ")
    assert text.count("## ✅ ") == 2


def test_the_log_is_marked_only_where_github_reads_it() -> None:
    assert list(ci.log_lines(cases(SAY, FAILED), {})) == []
    assert list(ci.log_lines(cases(SAY, FAILED), {ci.ON_GITHUB: "false"})) == []
    assert next(iter(ci.log_lines(cases(SAY, FAILED), {ci.ON_GITHUB: "true"}))).startswith(
        "::error title=stt-load%3A "
    )
    assert list(ci.log_lines(CASES, {ci.ON_GITHUB: "true"})) == []


def test_where_the_summary_goes_is_githubs_to_say() -> None:
    assert ci.step_summary({}) is None
    assert ci.step_summary({ci.STEP_SUMMARY: ""}) is None
    assert ci.step_summary({ci.STEP_SUMMARY: "/tmp/x"}) == Path("/tmp/x")
