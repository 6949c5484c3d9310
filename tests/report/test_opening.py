"""What the console says before and while a run measures."""

from __future__ import annotations

from stt_load.config import Config, masked
from stt_load.report.messages import Messages
from stt_load.report.opening import measuring, start, subject, warming_up
from stt_load.stats.model import Warmup
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
