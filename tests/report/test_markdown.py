"""The summary of a run as Markdown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.report.cases import Case, cases
from stt_load.report.markdown import markdown
from stt_load.report.messages import Language, Messages
from stt_load.samples.run_info import RunInfo
from stt_load.samples.sample import ErrorKind
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.gates.made import P95, held, limit
from tests.load.timetables import open_loop
from tests.report.runs import run_of, steady

SAY = Messages("en")
FAILING = run_of(table([float(one) for one in range(40)], 0.5, kind=[None, ErrorKind.HTTP_5XX] * 20))


def lines(run: RunRecord, language: Language = "en") -> list[str]:
    say = Messages(language)
    return markdown(say, run, cases(say, run)).splitlines()


def test_it_begins_with_what_decides() -> None:
    said = lines(run_of(steady()))
    assert said[0] == f"## ✅ {run_of(steady()).info.target.replace('_', chr(92) + '_')}"
    assert said[2] == "Measurement: ✅ VALID"
    assert said[3] == "<br>90 measured, 0 failed, 10.00 requests/s"
    assert "| Response time | 0.500 | 0.500 | 0.500 | 0.500 |" in said
    assert not [line for line in said if "failed ones too" in line]


def test_what_did_not_hold_is_listed_and_what_did_is_not() -> None:
    said = lines(FAILING)
    assert said[0].startswith("## ⛔ ")
    assert "- ❌ `requests`: 20 of 40 requests failed." in said
    assert [line[:25] for line in said if line.startswith("- ⛔")] == ["- ⛔ `closed_loop_share`: "]
    assert "| Response time, failed ones too |  | 0.500 | \\> timeout | \\> timeout |" in said


def test_the_whole_report_is_folded_away_as_it_was() -> None:
    run = run_of(steady(), path=Path("result.json"))
    said = lines(run)
    began = said.index("```text")
    assert said[began - 2] == "<details><summary>The whole report</summary>"
    assert said[began + 1] == "📂 result.json (run of 2024-01-01T12:00:00.000+09:00)"
    assert "Requests: 90" in said[began : said.index("```", began + 1)]
    assert max(map(len, said[began:])) <= 80


def test_a_services_words_do_not_end_its_block() -> None:
    said = lines(run_of(steady(), first_transcript="```` <script> ````"))
    assert said.count("`````text") == 1
    assert said.count("`````") == 1


def test_somebody_elses_text_is_no_markup() -> None:
    found = [Case("slo", "x", "error"), Case("run", "faults", "error", "a|b <i>*c*</i> [d](e) `f`\n# g")]
    said = markdown(SAY, run_of(steady()), found).splitlines()
    assert "- ⛔ `faults`: a\\|b \\<i\\>\\*c\\*\\</i\\> \\[d\\](e) \\`f\\` \\# g" in said


def test_findings_are_a_list() -> None:
    kinds = [None, ErrorKind.SHED] * 20
    said = lines(run_of(table([float(one) for one in range(40)], 0.5, kind=kinds)))
    heading = said.index("**Worth knowing about the service:**")
    assert said[heading + 2].startswith("- It refused 20 of 40 requests on purpose")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_there_is_one_of_a_run_in_which_nothing_was_measured(language: Language) -> None:
    said = lines(run_of(table([], []), complete=False, end_reason="dead_warmup"), language)
    assert said[0].startswith("## ⛔")
    assert not [line for line in said if line.startswith("| ")]


def test_both_languages_have_the_same_lines() -> None:
    own = lines(FAILING)
    other = lines(FAILING, "ko")
    head = own.index("```text")
    assert len(own[:head]) == len(other[: other.index("```text")])
    assert own[:head] != other[:head]
    assert isinstance(FAILING.info, RunInfo)


def test_words_are_on_the_left_and_numbers_on_the_right() -> None:
    judged = lines(run_of(steady(), Config(slo=["p95(response_time_s) < 2"])))
    head = judged.index("|  | SLO | limit | observed | 95% interval | n |  |")
    assert judged[head + 1] == "| :--- | :--- | ---: | ---: | ---: | ---: | :--- |"
    gated = lines(held(run_of(steady()), limit(P95, 0.4)))
    head = gated.index("|  | metric | limit | observed |  |")
    assert gated[head + 1] == "| :--- | :--- | ---: | ---: | :--- |"


def test_over_a_limit_of_a_gate_is_a_doubt_and_a_missed_slo_is_not() -> None:
    assert lines(held(run_of(steady()), limit(P95, 0.4)))[0].startswith("## 🟡 ")
    assert lines(run_of(steady(), Config(slo=["p95(response_time_s) < 0.1"])))[0].startswith("## ❌ ")


def test_slos_are_a_table_with_limit_observed_interval_and_n() -> None:
    rng = np.random.default_rng(3)
    samples = table(np.arange(2_000) * 0.2, 0.4 + 0.2 * rng.random(2_000))
    asked = Config(slo=["p95(response_time_s) < 2", "p95(ttft_s) < 500 ms", "error_rate < 1%"])
    run = run_of(samples, asked, load=open_loop((5.0, 5.0, None), planned=2_000))
    said = lines(run)
    head = said.index("|  | SLO | limit | observed | 95% interval | n |  |")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in said[head + 2 : head + 5]]
    assert [(row[0], row[5], row[6]) for row in rows] == [
        ("✅", "2000", "met"),
        ("❌", "0", "MISSED"),
        ("✅", "2000", "met"),
    ]
    assert [row[2] for row in rows] == ["2 s", "0.5 s", "1%"]
    assert rows[0][1] == "p95(response\\_time\\_s) \\< 2"
    verdict = run.summary.slo[0]
    assert verdict.interval is not None
    assert rows[0][4] == f"{verdict.interval.low:.3f} s–{verdict.interval.high:.3f} s"
    assert rows[1][3] == "n/a"
    assert said[0].startswith("## ❌")
    assert not [line for line in said if line.startswith("- ❌")], "they stand in the table alone"


def test_stages_are_a_table_and_what_was_too_much_is_named() -> None:
    n = 1_000
    due = np.arange(n) * 0.1
    behind = table(due, due + 0.5)
    behind.rows["stage"] = 0
    load = open_loop((10.0, 10.0, 100.0), staged=True, planned=n)
    said = lines(run_of(behind, Config(total_requests=None), load=load))
    assert [line for line in said if line.startswith("| 1 | 10 | ")]
    assert "❗ The service does not keep up with stage 1, 10/s; its figures depend on how long you wait." in said
