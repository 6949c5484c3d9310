"""What Locust's screens show of a failure, and of how many different ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from locust.env import Environment
from locust.stats import RequestStats

from stt_load.load.iteration import Iteration
from stt_load.locust_plugin import shown_errors
from stt_load.locust_plugin.shown_errors import LONGEST, MOST_WORDS, OTHER_WORDS, ShownErrors
from stt_load.samples.sample import ErrorKind, Phase, Sample
from tests.cluster.conversation import sample_of


def failed(said: str | None, kind: ErrorKind | None = ErrorKind.HTTP_5XX, status: int | None = 500) -> Sample:
    sample = sample_of(Iteration(0, 0, Phase.MEASURED), 0.0, 0.1)
    return replace(sample, error_kind=kind, status=status, error=said)


def test_a_failure_is_shown_with_what_the_service_said() -> None:
    assert str(ShownErrors().of(failed("out of memory"))) == "http_5xx (HTTP 500): out of memory"
    assert str(ShownErrors().of(failed("HTTP 500 Oops: no"))) == "http_5xx (HTTP 500): Oops: no"
    refused = failed("can't connect to 127.0.0.1:1: Connection refused", ErrorKind.CONNECT, None)
    assert str(ShownErrors().of(refused)) == "connect: can't connect to 127.0.0.1:1: Connection refused"
    assert str(ShownErrors().of(failed(None))) == "http_5xx (HTTP 500)"


def test_what_is_no_failure_is_none() -> None:
    assert ShownErrors().of(failed(None, None, 200)) is None


def test_words_are_one_line_that_has_an_end() -> None:
    shown = str(ShownErrors().of(failed("one\ntwo\x1b[31m" + "x" * 1_000)))
    assert shown.startswith("http_5xx (HTTP 500): one two [31mx")
    assert len(shown) == len("http_5xx (HTTP 500): ") + LONGEST


def test_of_words_that_are_new_each_time_a_few_are_shown_and_none_is_lost() -> None:
    """Locust keeps one entry for each text that it is told."""
    shown, stats = ShownErrors(), RequestStats()
    for number in range(1_000):
        stats.log_error("POST", "/api", shown.of(failed(f"request {number} failed")))
    stats.log_error("POST", "/api", shown.of(failed("request 0 failed")))
    stats.log_error("POST", "/api", shown.of(failed("busy", ErrorKind.SHED, 429)))
    counts = {str(error.error): error.occurrences for error in stats.errors.values()}
    assert len(counts) == MOST_WORDS + 2
    assert counts["http_5xx (HTTP 500): request 0 failed"] == 2
    assert counts[f"http_5xx (HTTP 500): {OTHER_WORDS}"] == 1_000 - MOST_WORDS
    assert counts["shed (HTTP 429): busy"] == 1


def test_a_text_is_made_ready_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is down says the same to each request."""
    shown, asked = ShownErrors(), []
    monkeypatch.setattr(shown_errors, "plain", lambda text: asked.append(text) or text)
    for number in range(10 * MOST_WORDS):
        shown.of(failed("busy"))
        shown.of(failed(f"request {number} failed"))
    assert len(asked) == len(set(asked)) == MOST_WORDS


def test_the_next_run_begins_with_none() -> None:
    environment = Environment()
    shown_errors.begin(environment)
    for number in range(MOST_WORDS + 1):
        last = shown_errors.of(environment, failed(f"{number}"))
    assert str(last).endswith(OTHER_WORDS)
    shown_errors.begin(environment)
    assert str(shown_errors.of(environment, failed("new"))).endswith(": new")
