"""Batches in virtual time, where their laws hold exactly, and a real server that serves in them."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.server.batches import Batches
from stt_load.server.slots import Turn
from stt_load.server.truth import Truth

from .clips import wav
from .running import serving
from .test_known_truth import ROUNDING_S, ask_at_once, by_arrival, service_s, settings
from .test_slots import VirtualTime, works


def simulate(
    most: int,
    growth: float,
    work: list[tuple[float, float]],
    queue_limit: int | None = None,
    lag_s: float = 0.0,
) -> tuple[list[Turn], list[Turn]]:
    """(served, refused) turns in order of arrival."""
    clock = VirtualTime(lag_s)
    station = Batches(clock, most, growth, queue_limit)
    served: list[Turn] = []
    refused: list[Turn] = []

    def arrive(alone_s: float) -> None:
        turn = Turn(clock.time(), alone_s)
        if station.full:
            with pytest.raises(OverflowError):
                station.submit(turn)
            refused.append(turn)
        else:
            station.submit(turn)
            served.append(turn)
        assert 1 <= station.busy <= most

    arrival_s = 0.0
    for gap_s, alone_s in work:
        arrival_s += gap_s
        clock.call_at(arrival_s, arrive, alone_s)
    clock.run()
    assert (station.busy, station.waiting) == (0, 0)
    return served, refused


@given(st.integers(1, 5), st.sampled_from([0.0, 0.1, 1.0]), works)
def test_a_batch_is_of_all_that_wait_and_all_of_it_ends_together(
    most: int, growth: float, work: list[tuple[float, float]]
) -> None:
    served, _ = simulate(most, growth, work)
    assert len(served) == len(work)
    batches = defaultdict(list)
    for turn in served:
        batches[turn.batch].append(turn)
    assert list(batches) == list(range(len(batches))), "first come, first served"
    before_s = float("-inf")
    for batch in batches.values():
        (start_s,) = {turn.start_s for turn in batch}
        (end_s,) = {turn.end_s for turn in batch}
        assert start_s is not None
        assert end_s is not None
        assert [turn.slot for turn in batch] == list(range(len(batch)))
        assert start_s == max(before_s, batch[0].arrival_s)
        assert all(turn.arrival_s <= start_s for turn in batch)
        alone_s = max(turn.service_s for turn in batch if turn.service_s is not None)
        assert end_s - start_s == pytest.approx(alone_s * (1 + growth * (len(batch) - 1)))
        waiting = [turn for turn in served if turn.arrival_s < start_s < (turn.start_s or 0.0)]
        assert not waiting or len(batch) == most, "nobody waits while there is room"
        before_s = end_s


def test_one_that_comes_while_a_batch_is_on_waits_for_its_end() -> None:
    work = [(0.0, 1.0), (0.1, 1.0), (0.1, 2.0), (0.1, 1.0)]
    served, _ = simulate(2, 0.5, work)
    assert [(turn.batch, turn.start_s, turn.end_s) for turn in served] == [
        (0, 0.0, 1.0),
        (1, 1.0, 4.0),
        (1, 1.0, 4.0),
        (2, 4.0, 5.0),
    ]


@given(st.integers(1, 5), works, st.floats(0, 1))
def test_late_timers_lengthen_batches_and_nothing_else(
    most: int, work: list[tuple[float, float]], lag_s: float
) -> None:
    served, _ = simulate(most, 0.1, work, lag_s=lag_s)
    ends = [turn.end_s for turn in served]
    for turn in served:
        assert turn.start_s is not None
        assert turn.end_s is not None
        assert turn.end_s - turn.start_s >= (turn.service_s or 0.0) - 1e-9
        assert turn.start_s == turn.arrival_s or turn.start_s in ends


@given(st.integers(1, 3), st.integers(0, 3), works)
def test_at_most_queue_limit_turns_wait(most: int, queue_limit: int, work: list[tuple[float, float]]) -> None:
    served, refused = simulate(most, 0.1, work, queue_limit)
    assert len(served) + len(refused) == len(work)
    for turn in refused:
        waited = [one for one in served if one.arrival_s <= turn.arrival_s <= (one.start_s or 0.0)]
        assert len(waited) >= queue_limit


def test_a_batch_with_one_of_unknown_length_ends_when_that_one_does() -> None:
    clock = VirtualTime()
    station = Batches(clock, 4, 0.5)
    turns = [Turn(0.0, 1.0), Turn(0.0, None), Turn(0.0, 2.0), Turn(0.0, 1.0)]
    for turn in turns:
        station.submit(turn)
    clock.call_at(9.0, station.end, turns[1])
    clock.run()
    assert [(turn.start_s, turn.end_s, turn.stretch) for turn in turns] == [(0.0, 1.0, 1.0), *[(1.0, 9.0, 2.0)] * 3]


def test_a_real_server_serves_in_batches_and_its_log_says_in_which() -> None:
    batching = settings(model="batch", slots=4, batch_growth=0.5, overhead_s=0.1)
    with serving(batching) as server:
        answers = ask_at_once(server, 9)
    assert {answer.status_code for answer in answers} == {200}
    truths = by_arrival(server.truths)
    batches: dict[int | None, list[Truth]] = defaultdict(list)
    for truth in truths:
        batches[truth.batch].append(truth)
    assert len(batches[0]) == 1, "the first one found nobody"
    assert max(map(len, batches.values())) == 4
    before_s = 0.0
    for batch in batches.values():
        assert len({(truth.start_s, truth.end_s) for truth in batch}) == 1
        assert batch[0].start_s == pytest.approx(max(before_s, batch[0].arrival_s), abs=ROUNDING_S)
        assert service_s(batch[0]) >= 0.1 * (1 + 0.5 * (len(batch) - 1)) - ROUNDING_S
        assert batch[0].end_s is not None
        before_s = batch[0].end_s


def test_streams_of_a_batch_are_as_slow_as_it_is_and_end_with_it() -> None:
    batching = settings(model="batch", slots=4, batch_growth=0.5, overhead_s=0.2, delta_gap_s=0.02)
    with serving(batching) as server, ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda seed: server.ask(wav(32_000, seed=seed), stream="true"), range(3)))
    assert all("transcript.text.done" in answer.text for answer in answers)
    alone, one, other = by_arrival(server.truths)
    assert (alone.batch, one.batch, other.batch) == (0, 1, 1)
    assert one.end_s == other.end_s
    for truth, stretch in ((alone, 1.0), (one, 1.5), (other, 1.5)):
        assert truth.start_s is not None
        assert truth.first_text_s is not None
        assert truth.deltas is not None
        assert truth.deltas > 1
        assert truth.first_text_s - truth.start_s >= 0.2 * stretch - ROUNDING_S
        assert service_s(truth) >= (0.2 + (truth.deltas - 1) * 0.02) * stretch - ROUNDING_S


def test_a_full_queue_sheds() -> None:
    with serving(settings(model="batch", slots=2, queue_limit=3, overhead_s=1.2)) as server:
        answers = ask_at_once(server, 9)
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(503)) == (4, 5), "one is alone in its batch, three wait"
