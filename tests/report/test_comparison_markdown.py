"""The comparison of runs for the page of a CI system."""

from __future__ import annotations

from dataclasses import replace

from stt_load.comparison.model import Unlike
from stt_load.report.comparison_markdown import markdown
from stt_load.report.messages import Messages
from tests.report.comparisons import ONE, SIX, THREE

SAY = Messages("en")


def test_a_row_for_each_metric_the_worst_first() -> None:
    lines = markdown(SAY, SIX).splitlines()
    assert lines[0].startswith("## ❌ 🆚 Comparison: 6 runs of the candidate")
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 5
    assert rows[2] == (
        "| ❌ | p95(response\\_time\\_s) | 0.500 s | 0.560 s | +12.0% | +9.8%..+14.2% | 0.0054 | WORSE |"
    )
    assert "<details><summary>The whole report</summary>" in lines


def test_what_cant_be_told_is_marked_so() -> None:
    assert markdown(SAY, THREE).startswith("## 🟡 ")


def test_somebody_elses_text_means_nothing_here() -> None:
    hostile = replace(ONE, unlike=(Unlike("model", ("<script>alert(1)</script>",), ("`|[x](y)",)),))
    page = markdown(SAY, hostile).partition("<details>")[0]
    assert "<script>" not in page
    assert "\\<script\\>alert(1)\\</script\\>" in page
    assert "\\`\\|\\[x\\](y)" in page
