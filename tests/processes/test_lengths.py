"""Latency by the clip's length, of real runs: what the embedded server was told to take comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes.running import Ran, check_code, quick, rows, run

pytestmark = pytest.mark.locust
OVERHEAD_S, RTF = 0.05, 0.006
CLIPS = {"duration": "1..60", "sample_rate": 8000}
SERVER = {"slots": 8, "overhead_s": OVERHEAD_S, "rtf": RTF, "jitter": "none", "cold_requests": 0}


def of_lengths(folder: Path, users: int, *words: str) -> Ran:
    config = quick(44, 4, users, audio=CLIPS, embedded=SERVER)
    del config["audio_duration"]
    ran = run(folder, config, *words)
    check_code(ran, 0)
    return ran


@pytest.mark.slow
def test_one_user_finds_what_a_clip_takes(tmp_path: Path) -> None:
    """A machine may be busy for so long that no formula holds, not three times."""
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        ran = of_lengths(folder, 1)
        fit = ran.result["metrics"]["service_time_fit"]
        if fit["model"] is not None:
            break
    assert (fit["n"], fit["model"], fit["one_user"], fit["reason"]) == (40, "linear", True, None)
    assert fit["per_audio_s"] == pytest.approx(RTF, rel=0.1)
    assert fit["fixed_s"] == pytest.approx(OVERHEAD_S, abs=0.03)
    assert " per second of audio" in ran.out
    assert "which includes queueing" not in ran.out


@pytest.mark.slow
def test_each_row_of_several_processes_is_where_its_own_length_is(tmp_path: Path) -> None:
    ran = of_lengths(tmp_path, 4, "--processes", "2", "--report-language", "ko")
    measured = rows(ran.result, "measured")
    assert len({row["audio_s"] for row in measured}) == 40
    assert {row["worker"] for row in measured} != {measured[0]["worker"]}
    for one in ran.result["durations"]:
        inside = [row for row in measured if one["over_s"] < row["audio_s"] <= (one["up_to_s"] or 60.0)]
        assert one["n"] == len(inside)
        times = sorted(row["response_time_s"] for row in inside)
        assert one["response_time_s"]["p99_s"] == times[-1]
        assert min(row["response_time_s"] - OVERHEAD_S - RTF * row["audio_s"] for row in inside) > 0
    assert sum(one["n"] for one in ran.result["durations"]) == 40
    assert "오디오 길이별 응답 시간(초):" in ran.out
    assert ran.result["metrics"]["service_time_fit"]["one_user"] is False
    assert ran.result["metrics"]["service_time_fit"]["model"] is None or "대기 시간 포함" in ran.out
