"""Rows on their way into the run's table: those of iterations that the worker was given, each once, and no others."""

from __future__ import annotations

import zlib
from typing import Any

import msgpack
import numpy as np
import pytest

from stt_load.clock import clock
from stt_load.cluster import intake, messages, protocol
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.member import Member
from stt_load.cluster.protocol import Data
from stt_load.load.iteration import Iteration
from stt_load.samples.fields import ROW
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import SampleTable
from tests.cluster.conversation import Conversation, sample_of
from tests.cluster.test_remote_executor import begun, give


def message(*iterations: Iteration, **how: Any) -> Data:
    """Rows of `iterations`, each of which failed in a way of its own."""
    table = SampleTable()
    for iteration in iterations:
        table.append(sample_of(iteration, clock(), clock(), ErrorKind.HTTP_5XX))
    said = table.snapshot()
    plain = {"first": 0, "rows": protocol.pack_rows(said), "texts_from": 0, "texts": list(said.texts)}
    end = {
        "transcripts": [],
        "transcript": None,
        "said": None,
        "last": False,
        "held": None,
        "watch": None,
        "errors": 0,
    }
    return plain | end | how


def iteration(seq: int, attempt: int = 0, phase: Phase = Phase.MEASURED) -> Iteration:
    return Iteration(seq, attempt, phase)


@pytest.fixture
def conversation() -> Conversation:
    """A run that measures; `a` has been given the iterations 0 to 4, `b` 5 to 9."""
    one = Conversation(None)
    one.join("a")
    one.join("b")
    one.barrier.barrier_s = clock()
    give(one, "a", *map(iteration, range(5)))
    give(one, "b", *map(iteration, range(5, 10)))
    one.executor._intake.slack_s = 1.0
    return one


def kept(conversation: Conversation) -> list[int]:
    return [sample.seq for sample in conversation.barrier.table.snapshot()]


def test_rows_of_what_it_was_given(conversation: Conversation) -> None:
    conversation.executor.on_samples("a", message(iteration(0), iteration(3)))
    conversation.executor.on_samples("b", message(iteration(7)))
    assert kept(conversation) == [0, 3, 7]
    assert [sample.worker for sample in conversation.barrier.table.snapshot()] == [0, 0, 1]


FOREIGN = {
    "another worker's": (iteration(0), iteration(5)),
    "nobody's": (iteration(0), iteration(1_000_000)),
    "another attempt": (iteration(0, 1),),
    "another phase": (iteration(0, 0, Phase.WARMUP),),
    "outside": (iteration(0, 0, Phase.OUTSIDE),),
    "one twice": (iteration(0), iteration(0)),
    "more than it has": tuple(map(iteration, range(10))),
}


@pytest.mark.parametrize("which", FOREIGN)
def test_a_row_of_what_it_was_not_given_is_invalid_and_nothing_of_it_counts(
    which: str, conversation: Conversation
) -> None:
    with pytest.raises(InvalidMessage, match="returns"):
        conversation.executor.on_samples("a", message(*FOREIGN[which]))
    assert kept(conversation) == []
    assert conversation.executor.budget.measured_results == 0
    conversation.executor.on_samples("b", message(iteration(5)))
    assert kept(conversation) == [5]


def test_what_it_has_returned_it_has_no_more(conversation: Conversation) -> None:
    conversation.executor.on_samples("a", message(iteration(0)))
    with pytest.raises(InvalidMessage, match="a second time"):
        conversation.executor.on_samples("a", message(iteration(0), first=1))


def test_what_was_taken_from_it_it_may_still_return(conversation: Conversation) -> None:
    conversation.executor.budget.lost("a")
    conversation.executor.on_samples("a", message(iteration(0)))
    assert kept(conversation) == [0]
    with pytest.raises(InvalidMessage):
        conversation.executor.on_samples("a", message(iteration(0, 1), first=1))


def test_what_it_has_given_back_it_does_not_return(conversation: Conversation) -> None:
    conversation.executor.budget.lost("a")
    conversation.executor.budget.renew("a", {iteration(1)})
    conversation.executor.on_samples("a", message(iteration(1)))
    with pytest.raises(InvalidMessage):
        conversation.executor.on_samples("a", message(iteration(2), first=1))


