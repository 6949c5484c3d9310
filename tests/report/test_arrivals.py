"""What the console says of an open loop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stt_load.report import arrivals
from stt_load.report.console import result
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.model import Level, LevelFigures, Saturation
from stt_load.stats.rates import requests_of
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.load.timetables import open_loop
from tests.report.runs import run_of, steady

SAY = Messages("en")
LOAD = open_loop((10.0, 10.0, None), planned=200)
NOT_SEEN = Saturation(False, 900, 0.0, 0.0, 0.1, 27.0, 1.2)


def ran(samples: Samples | None = None, load: Any = LOAD, **info: Any) -> RunRecord:
    """Two hundred arrivals, ten a second, each sent 2 ms after it was due and answered in half a second."""
    usual = table(np.arange(200) * 0.1, 0.5, sent_after_s=0.002)
    return run_of(usual if samples is None else samples, load=load, **info)


def said(run: RunRecord) -> list[str]:
    return list(arrivals.lines(SAY, run))


def test_of_a_closed_loop_nothing_is_said() -> None:
    assert said(run_of(steady())) == []
    assert "due" not in "\n".join(result(SAY, run_of(steady())))


def test_what_was_offered_stands_beside_what_was_achieved_and_when_it_was_sent() -> None:
    block = said(ran())
    assert block[:4] == [
        "",
        "Offered: 10.00 requests/s, achieved: 10.00 requests/s",
        "Schedule lag, due to sent: median 2.0 ms, P95 2.0, P99 2.0, max 2.0",
        "Service time, sent to done: mean 0.498 s, median 0.498, P95 0.498, P99 0.498",
    ]
    assert [line for line in block if "Dropped" in line or "connect" in line] == []
    whole = list(result(SAY, ran()))
    assert whole[whole.index("Response time:") + 1] == "  Counted from the instant at which each was due"
    assert "  Mean: 0.500 s" in whole


def test_dropped_arrivals_and_new_connections_are_counted() -> None:
    kinds: list[ErrorKind | None] = [None] * 198 + [ErrorKind.DROPPED] * 2
    rows = table(np.arange(200) * 0.1, 0.5, kind=kinds, sent_after_s=[0.002] * 198 + [float("nan")] * 2)
    rows.rows["connect_s"][:3] = 0.01
    block = said(ran(rows))
    assert "Dropped, as nobody was free to send them in time: 2 (among the failed ones)" in block
    assert "Requests that still had to connect: 3" in block


def test_what_was_only_dropped_or_only_connected_is_said_alone() -> None:
    opening = table(np.arange(200) * 0.1, 0.5, sent_after_s=0.002)
    opening.rows["connect_s"][:1] = 0.01
    assert [line for line in said(ran(opening)) if "Dropped" in line] == []
    kinds: list[ErrorKind | None] = [None] * 199 + [ErrorKind.DROPPED]
    late = table(np.arange(200) * 0.1, 0.5, kind=kinds, sent_after_s=[0.002] * 199 + [float("nan")])
    assert [line.partition(":")[0] for line in said(ran(late)) if "Dropped" in line or "connect" in line] == [
        "Dropped, as nobody was free to send them in time"
    ]


def test_what_so_many_arrivals_could_have_seen_is_said_where_nothing_was() -> None:
    few = [line for line in said(ran()) if line.startswith("Over-saturation")]
    assert few == [
        "Over-saturation: not seen, but 150 arrivals are too few to tell: an overload of 20% takes 800 to show."
    ]
    enough = list(arrivals.could_see(SAY, NOT_SEEN))
    assert enough[0].startswith("Over-saturation: not seen. 900 arrivals show an overload of 20% in 95 of 100 runs")
    assert next(iter(arrivals.could_see(SAY, replace(NOT_SEEN, would_find=1.05)))).count("overload of 5%") == 1
    assert list(arrivals.could_see(SAY, replace(NOT_SEEN, named=True))) == []


def test_a_service_that_falls_behind_is_named_above_everything_and_once() -> None:
    """Ten a second, of which it does five: what waits grows by one each fifth of a second."""
    n = 1_000
    due = np.arange(n) * 0.1
    behind = run_of(table(due, np.arange(n) * 0.1 + 0.5), load=LOAD)
    found = behind.summary.saturation
    assert found is not None
    assert found.named
    sentence = "❗ The service does not keep up with 10/s; figures depend on how long you wait."
    lines = list(result(Messages("en", 120), behind))
    assert lines.count(sentence) == 1
    assert lines.index(sentence) < lines.index("Requests: 1000")
    assert not [line for line in lines if "keep up" in line and line != sentence]
    assert not [line for line in lines if "hold well below" in line or "95% CI" in line]


def level(stage: int | None, *, named: bool) -> Level:
    rows = table([0.0, 0.5], 0.5)
    figures = LevelFigures(requests_of(rows), 0.5, 0.5, 0.5, 0.5, 2.0)
    return Level("rate", stage, 20.0, 20.0, 0.0, 1.0, 0, figures, replace(NOT_SEEN, named=named))


def test_of_stages_those_that_were_too_much_are_named() -> None:
    run = ran()
    levels = (level(0, named=False), level(1, named=True), level(None, named=True))
    staged = replace(run, figures=replace(run.summary, levels=levels, saturation=None))
    assert list(arrivals.overload(SAY, staged)) == [
        "❗ The service does not keep up with stage 2, 20/s; its figures depend on how long you wait."
    ]


def test_of_stages_it_is_said_what_the_one_with_the_fewest_arrivals_could_have_seen() -> None:
    run = ran()
    many = level(0, named=False)
    few = replace(level(1, named=False), saturation=replace(NOT_SEEN, arrivals=400, would_find=None))
    named = replace(level(2, named=True), saturation=replace(NOT_SEEN, arrivals=300, named=True))
    staged = replace(run, figures=replace(run.summary, levels=(many, few, named), saturation=None))
    heading, sentence = said(staged)[-2:]
    assert heading == "Of the stages of one rate in which it was not seen, number 2 had the fewest arrivals:"
    assert sentence.startswith("Over-saturation: not seen, but 400 arrivals are too few to tell")
    assert not [
        line
        for line in said(replace(run, figures=replace(run.summary, levels=(named,), saturation=None)))
        if "fewest" in line
    ]


def test_intervals_of_an_open_loop_say_where_they_hold() -> None:
    rng = np.random.default_rng(7)
    samples = table(np.arange(4_000) * 0.1, 0.4 + 0.2 * rng.random(4_000))
    lines = list(result(Messages("en", 120), run_of(samples, load=LOAD)))
    assert [line for line in lines if "95% CI" in line]
    assert lines.count("  The intervals hold well below saturation.") == 1
    closed = list(result(Messages("en", 120), run_of(samples)))
    assert not [line for line in closed if "hold well below" in line]


@pytest.mark.parametrize("width", [20, 40, 80, 116])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_fits_its_terminal(language: Language, width: int) -> None:
    lines = list(result(Messages(language, width), ran()))
    longest_word = max(columns(word) for line in lines for word in line.split())
    assert max(map(columns, lines)) <= max(width, longest_word + 4)


def test_both_languages_have_the_same_lines() -> None:
    assert len(said(ran())) == len(list(arrivals.lines(Messages("ko"), ran())))
