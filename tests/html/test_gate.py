"""The section of a gate on the page of a run."""

from __future__ import annotations

from stt_load.html.blocks import Table, Text
from stt_load.html.gate import fact, gate
from stt_load.html.run_page import RUN_SECTIONS, run_page
from stt_load.report.messages import Messages
from tests.gates.made import P95, RATE, held, limit
from tests.report.runs import run_of, steady

SAY = Messages("en")


def test_a_run_without_a_gate_has_none() -> None:
    assert gate(SAY, run_of(steady())) is None


def test_each_limit_is_a_row_those_that_are_passed_first() -> None:
    section = gate(SAY, held(run_of(steady()), limit(RATE, 8.0, better="higher"), limit(P95, 0.4)))
    assert section is not None
    text, table = section.blocks
    assert isinstance(text, Text)
    assert isinstance(table, Table)
    assert table.caption == "Gate gate.json, learnt from 5 good runs"
    assert table.heads == ("metric", "verdict", "observed", "limit", "found in 4 of 5")
    assert table.rows == (
        ("p95(response_time_s)", "OVER", "0.500 s", "at most 0.400 s", "8.0% worse"),
        ("throughput_rps", "within", "10.00 requests/s", "at least 8.00 requests/s", "8.0% worse"),
    )
    assert table.tones == ("bad", "good")


def test_of_counts_it_is_told_from_which_value_on_they_are_found() -> None:
    counts = limit("error_rate", None, method="errors", finds=None, finds_at=0.04, errors=0, total=900)
    section = gate(SAY, held(run_of(steady()), counts))
    assert section is not None
    (table,) = section.blocks
    assert isinstance(table, Table)
    assert table.rows[0][::4] == ("error_rate", "from 4.00%")


def test_within_all_limits_nothing_is_to_be_done() -> None:
    section = gate(SAY, held(run_of(steady())))
    assert section is not None
    (table,) = section.blocks
    assert isinstance(table, Table)
    assert table.tones == ("good", "good")


def test_the_verdict_has_it_in_a_word() -> None:
    assert list(fact(SAY, run_of(steady()))) == []
    (within,) = fact(SAY, held(run_of(steady())))
    (over,) = fact(SAY, held(run_of(steady()), limit(RATE, 8.0, better="higher"), limit(P95, 0.4)))
    assert (within.name, within.value, within.tone) == ("Gate", "within", "good")
    assert (over.value, over.about, over.tone) == ("run again", "over 1 of 2 limits", "doubtful")


def test_of_a_run_that_broke_off_nothing_is_said_of_limits() -> None:
    run = held(run_of(steady(), end_reason="interrupted", complete=False), limit(P95, 0.4))
    section = gate(SAY, run)
    assert section is not None
    (text,) = section.blocks
    assert isinstance(text, Text)
    assert text.text.startswith("Not held against its limits")
    assert list(fact(SAY, run)) == []


def test_it_stands_on_the_page_right_below_the_verdict() -> None:
    assert RUN_SECTIONS[1] is gate
    page = run_page(SAY, held(run_of(steady())))
    assert [section.id for section in page.sections][:2] == ["verdict", "gate"]