PACKED = {
    "no zlib": b"abc",
    "nothing": b"",
    "an end too early": zlib.compress(bytes(ROW.itemsize))[:-2],
    "something behind it": zlib.compress(bytes(ROW.itemsize)) + b"x",
    "half a row": zlib.compress(bytes(ROW.itemsize // 2)),
    "one row too many": zlib.compress(bytes(ROW.itemsize * (protocol.ROWS_AT_ONCE + 1))),
    "a bomb": zlib.compress(bytes(50_000_000)),
}


@pytest.mark.parametrize("which", PACKED)
def test_rows_that_can_t_be_unpacked_are_invalid(which: str, conversation: Conversation) -> None:
    with pytest.raises(InvalidMessage, match="rows"):
        conversation.executor.on_samples("a", message(iteration(0), rows=PACKED[which]))
    assert kept(conversation) == []


def test_of_a_bomb_no_more_is_unpacked_than_rows_there_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    make = zlib.decompressobj

    class Unpacker:
        def __init__(self) -> None:
            self._real = make()

        def decompress(self, packed: bytes, most: int = 0) -> bytes:
            asked.append(most)
            return self._real.decompress(packed, most)

    monkeypatch.setattr(zlib, "decompressobj", Unpacker)
    with pytest.raises(InvalidMessage, match="more than 1000 rows"):
        protocol.unpack_rows(zlib.compress(bytes(5_000_000)), ())
    assert asked == [protocol.ROWS_AT_ONCE * ROW.itemsize + 1]


def test_as_many_rows_as_one_message_may_have() -> None:
    rows = np.frombuffer(np.random.default_rng(1).bytes(ROW.itemsize * protocol.ROWS_AT_ONCE), ROW)
    packed = zlib.compress(rows.tobytes(), 1)
    assert len(packed) <= protocol.MOST_PACKED
    assert len(protocol.unpack_rows(packed, ())) == protocol.ROWS_AT_ONCE


def test_texts_come_once_or_again_and_stay_what_they_were(conversation: Conversation) -> None:
    conversation.executor.on_samples("a", message(iteration(0)))
    conversation.executor.on_samples("a", message(iteration(0), iteration(1)))
    assert kept(conversation) == [0, 1]
    with pytest.raises(InvalidMessage, match="other texts"):
        conversation.executor.on_samples("a", message(texts=["something else"]))


def test_rows_wait_for_texts_that_got_lost_on_the_way(conversation: Conversation) -> None:
    conversation.executor.on_samples("a", message(iteration(0), texts_from=7))
    assert kept(conversation) == []
    conversation.executor.on_samples("a", message(iteration(0)))
    assert kept(conversation) == [0]


def test_there_are_only_so_many_texts(conversation: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_TEXTS", 10)
    for turn in range(2):
        conversation.executor.on_samples("a", message(texts_from=5 * turn, texts=[f"{turn} {n}" for n in range(5)]))
    with pytest.raises(InvalidMessage, match="more texts"):
        conversation.executor.on_samples("a", message(texts_from=10, texts=["one more"]))


def test_of_too_many_characters_the_rest_is_not_kept_and_the_worker_stays(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_CHARACTERS", 30)
    said = message(iteration(0), texts=["x" * 20, "y" * 20])
    conversation.executor.on_samples("a", said)
    conversation.executor.on_samples("a", said)
    conversation.executor.on_samples("a", message(iteration(1), first=1, texts=["x" * 20, "y" * 20, "z"]))
    assert conversation.executor._workers["a"].texts == ["x" * 20, intake.NO_ROOM, intake.NO_ROOM]
    assert kept(conversation) == [0, 1]


def elsewhere(conversation: Conversation, offset_s: float) -> None:
    """`a` is on another host, whose clock is so far ahead."""
    member = conversation.registry._members["a"]
    member.same_boot = False
    echo(conversation, offset_s)


def echo(conversation: Conversation, offset_s: float) -> None:
    """A beat has been answered."""
    member, now_s = conversation.registry._members["a"], clock()
    data = {"watch": None, "errors": 0, "closed": False, "sent_s": now_s, "clock_s": clock() + offset_s}
    conversation.registry.on_echo(member, data)
    conversation.executor.on_echo("a", data | {"run": conversation.executor.id})


def rows_at(one: Iteration, start_s: float, done_s: float) -> bytes:
    table = SampleTable()
    table.append(sample_of(one, start_s, done_s))
    return protocol.pack_rows(table.snapshot())


def told_again(conversation: Conversation) -> bool:
    return any(kind == protocol.ACK and data.get("again") for kind, data in conversation.wire.down["a"])


# By how much the worker's clock is ahead afterwards: this process, or the other one, stood for a minute.
STOOD = {"the master's machine": 60.0, "the worker's": -60.0}
# Begin and end on the worker's clock, as a distance from now: before, during and after.
WHEN = {"after": (-0.1, 0.0), "before": (-60.2, -60.1), "across": (-60.1, 0.0)}


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("stood", STOOD)
def test_rows_of_a_worker_elsewhere_whose_clock_or_ours_stood_wait_for_it_to_be_known(
    stood: str, when: str, conversation: Conversation
) -> None:
    """Whatever they were placed with, they count, and nobody is refused."""
    elsewhere(conversation, 1_000.0)
    now_s = clock() + 1_000.0 + STOOD[stood]
    begin_s, end_s = WHEN[when] if stood == "the master's machine" else (-0.1, 0.0)
    if stood != "the master's machine" and when == "before":
        begin_s, end_s = 59.8, 59.9  # a clock that stood shows less now than it would have
    said = message(rows=rows_at(iteration(0), now_s + begin_s, now_s + end_s))
    conversation.executor.on_samples("a", said)
    if not kept(conversation):
        assert not told_again(conversation)
        echo(conversation, 1_000.0 + STOOD[stood])
        assert told_again(conversation)
        conversation.executor.on_samples("a", said)
    (sample,) = conversation.barrier.table.snapshot()
    assert sample.done_s - sample.start_s == pytest.approx(end_s - begin_s, abs=1e-6)
    barrier_s = conversation.barrier.barrier_s
    assert barrier_s is not None
    assert sample.start_s >= barrier_s - conversation.barrier.origin_s - 1.0
    assert not conversation.wire.dismissed


def test_rows_that_no_round_trip_explains_are_invalid_when_it_is_there(conversation: Conversation) -> None:
    elsewhere(conversation, 1_000.0)
    said = message(rows=rows_at(iteration(0), clock() + 1_500.0, clock() + 1_500.1))
    conversation.executor.on_samples("a", said)
    conversation.executor.on_samples("a", said)
    assert kept(conversation) == []
    echo(conversation, 1_000.0)
    with pytest.raises(InvalidMessage, match="a row is from"):
        conversation.executor.on_samples("a", said)


@pytest.mark.parametrize("at_s", [-1e6, 1e6, float("nan")])
def test_what_no_clock_explains_is_invalid_at_once(at_s: float, conversation: Conversation) -> None:
    elsewhere(conversation, 1_000.0)
    begin_s = clock() + 1_000.0 + at_s
    with pytest.raises(InvalidMessage, match="row"):
        conversation.executor.on_samples("a", message(rows=rows_at(iteration(0), begin_s, begin_s + 0.1)))


def test_what_a_last_word_has_seen_on_a_clock_that_jumped_costs_nothing_but_itself(
    conversation: Conversation,
) -> None:
    elsewhere(conversation, 1_000.0)
    seen = {"lag_p99_s": 0.1, "lag_mean_s": 0.0, "stalled_s": 1.0, "stalls": [[50.0, 51.0]], "cpu_share": None}
    counts = {"looks": 10, "in_flight_sum": 10, "in_flight_squares": 10, "users_sum": 10}
    conversation.executor.on_samples(
        "a",
        message(
            iteration(0),
            rows=rows_at(iteration(0), clock() + 1_000.0, clock() + 1_000.0),
            last=True,
            held=[],
            watch=seen | counts,
        ),
    )
    assert kept(conversation) == [0]
    assert conversation.executor._workers["a"].ended


def test_what_a_terminal_would_obey_is_not_kept(conversation: Conversation) -> None:
    said = message(iteration(0))
    conversation.executor.on_samples("a", said | {"texts": ["\x1b[2J"]})
    (sample,) = conversation.barrier.table.snapshot()
    assert sample.error == "\ufffd[2J"


def test_instants_are_held_against_the_run(conversation: Conversation) -> None:
    table = SampleTable()
    table.append(sample_of(iteration(0), clock() - 3_600, clock()))
    rows = protocol.pack_rows(table.snapshot())
    with pytest.raises(InvalidMessage, match="a row is from"):
        conversation.executor.on_samples("a", msgpack.loads(msgpack.dumps(message(rows=rows))))
    assert conversation.executor.budget.account("a").in_flight == 5


def test_rows_that_were_moved_are_told_to_have_been_placed_no_better_than_that(conversation: Conversation) -> None:
    elsewhere(conversation, 1_000.0)
    now_s = clock() + 1_060.0
    echo(conversation, 1_060.0)
    conversation.executor.on_samples("a", message(rows=rows_at(iteration(0), now_s, now_s)))
    assert conversation.executor.clocks["a"].error_s < 1.0
    conversation.executor.on_samples("a", message(first=1, rows=rows_at(iteration(1), now_s - 60.0, now_s)))
    assert kept(conversation) == [0, 1]
    assert 60.0 <= conversation.executor.clocks["a"].error_s < 61.0


def echoed(conversation: Conversation, **how: Any) -> Data:
    return {"watch": None, "errors": 0, "sent_s": clock(), "clock_s": clock(), "run": conversation.executor.id} | how


def errors(conversation: Conversation) -> int:
    return conversation.executor.generator(0).listener_errors


def test_errors_of_one_that_was_never_given_anything_spoil_nothing(conversation: Conversation) -> None:
    conversation.join("idle")
    conversation.executor.on_echo("idle", echoed(conversation, errors=5))
    conversation.executor.on_samples("idle", message(errors=3))
    assert errors(conversation) == 0


BAD_WATCH = {
    "lag_p99_s": 1e6,
    "lag_mean_s": 0.0,
    "stalled_s": 0.0,
    "stalls": [],
    "cpu_share": 0.1,
    "looks": 0,
    "in_flight_sum": 0,
    "in_flight_squares": 0,
    "users_sum": 0,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": b"junk"},
        {"watch": BAD_WATCH},
        {"last": True, "held": None},
        {"last": True, "held": [], "watch": BAD_WATCH},
    ],
)
def test_nothing_of_a_message_that_is_refused_counts(wrong: dict[str, Any], conversation: Conversation) -> None:
    conversation.executor._workers["a"].leased = True
    with pytest.raises(InvalidMessage):
        conversation.executor.on_samples("a", message(iteration(0), errors=3) | wrong)
    assert kept(conversation) == []
    assert errors(conversation) == 0
    conversation.executor.on_samples("a", message(iteration(0), errors=2))
    assert kept(conversation) == [0]
    assert errors(conversation) == 2


@pytest.mark.parametrize("kind", [protocol.ECHO, protocol.SAMPLES])
def test_so_many_errors_nobody_has(kind: str, conversation: Conversation) -> None:
    said = echoed(conversation) if kind == protocol.ECHO else message(run="r")
    shape = messages.OURS[kind].shape
    shape(kind, said | {"errors": protocol.MOST_ERRORS})
    with pytest.raises(InvalidMessage, match="errors"):
        shape(kind, said | {"errors": 10**9})


def test_nobody_has_the_name_of_another_in_the_result() -> None:
    one = Conversation(None)
    for worker, name in (("a", "host:1"), ("b", "host:1#2"), ("c", "host:1"), ("d", "#")):
        one.wire.there.add(worker)
        one.executor.add(Member(worker, name, True, clock(), fit=True))
    assert one.executor.names == ["host:1", "host:1#2", "host:1#3", "worker"]


def test_users_of_one_that_has_said_nothing_of_them_may_be_there() -> None:
    """Locust gives users to whoever has introduced himself: those are not gone before it is known that they are."""
    one = Conversation(None)
    one.join("a")
    assert one.executor.unsure, "it has not told yet"
    begun(one, "a")
    one.pass_by(1)
    assert not one.executor.unsure
    one.wire.there.add("fit by nobody's word")
    assert one.executor.unsure
    one.wire.there.discard("fit by nobody's word")
    one.executor.on_tick(one.executor._looked_s + 1)
    one.executor.on_tick(one.executor._looked_s + 1)
    assert one.executor.unsure, "it has not been heard of lately"
    one.wire.there.discard("a")
    assert not one.executor.unsure, "Locust has given it up"
