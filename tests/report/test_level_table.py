"""The table that people publish: lowest load first, every figure of it, and as wide as there is room for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.config import Config
from stt_load.report.level_table import cells, heads, lines, loaded, outcome
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.samples.levels import Judged
from stt_load.samples.sample import Phase
from stt_load.stats.level_rate import done_rps
from stt_load.storage.levels_record import TriedLevel
from tests.report.runs import HEALTHY, PROCESS
from tests.report.searches import LIMIT, closed, opened, tried

SAY = Messages("en", 120)
SWEEP = [
    tried(number, users, "measured", "sweep", samples=closed(users, n=300), config=Config())
    for number, users in enumerate((1, 4, 2))
]
DOUBTED = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=0.05),))


def rows(say: Messages, levels: list[TriedLevel]) -> list[list[str]]:
    """The cells of the table, heads first."""
    heading, *found = lines(say, levels)
    assert heading == say("tried.heading")
    return [row.split() for row in found]


def test_a_sweep_has_each_figure_that_is_published() -> None:
    head, *found = rows(SAY, SWEEP)
    assert head == ["users", "n", "done/s", "P50", "P95", "P99", "RTF", "audio/s", "failed"]
    assert [row[0] for row in found] == ["1", "2", "4"]
    for row, level in zip(found, sorted(SWEEP, key=lambda one: one.trial.value), strict=True):
        metrics = level.run.summary.metrics
        times, rate = metrics.response_time_s, done_rps(level.run.samples)
        assert rate is not None
        shown = (times.median, times.p95, times.p99, metrics.rtf.overall)
        assert row[1:7] == ["300", f"{rate:.2f}", *(SAY.number(value, 3) for value in shown)]
        assert float(row[7]) == pytest.approx(rate * 10.0, rel=0.05)
        assert row[8] == "0.0%"


def test_nothing_was_tried() -> None:
    assert not list(lines(SAY, []))


def test_a_search_says_what_each_level_was_for_and_what_came_of_it() -> None:
    levels = [
        tried(0, 2, "open", "screen"),
        replace(tried(1, 4, "open", "screen"), judged=Judged("open", LIMIT, 100, "fail")),
        tried(2, 4, "fail"),
        tried(3, 2, "pass"),
        replace(tried(4, 3, "open"), judged=None),
    ]
    head, *found = rows(SAY, levels)
    assert head[1] == "tier"
    assert head[-1] == "test"
    assert [(row[0], row[1], row[-1]) for row in found[:5]] == [
        ("2", "screen", "pass?"),
        ("2", "confirm", "pass"),
        ("3", "confirm", "open"),
        ("4", "screen", "fail?"),
        ("4", "confirm", "FAIL"),
    ]
    assert SAY("tried.uncertain") in lines(SAY, levels)
    assert SAY("tried.uncertain") not in lines(SAY, levels[2:4])


def test_a_p99_of_few_answers_is_marked() -> None:
    few = [tried(0, 4, "measured", "sweep", samples=closed(4, n=60), config=Config())]
    (*_, row, note) = lines(SAY, few)
    assert "*" in row
    assert note == SAY("levels.is_max", mark="*", n=100)
    assert "*" not in "".join(lines(SAY, SWEEP))


def test_a_level_in_doubt_says_so() -> None:
    assert outcome(SAY, tried(0, 4, "measured", "sweep", generator=DOUBTED)) == "DEGRADED"
    assert outcome(SAY, tried(0, 4, "pass", generator=DOUBTED)) == "pass (DEGRADED)"
    assert outcome(SAY, tried(0, 4, "pass")) == "pass"
    both = [tried(0, 4, "pass", generator=DOUBTED), tried(1, 5, "fail")]
    assert [cells(SAY, level, both)[-1] for level in both] == ["pass!", "FAIL"]
    assert SAY("tried.doubtful", mark="!") in lines(SAY, both)
    assert SAY("tried.doubtful", mark="!") not in lines(SAY, both[1:])
    assert outcome(SAY, tried(0, 4, "measured", "sweep", samples=closed(4, n=60))) == "too few"
    assert outcome(SAY, tried(0, 4, "measured", "sweep", config=Config())) == ""


def test_users_and_rates_beside_each_other_have_their_units() -> None:
    levels = [tried(0, 4, tier="screen"), tried(1, 2.5, axis="rate", samples=opened(2.5))]
    assert heads(SAY, levels)[0] == "load"
    assert [cells(SAY, level, levels)[0] for level in levels] == ["4 in flight", "2.5/s due"]
    assert [heads(SAY, [level])[0] for level in levels] == ["users", "due/s"]
    audio = tried(2, 25.0, axis="audio_rate", samples=opened(2.5))
    assert loaded(SAY, audio.trial) == "25 s of audio a second due"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 74, 80, 120])
def test_no_line_is_too_wide_and_where_there_is_no_room_columns_go(language: Language, width: int) -> None:
    say = Messages(language, width)
    levels = [tried(0, 40, "pass", "screen"), tried(1, 36, "pass"), tried(2, 39, "fail")]
    found = list(lines(say, levels))
    assert max(map(columns, found)) <= width
    assert len(found) <= 6
    assert (say("lengths.rtf") in "".join(found)) == (width >= 80)
    assert width == 60 or say("tried.tier_confirm") in "".join(found), "of two tests of one load, which is which"
    narrow = list(lines(Messages(language, 40), levels))
    assert say("lengths.rtf") in "".join(narrow), "each level is a sentence, with all of it"
    assert max(map(columns, narrow)) <= 40


def test_audio_per_second_goes_with_the_rate_that_is_shown() -> None:
    samples = closed(4, n=40)
    level = tried(0, 4, "measured", "sweep", samples=samples, config=Config())
    shown = dict(zip(heads(SAY, [level]), cells(SAY, level, [level]), strict=True))
    clips_s = samples.phase(Phase.MEASURED).seconds("audio_s")
    assert float(shown["audio/s"]) == pytest.approx(float(shown["done/s"]) * float(clips_s.mean()), rel=0.01)


def test_of_arrivals_those_are_done_that_have_ended() -> None:
    late = tried(0, 40.0, axis="rate", samples=opened(40.0, n=400))
    assert late.done_rps == done_rps(late.run.samples, arrivals=True)
    assert late.done_rps != done_rps(late.run.samples)
    assert tried(1, 4).done_rps == done_rps(tried(1, 4).run.samples)


def test_users_that_tell_where_a_rate_begins_come_first() -> None:
    levels = [tried(0, 5, axis="rate", samples=opened(5.0)), tried(1, 8, "fail", "screen")]
    _, *found = rows(SAY, levels)
    assert [row[:3] for row in found] == [["8", "in", "flight"], ["5/s", "due", "confirm"]]
