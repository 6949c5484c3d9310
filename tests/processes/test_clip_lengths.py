"""Clips of many lengths in real runs: every row has its own, as the server has heard it, on any worker."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.lengths import Duration
from stt_load.audio.sources import seconds_of
from stt_load.run.scoring import spec_of
from stt_load.selftest.prediction import requests
from tests.processes.crowd import crowd, until
from tests.processes.running import against, check_code, quick, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust
QUICK: dict[str, Any] = {"overhead_s": 0.02, "rtf": 0.0, "cold_requests": 0, "jitter": "none"}
TALKS: Duration = {"lognormal": {"median": 6.0, "sigma": 0.6, "max": 40.0}}
NOISE = {"source": "noise", "sample_rate": 8_000}


def with_audio(config: dict[str, Any], duration: Duration, **more: Any) -> dict[str, Any]:
    del config["audio_duration"]
    return config | {"audio": NOISE | {"duration": duration} | more}


def check_lengths(result: dict[str, Any], total: int) -> None:
    """No row is missing, and each is as long as anybody can work out who has the result."""
    rows = result["requests"]
    assert sorted(row["seq"] for row in rows) == list(range(total))
    assert result["run"]["complete"] is True
    assert result["run"]["generator"]["rows_lost"] == 0
    seconds = seconds_of(spec_of(result["config"]), result["run"]["seed"])
    assert all(row["audio_s"] == pytest.approx(seconds(row["seq"]), abs=2e-5) for row in rows)
    assert all(row["error_kind"] is None for row in rows)


@pytest.mark.parametrize(
    ("words", "duration"), [((), "3..20"), (("--processes=2",), TALKS)], ids=["one process", "two workers"]
)
def test_each_row_is_as_long_as_what_the_server_got(
    words: tuple[str, ...], duration: Duration, tmp_path: Path
) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, with_audio(against(server.url, 60, 6, 4), duration), *words)
        truths = server.truths()
    check_code(ran, 0)
    check_lengths(ran.result, 60)
    found = requests(ran.result, truths, 8)  # of which each finds its row by its audio alone
    assert len(found) == len({one.audio_s for one in found}) == 60
    for one in found:
        assert one.reported is not None
        assert one.reported["audio_s"] == pytest.approx(one.audio_s, abs=2e-5)


@pytest.mark.slow
def test_a_file_of_lengths_is_one_for_all_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comes once before any comes again, over all of them."""
    monkeypatch.chdir(tmp_path)
    lengths_s = [round(0.5 + number / 16, 4) for number in range(20)]
    table = "duration\n" + "".join(f"{length_s}\n" for length_s in lengths_s)
    with crowd(tmp_path) as processes:
        (tmp_path / "lengths.csv").write_text(table, encoding="utf-8")
        config = with_audio(quick(45, 5, 4), {"empirical": "lengths.csv"})
        processes.start_master(config, expect=2)
        for _ in range(2):
            worker = processes.worker_folder(len(processes.workers))
            processes.start_worker()
            (worker / "lengths.csv").write_text(table, encoding="utf-8")
        ran = processes.finish()
    check_code(ran, 0)
    check_lengths(ran.result, 45)
    rows = sorted(ran.result["requests"], key=lambda row: row["seq"])
    for begin in (0, 20):
        assert Counter(row["audio_s"] for row in rows[begin : begin + 20]) == Counter(lengths_s)
    assert len({row["worker"] for row in rows}) == 2


@pytest.mark.slow
def test_after_a_workers_death_its_iterations_are_as_long_as_they_were(tmp_path: Path) -> None:
    """Also those of it that were never heard of, whose rows the master makes."""
    slow = QUICK | {"overhead_s": 2.0}
    with logged_server(tmp_path, **slow) as server, crowd(tmp_path) as processes:
        processes.start_master(with_audio(against(server.url, 32, 4, 4), "3..20"), expect=2)
        for _ in range(2):
            processes.start_worker()
        until("eight are answered", lambda: server.log.exists() and len(server.truths()) >= 8)
        time.sleep(1.0)  # amid the next four: what has just begun is not told yet
        processes.workers[0].kill()
        ran = processes.finish()
    check_code(ran, 0)
    rows = ran.result["requests"]
    lost = [row for row in rows if row["phase"] == "outside"]
    assert lost
    assert sorted(row["seq"] for row in rows if row["phase"] != "outside") == list(range(32))
    seconds = seconds_of(spec_of(ran.result["config"]), ran.result["run"]["seed"])
    assert all(row["audio_s"] == pytest.approx(seconds(row["seq"]), abs=2e-5) for row in rows)


@pytest.mark.slow
def test_a_worker_whose_file_of_lengths_is_another_one_is_refused(tmp_path: Path) -> None:
    with crowd(tmp_path) as processes:
        (tmp_path / "lengths.csv").write_text("1\n2\n", encoding="utf-8")
        processes.start_master(with_audio(quick(20, 2, 2), {"empirical": "lengths.csv"}), expect=1)
        folder = processes.worker_folder(0)
        worker = processes.start_worker()
        (folder / "lengths.csv").write_text("1\n3\n", encoding="utf-8")
        said = processes.said_by(worker)
    assert "audio.duration lengths.csv is not the same there as at the master" in said


@pytest.mark.slow
def test_clips_that_are_too_short_for_words_cost_the_others_nothing(tmp_path: Path) -> None:
    ran = run(tmp_path, with_audio(quick(60, 6, 4), "0.1..4", source="speech", sample_rate=16_000))
    check_code(ran, 0)
    check_lengths(ran.result, 60)
    accuracy = ran.result["accuracy"]
    measured = [row for row in ran.result["requests"] if row["phase"] == "measured"]
    assert 0 < accuracy["scored"] == sum(row["words"] is not None for row in measured) < 54
    assert accuracy["unscored"] == 54 - accuracy["scored"]
    assert all(row["words"] is None for row in measured if row["audio_s"] < 0.6)
