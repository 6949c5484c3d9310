"""Runs with the user's own recordings: each once before any comes again, and nobody waits for what is decoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.processes.running import QUICK, Ran, check_code, quick, rows, run

pytestmark = pytest.mark.locust
RATE_HZ = 22_050


def recorded(folder: Path, seconds: Sequence[float]) -> Path:
    """A folder of recordings that last so long, half of them at the rate that is asked for."""
    folder.mkdir()
    noise = np.random.default_rng(5).normal(0, 0.05, round(max(seconds) * RATE_HZ) + 1_000).astype("f4")
    for number, lasts_s in enumerate(seconds):
        rate_hz, suffix = ((16_000, "wav"), (RATE_HZ, "flac"))[number % 2]
        frames = round(lasts_s * rate_hz)
        soundfile.write(folder / f"{number:05}.{suffix}", noise[number % 1_000 :][:frames], rate_hz, subtype="PCM_16")
        (folder / f"{number:05}.txt").write_text(f"Text number {number}.", encoding="utf-8")
    return folder


def sent(folder: Path, files: Path, total: int, warmup: int, users: int, *words: str, **audio: Any) -> Ran:
    config = quick(
        total,
        warmup,
        users,
        audio={"source": "files", "files": str(files), **audio},
        embedded=QUICK | {"hears": False, "slots": users},
        seed=7,
    )
    del config["audio_duration"]
    return run(folder, config, *words, env={"XDG_CACHE_HOME": str(folder / "cache")})


@pytest.mark.parametrize("words", [pytest.param((), marks=pytest.mark.slow), ("--processes", "2")])
def test_each_comes_once_before_any_comes_again_whoever_sends_it(words: tuple[str, ...], tmp_path: Path) -> None:
    # Each lasts another number of milliseconds, which at both rates are whole samples: so it is known which it was.
    lengths = [0.2 + number / 100 for number in range(40)]
    ran = sent(tmp_path, recorded(tmp_path / "in", lengths), 100, 10, 4, *words)
    check_code(ran, 0)
    known = {row["seq"]: row["audio_s"] for phase in ("warmup", "measured") for row in rows(ran.result, phase)}
    assert sorted(known) == list(range(100))
    for first in (0, 40):
        assert sorted(known[seq] for seq in range(first, first + 40)) == pytest.approx(lengths, abs=1e-4)
    assert [known[seq] for seq in range(60)] == [known[seq] for seq in range(40, 100)]
    assert [known[seq] for seq in range(40)] != sorted(known[seq] for seq in range(40))


def test_what_cannot_be_used_is_left_out_and_counted_where_that_is_asked_for(tmp_path: Path) -> None:
    files = recorded(tmp_path / "in", [0.5] * 6)
    (files / "broken.wav").write_bytes(b"no sound")
    (files / "00003.txt").unlink()
    refused = sent(tmp_path, files, 8, 2, 2)
    assert refused.code == 2
    assert all(name in refused.err for name in ("broken.wav", "00003.flac", "2 of 7"))
    ran = sent(tmp_path, files, 8, 2, 2, skip_broken=True)
    check_code(ran, 0)
    assert ran.result["run"]["left_out"] == 2
    assert "Left out as they can't be used: 2" in ran.out


@pytest.mark.slow
@pytest.mark.alone
def test_ten_thousand_recordings_at_200_requests_a_second(tmp_path: Path) -> None:
    """Of a corpus that need not fit in memory, 1.3 GB, 20 MB are kept. What is decoded keeps no answer waiting."""
    files = recorded(tmp_path / "in", [4 + number % 50 / 100 for number in range(10_000)])
    ran = sent(tmp_path, files, 10_050, 50, 20, cache_mb=20)
    check_code(ran, 0)
    assert ran.result["metrics"]["requests"]["succeeded"] == 10_000
    checks = {check["name"]: check["verdict"] for check in ran.result["validity"]["checks"]}
    assert {checks[name] for name in ("stalls", "busy_loop", "stalled_share", "rows_lost")} == {"VALID"}, checks
    times = ran.result["metrics"]["response_time_s"]
    assert times["median"] < QUICK["overhead_s"] + 0.01
    assert times["p99"] < QUICK["overhead_s"] + 0.03
