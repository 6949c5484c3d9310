"""Traces in real runs: each request comes when it came, and with as much audio; the rows and the server say so."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path

import pytest

from tests.processes.running import against, check_code, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

WARMUP, SPEED = 4, 2.0
ARRIVALS = [(round(0.1 * number + 0.05 * (number % 3), 3), 0.2 + 0.1 * (number * 7 % 10)) for number in range(40)]
"""Offset and audio of each, in seconds. Some come at the same time."""


@pytest.mark.parametrize(
    "words", [["FastSttUser"], pytest.param(["SttUser", "--processes", "2"], marks=pytest.mark.slow)], ids=" ".join
)
def test_each_request_is_due_when_it_came_and_has_its_audio(tmp_path: Path, words: list[str]) -> None:
    trace = tmp_path / "calls.csv"
    given = ARRIVALS[::-1]
    lines = [f"{at_s:.3f},{audio_s:.1f}" for at_s, audio_s in given]
    trace.write_text("\n".join(["offset_s,audio_s", *lines]) + "\n", encoding="utf-8")
    load = {"trace": str(trace), "speed": SPEED}
    config = against("", 0, WARMUP, 2, load=load, audio={"source": "noise"})
    del config["total_requests"], config["audio_duration"]
    with logged_server(tmp_path, overhead_s=0.02, rtf=0.0, jitter="none", cold_requests=0, hears=False) as server:
        config["api"]["base_url"] = server.url
        ran = run(tmp_path, config, *words)
        heard = sorted(truth["audio_s"] for truth in server.truths())
    check_code(ran, 0)
    expected = sorted(given, key=itemgetter(0))
    measured = sorted(rows(ran.result, "measured"), key=lambda row: row["seq"])
    assert [row["seq"] for row in measured] == list(range(WARMUP, WARMUP + len(ARRIVALS)))
    assert [row["start_s"] for row in measured] == pytest.approx([1 + at_s / SPEED for at_s, _ in expected], abs=2e-6)
    assert [row["audio_s"] for row in measured] == pytest.approx([audio_s for _, audio_s in expected])
    warm = sorted(rows(ran.result, "warmup"), key=lambda row: row["seq"])
    assert [row["audio_s"] for row in warm] == pytest.approx([audio_s for _, audio_s in expected[:WARMUP]])
    assert heard == pytest.approx(sorted(row["audio_s"] for row in (*warm, *measured)), abs=1e-4)
    assert ran.result["run"]["load"]["trace"] == {"file": str(trace), "speed": SPEED}
    assert ran.result["run"]["load"]["planned"] == len(ARRIVALS)
    assert ran.result["run"]["complete"]
