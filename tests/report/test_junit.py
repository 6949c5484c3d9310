"""The cases of a run as JUnit XML: what a reader of XML finds in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from stt_load.report.cases import Case
from stt_load.report.junit import junit
from tests.report.runs import run_of, steady

RUN = run_of(steady(), path=Path("out/result.json"))
CASES = (
    Case("run", "complete", "passed"),
    Case("run", "requests", "failed", "20 of 40 requests failed."),
    Case("slo", "p95(response_time_s) < 2", "doubtful", 'observed 1.9 & "near"'),
    Case("validity", "cpu", "error", "too much"),
    Case("validity", "in_flight", "skipped", "No data."),
    Case("validity", "stalls", "passed", "0.0% (limit 3.0%)"),
)


def read(*found: Case) -> ET.Element:
    return ET.fromstring(junit(RUN, found).encode())


def test_each_group_is_a_suite_with_its_counts() -> None:
    root = read(*CASES)
    assert root.tag == "testsuites"
    counts = ("tests", "failures", "errors", "skipped")
    assert [root.get(name) for name in counts] == ["6", "1", "1", "1"]
    suites = {suite.get("name"): [suite.get(name) for name in counts] for suite in root}
    assert suites == {
        "stt-load.run": ["2", "1", "0", "0"],
        "stt-load.slo": ["1", "0", "0", "0"],
        "stt-load.validity": ["3", "0", "1", "1"],
    }
    assert {suite.get("timestamp") for suite in root} == {"2024-01-01T12:00:00"}
    assert {suite.get("time") for suite in root} == {"10.000"} == {root.get("time")}
    assert {suite.get("hostname") for suite in root} == {"here"}


def test_each_case_has_what_became_of_it() -> None:
    cases = {case.get("name"): case for case in read(*CASES).iter("testcase")}
    assert list(cases) == [case.name for case in CASES]
    assert [(child.tag, child.get("message"), child.text) for child in cases["requests"]] == [
        ("failure", "20 of 40 requests failed.", "20 of 40 requests failed.")
    ]
    assert [child.tag for child in cases["cpu"]] == ["error"]
    assert [(child.tag, child.get("message")) for child in cases["in_flight"]] == [("skipped", "No data.")]
    doubt = cases["p95(response_time_s) < 2"]
    assert [(child.tag, child.text) for child in doubt] == [("system-out", 'observed 1.9 & "near"')]
    assert doubt.get("classname") == "stt-load.slo"
    assert list(cases["complete"]) == []
    assert [child.text for child in cases["stalls"]] == ["0.0% (limit 3.0%)"]


def test_the_run_has_its_figures_as_properties_and_others_have_none() -> None:
    suites = list(read(*CASES))
    assert [len(suite.findall("properties")) for suite in suites] == [1, 0, 0]
    found = {one.get("name"): one.get("value") for one in suites[0].iter("property")}
    assert found["target"] == RUN.info.target
    assert found["result"] == "result.json"
    assert found["requests"] == "90"
    assert found["verdict"] == "VALID"
    assert float(found["response_time_s.p95"] or "") == RUN.summary.metrics.response_time_s.p95
    empty = ET.fromstring(junit(run_of(steady(0, warmup=0)), CASES))
    assert "response_time_s.p95" not in {one.get("name") for one in empty.iter("property")}


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\x00b", "a\ud800b", "a\uffffb"])
def test_what_xml_has_no_way_to_say_is_replaced(text: str) -> None:
    (case,) = read(Case("slo", text, "failed", text)).iter("testcase")
    shown = "".join("\ufffd" if one in "\x1b\x00\ud800\uffff" else one for one in text)
    assert case.get("name") == shown
    assert (case[0].get("message"), case[0].text) == (shown, shown)


def test_markup_line_ends_and_quotes_come_back_as_they_were() -> None:
    text = "<b> & \"q\" 'p' ]]> \t \n 한국어 🟡"
    (case,) = read(Case("slo", text, "failed", text)).iter("testcase")
    assert (case.get("name"), case[0].get("message"), case[0].text) == (text, text, text)


def test_of_a_run_without_an_end_the_time_is_0() -> None:
    assert ET.fromstring(junit(run_of(steady(), ended_at=None), CASES)).get("time") == "0"
