"""Scoring beside the greenlets of a program that gevent has patched; and who waits for it can be killed."""

from __future__ import annotations

from pathlib import Path

import gevent
import gevent.event
import psutil
import pytest

from stt_load.accuracy.child import score
from stt_load.audio.sources import AudioSpec
from tests.accuracy.speech import write

SPEC = AudioSpec("speech", 10.0, 16_000)


@pytest.fixture
def transcripts(tmp_path: Path) -> Path:
    return write(tmp_path / "t.jsonl", [(seq, 0, seq / 4, "The old boat drifts past.") for seq in range(500)])


def processes() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "stt_load.accuracy" in one.cmdline()]


def test_other_greenlets_go_on(transcripts: Path) -> None:
    ticks = []

    def tick() -> None:
        while True:
            gevent.sleep(0.001)
            ticks.append(len(processes()))

    beside = gevent.spawn(tick)
    scores = score(transcripts, SPEC, 1, "auto", lambda *_: None)
    beside.kill()
    assert len(scores.rows) == 500
    assert 1 in ticks


def test_a_greenlet_that_is_killed_leaves_no_process(transcripts: Path) -> None:
    begun = gevent.event.Event()
    waiting = gevent.spawn(score, transcripts, SPEC, 1, "auto", lambda *_: begun.set() or gevent.sleep(60))
    assert begun.wait(60)
    scoring = processes()
    assert scoring
    waiting.kill()
    assert not any(one.is_running() for one in scoring)
