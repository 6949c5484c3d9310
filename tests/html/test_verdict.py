"""The first thing that a page says of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.config import Config
from stt_load.html.blocks import Fact, Facts, Items, Table, Text
from stt_load.html.verdict import verdict
from stt_load.report.messages import Messages
from stt_load.samples.generator import Stall
from stt_load.samples.sample import ErrorKind
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import HEALTHY, PROCESS, run_of, steady

SAY = Messages("en")


def with_slos(*slos: str) -> Config:
    return Config.model_validate({"slo": list(slos)})


def facts(run: RunRecord, say: Messages = SAY) -> dict[str, Fact]:
    found = verdict(say, run).blocks[0]
    assert isinstance(found, Facts)
    return {fact.name: fact for fact in found.facts}


def test_a_run_that_went_well_says_so_in_a_word_each() -> None:
    found = facts(run_of(steady(300), with_slos("p95(response_time_s) < 1", "error_rate < 10%")))
    assert {name: (fact.value, fact.tone) for name, fact in found.items()} == {
        "SLOs": ("2 of 2 met", "good"),
        "Measurement": ("VALID", "good"),
        "Failed requests": ("0", "good"),
        "Run": ("complete", "good"),
    }
    assert found["Run"].about == "300 measured requests in 30.00 s"


def test_without_slos_there_is_no_word_of_them() -> None:
    assert "SLOs" not in facts(run_of(steady()))
    assert not any(isinstance(block, Table) for block in verdict(SAY, run_of(steady())).blocks)


def test_slos_that_are_missed_come_first_with_what_was_seen() -> None:
    run = run_of(steady(300), with_slos("p95(response_time_s) < 1", "p50(response_time_s) < 0.4"))
    fact = facts(run)["SLOs"]
    assert (fact.value, fact.about, fact.tone) == ("1 of 2 MISSED", "1 met", "bad")
    (found,) = [block for block in verdict(SAY, run).blocks if isinstance(block, Table)]
    assert [(row[0], row[1], row[2]) for row in found.rows] == [
        ("p50(response_time_s) < 0.4", "MISSED", "0.500 s"),
        ("p95(response_time_s) < 1", "met", "0.500 s"),
    ]
    assert found.tones == ("bad", "good")


def test_failures_are_bad_unless_an_slo_says_how_many_may_be() -> None:
    rows = table([float(number) for number in range(100)], 0.5, kind=[ErrorKind.HTTP_5XX] * 3 + [None] * 97)
    fact = facts(run_of(rows))["Failed requests"]
    assert (fact.value, fact.about, fact.tone) == ("3", "3.0% of 100", "bad")
    assert facts(run_of(rows, with_slos("error_rate < 10%")))["Failed requests"].tone == "plain"
    assert facts(run_of(rows, with_slos("error_rate < 1%")))["Failed requests"].tone == "bad"
    assert (
        facts(run_of(rows, with_slos("p95(response_time_s) < 0.1", "error_rate < 10%")))["Failed requests"].tone
        == "plain"
    )
    all_failed = table([0.0, 1.0], 0.5, kind=ErrorKind.HTTP_5XX)
    assert facts(run_of(all_failed, with_slos("error_rate < 99.9%")))["Failed requests"].tone == "bad"


def test_a_measurement_in_doubt_says_why() -> None:
    stalls = tuple(Stall(0, float(second), second + 0.5) for second in range(1, 8))
    worker = replace(PROCESS, stalled_s=3.5)
    run = run_of(steady(90), generator=replace(HEALTHY, stalls=stalls, workers=(worker,)))
    assert facts(run)["Measurement"].value == "INVALID"
    assert facts(run)["Measurement"].tone == "bad"
    (why,) = [block for block in verdict(SAY, run).blocks if isinstance(block, Items)]
    assert why.tone == "bad"
    (sentence, stood_still), *_ = why.items
    assert sentence.startswith("A load generator process stood still for ")
    assert "at 1.0 s for 0.50 s (local)" in [line for _, more in why.items for line in more] or stood_still


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_run_that_was_not_finished_is_told_in_both_languages(language: str) -> None:
    say = Messages(language)  # type: ignore[arg-type]
    run = run_of(steady(), complete=False, end_reason="interrupted")
    texts = [block.text for block in verdict(say, run).blocks if isinstance(block, Text)]
    assert any(text.startswith(say("end.interrupted", progress="@").split("@")[0].strip("❗ ")[:6]) for text in texts)
    assert facts(run, say)[say("html.run")].value == say("html.not_complete")
    assert facts(run, say)[say("html.run")].tone == "doubtful"


def test_a_run_that_was_to_go_on_until_somebody_stops_it_is_what_it_was_to_be() -> None:
    endless = Config.model_validate({"total_requests": None})
    stopped = facts(run_of(steady(), endless, complete=False, end_reason="stopped"))["Run"]
    assert (stopped.value, stopped.tone) == ("stopped, as it was to be", "good")
    early = Config.model_validate({"total_requests": 500})
    assert facts(run_of(steady(), early, complete=False, end_reason="stopped"))["Run"].value == "not complete"


def test_too_few_requests_are_no_fault_of_the_load_generator() -> None:
    found = facts(run_of(steady(100), with_slos("p99(response_time_s) < 1")))["Measurement"]
    assert (found.value, found.about) == ("DEGRADED", "too few requests for what the SLOs ask")


def test_faults_of_our_own_are_named() -> None:
    run = run_of(steady(), faults=("The disk was full.",))
    lists = [block for block in verdict(SAY, run).blocks if isinstance(block, Items)]
    assert [more for block in lists for _, more in block.items] == [("The disk was full.",)]


def test_a_run_without_a_row_measured_nothing() -> None:
    found = facts(run_of(table([], []), complete=False, end_reason="dead_warmup"))
    assert found["Measurement"].value == "n/a"
    assert found["Measurement"].about == "nothing was measured"
    assert found["Failed requests"].tone == "bad"
