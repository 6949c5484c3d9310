"""The spool keeps up with the run, also where the loop never rests, and says a row once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.clock import clock
from stt_load.run.spooling import MOST_SLICES, SLICE, Spooling, give_way
from stt_load.samples.sample import Phase, Sample
from stt_load.samples.table import SampleTable
from stt_load.storage.spool import Spool, read
from tests.report.runs import run_of, steady

LIMIT_S = 30


def sample(seq: int) -> Sample:
    return Sample(seq, 0, Phase.MEASURED, 0, 1, 0.0, 0.0, None, 0.5, 0.0, 1.0, 1, 1, 200, None, None, 1)


class Bench:
    """A table and its spool. errors: how often the end of the spool was told. asked: how often rows were settled."""

    def __init__(self, folder: Path) -> None:
        crashed = run_of(steady(), barrier_s=None, end_reason="crashed")
        self.spool = Spool(folder / "result.json", crashed.info, crashed.config)
        self.table = SampleTable()
        self.errors = 0
        self.settled: int | None = None
        self.asked = 0
        self.spooling = Spooling(
            self.spool, self.table, lambda: ("local",), self._settled, lambda _: None, self._failed
        )

    def _settled(self) -> int:
        self.asked += 1
        return len(self.table) if self.settled is None else self.settled

    def _failed(self, _: Exception) -> None:
        self.errors += 1

    def add(self, count: int) -> None:
        for _ in range(count):
            self.table.append(sample(len(self.table)))

    def on_disk(self) -> list[int]:
        lines = self.spool.path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["seq"] for line in lines if '"seq"' in line]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.spool.close()


def test_it_keeps_up_with_a_loop_that_is_always_ready(bench: Bench) -> None:
    """A greenlet that is ready again as soon as it has had its turn: under full load there are always some."""

    def busy() -> None:
        while True:
            bench.add(1)
            gevent.sleep(0)

    worker = gevent.spawn(busy)
    bench.add(20 * SLICE)
    with gevent.Timeout(LIMIT_S):
        bench.spooling.catch_up(give_way)
    worker.kill()
    assert bench.on_disk()[: 20 * SLICE] == list(range(20 * SLICE))


def test_others_have_their_turn_between_slices(bench: Bench) -> None:
    bench.add(3 * SLICE)
    sizes: list[int] = []
    bench.spooling.catch_up(lambda: sizes.append(1))
    assert len(sizes) == 3


def test_what_has_come_due_meanwhile_has_its_turn_too() -> None:
    """As an arrival's instant, for which a timer waits."""
    turns = list[str]()
    gevent.spawn_later(0.001, turns.append, "due")
    gevent.sleep(0)  # it has been started, and waits
    until_s = clock() + 0.005
    while clock() < until_s:
        """A slice."""
    give_way()
    assert turns == ["due"]


def test_the_more_rows_there_are_the_longer_slices_become(bench: Bench) -> None:
    bench.add(10 * MOST_SLICES * SLICE)
    turns = list[int]()
    bench.spooling.catch_up(lambda: turns.append(1))
    assert len(turns) == MOST_SLICES
    assert bench.on_disk() == list(range(10 * MOST_SLICES * SLICE))


def test_what_comes_while_it_writes_comes_next_time(bench: Bench) -> None:
    bench.add(2 * SLICE)
    bench.spooling.catch_up(lambda: bench.add(10))
    assert bench.on_disk() == list(range(2 * SLICE))
    bench.spooling.catch_up()
    assert bench.on_disk() == list(range(2 * SLICE + 20))


def test_a_row_that_is_not_settled_is_not_written_yet(bench: Bench) -> None:
    """What a stall has added to it is not known before the stall is."""
    bench.add(20)
    bench.settled = 15
    bench.spooling.catch_up()
    assert bench.on_disk() == list(range(15))
    bench.settled = 20
    bench.spooling.catch_up()
    assert bench.on_disk() == list(range(20))


def test_a_row_is_there_once_however_often_it_is_interrupted(bench: Bench) -> None:
    class Interrupted(BaseException):
        """As a kill is."""

    def interrupt() -> None:
        raise Interrupted

    bench.add(3 * SLICE)
    for _ in range(2):
        with pytest.raises(Interrupted):
            bench.spooling.catch_up(interrupt)
    bench.spooling.catch_up()
    assert bench.on_disk() == list(range(3 * SLICE))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("no such thing")])
def test_what_can_not_be_written_ends_the_spool_and_not_the_run(
    bench: Bench, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: Any) -> None:
        raise error

    bench.add(10)
    bench.spooling.catch_up()
    bench.add(10)
    monkeypatch.setattr(bench.spool, "write", refuse)
    bench.spooling.catch_up()
    bench.spooling.catch_up()
    assert bench.errors == 1
    assert str(bench.spool.path) in caplog.text
    assert bench.on_disk() == list(range(10))


def test_where_nothing_can_be_written_rows_are_settled_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stalls have added to them is known for a while only."""

    def refuse(_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bench.spool, "write", refuse)
    bench.add(10)
    for _ in range(4):
        bench.spooling.catch_up()
    assert (bench.errors, bench.asked) == (1, 4)


def test_a_spool_that_was_interrupted_is_read_to_its_last_whole_row(bench: Bench) -> None:
    bench.add(2 * SLICE)
    bench.spooling.catch_up()
    whole = bench.spool.path.read_bytes()
    bench.spool.path.write_bytes(whole[: len(whole) - 20])
    assert len(read(bench.spool.path).samples) == 2 * SLICE - 1
