"""What is said before levels are tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stt_load.config import Config, masked
from stt_load.report.levels_opening import estimated, start
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.samples.levels import Levels
from stt_load.search.estimate import Estimate
from tests.load.timetables import open_loop
from tests.report.searches import LIMIT, SEARCH, record_of, tried

SAY = Messages("en", 2_000)
EXPECTED = Estimate(
    levels=14, seconds=480.0, requests=9_400, audio_s=93_600.0, units=530.0, mode="default", enough=True
)
UNKNOWN = Estimate(levels=14, seconds=None, requests=None, audio_s=None, units=530.0)


def said(config: dict[str, Any] | None = None, expected: Estimate | None = EXPECTED, **info: Any) -> list[str]:
    values: dict[str, Any] = {"levels": Levels(axis="users", search=SEARCH)} | info
    shown = masked(Config.model_validate(config or {"slo": [LIMIT]}))
    return list(start(SAY, shown, replace(record_of(tried(0, 4)).info, **values), expected))


def test_a_search_says_what_it_looks_for_and_its_limits() -> None:
    asked = replace(SEARCH, start=2.0, to=50.0, at_least=10.0, max_requests=20_000)
    told = said(levels=Levels(axis="users", search=asked))
    for part in (
        SAY("search.users"),
        "   Beginning at: 2",
        "   Not above: 50",
        "   It is to carry at least: 10",
        "   Ends at the latest after: 10 min 0 s (max_time), 20,000 requests (max_requests)",
        f"   SLOs: {LIMIT}",
    ):
        assert part in told
    bare = said()
    assert not [one for one in bare if "Beginning" in one or "Not above" in one or "at least" in one]
    assert "   Ends at the latest after: 10 min 0 s (max_time)" in bare
    assert SAY("search.audio_rate") in said(levels=Levels(axis="audio_rate", search=SEARCH))


def test_a_sweep_says_its_levels_and_how_much_of_each() -> None:
    told = said(levels=Levels(axis="users", values=(1, 2, 40), requests=200))
    assert "   Levels, one after the other, of requests in flight: 1, 2, 40" in told
    assert "   Measured of each: 200 requests" in told
    told = said(levels=Levels(axis="rate", values=(0.5, 2), seconds=60.0), load=open_loop((0.5, 0.5, None)))
    assert "   Levels, one after the other, of requests per second: 0.5, 2" in told
    assert "   Measured of each: 1 min 0 s" in told
    assert SAY("start.slots", n=1_000) in told


def test_the_estimate_has_its_price() -> None:
    config = masked(Config.model_validate({"cost": {"per_audio_minute": 0.006}}))
    (first, mode) = estimated(SAY, EXPECTED, config)
    assert first == (
        "   Expected: at most 14 levels, about 8 min 0 s, 9,400 requests, 26 h 0 min of audio; at 0.006 per audio "
        "minute 9.36"
    )
    assert mode == f"   {SAY('mode.default')}"
    assert first in said({"slo": [LIMIT], "cost": {"per_audio_minute": 0.006}})
    assert "price" not in next(iter(estimated(SAY, EXPECTED, masked(Config()))))
    assert not [one for one in said(expected=None) if "Expected" in one]


def test_what_is_not_known_is_said_with_an_assumption() -> None:
    first, assumed = estimated(SAY, UNKNOWN, masked(Config()))
    assert first == "   Expected: at most 14 levels"
    assert (
        "530 requests one after the other: at 1.00 s each 8 min 50 s" in assumed
        or "at 1 s each 8 min 50 s" in assumed
    )


@pytest.mark.parametrize(
    ("mode", "because"), [("default", False), ("careful", False), ("quick", True), ("coarse", True)]
)
def test_why_it_does_less_is_said_where_nobody_asked_for_that(mode: Any, because: bool) -> None:
    config = masked(Config.model_validate({"slo": [LIMIT], "load": {"search": {"axis": "users"}}}))
    less = replace(EXPECTED, mode=mode, enough=not because)
    told = " ".join(estimated(SAY, less, config))
    assert (SAY("mode.chosen") in told) == because
    assert (SAY("estimate.not_enough") in told) == because
    config["load"]["search"]["mode"] = mode
    assert SAY("mode.chosen") not in " ".join(estimated(SAY, less, config))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 80])
def test_no_line_is_too_wide(language: Language, width: int) -> None:
    say, info = Messages(language, width), record_of(tried(0, 4)).info
    shown = masked(Config.model_validate({"slo": [LIMIT] * 3, "cost": {"per_audio_minute": 0.006}}))
    for asked, expected in (
        (Levels(axis="rate", search=SEARCH), replace(EXPECTED, mode="coarse", enough=False)),
        (Levels(axis="users", values=tuple(range(1, 40)), requests=200), UNKNOWN),
    ):
        lines = list(start(say, shown, replace(info, levels=asked), expected, 60.0))
        assert max(map(columns, lines)) <= width
