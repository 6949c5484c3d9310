"""The figures that most readers came for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stt_load.html.blocks import Fact, Facts, Table, Text
from stt_load.html.headline import headline
from stt_load.report.messages import Messages
from stt_load.samples.accuracy import Accuracy
from stt_load.samples.run_info import Stage
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import AT_A_RATE, table
from tests.html.rich import rich_run
from tests.report.runs import run_of, steady

SAY = Messages("en")
FIVE = Stage(first=5.0, last=5.0, for_s=None)


def facts(run: RunRecord) -> dict[str, Fact]:
    section = headline(SAY, run)
    assert section is not None
    (found,) = [block for block in section.blocks if isinstance(block, Facts)]
    return {fact.name: fact for fact in found.facts}


def test_times_and_rates_are_those_of_the_rows() -> None:
    """Five users that are answered after half a second make ten requests a second."""
    found = facts(run_of(steady(500)))
    assert [found[f"Response time, {name}"].value for name in ("median", "P95", "P99")] == ["0.500 s"] * 3
    assert found["Throughput"].value == "10.00/s"
    assert found["Observed RTF"].value == "0.050", "clips of 10 s"


def test_what_is_known_of_a_quantile_stands_below_it() -> None:
    rng = np.random.default_rng(3)
    many = facts(run_of(table(np.arange(2_000) / 5, rng.lognormal(-1, 0.3, 2_000)), users=1))
    about = many["Response time, P95"].about
    low, _, high = about.removeprefix("95% CI ").partition("–")
    assert float(low) < float(many["Response time, P95"].value.removesuffix(" s")) < float(high)
    few = facts(run_of(steady(20)))
    assert few["Response time, P99"].about == "the maximum, as n = 20"
    assert few["Response time, P95"].about == "too few independent requests for an interval"


def test_failed_ones_are_said_beside_where_they_make_a_difference() -> None:
    kinds = [ErrorKind.HTTP_5XX] * 10 + [None] * 90
    run = run_of(table([float(number) for number in range(100)], 0.5, kind=kinds))
    assert facts(run)["Response time, P95"].about.endswith("failed ones too: > timeout")
    assert "failed ones" not in facts(run)["Response time, median"].about
    section = headline(SAY, run)
    assert section is not None
    (found,) = [block for block in section.blocks if isinstance(block, Table)]
    rows = {row[0]: row for row in found.rows}
    assert rows["P95"][2] == "> timeout"
    assert rows["Median"][2] == "0.500 s"


def test_what_was_cut_off_may_have_taken_longer() -> None:
    kinds = [ErrorKind.CANCELLED] * 10 + [None] * 90
    run = run_of(table([float(number) for number in range(100)], [9.0] * 10 + [0.5] * 90, kind=kinds))
    assert facts(run)["Response time, P95"].about.endswith("failed ones too: >= 9.000 s")


def test_that_the_times_are_of_some_alone_is_said_where_it_is_so() -> None:
    notes = [
        [block.text for block in section.blocks if isinstance(block, Text)]
        for section in (headline(SAY, rich_run()), headline(SAY, run_of(steady(500))))
        if section is not None
    ]
    assert notes[0][0].startswith("Times are of the 394 requests that succeeded, without the other 1.5%")
    assert notes[1] == []


def test_over_which_time_the_rates_of_stages_are_is_said() -> None:
    rows = table(np.arange(200) / 4, 0.5).rows.copy()
    rows["stage"] = np.arange(200) // 100
    load = replace(AT_A_RATE, staged=True, stages=(replace(FIVE, for_s=25.0), FIVE))
    section = headline(SAY, run_of(Samples(rows), load=load))
    assert section is not None
    (text,) = [block.text for block in section.blocks if isinstance(block, Text) and "stages" in block.text]
    assert text.startswith("Throughput and goodput are over the 49.75 s in which stages were measured.")


def test_of_users_the_rate_up_to_the_last_request_sent_stands_below_the_throughput() -> None:
    about = facts(run_of(steady(500)))["Throughput"].about
    assert about == "10.00 requests/s from the first to the last request sent"


def test_the_rate_of_words_comes_first_and_of_korean_that_of_characters() -> None:
    run = rich_run()
    korean = replace(run, accuracy=Accuracy(normalisation="korean", scored=400))
    assert [[name for name in facts(one) if name in ("WER", "CER")] for one in (run, korean)] == [
        ["WER", "CER"],
        ["CER", "WER"],
    ]


def test_nothing_measured_has_no_figures() -> None:
    assert headline(SAY, run_of(table([], []))) is None


def test_of_failed_requests_alone_there_are_no_times() -> None:
    run = run_of(table([0.0, 1.0], 0.5, kind=ErrorKind.HTTP_5XX))
    assert facts(run)["Response time, median"].value == "n/a"


def test_of_a_service_that_does_not_keep_up_no_interval_is_missed_for_want_of_requests() -> None:
    """It answers 4 a second of 5 that arrive: waiting grows by a quarter of a second for each second of the run."""
    starts = np.arange(1_500) / 5
    run = run_of(table(starts, 0.25 + starts / 4), users=1, load=replace(AT_A_RATE, stages=(FIVE,), planned=1_500))
    assert run.summary.saturation is not None
    assert run.summary.saturation.named
    assert facts(run)["Response time, P95"].about == "no interval, as the service did not keep up"
    assert facts(run)["Throughput"].about.endswith(" were due")
