"""What ends a run before anything else does."""

from __future__ import annotations

from dataclasses import replace

import gevent
import numpy as np
import pytest

from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.run.ends import Precise, rules
from stt_load.run.faults import Faults
from stt_load.run.lifecycle import Ending
from stt_load.samples.run_info import PLANNED, ClosedLoop
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import SampleTable
from stt_load.slo.tokens import SloError
from stt_load.stats.stop_rule import StopWhen
from tests.making import Told, sample_of

LOAD = ClosedLoop(users=1, request_delay_s=0.0)
ASKED = {"metric": "p95(response_time_s)", "within": 0.05}
SPREAD_S = np.random.default_rng(1).permutation(np.linspace(0, 1, 2_000))


class Looked:
    """A rule that is told of rows, and what it has asked for."""

    def __init__(self, within: float = 0.05, users: int = 1) -> None:
        self.endings: list[Ending] = []
        self.table, self.faults = SampleTable(), Faults()
        load, rule = replace(LOAD, users=users), StopWhen("response_time_s", 0.95, within)
        self.rule = Precise("p95(response_time_s)", rule, load, self.table, self.faults, self.endings.append)

    def take_in(self, count: int, spread_s: float = 0.0, phase: Phase = Phase.MEASURED) -> None:
        for _ in range(count):
            seq = len(self.table)
            done_s = seq + 1.5 + spread_s * SPREAD_S[seq]
            sample = sample_of(Iteration(seq, 0, phase), start_s=seq + 1.0, sent_s=seq + 1.0, done_s=done_s)
            self.table.append(sample)
            assert self.rule.take_in(sample) is None

    def looked(self) -> bool:
        """Whether a look was begun; waits for its end."""
        if not self.rule._looks:
            return False
        until_s = clock() + 20
        while self.rule._looks and clock() < until_s:
            gevent.sleep(0.001)
        gevent.sleep(0)
        return True


def test_a_figure_that_is_precise_at_the_first_look_ends_the_run() -> None:
    looked = Looked()
    looked.take_in(399, spread_s=0.001)
    assert not looked.looked()
    looked.take_in(1, spread_s=0.001)
    assert looked.looked()
    assert [ending.reason for ending in looked.endings] == ["precise"]
    assert (looked.endings[0].detail or "").startswith("p95(response_time_s) is known to within 0.")


def test_what_is_not_precise_is_looked_at_again_half_as_many_rows_later() -> None:
    looked = Looked(within=0.0001)
    looked.take_in(400, spread_s=0.5)
    assert looked.looked()
    looked.take_in(199, spread_s=0.5)
    assert not looked.looked()
    looked.take_in(1, spread_s=0.5)
    assert looked.looked()
    assert looked.endings == []
    assert looked.faults.count == 0


def test_only_measured_rows_count() -> None:
    looked = Looked()
    for phase in (Phase.WARMUP, Phase.SETTLING, Phase.OUTSIDE):
        looked.take_in(400, phase=phase)
    assert not looked.looked()
    looked.take_in(400, spread_s=0.001)
    assert looked.looked()
    assert len(looked.endings) == 1


def test_many_users_are_waited_for() -> None:
    looked = Looked(users=10)
    looked.take_in(400, spread_s=0.001)
    assert looked.looked()
    looked.take_in(599, spread_s=0.001)
    assert not looked.looked()
    assert looked.endings == []
    looked.take_in(1, spread_s=0.001)
    assert looked.looked()
    assert len(looked.endings) == 1


def test_one_look_at_a_time() -> None:
    looked, looks = Looked(), list[str]()
    looked.faults.spawn = lambda what, *_: looks.append(what)  # type: ignore[method-assign, assignment, return-value]
    looked.take_in(700)
    assert len(looks) == 1


def test_a_look_that_breaks_is_a_fault_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Looked()
    monkeypatch.setattr("stt_load.run.ends.look", lambda *_: 1 / 0)
    looked.take_in(400)
    assert looked.looked()
    assert looked.faults.count == 1
    monkeypatch.undo()
    looked.take_in(1, spread_s=0.001)
    assert looked.looked(), "the next row asks again"
    assert len(looked.endings) == 1


def test_without_a_rule_nothing_is_asked() -> None:
    told = Told(5)
    assert rules(None, LOAD, told.barrier.table, told.barrier.faults, lambda _: None) == ()


def test_a_rule_is_that_of_the_configuration() -> None:
    told = Told(5)
    (rule,) = rules(ASKED, LOAD, told.barrier.table, told.barrier.faults, lambda _: None)
    assert isinstance(rule, Precise)
    with pytest.raises(SloError):
        rules(ASKED | {"metric": "mean(rtf)"}, LOAD, told.barrier.table, told.barrier.faults, lambda _: None)


class After:
    """A rule that ends a run after so many rows."""

    def __init__(self, count: int, ending: Ending) -> None:
        self.seen: list[Sample] = []
        self._count = count
        self._ending = ending

    def take_in(self, sample: Sample) -> Ending | None:
        self.seen.append(sample)
        return self._ending if len(self.seen) >= self._count else None


@pytest.mark.parametrize("reason", ["precise", "slo_lost"])
def test_the_barrier_asks_with_each_measured_row_and_ends_once(reason: str) -> None:
    told = Told(9, 2)
    rule = After(3, Ending(reason, "said so"))  # type: ignore[arg-type]
    told.barrier.ends = (rule,)
    for _ in range(5):
        told.go()
    assert [sample.phase for sample in rule.seen] == [Phase.MEASURED] * 3
    assert told.lifecycle.ending == Ending(reason, "said so")  # type: ignore[arg-type]
    assert told.calls.count("over") == 1
    assert told.budget.closed


def test_failures_are_seen_too() -> None:
    told = Told(9)
    rule = After(9, Ending("slo_lost"))
    told.barrier.ends = (rule,)
    told.go(ErrorKind.HTTP_5XX)
    told.go()
    assert [sample.ok for sample in rule.seen] == [False, True]


def test_a_rule_that_breaks_is_noted_and_the_run_goes_on() -> None:
    class Broken:
        def take_in(self, sample: Sample) -> Ending | None:
            raise RuntimeError(sample.seq)

    told = Told(2)
    told.barrier.ends = (Broken(),)
    told.go()
    assert told.barrier.faults.count == 1
    told.go()
    assert told.lifecycle.ending == Ending("finished")


def test_an_end_by_a_rule_is_planned_where_it_is_what_was_asked_for() -> None:
    assert PLANNED == ("finished", "judged", "precise")
