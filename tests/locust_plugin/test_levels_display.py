"""What a person sees while levels are tried, on streams that the test reads."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from stt_load.config import Config, masked
from stt_load.locust_plugin import display as displays
from stt_load.locust_plugin.levels_display import LevelsDisplay
from stt_load.report.messages import Language, Messages
from stt_load.report.output import Output
from stt_load.samples.progress import Progress
from stt_load.samples.run_info import RunInfo
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.search.estimate import Estimate
from stt_load.stats.summary import warmup
from stt_load.storage.levels_record import LevelsRecord
from tests.factory import table
from tests.locust_plugin.test_display import NO_WARMUP, Terminal, endless
from tests.report.searches import LIMIT, found, record_of, tried

UNKNOWN = Estimate(levels=14, seconds=None, requests=9_400, audio_s=None, units=530.0)
KNOWN = replace(UNKNOWN, seconds=60.0, mode="default", enough=True)


class Shown:
    """A display of levels, and what is on its two streams."""

    def __init__(self, aside: io.StringIO | None = None, language: Language = "en") -> None:
        self.report, self.aside = io.StringIO(), aside or io.StringIO()
        config = masked(Config.model_validate({"slo": [LIMIT]}))
        self.display = LevelsDisplay(language, config, report=self.report, aside=self.aside)

    def lines(self) -> list[str]:
        """What is new on the report."""
        told = self.report.getvalue().splitlines()
        self.report.seek(0)
        self.report.truncate()
        return told


@pytest.fixture
def record() -> LevelsRecord:
    return record_of(tried(0, 4, tier="screen"), tried(1, 6, "fail"), capacity=found())


def test_each_level_is_a_line_and_what_is_the_same_of_all_is_said_once(record: LevelsRecord) -> None:
    shown, info = Shown(), record.info
    display, first, second = shown.display, *record.levels
    display.estimated(UNKNOWN)
    assert not shown.lines()
    display.trying(first.trial)
    display.started(info)
    told = shown.lines()
    assert "   Expected: at most 14 levels, 9,400 requests" in told
    assert Messages("en")("search.users") in told
    display.warming_up()
    assert not shown.lines()
    display.measuring(NO_WARMUP, "so it goes")
    assert shown.lines() == ["   First transcript: so it goes"]
    display.finished(first.run)
    assert not shown.lines()
    display.level(first)
    (line,) = shown.lines()
    assert line.startswith("  4 in flight, screened: ")
    display.estimated(KNOWN)
    assert shown.lines()[0] == "   Expected: at most 14 levels, about 1 min 0 s, 9,400 requests"
    display.trying(second.trial)
    display.started(info)
    display.measuring(NO_WARMUP, "once more")
    assert not shown.lines()
    display.level(second)
    display.concluded(replace(record, path=Path("found.json"), rows_path=Path("rows.csv")))
    told = shown.lines()
    at = told.index("📈 Results") - 1
    assert " ".join(told[:at]).endswith(": FAIL")
    assert told[at + 3].startswith("Capacity: carries 4 requests in flight")
    assert told[-2:] == ["💾 Result saved to found.json", "💾 Rows saved to rows.csv"]


def test_a_result_that_is_nowhere_is_not_said_to_be_saved(record: LevelsRecord) -> None:
    shown = Shown()
    shown.display.concluded(record)
    assert "saved" not in "".join(shown.lines())


def test_a_warm_up_that_went_wrong_is_said_of_any_level(record: LevelsRecord) -> None:
    shown = Shown()
    for level in record.levels:
        shown.display.trying(level.trial)
        shown.display.started(record.info)
    shown.lines()
    shown.display.measuring(warmup(table([-1.0, -0.5], 0.5, phase=Phase.WARMUP, kind=[None, ErrorKind.SHED])), None)
    assert shown.lines() == ["   Failed warm-up requests: 1 of 2 (1 × Refused under load, 429 or 503)"]


@pytest.mark.parametrize("aside", [io.StringIO(), Terminal()])
def test_the_progress_says_which_level_is_on(
    record: LevelsRecord, aside: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(displays, "BAR_PERIOD_S", 0.001)
    monkeypatch.setattr(displays, "LINE_PERIOD_S", 0.001)
    shown = Shown(aside)
    shown.display.trying(record.levels[0].trial)
    written = gevent.event.Event()
    write = Output.write

    def heard(output: Output, text: str) -> None:
        write(output, text)
        written.set()

    monkeypatch.setattr(Output, "write", heard)
    follower = gevent.spawn(shown.display.follow, endless())
    assert written.wait(10.0)
    follower.kill()
    assert "[4 in flight] " in aside.getvalue()


@pytest.mark.parametrize("width", [20, 60, 120])
def test_the_bar_is_not_wider_than_its_terminal(record: LevelsRecord, width: int) -> None:
    shown = Shown()
    shown.display.trying(record.levels[0].trial)
    seen = Progress("measuring", 10, None, 10, 0, 4.0, limit_s=None, in_flight=4, stopping=False)
    assert len(shown.display._bar(seen, width)) <= width


def test_where_there_are_no_korean_characters_it_is_said_in_english(record: LevelsRecord) -> None:
    class Plain(io.StringIO):
        encoding = "ascii"

    shown = Shown(language="ko")
    shown.report = Plain()
    shown.display = LevelsDisplay(
        "ko", masked(Config.model_validate({"slo": [LIMIT]})), report=shown.report, aside=shown.aside
    )
    info: RunInfo = record.info
    shown.display.trying(record.levels[0].trial)
    shown.display.started(info)
    assert shown.lines()[0].startswith("This is in English")
