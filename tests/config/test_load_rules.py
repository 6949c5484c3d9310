"""What must hold for a load: there is something to measure, and no more of it than can be counted."""

from __future__ import annotations

import pytest

from stt_load.config import Override
from tests.config.conftest import Faults, Load


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        (
            "load: {rate: 1000000}\nmeasure_for: 1000000",
            "measure_for",
            "makes 1,000,000,000,000 arrivals or more; choose 100,000,000 at most",
        ),
        (
            "load: {stages: 1000000 for 1000000}",
            "load.stages",
            "makes 1,000,000,000,000 arrivals or more; choose 100,000,000 at most",
        ),
        (
            "load: {audio_rate: 1000000}\nmeasure_for: 1000000",
            "measure_for",
            "makes 100,000,000,000 arrivals or more",
        ),
        ("load: {rate: 0.01}\nmeasure_for: 5", "measure_for", "makes 0.05 arrivals, and so mostly none; choose more"),
        ("load: {stages: 0..0.1 for 5}", "load.stages", "makes 0.25 arrivals, and so mostly none; choose more"),
        ("report: {junit: verdicts.txt}", "report.junit", "does not end with .xml"),
        ("report: {junit: ./a.xml}\nsave_path: a.xml", "report.junit", "is the file of save_path"),
        ("report: {html: page.txt}", "report.html", "does not end with .html; choose a name that does, or auto"),
        ("report: {html: ./a.html}\nsave_path: a.html", "report.html", "is the file of save_path"),
    ],
)
def test_what_cannot_be_carried_out(faults: Faults, text: str, key: str, problem: str) -> None:
    (fault,) = faults(text)
    assert fault.key == key
    assert problem in fault.message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("load: {rate: 0}", "is too small; choose a number above 0, up to 1000000, or null"),
        ("load: {rate: -1}", "is too small"),
        ("load: {rate: 1e7}", "is too large"),
        ("load: {rate: .inf}", "is not a finite number"),
        ("load: {rate: fast}", "is a text; choose a number above 0"),
        ("load: {audio_rate: 0}", "is too small"),
        ("load: {arrivals: poison}", "did you mean `poisson`? Else choose poisson, constant or gamma"),
        ("load: {burstiness: 0}", "is too small; choose a number from 0.01 to 100"),
        ("load: {max_in_flight: 0}", "is too small; choose a whole number from 1 to 1000000"),
        ("load: {max_lag: 0}", "is too small; choose a number above 0"),
        ("load: {speed: 0}", "is too small"),
        ("load: {trace: ''}", "is empty"),
        ("load: {rat: 5}", "unknown key; did you mean `rate`?"),
        ("load: 12", "choose lines of the form `key: value` below it, with rate, audio_rate, arrivals"),
        ("repeat: 0", "is too small; choose a whole number from 1 to 1000"),
        ("repeat: 2.5", "is not a whole number"),
        ("validity: {strict_slo: 1}", "is a number; choose true or false"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(faults: Faults, text: str, problem: str) -> None:
    (fault,) = faults(text)
    assert problem in fault.message


def test_what_is_counted_is_what_is_expected(loaded: Load) -> None:
    """At the very border."""
    assert loaded("load: {rate: 1}\nmeasure_for: 1").measure_for == 1
    assert loaded("load: {stages: 100 for 1000000}").load.stages
    assert loaded("", Override("load.stages", "0..2 for 1", "--stages")).load.stages


@pytest.mark.parametrize("name", ["auto", "page.html", "page.htm"])
def test_where_a_page_can_be(loaded: Load, name: str) -> None:
    assert loaded(f"report: {{html: {name}}}").report.html == name
