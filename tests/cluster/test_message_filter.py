"""What comes in at a master's socket and is no message of a worker goes no further, whatever it is."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stt_load
from stt_load.cluster import message_filter as filters
from stt_load.cluster import messages, protocol
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.message_filter import Ignored, MessageFilter, Received, kind_of

NAME = "host_0123456789abcdef"
INF, NAN = float("inf"), float("nan")


def decode(part: Any) -> Any:
    return part


def message_filter(*known: str) -> MessageFilter:
    one = MessageFilter(decode, lambda: {"a user's own"})
    for name in known:
        one.take([name.encode(), packed("client_ready", "2.47.0", name)], 0.0)
    return one


def packed(kind: Any, data: Any, sender: Any = NAME) -> bytes:
    return bytes(msgpack.packb((kind, data, sender)))


def take(frame: bytes, *more: bytes, name: bytes = NAME.encode(), one: MessageFilter | None = None) -> Received:
    return (one or message_filter(NAME)).take([name, frame, *more], 0.0)


WATCH = {
    "lag_p99_s": 0.1,
    "lag_mean_s": 0.1,
    "stalled_s": 0.0,
    "stalls": [[1.0, 2.0]],
    "cpu_share": 0.5,
    "looks": 10,
    "in_flight_sum": 20,
    "in_flight_squares": 40,
    "users_sum": 20,
}
HELLO = {"version": stt_load.__version__, "name": "host:1", "boot_id": None, "ready": True}
FIT = {"trouble": None, "sent_s": 1.0, "clock_s": 1.0}
ECHO = {"watch": WATCH, "errors": 0, "sent_s": 1.0, "clock_s": 1.0, "closed": False, "run": "r"}
WANT = {
    "epoch": 1,
    "joined": 2,
    "present": 2,
    "starting": 0,
    "waiting": 1,
    "taken": 3,
    "held": [[0, 0, 2]],
    "run": "r",
}
SAMPLES = {
    "first": 0,
    "rows": b"x",
    "texts_from": 0,
    "texts": ["a"],
    "transcripts": [[0, "x"]],
    "transcript": None,
    "said": None,
    "last": True,
    "held": None,
    "watch": None,
    "errors": 0,
    "run": "r",
}
ENTRY = {
    "name": "own",
    "method": "GET",
    "last_request_timestamp": None,
    "start_time": 1.0,
    "num_requests": 1,
    "num_none_requests": 0,
    "num_failures": 0,
    "total_response_time": 1.0,
    "max_response_time": 1,
    "min_response_time": None,
    "total_content_length": 0,
    "response_times": {1: 1},
    "num_reqs_per_sec": {1: 1},
    "num_fail_per_sec": {},
}
STATS = {
    "stats": [ENTRY],
    "stats_total": ENTRY,
    "errors": {"key": {"name": "own", "method": "GET", "error": "it broke", "occurrences": 1}},
    "user_classes_count": {"SttUser": 4},
    "user_count": 4,
}
HEARTBEAT = {"state": "running", "current_cpu_usage": 5.0, "current_memory_usage": 7}

GOOD: dict[str, Any] = {
    protocol.HELLO: HELLO,
    protocol.FIT: FIT,
    protocol.ECHO: ECHO,
    protocol.WANT: WANT,
    protocol.SAMPLES: SAMPLES,
    protocol.BYE: {},
    "client_ready": "2.47.0",
    "client_stopped": None,
    "locustfile": {"version": "2.47.0"},
    "heartbeat": HEARTBEAT,
    "stats": STATS,
    "spawning": None,
    "spawning_complete": {"user_classes_count": {"SttUser": 4}, "user_count": 4},
    "logs": {"worker_id": NAME, "logs": ["a line"]},
    "quit": None,
    "exception": {"msg": "m", "traceback": "t"},
    "a user's own": {"anything": [1, 2]},
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_a_worker_says_comes_through_as_it_was(kind: str) -> None:
    assert take(packed(kind, GOOD[kind])) == Received(NAME, kind, GOOD[kind])


def test_every_kind_that_is_listened_to_is_in_the_table() -> None:
    assert set(messages.LOCUSTS) | set(messages.OURS) == set(GOOD) - {"a user's own"}


BAD_FRAMES = {
    "the two bytes that ended the run": b"\x93\xa1",
    "nothing": b"",
    "no list": b"\x80",
    "a list of two": b"\x92\xa4quit\xc0",
    "a list of four": b"\x94\xa4quit\xc0\xc0\xc0",
    "a kind that is a number": b"\x93\x01\xc0\xc0",
    "a kind of bytes": b"\x93\xc4\x04quit\xc0\xc0",
    "a kind that is no text": b"\x93\xa2\xff\xfe\xc0\xc0",
    "an end too early": packed("heartbeat", HEARTBEAT)[:-3],
    "something behind the end": packed("heartbeat", HEARTBEAT) + b"\x00",
    "text that is none": b"\x93\xa9heartbeat\xa2\xff\xfe\xa1x",
    "nested deep": b"\x93\xa4quit" + b"\x91" * 2_000 + b"\xc0\xa1x",
    "a promise of four thousand millions": b"\x93\xa4quit\xdd\xff\xff\xff\xff\xa1x",
    "an extension": b"\x93\xa4quit\xc7\x04\x05abcd\xa1x",
    "a key that is a list": b"\x93\xa4quit\x81\x90\xc0\xa1x",
    "a name that is bytes": b"\x93\xa4quit\xc0\xc4\x01x",
    "no name": packed("quit", None, None),
    "a date that is none": b"\x93\xa4quit\x81\xacreal-objects\xc0",
}


@pytest.mark.parametrize("which", BAD_FRAMES)
def test_bytes_that_are_no_message_are_invalid_and_nothing_else(which: str) -> None:
    with pytest.raises(InvalidMessage):
        take(BAD_FRAMES[which])


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_else(frame: bytes) -> None:
    one = message_filter(NAME)
    for begin in (b"", b"\x93\xa9heartbeat", b"\x93\xa5stats", b"\x93\xacclient_ready"):
        with pytest.raises(InvalidMessage):
            take(begin + frame, one=one)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=5) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.integers(0, 9), inner),
    max_leaves=10,
)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_message_with_one_value_replaced_is_taken_or_invalid(kind: str, data: st.DataObject) -> None:
    said = GOOD[kind]
    if isinstance(said, dict) and said:
        said = said | {data.draw(st.sampled_from(sorted(said))): data.draw(ANYTHING)}
    else:
        said = data.draw(ANYTHING)
    with contextlib.suppress(InvalidMessage):
        take(packed(kind, said))


def without(said: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != key}


BAD_WORDS: list[tuple[str, Any]] = [
    ("stats", {}),
    ("stats", None),
    ("stats", STATS | {"stats": [7]}),
    ("stats", STATS | {"stats": {}}),
    ("stats", STATS | {"stats": [without(ENTRY, "num_failures")]}),
    ("stats", STATS | {"stats_total": []}),
    ("stats", STATS | {"errors": {"key": {}}}),
    ("stats", STATS | {"user_classes_count": {"SttUser": 1e9}}),
    ("spawning_complete", {"user_count": 4}),
    ("spawning_complete", {"user_classes_count": {"SttUser": -4}}),
    ("client_ready", 7),
    ("client_ready", ["2.47"]),
    ("client_ready", "2.47\n\x1b[2J"),
    ("heartbeat", None),
    ("heartbeat", HEARTBEAT | {"state": "missing"}),
    ("heartbeat", HEARTBEAT | {"current_cpu_usage": "much"}),
    ("heartbeat", HEARTBEAT | {"current_cpu_usage": NAN}),
    ("exception", {"msg": "m"}),
    ("exception", {"msg": 1, "traceback": "t"}),
    ("logs", {"worker_id": "somebody else", "logs": []}),
    ("logs", {"worker_id": NAME, "logs": [1]}),
    ("locustfile", None),
    ("locustfile", {"version": 2}),
    (protocol.HELLO, HELLO | {"name": "a\x1b]0;b"}),
    (protocol.HELLO, HELLO | {"name": "x" * 1_000}),
    (protocol.HELLO, HELLO | {"name": ""}),
    (protocol.HELLO, HELLO | {"ready": 1}),
    (protocol.HELLO, without(HELLO, "boot_id")),
    (protocol.HELLO, HELLO | {"more": 1}),
    (protocol.FIT, FIT | {"clock_s": NAN}),
    (protocol.FIT, FIT | {"clock_s": 1e300}),
    (protocol.FIT, FIT | {"trouble": 7}),
    (protocol.ECHO, ECHO | {"sent_s": None}),
    (protocol.ECHO, ECHO | {"errors": -1}),
    (protocol.ECHO, ECHO | {"watch": {}}),
    (protocol.ECHO, ECHO | {"watch": WATCH | {"stalls": [[1.0]]}}),
    (protocol.ECHO, ECHO | {"watch": WATCH | {"stalls": [[0.0, 1.0]] * 101}}),
    (protocol.ECHO, ECHO | {"watch": WATCH | {"looks": 2**60}}),
    (protocol.ECHO, ECHO | {"watch": WATCH | {"cpu_share": INF}}),
    *((protocol.WANT, WANT | {"present": value}) for value in (-1, 1e6, 10**9, True, "4", NAN, None)),
    *((protocol.WANT, WANT | {"epoch": value}) for value in (-1, 2**60, 1.0, True)),
    (protocol.WANT, WANT | {"held": [[0, 0]]}),
    (protocol.WANT, WANT | {"held": [[0, 0, 9]]}),
    (protocol.WANT, WANT | {"held": [[-1, 0, 2]]}),
    (protocol.WANT, WANT | {"held": "[]"}),
    (protocol.WANT, without(WANT, "run")),
    (protocol.SAMPLES, SAMPLES | {"first": -1}),
    (protocol.SAMPLES, SAMPLES | {"rows": "x"}),
    (protocol.SAMPLES, SAMPLES | {"rows": bytes(protocol.MOST_PACKED + 1)}),
    (protocol.SAMPLES, SAMPLES | {"texts": "abc"}),
    (protocol.SAMPLES, SAMPLES | {"texts": [b"a"]}),
    (protocol.SAMPLES, SAMPLES | {"texts": [""] * 3_000}),
    (protocol.SAMPLES, SAMPLES | {"texts_from": -1}),
    (protocol.SAMPLES, SAMPLES | {"transcript": "x" * 200_000}),
    (protocol.SAMPLES, SAMPLES | {"said": "x" * 200_000}),
    (protocol.SAMPLES, SAMPLES | {"transcripts": [["x", 0]]}),
    (protocol.SAMPLES, SAMPLES | {"transcripts": [[0, "x" * 100_001]]}),
    (protocol.SAMPLES, SAMPLES | {"transcripts": [[protocol.ROWS_AT_ONCE, "x"]]}),
    (protocol.SAMPLES, SAMPLES | {"transcripts": [[0, "x"]] * (protocol.ROWS_AT_ONCE + 1)}),
    (protocol.SAMPLES, without(SAMPLES, "transcripts")),
    (protocol.SAMPLES, SAMPLES | {"last": 1}),
    (protocol.SAMPLES, SAMPLES | {"errors": 0.0}),
    (protocol.BYE, None),
]


@pytest.mark.parametrize(("kind", "said"), BAD_WORDS)
def test_a_message_that_says_what_none_of_its_kind_says_is_invalid(kind: str, said: Any) -> None:
    with pytest.raises(InvalidMessage) as caught:
        take(packed(kind, said))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_a_message_is_its_senders_and_nobody_elses() -> None:
    with pytest.raises(InvalidMessage, match="says to be somebody else"):
        take(packed("quit", None, "somebody else"))


@pytest.mark.parametrize("name", [b"", b"\x00\x01\x02\x03\x04", b"\xff\xfe", b"a\nb", b"x" * 256])
def test_a_sender_whose_name_is_none_is_no_worker(name: bytes) -> None:
    with pytest.raises(InvalidMessage, match="no name"):
        take(packed("client_ready", "2.47.0", name.decode(errors="replace")), name=name, one=message_filter())


@pytest.mark.parametrize("more", [(b"more",), (b"",) * 1_000])
def test_a_message_has_one_part(more: tuple[bytes, ...]) -> None:
    with pytest.raises(InvalidMessage, match="parts"):
        take(packed("quit", None), *more)
    with pytest.raises(InvalidMessage, match="0 parts"):
        message_filter(NAME).take([NAME.encode()], 0.0)


@pytest.mark.parametrize("kind", sorted(set(GOOD) - messages.BEFORE_REGISTRATION))
def test_who_has_not_registered_says_nothing_else(kind: str) -> None:
    with pytest.raises(InvalidMessage, match="has not registered"):
        take(packed(kind, GOOD[kind]), one=message_filter())


def test_a_kind_that_nobody_listens_to_is_passed_over_only() -> None:
    with pytest.raises(Ignored, match="nobody listens to: another's"):
        take(packed("another's", None))


def test_a_message_that_is_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    one, said = message_filter(NAME), packed("heartbeat", HEARTBEAT | {"more": "x" * 100_000})
    monkeypatch.setattr(msgpack, "unpackb", lambda *_, **__: pytest.fail("it was"))
    with pytest.raises(InvalidMessage, match="bytes, where 65536 are the most"):
        take(said, one=one)


def test_many_small_parts_don_t_grow_to_many_times_their_size() -> None:
    lists = b"\xdd" + struct.pack(">I", 200_000) + b"\x90" * 200_000
    said = b"\x93\xaca user's own\x94" + lists * 4 + b"\xa1x"
    with pytest.raises(InvalidMessage, match="more than 250000 mappings and lists"):
        take(said)


def test_another_version_may_introduce_itself_in_its_own_way() -> None:
    """It is to hear that it is another version."""
    said = {"version": "0.0.7", "name": "host:1", "anything": 7}
    assert take(packed(protocol.HELLO, said)).data == said


def test_who_comes_and_goes_all_the_time_keeps_the_master_busy() -> None:
    one = message_filter()
    ready, quits = packed("client_ready", "2.47.0"), packed("quit", None)
    for turn in range(filters.AT_ONCE // 2):
        one.take([NAME.encode(), ready], turn * 1e-3)
        one.take([NAME.encode(), quits], turn * 1e-3)
    with pytest.raises(InvalidMessage, match="comes and goes"):
        one.take([NAME.encode(), ready], 0.1)
    one.take([NAME.encode(), ready], 5.0)


def test_there_are_only_so_many_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MOST_WORKERS", 2)
    one = message_filter("a", "b")
    with pytest.raises(InvalidMessage, match="2 workers already"):
        take(packed("client_ready", "2.47.0"), one=one)
    take(packed("client_ready", "2.47.0", "a"), name=b"a", one=one)


def test_whoever_is_refused_is_remembered_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MOST_REFUSED", 2)
    one = message_filter()
    for name in (b"a", b"b", b"c"):
        one.refuse(name)
    assert [one.is_refused(name) for name in (b"a", b"b", b"c")] == [False, True, True]


@pytest.mark.parametrize("kind", ["", "quit", "k" * 31, "k" * 32, "k" * 255])
def test_the_kind_is_known_before_the_rest_is_read(kind: str) -> None:
    assert kind_of(packed(kind, None)) == kind
