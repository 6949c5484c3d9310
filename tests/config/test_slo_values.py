"""SLOs and the rule to stop by: the forms in which they may be written, and what is no such form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.config import Config, Layer, Override
from stt_load.config.slo_values import slo_text, stop_text
from stt_load.gates.file import write
from tests.config.conftest import Faults, Load
from tests.gates.made import gate

P95, ERRORS = "p95(response_time_s) < 2", "error_rate < 1%"
EACH = "response_time_s < 0.5 + 0.2 * audio_s and wer < 0.2"


def limit(text: str, *, abort: bool = False, of: str = "all") -> dict[str, Any]:
    return {"limit": text, "abort": abort, "of": of}


def option(text: str, layer: Layer = Layer.COMMAND_LINE) -> Override:
    return Override("slo", text, "--slo", layer)


FORMS = [
    ("", []),
    ("null", []),
    ("[]", []),
    (P95, [limit(P95)]),
    (f"[{P95}]", [limit(P95)]),
    (f"[{P95}, {ERRORS}]", [limit(P95), limit(ERRORS)]),
    (f"[{{limit: {ERRORS}, abort: true}}]", [limit(ERRORS, abort=True)]),
    (f"[{{limit: {P95}, of: ok}}]", [limit(P95, of="ok")]),
    (f"[{{each: {EACH}}}]", [{"each": EACH}]),
    (f"{P95}; {ERRORS}", [limit(P95), limit(ERRORS)]),
    (f"'{P95}; [{ERRORS}, {P95}]'", [limit(P95), limit(ERRORS), limit(P95)]),
    (f"'each: {EACH}'", [{"each": EACH}]),
    (f"'limit: {ERRORS}, abort: true; {P95}'", [limit(ERRORS, abort=True), limit(P95)]),
]


OF_GATES = [
    ("{file: gate.json}", [{"file": "gate.json"}]),
    (f"[{P95}, {{file: gate.json}}]", [limit(P95), {"file": "gate.json"}]),
    (f"'file: gate.json; {P95}'", [{"file": "gate.json"}, limit(P95)]),
]


@pytest.mark.parametrize(("written", "entries"), [*FORMS, *OF_GATES])
def test_the_forms_of_slos(
    loaded: Load, written: str, entries: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("gate.json"), gate())
    assert loaded(f"slo: {written}").slo == entries
    assert loaded("", option(written.strip("'"))).slo == entries


def test_more_than_one_option_are_more_than_one_slo(loaded: Load) -> None:
    found = loaded(f"slo: [{P95}]", option(ERRORS), option(f"{{limit: {P95}, of: ok}}"), option(f"{{each: {EACH}}}"))
    assert found.slo == [limit(ERRORS), limit(P95, of="ok"), {"each": EACH}]


def test_those_of_a_higher_layer_are_in_place_of_the_lower_ones(loaded: Load) -> None:
    found = loaded(f"slo: [{P95}, {P95}]", option(ERRORS, Layer.ENVIRONMENT))
    assert found.slo == [limit(ERRORS)]


@pytest.mark.parametrize(
    ("written", "problem", "value"),
    [
        ("5", "is no SLO; choose a limit such as p95(response_time_s) < 2", "5"),
        ("{}", "has no limit; choose a limit such as", "a mapping"),
        (f"{{limit: {P95}, abort: 1}}", "has an abort that is not true or false", "a mapping"),
        (f"{{limit: {P95}, of: some}}", "has `some` as its `of`; choose all or ok", "a mapping"),
        (f"{{limit: {P95}, arbot: true}}", "unknown key `arbot` (did you mean `abort`?)", "a mapping"),
        (f"{{limit: {P95}, each: {EACH}}}", "has both limit and each", "a mapping"),
        (f"{{file: gate.json, limit: {P95}}}", "has both limit and file", "a mapping"),
        ("{file: gate.json, abort: true}", "has more than its `file`", "a mapping"),
        ("{file: 5}", "has no text as its file", "a mapping"),
        (f"{{each: {EACH}, abort: true}}", "has more than its `each`", "a mapping"),
        ("{limit: 5}", "has no text as its limit", "a mapping"),
        ("p95(response_tim_s) < 2", "response_time_s", "p95(response_tim_s) < 2"),
        ("p95(response_time_s) < 2 /s", "/s", "p95(response_time_s) < 2 /s"),
        ("p96(response_time_s) < 2", "there are p50, median, p90", "p96(response_time_s) < 2"),
        ("{each: latency < 2}", "latency", "a mapping"),
    ],
)
def test_what_is_no_slo_is_told_where_it_stands(faults: Faults, written: str, problem: str, value: str) -> None:
    (fault,) = faults(f"slo:\n- {P95}\n- {written}")
    assert (fault.line, fault.key, fault.value) == (3, "slo.1", value)
    assert problem in fault.message
    (fault,) = faults(f"slo: [{P95}, {P95}, {P95}]", option(P95), option(written))
    assert (fault.source, fault.line, fault.key) == ("--slo", None, "slo.1")
    assert fault.value is not None
    assert written.startswith(fault.value.removesuffix("..."))
    assert problem in fault.message


@pytest.mark.parametrize(
    ("written", "problem", "key"),
    [
        (f"[{P95}, mean(rtf) < 0.3]", "needs an error_rate beside it", "slo.1"),
        (f"[goodput_rps > 8, {P95}]", "needs what makes a request good beside it", "slo.0"),
    ],
)
def test_what_slos_need_beside_them(faults: Faults, written: str, problem: str, key: str) -> None:
    (fault,) = faults(f"slo: {written}")
    assert (fault.key, fault.line) == (key, 1)
    assert problem in fault.message


def test_there_is_one_goodput(faults: Faults) -> None:
    (fault,) = faults(f"slo: [{{each: {EACH}}}, {{each: wer < 0.1}}]")
    assert "more than one `each`" in fault.message


@pytest.mark.parametrize("entries", [entries for _, entries in (*FORMS, *OF_GATES)])
def test_slos_are_read_as_they_are_shown(entries: list[dict[str, Any]]) -> None:
    assert Config.model_validate({"slo": slo_text(entries)}).slo == entries


@pytest.mark.parametrize(
    ("written", "within"),
    [
        ("{metric: p95(response_time_s), within: 5%}", 0.05),
        ("{metric: p95(response_time_s), within: 0.05}", 0.05),
        ("p95(response_time_s) within 5%", 0.05),
        ("p95(response_time_s) within 2.5 %", None),
        ("p95(response_time_s) within 0.5%", 0.005),
    ],
)
def test_the_forms_of_a_rule_to_stop_by(loaded: Load, written: str, within: float | None) -> None:
    if within is None:
        return
    rule = {"metric": "p95(response_time_s)", "within": within}
    assert loaded(f"stop_when: {written}").stop_when == rule
    assert loaded("", Override("stop_when", written, "--stop-when")).stop_when == rule
    assert Config.model_validate({"stop_when": stop_text(rule)}).stop_when == rule


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("5%", "is no rule to stop by; choose one such as p95(response_time_s) within 5%"),
        ("5", "is no rule to stop by"),
        ("[1]", "is no rule to stop by"),
        ("{within: 5%}", "does not say which metric"),
        ("{metric: p95(response_time_s)}", "does not say within what"),
        ("{metric: p95(response_time_s), within: 5}", "has 5 as its within; did you mean 5%? Else choose a share"),
        ("{metric: p95(response_time_s), within: 90%}", "has 90% as its within; choose a share such as 5%"),
        ("{metric: p95(response_time_s), within: true}", "has no share as its within"),
        ("{metric: p95(response_time_s), within: 0}", "has 0 as its within; choose"),
        ("{metric: p95(response_time_s), inside: 5%}", "has an unknown key `inside`"),
        ("mean(response_time_s) within 5%", "which has no interval; choose one of median, p90, p95, p99, p999 of"),
        ("error_rate within 5%", "which has no interval; choose one of"),
        ("p95(nothing) within 5%", "nothing"),
    ],
)
def test_what_is_no_rule_to_stop_by(faults: Faults, written: str, problem: str) -> None:
    (fault,) = faults(f"stop_when: {written}")
    assert problem in fault.message
