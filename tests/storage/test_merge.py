"""What a master and its workers have left, read as the one run it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stt_load.samples.generator import Generator, Stall, WorkerHealth
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.merge import merge
from stt_load.storage.result_file import load
from stt_load.storage.run_record import ReportError, RunRecord
from stt_load.storage.spool import Spool
from tests.factory import joined, table
from tests.report.runs import run_of
from tests.storage.trying import levels_of


def part(samples: Samples, *names: str, **info: object) -> RunRecord:
    defaults = {"complete": False, "end_reason": "crashed", "ended_at": None, "workers": names}
    return run_of(samples, generator=Generator(), path=Path("-".join(names)), **defaults | info)


def of_worker(number: int, samples: Samples) -> Samples:
    rows = samples.rows.copy()
    rows["worker"] = number
    return Samples(rows, samples.texts)


WARM = table([-2.0], 1.0, phase=Phase.WARMUP)
ONE, TWO = table([0.0, 1.0], 0.5, first_seq=1), table([0.2, 1.2], 0.5, first_seq=3)


def test_the_rows_of_all_workers_are_there_each_with_its_worker() -> None:
    run = merge([part(joined(WARM, ONE), "a"), part(TWO, "b")])
    assert run.info.workers == ("a", "b")
    by_seq = {row.seq: row for row in run.samples}
    assert {seq: run.info.workers[row.worker] for seq, row in by_seq.items()} == {
        0: "a",
        1: "a",
        2: "a",
        3: "b",
        4: "b",
    }
    assert (run.summary.warmup.requests, run.summary.metrics.requests.total) == (1, 4)


def test_what_is_in_several_files_is_there_once_and_the_master_knows_best() -> None:
    """The master had seq 1 of `a` already and took the one of `b` for a second result; `b` does not know that."""
    again = table([3.0], 0.5, first_seq=1)
    rows = of_worker(1, again).rows.copy()
    rows["attempt"] = 1
    again = Samples(rows)
    known = Samples(rows.copy())
    known.rows["phase"] = Phase.OUTSIDE
    master = part(joined(WARM, ONE, known), "a", "b")
    mine = Samples(again.rows.copy())
    mine.rows["worker"] = 0
    run = merge([part(joined(mine, TWO), "b"), part(joined(WARM, ONE), "a"), master])
    assert len(run.samples) == 6
    assert sorted(run.samples.phase(Phase.MEASURED)["seq"]) == [1, 2, 3, 4]
    assert run.samples.phase(Phase.OUTSIDE)["attempt"].tolist() == [1]


def test_without_the_master_the_first_of_two_results_counts() -> None:
    late, early = table([1.0], 5.0, first_seq=1), table([2.0], 1.0, first_seq=1)
    run = merge([part(late, "a"), part(early, "b")])
    (counting,) = run.samples.phase(Phase.MEASURED)
    assert run.info.workers[counting.worker] == "b"


def test_what_was_measured_before_the_barrier_was_known_ended_before_it() -> None:
    lost = table([700.0], 1.0, phase=Phase.WARMUP, first_seq=9)
    run = merge([part(joined(WARM, ONE), "a"), part(lost, "b", barrier_s=None)])
    assert run.samples.phase(Phase.WARMUP)["done_s"].max() <= 0


def test_error_texts_stay_with_their_rows() -> None:
    def failed(text: str, seq: int) -> Samples:
        rows = table([1.0], 1.0, first_seq=seq, kind=ErrorKind.HTTP_5XX).rows
        rows["error"] = 0
        return Samples(rows, (text,))

    run = merge(
        [part(failed("first", 1), "a"), part(failed("second", 2), "b"), part(table([3.0], 1.0, first_seq=3), "c")]
    )
    assert {row.seq: row.error for row in run.samples} == {1: "first", 2: "second", 3: None}


def test_the_health_of_each_worker_is_its_own() -> None:
    def watched(name: str, cpu: float) -> RunRecord:
        generator = Generator(workers=(WorkerHealth(0, 0.01, cpu),), in_flight_mean=2.0, in_flight_samples=9)
        run = part(table([1.0], 1.0, first_seq=len(name)), name)
        return replace(run, info=replace(run.info, generator=generator))

    seen = merge([watched("a", 0.1), watched("bb", 0.2)]).info.generator
    assert [(health.worker, health.cpu_share) for health in seen.workers] == [(0, 0.1), (1, 0.2)]
    assert seen.in_flight_mean is None


def test_the_stalls_of_each_worker_are_its_own() -> None:
    def watched(name: str, *stalls: Stall) -> RunRecord:
        generator = Generator(workers=(WorkerHealth(0, 0.01, 0.1, 0.001, 0.5),), stalls=stalls)
        run = part(table([1.0], 1.0, first_seq=len(name)), name)
        return replace(run, info=replace(run.info, generator=generator))

    runs = [watched("a", Stall(0, 5.0, 5.5)), watched("bb", Stall(0, 1.0, 1.5)), watched("a", Stall(0, 5.0, 5.5))]
    assert merge(runs).info.generator.stalls == (Stall(1, 1.0, 1.5), Stall(0, 5.0, 5.5))


def test_files_of_different_runs_are_refused() -> None:
    with pytest.raises(ReportError, match="not of the same run"):
        merge([part(ONE, "a"), part(TWO, "b", seed=8)])


def test_a_spool_in_which_workers_join_comes_back(tmp_path: Path) -> None:
    crashed = run_of(ONE, workers=(), complete=False, end_reason="crashed", ended_at=None, barrier_s=None)
    spool = Spool(tmp_path / "x.json", crashed.info, crashed.config)
    spool.workers(("a",))
    spool.write(ONE)
    spool.workers(("a", "b"))
    spool.workers(("a", "b"))
    spool.write(of_worker(1, TWO))
    spool.close()
    run = load(spool.path)
    assert run.info.workers == ("a", "b")
    assert np.bincount(run.samples["worker"]).tolist() == [2, 2]


def test_different_levels_are_no_parts_of_one_run() -> None:
    first, second, _ = levels_of().levels
    with pytest.raises(ReportError, match="different levels of a run, which are read one by one"):
        merge([first.run, second.run])
    same = merge([first.run, first.run])
    assert len(same.samples) == len(first.run.samples)
