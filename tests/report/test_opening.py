"""What the console says before and while a run measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stt_load.audio.names import DEFAULT_DURATION_S
from stt_load.config import Config, masked
from stt_load.report.messages import Messages
from stt_load.report.opening import USUAL_S, measuring, start, subject, warming_up
from stt_load.samples.run_info import ClosedLoop, Load
from stt_load.stats.model import Warmup
from tests.load.timetables import open_loop, stages_of
from tests.report.runs import run_of, steady

SAY = Messages("en")
INFO = run_of(steady()).info
CONFIG = masked(Config())
WARM = Warmup(10, 9, 1, 0, {"shed": 1}, 2.0, 0.5, 0.5)


def test_the_subject_is_the_service_and_what_is_sent_to_it() -> None:
    said = "\n".join(subject(SAY, CONFIG, INFO))
    assert "Audio: 10.0 s at 16000 Hz" in said
    assert INFO.target in said
    assert "model whisper-1, response format json" in said
    assert "Left out" not in said


def test_recordings_that_were_left_out_are_counted() -> None:
    said = list(subject(SAY, CONFIG, replace(INFO, left_out=4)))
    assert "   Left out as they can't be used: 4" in said


@pytest.mark.parametrize(
    ("audio", "lines"),
    [
        ({"duration": 2.5}, ["Audio: 2.5 s at 16000 Hz", "New random audio for every request", "Speech with known"]),
        ({"duration": "3..20"}, ["Audio: 3 to 20 s, evenly spread, at 16000 Hz"]),
        (
            {"duration": {"lognormal": {"median": 8.0, "sigma": 0.6, "max": 60.0}}},
            ["Audio: lengths lognormal (median 8 s, sigma 0.6, at most 60 s) at 16000 Hz"],
        ),
        (
            {"duration": {"lognormal": {"median": 8.0, "sigma": 0.6}}, "source": "noise"},
            [
                "Audio: lengths lognormal (median 8 s, sigma 0.6) at 16000 Hz",
                "New random",
                "Noise, without words, WAV",
            ],
        ),
        ({"duration": {"empirical": "a\x1b.csv"}}, ["Audio: lengths as in a .csv at 16000 Hz"]),
        (
            {"vary": {"snr_db": 10.0}},
            ["Audio: 10.0 s at", "New random audio", "Speech with", "With white noise, 10 dB below the speech"],
        ),
        (
            {"source": "files", "files": "calls"},
            ["Audio: recordings as long as they are at 16000 Hz", "Each time a little shifted", "own (calls), WAV"],
        ),
        (
            {"source": "files", "files": "calls", "vary": "none", "duration": 30.0},
            ["Audio: 30.0 s at 16000 Hz", "a cache may answer", "own (calls), WAV"],
        ),
        (
            {"source": "files", "files": "calls", "vary": {"snr_db": 10.0}},
            ["as long as they are", "own (calls), WAV", "white noise, 10 dB"],
        ),
    ],
)
def test_the_subject_says_what_the_clips_are(audio: dict[str, Any], lines: list[str]) -> None:
    config = CONFIG | {"audio": CONFIG["audio"] | audio}
    said = list(subject(SAY, config, INFO))[1:]
    assert [line for expected, line in zip(lines, said, strict=False) if expected not in line] == []
    assert len(list(subject(Messages("ko"), config, INFO))) > len(said)


def test_a_trace_says_how_long_the_clips_are() -> None:
    config = CONFIG | {"load": {"trace": "calls\x1b.csv"}}
    assert "Audio: lengths as in calls .csv at 16000 Hz" in "\n".join(subject(SAY, config, INFO))


def test_who_asks_for_no_length_gets_that_which_is_said() -> None:
    assert DEFAULT_DURATION_S == USUAL_S


def test_the_start_says_how_much_and_for_how_long() -> None:
    said = "\n".join(start(SAY, CONFIG, INFO, time_limit_s=90.0))
    assert "100" in said
    assert "1 min 30 s" in said
    endless = "\n".join(start(SAY, CONFIG | {"total_requests": None}, INFO))
    assert SAY("start.until_stopped") in endless


def test_a_warm_up_is_announced_and_its_lack_too() -> None:
    assert list(warming_up(SAY, CONFIG)) == [SAY("warmup.started", requests="10 requests")]
    assert "".join(warming_up(SAY, CONFIG | {"warmup_requests": 0})) != ""


def test_what_the_warm_up_came_to_stands_before_the_measuring() -> None:
    said = list(measuring(SAY, CONFIG, WARM, "hello\x1b[31m there"))
    assert said[1] == "   Failed warm-up requests: 1 of 10 (1 × Refused under load, 429 or 503)"
    assert "hello [31m there" in said[2]
    assert "90 requests" in said[-1]


@pytest.mark.parametrize(
    ("asked", "total", "clips"), [(20, 110, 20), (200, 110, 100), (20, None, 20)], ids=["some", "all", "no end"]
)
def test_a_repeat_check_is_told_of_before_it_begins(asked: int, total: int | None, clips: int) -> None:
    config = {**CONFIG, "accuracy": {**CONFIG["accuracy"], "repeat_check": asked}, "total_requests": total}
    assert f"   Repeat check: {clips} clips, {3 * clips} requests beside these" in list(start(SAY, config, INFO))
    began = list(warming_up(SAY, config))
    assert began[0] == f"🔁 Repeat check: {clips} clips, each twice, one request at a time..."
    assert began[1:] == ["   and then the warm-up (10 requests)..."]
    cold = list(warming_up(SAY, config | {"warmup_requests": 0}))
    assert len(cold) == 1, "the check warms the service, too"


def test_without_one_nothing_is_said_of_it() -> None:
    assert "Repeat check" not in "\n".join([*start(SAY, CONFIG, INFO), *warming_up(SAY, CONFIG)])


OPEN = open_loop((12.0, 12.0, 60.0), arrivals="poisson", planned=720, max_in_flight=50, warmup_users=4)


def test_the_start_of_an_open_loop_says_arrivals_and_no_users() -> None:
    config = {**CONFIG, "total_requests": None, "measure_for": 60.0}
    said = list(start(SAY, config, replace(INFO, load=OPEN, users=50)))
    after = said[said.index("🚀 Load test of the STT service") + 1 :]
    assert after == [
        "   Measuring for: 1 min 0 s",
        "   Warm-up requests: 10, 4 at a time",
        "   Arrivals: 12/s, Poisson",
        "   Planned arrivals: 720",
        "   In flight: 50 at most (slots)",
    ]
    assert list(measuring(SAY, config, WARM, None, load=OPEN))[-1] == "📊 Measuring (720 arrivals)..."


def test_slots_are_no_users_that_a_warm_up_could_be_too_small_for() -> None:
    config = {**CONFIG, "warmup_requests": 4}
    assert not [line for line in start(SAY, config, replace(INFO, load=OPEN, users=50)) if line.startswith("❗")]
    few = {**CONFIG, "warmup_requests": 3}
    assert "concurrent ones (4)" in "".join(start(SAY, few, replace(INFO, load=OPEN, users=50)))


@pytest.mark.parametrize(
    ("load", "ends", "begins"),
    [
        (
            ClosedLoop(users=8, request_delay_s=0.0, stages=stages_of([(2, 2, 20.0), (8, 8, 10.0)])),
            "   Measuring for: 30.00 s",
            "📊 Measuring (for 30.00 s)...",
        ),
        (
            open_loop((5.0, 5.0, 60.0), (5.0, 20.0, 60.0), planned=1050),
            "   Requests in all: 1060",
            "📊 Measuring (1050 arrivals)...",
        ),
        (
            open_loop((5.0, 5.0, None)),
            "   Requests in all: no limit, until stopped",
            "📊 Measuring (until stopped)...",
        ),
    ],
    ids=["stages of users", "stages of arrivals", "endless"],
)
def test_a_profile_is_an_end_of_its_own(load: Load, ends: str, begins: str) -> None:
    config = {**CONFIG, "total_requests": None}
    said = list(start(SAY, config, replace(INFO, load=load)))
    assert said[said.index("🚀 Load test of the STT service") + 1] == ends
    assert list(measuring(SAY, config, WARM, None, load=load))[-1] == begins


def test_a_run_that_ends_when_a_figure_is_known_says_so() -> None:
    config = {**CONFIG, "total_requests": None, "stop_when": {"metric": "p95(response_time_s)", "within": 0.05}}
    assert "   Measuring until p95(response_time_s) is known to within 5.0%" in list(start(SAY, config, INFO))
    assert list(measuring(SAY, config, WARM, None))[-1] == (
        "📊 Measuring (until p95(response_time_s) is known to within 5.0%)..."
    )
