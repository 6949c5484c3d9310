"""What GitHub marks: commands on lines of their own, and none that a service has written."""

from __future__ import annotations

import pytest

from stt_load.report.annotations import MOST, commands, inert
from stt_load.report.cases import Case


def test_what_has_not_passed_is_an_error_and_what_is_in_doubt_a_warning() -> None:
    found = (
        Case("run", "complete", "passed"),
        Case("validity", "cpu", "error", "used 96%"),
        Case("validity", "stalls", "doubtful", "late"),
        Case("validity", "in_flight", "skipped", "No data."),
        Case("slo", "p95(response_time_s) < 2, say", "failed", "2.5 s"),
    )
    assert list(commands(found)) == [
        "::error title=stt-load%3A p95(response_time_s) < 2%2C say::2.5 s",
        "::error title=stt-load%3A cpu::used 96%25",
        "::warning title=stt-load%3A stalls::late",
    ]


def test_what_would_end_a_command_is_escaped() -> None:
    (line,) = commands([Case("slo", "a:b\n", "failed", "50%\r\n::error::x")])
    assert line == "::error title=stt-load%3A a%3Ab%0A::50%25%0D%0A::error::x"


def test_a_case_without_a_sentence_says_its_name() -> None:
    assert list(commands([Case("slo", "wer < 1%", "failed")])) == ["::error title=stt-load%3A wer < 1%25::wer < 1%25"]


def test_there_are_no_more_than_github_shows() -> None:
    found = [Case("slo", str(number), outcome) for number in range(30) for outcome in ("failed", "doubtful")]  # type: ignore[arg-type]
    lines = list(commands(found))
    assert sum(line.startswith("::error") for line in lines) == MOST
    assert sum(line.startswith("::warning") for line in lines) == MOST


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  ::error::all is lost", "  : :error::all is lost"),
        ("::stop-commands::x", ": :stop-commands::x"),
        ("said: ##[error]x", "said: ## [error]x"),
        ("a::b", "a::b"),
        ("", ""),
    ],
)
def test_of_a_services_words_nothing_is_a_command(line: str, shown: str) -> None:
    assert inert(line) == shown
