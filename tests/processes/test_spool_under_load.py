"""A crash loses a second at most, also where the generator has no moment to spare."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.contest import Sink
from stt_load.storage.spool import read
from tests.processes.crowd import until
from tests.processes.running import against, finish, start

pytestmark = pytest.mark.locust

ANSWERS = 8_000
LOST_S = 1.0
WRITING_S = 1.0
"""What the writing itself may take, on a machine that does other things, too."""


@pytest.mark.alone
@pytest.mark.parametrize("duration_s", [pytest.param(0.1, marks=pytest.mark.slow), 1.0], ids=["silent", "spoken"])
def test_a_kill_at_full_load_loses_a_second(tmp_path: Path, duration_s: float) -> None:
    """The server costs next to nothing, so that users are always ready to go on and the loop is never idle; of clips
    with words there is a transcript to be written, too."""
    with Sink(tmp_path, delay_s=0.0) as sink:
        config = against(sink.url, None, 0, 200, audio_duration=duration_s)
        process = start(tmp_path, config, "FastSttUser")
        until("the generator is at work", lambda: sink.count >= ANSWERS)
        answered = sink.count
        time.sleep(LOST_S + WRITING_S)
        process.kill()
        finish(process, tmp_path)
    (spool,) = tmp_path.glob("*.partial.jsonl")
    rows = read(spool).samples
    in_flight = 200
    assert len(rows) >= answered - in_flight
    assert len(set(rows["seq"].tolist())) == len(rows), "each row once"
