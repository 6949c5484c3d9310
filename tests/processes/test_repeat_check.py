"""Clips that real `locust` processes say again: what load changes is found, and what it doesn't is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, source_of
from tests.processes.running import Ran, check_code, check_verdict, quick, rows, run

pytestmark = pytest.mark.locust

WORKERS = pytest.mark.parametrize("words", [(), ("--processes=2",)], ids=["one", "workers"])
CLIPS, MEASURED, USERS = 20, 60, 6


def config(server: dict[str, Any], clips: int = CLIPS, **more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"audio": {"source": "speech", "duration": 6.0}, "accuracy": {"repeat_check": clips}}
    made = quick(USERS + MEASURED, USERS, USERS, **usual | more)
    del made["audio_duration"]
    return made | {"embedded": made["embedded"] | {"overhead_s": 0.05, **server}}


def names(ran: Ran) -> set[str]:
    return {finding["name"] for finding in ran.result["findings"]}


def check_counts(ran: Ran, clips: int) -> None:
    """What is said again is in the rows, and counts for nothing of the run."""
    assert ran.result["metrics"]["requests"]["total"] == MEASURED
    assert ran.result["warmup"]["requests"] == USERS
    again = rows(ran.result, "outside")
    assert sorted((row["seq"], row["attempt"]) for row in again) == sorted(
        (row["seq"], attempt)
        for row in rows(ran.result, "measured")
        if row["seq"] in {one["seq"] for one in again}
        for attempt in (REPEAT, REPEAT + 1, REPEAT + 2)
    )
    assert len(again) == 3 * clips
    control = sorted((row["start_s"], row["done_s"]) for row in again if row["attempt"] < REPEAT + 2)
    ends_s = [done_s for _, done_s in control]
    starts_s = [start_s for start_s, _ in control[1:]]
    starts_s.append(min(row["start_s"] for row in rows(ran.result, "warmup")))
    assert all(end_s <= start_s + 1e-6 for end_s, start_s in zip(ends_s, starts_s, strict=True)), "one at a time"
    run_rows = [row for row in again if row["attempt"] == REPEAT + 2]
    assert all(row["start_s"] >= 0 for row in run_rows)
    assert ran.result["run"]["generator"]["rows_lost"] == 0


@WORKERS
def test_words_that_go_wrong_under_load_alone_are_found(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(tmp_path, config({"wer": 0.3, "wrong_above": 1}), *words)
    check_counts(ran, CLIPS)
    check_verdict(ran.result, "VALID")
    stability = ran.result["metrics"]["stability"]
    assert (stability["n"], stability["answers"], stability["control"]) == (CLIPS, 2 * CLIPS, 0.0)
    assert 0.15 < stability["load"] < 0.45
    assert stability["p"] < 0.001
    assert "unstable" in names(ran)
    assert "It answers the same clips differently under load" in ran.out + ran.err
    assert ran.result["run"]["faults"] == []


@pytest.mark.slow
@pytest.mark.parametrize("words", [("--processes=2",)])
def test_words_that_are_as_wrong_without_load_are_no_finding(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(tmp_path, config({"wer": 0.2}), *words)
    check_counts(ran, CLIPS)
    stability = ran.result["metrics"]["stability"]
    assert stability["control"] > 0.1
    assert stability["load"] > 0.1
    assert "unstable" not in names(ran)


def wordless(folder: Path, count: int) -> Path:
    """Recordings whose texts nobody has: clips of the shipped speech, which the embedded server tells by their
    sound."""
    source = source_of(AudioSpec("speech", 6.0, 16_000), 7)
    (folder / "recordings").mkdir()
    for number in range(count):
        (folder / "recordings" / f"{number:03}.wav").write_bytes(b"".join(map(bytes, source.clip(number, 0).parts)))
    return folder / "recordings"


@pytest.mark.parametrize(
    "words", [pytest.param((), marks=pytest.mark.slow), ("--processes=2",)], ids=["one", "workers"]
)
def test_recordings_without_texts_are_held_against_themselves(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Every clip is said again, so that whoever is swapped with whom is among them."""
    audio = {"source": "files", "files": str(wordless(tmp_path, 80))}
    server = {"swap_rate": 0.2, "wrong_above": 1, "seed": 3}
    ran = run(tmp_path, config(server, clips=MEASURED, audio=audio), *words)
    check_counts(ran, MEASURED)
    check_code(ran, 0)
    accuracy, stability = ran.result["accuracy"], ran.result["metrics"]["stability"]
    assert (accuracy["scored"], accuracy["reason"]) == (0, "The recordings have no texts.")
    assert ran.result["metrics"]["accuracy"]["n"] == 0
    assert stability["n"] == MEASURED
    assert stability["control"] == 0.0
    swapped = stability["swapped"]
    assert swapped >= 4
    assert "again_swapped" in names(ran)
    by_flaw = [clip[f"{name}_flaw"] for clip in accuracy["repeats"]["clips"] for name in ("measured", "repeated")]
    assert by_flaw.count("swapped") == swapped
    for example in accuracy["repeats"]["examples"]:
        firsts = {one["seq"]: one["said"] for one in accuracy["repeats"]["examples"]}
        if example["other_seq"] in firsts:
            assert firsts[example["other_seq"]] == example["heard"]
    assert not list(tmp_path.glob("*partial*"))


@pytest.mark.slow
def test_a_service_that_is_not_there_is_said_so_before_a_long_control(tmp_path: Path) -> None:
    ran = run(tmp_path, config({"error_rate": 1.0}))
    assert ran.result["run"]["end_reason"] == "dead_warmup"
    assert len(rows(ran.result, "outside")) == 3
