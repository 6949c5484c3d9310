"""The queue and the statistics that reported figures are held against, against plainer ones."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.names import HEADER_BYTES
from stt_load.audio.noise import NoiseSource
from stt_load.selftest.prediction import nearest_rank, requests
from tests.audio.packs import alike

RATE_HZ, AUDIO_S, SEED = 16_000, 0.01, 5


def audio_hash(seq: int) -> str:
    header, noise = NoiseSource(SEED, alike(int(RATE_HZ * AUDIO_S), RATE_HZ)).clip(seq, 0).parts
    return blake2b(header[HEADER_BYTES:] + noise, digest_size=8).hexdigest()


HASHES = [audio_hash(seq) for seq in range(30)]


def line(seq: int, arrival_s: float, service_s: float | None, **more: Any) -> dict[str, Any]:
    """Of the server's log, whose own clock may be anything: only how long a service took counts."""
    truth = {
        "arrival_s": arrival_s,
        "start_s": None if service_s is None else 1_000.0,
        "end_s": None if service_s is None else 1_000.0 + service_s,
        "status": 200,
        "audio_s": AUDIO_S,
        "cold": False,
        "cut": False,
        "audio_hash": HASHES[seq],
        "body_bytes": 10,
        "answer_bytes": 5,
        "first_text_s": None,
        "last_text_s": None,
        "deltas": None,
        "client": "h:1",
        "said": None,
        "answered": "",
        "wrong": None,
    }
    return truth | more


def result(*sends: float) -> dict[str, Any]:
    rows = [{"seq": seq, "attempt": 0, "start_s": sent_s, "sent_s": sent_s} for seq, sent_s in enumerate(sends)]
    config = {"audio": {"source": "noise", "duration": AUDIO_S, "sample_rate": RATE_HZ, "pack": None}}
    return {"config": config, "run": {"seed": SEED}, "requests": rows}


def ends_by_slots(slots: int, jobs: list[tuple[int, int]]) -> list[int]:
    """When each of (arrival, service) ends, found by looking at every tick: first come, first served."""
    waiting, busy, ends, now = list(range(len(jobs))), [], [0] * len(jobs), 0
    while waiting or busy:
        busy = [one for one in busy if ends[one] > now]
        while waiting and jobs[waiting[0]][0] <= now and len(busy) < slots:
            one = waiting.pop(0)
            ends[one] = now + jobs[one][1]
            if jobs[one][1]:
                busy.append(one)
        now += 1
    return ends


@given(
    slots=st.integers(1, 4),
    jobs=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), min_size=1, max_size=30),
)
def test_answers_come_when_slots_and_queue_let_them(slots: int, jobs: list[tuple[int, int]]) -> None:
    jobs = sorted(jobs, key=lambda job: job[0])
    truths = [line(seq, float(seq), float(service)) for seq, (_, service) in enumerate(jobs)]
    found = requests(result(*(float(arrival) for arrival, _ in jobs)), reversed(truths), slots)
    assert [one.done_s for one in found] == ends_by_slots(slots, jobs)


def test_a_batch_begins_when_its_first_is_there_and_the_one_before_is_over() -> None:
    truths = [
        line(0, 10.0, 4.0, batch=0),
        line(1, 11.0, 6.0, batch=1),
        line(2, 12.0, 6.0, batch=1),
        line(3, 30.0, 2.0, batch=2),
    ]
    found = requests(result(0.0, 1.0, 2.0, 20.0), truths, slots=8)
    assert [one.done_s for one in found] == [4.0, 10.0, 10.0, 22.0]


def test_what_was_shed_takes_no_slot_and_no_time() -> None:
    truths = [line(0, 0, 5.0), line(1, 1, None, status=503), line(2, 2, 5.0)]
    found = requests(result(0.0, 1.0, 2.0), truths, 1)
    assert [(one.kind, one.response_s) for one in found] == [(None, 5.0), ("shed", 0.0), (None, 8.0)]


def test_every_outcome_has_its_name() -> None:
    truths = [
        line(0, 0, 1.0),
        line(1, 1, 1.0, status=500),
        line(2, 2, 1.0, cut=True),
        line(3, 3, None, status=400),
    ]
    kinds = [one.kind for one in requests(result(0.0, 1.0, 2.0, 3.0), truths, 9)]
    assert kinds == [None, "http_5xx", "truncated", "status 400"]


def test_nearest_ranks() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [nearest_rank(values, p) for p in (0.5, 0.95, 0.99, 1.0)] == [50.0, 95.0, 99.0, 100.0]
    assert nearest_rank([7.0], 0.99) == 7.0
    assert nearest_rank([1.0, 2.0], 0.5) == 1.0


def test_when_the_text_of_a_stream_came() -> None:
    """Its pieces count back from the end of the service, whose clock is the server's."""
    lines = [
        line(0, 5.0, 1.0, first_text_s=1_000.25, last_text_s=1_000.75, deltas=3),
        line(1, 5.1, 1.0, client="h:2"),
    ]
    streamed, whole = requests(result(0.5, 0.6), lines, slots=1)
    assert streamed.ttft_s == pytest.approx(0.25)
    assert (streamed.gaps, streamed.gaps_s) == (2, pytest.approx(0.5))
    assert (whole.gaps, whole.gaps_s) == (0, 0.0)
    assert (streamed.opens, whole.opens) == (True, True)
    again = requests(result(0.5, 0.6), [line(0, 5.0, 1.0), line(1, 5.1, 1.0)], slots=1)
    assert [one.opens for one in again] == [True, False]


def test_a_response_counts_from_when_it_was_due_and_the_queue_from_the_send() -> None:
    lines = [line(0, 0, 5.0), line(1, 1, 5.0)]
    told = result(0.0, 1.0)
    told["requests"][1] |= {"start_s": 0.25}
    found = requests(told, lines, slots=1)
    assert [(one.done_s, one.service_s, one.response_s) for one in found] == [(5.0, 5.0, 5.0), (10.0, 9.0, 9.75)]
