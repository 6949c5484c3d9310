"""A spool that a worker has left goes when all of it is in the result, and not before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stt_load.cluster import worker_spools
from stt_load.load.iteration import Iteration
from stt_load.samples.generator import Generator
from stt_load.samples.sample import Phase
from stt_load.samples.table import SampleTable
from stt_load.storage.spool import SUFFIX, Spool, count_rows
from tests.cluster.conversation import INFO, sample_of


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the second worker of a run: five rows, some events, and a sixth row that a kill cut off."""
    monkeypatch.chdir(tmp_path)
    spool = Spool(worker_spools.result_of("result", 1), INFO, {})
    spool.workers(["a"])
    table = SampleTable()
    for seq in range(5):
        table.append(sample_of(Iteration(seq, 0, Phase.MEASURED), 1.0, 1.5))
    spool.write(table.snapshot())
    spool.barrier(0.5, 4711.0)
    spool.generator(Generator())
    spool.close()
    with spool.path.open("a") as file:
        file.write('{"seq": 5, "att')
    return spool.path


def test_its_name_is_that_of_the_worker(spool: Path) -> None:
    assert spool.name == f"result.worker-2{SUFFIX}"
    assert count_rows(spool) == 5


@pytest.mark.parametrize(("rows", "there"), [(5, False), (9, False), (4, True), (0, True)])
def test_it_goes_only_with_all_its_rows(rows: int, there: bool, spool: Path) -> None:
    worker_spools.remove("result", 1, rows)
    assert spool.exists() == there


@pytest.mark.parametrize("broken", [(Path, "unlink"), (os, "open")], ids=["unlink", "open"])
def test_one_that_cannot_be_removed_stays_and_is_no_fault_of_the_run(
    broken: tuple[object, str], spool: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(*broken, denied)
        worker_spools.remove("result", 1, 5)
    assert f"{spool.name} stays: Permission denied" in caplog.text
    assert spool.exists()


def test_one_that_is_elsewhere_is_left_alone(spool: Path) -> None:
    worker_spools.remove("result", 0, 5)
    worker_spools.remove("another", 1, 5)
    assert spool.exists()
