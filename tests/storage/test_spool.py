"""The spool: what a kill leaves is a run like any other."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from stt_load.config import Config, masked
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.rows import as_saved
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import ReportError
from stt_load.storage.spool import SUFFIX, Spool, read
from tests.factory import joined, table
from tests.report.runs import run_of, steady
from tests.report.tables import tables

SEEN = Generator(workers=(WorkerHealth(worker=0, loop_lag_p99_s=0.001, cpu_share=0.2),), in_flight_samples=3)
NOON = "2024-01-01T12:00:00.000000+00:00"


def spool_of(folder: Path, samples: Samples, barrier: tuple[float, float, str] | None = (2.0, 4711.0, NOON)) -> Path:
    """A spool as a killed process leaves it: not closed by `remove`."""
    crashed = run_of(samples, complete=False, end_reason="crashed", ended_at=None, barrier_s=None, barrier_at=None)
    spool = Spool(folder / "result.json", crashed.info, crashed.config)
    half = len(samples) // 2
    spool.write(samples.where(slice(0, half)))
    if barrier is not None:
        spool.barrier(*barrier)
        spool.barrier(99.0, 99.0, "later")
    spool.write(samples.where(slice(half, None)))
    spool.first_transcript("hello")
    spool.generator(Generator())
    spool.generator(SEEN)
    spool.flush()
    spool.close()
    return spool.path


def test_rows_count_from_the_barrier(tmp_path: Path) -> None:
    samples = joined(table([0.5], 1.0, phase=Phase.WARMUP), table([2.0, 2.5], 0.5, first_seq=1))
    path = spool_of(tmp_path, samples)
    assert path.name == f"result{SUFFIX}"
    run = read(path)
    assert run.samples["start_s"].tolist() == [-1.5, 0.0, 0.5]
    assert (run.info.barrier_s, run.info.end_reason, run.info.complete) == (4711.0, "crashed", False)
    assert run.info.barrier_at == NOON
    assert run.info.first_transcript == "hello"
    assert run.info.generator == SEEN
    assert (run.summary.warmup.requests, run.summary.metrics.requests.total) == (1, 2)


@given(tables())
def test_every_row_comes_back(samples: Samples) -> None:
    with tempfile.TemporaryDirectory() as folder:
        crashed = replace(run_of(samples).info, workers=("a", "b"))
        spool = Spool(Path(folder) / "x.json", crashed, masked(Config()))
        spool.write(samples)
        spool.flush()
        assert list(read(spool.path).samples) == list(as_saved(samples))
        spool.remove()
        assert list(Path(folder).iterdir()) == []


@pytest.mark.parametrize("every_bytes", [199, pytest.param(29, marks=pytest.mark.slow)])
def test_wherever_the_kill_cut_it_the_rest_is_read(tmp_path: Path, every_bytes: int) -> None:
    whole = spool_of(tmp_path, steady(20)).read_bytes()
    cut = tmp_path / f"cut{SUFFIX}"
    header = whole.index(b"\n") + 1
    rows = []
    for length in (*range(header, len(whole), every_bytes), len(whole)):
        cut.write_bytes(whole[:length])
        rows.append(len(read(cut).samples))
    assert rows == sorted(rows)
    assert (rows[0], rows[-1]) == (0, 30)


def test_a_spool_without_its_first_line_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / f"x{SUFFIX}"
    for content in ("", '{"schema_ver'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ReportError, match="no complete line"):
            read(path)


@pytest.mark.parametrize("line", ["{", "[]", '{"seq": 1}', '{"event": "barrier"}'])
def test_damage_inside_is_not_taken_for_a_kill(tmp_path: Path, line: str) -> None:
    path = spool_of(tmp_path, steady(20), barrier=None)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:3], line + "\n", *lines[3:]]), encoding="utf-8")
    with pytest.raises(ReportError, match=str(path)):
        read(path)


def test_two_runs_never_share_a_spool(tmp_path: Path) -> None:
    spool_of(tmp_path, steady(20))
    with pytest.raises(FileExistsError):
        spool_of(tmp_path, steady(20))


def test_a_spool_is_its_owners_alone_and_follows_no_link(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = spool_of(tmp_path, steady())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / f"other{SUFFIX}").symlink_to(tmp_path / "elsewhere")
    run = run_of(steady())
    with pytest.raises(FileExistsError):
        Spool(tmp_path / "other.json", run.info, run.config)
    assert not (tmp_path / "elsewhere").exists()


def test_what_steers_a_terminal_is_escaped_in_every_line(tmp_path: Path) -> None:
    steering = "\x9b31m\x7f\u202e\u2066\u2028"
    rows = table([0.0], 0.5, kind=ErrorKind.HTTP_5XX).rows
    rows["error"] = 0
    run = run_of(Samples(rows, (steering,)), target=steering)
    spool = Spool(tmp_path / "x.json", run.info, run.config)
    spool.write(run.samples)
    spool.workers((steering,))
    spool.first_transcript(steering)
    spool.close()
    assert not set(spool.path.read_text(encoding="utf-8")) & set(steering) - set("31m")
    again = read(spool.path)
    assert (again.info.first_transcript, again.info.target) == (steering, steering)
    assert [row.error for row in again.samples] == [steering]
