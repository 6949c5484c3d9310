"""An answer as its bytes come in: what is noted of it, however they are cut; no sockets."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.answers import reader
from stt_load.api.stream import Stream
from stt_load.client import ClientError, Exchange
from stt_load.client.incoming import FOLLOWED_BYTES, SMALL_BYTES, Incoming
from stt_load.client.pace import TURN_S, Overdue
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind
from tests.client.scripted import answer

OK = b'{"text": "hello"}'


def fed(*pieces: bytes, limit: int = 10**6, stream: Stream | None = None) -> tuple[Exchange, Incoming]:
    exchange = Exchange(stream=stream)
    incoming = Incoming(exchange, "POST", ("x-by",), limit)
    for piece in pieces:
        incoming.feed(piece)
    return exchange, incoming


@given(st.lists(st.integers(1, 150), max_size=6))
def test_how_it_is_cut_changes_nothing(cuts: list[int]) -> None:
    whole, places = answer("X-By: me", "Content-Encoding: gzip", body=gzip.compress(OK, mtime=0)), sorted({*cuts})
    pieces = [whole[begin:end] for begin, end in zip([0, *places], [*places, len(whole)], strict=True)]
    exchange, incoming = fed(*[piece for piece in pieces if piece])
    assert (exchange.status, exchange.captured) == (200, {"x-by": "me"})
    assert b"".join(exchange.parts) == OK
    assert (incoming.reader.done, incoming.reader.reusable) == (True, True)


@pytest.mark.parametrize("size", [1, 10**6], ids=["byte by byte", "at once"])
def test_what_came_before_a_flaw_is_noted(size: int) -> None:
    whole = answer("Transfer-Encoding: chunked", body=b"5\r\nhello\r\nnonsense\r\n", length=False)
    exchange = Exchange()
    incoming = Incoming(exchange, "POST", (), 10**6)

    def feed_all() -> None:
        for begin in range(0, len(whole), size):
            incoming.feed(whole[begin : begin + size])

    with pytest.raises(ClientError) as caught:
        feed_all()
    assert caught.value.kind is ErrorKind.BAD_HTTP
    assert (exchange.status, b"".join(exchange.parts), exchange.received) == (200, b"hello", 5)


def test_more_than_the_limit_is_too_much_coded_and_decoded() -> None:
    for reply in (answer(body=b"x" * 2_000), answer("Content-Encoding: gzip", body=gzip.compress(b"x" * 2_000))):
        with pytest.raises(ClientError) as caught:
            fed(reply, limit=1_000)
        assert caught.value.kind in (ErrorKind.ANSWER_TOO_LARGE, ErrorKind.BAD_HTTP)


def test_small_parts_are_joined_and_large_ones_are_not_copied_again() -> None:
    head = answer("Content-Length: 1000000", body=b"", length=False)
    exchange, _ = fed(head, *[b"x"] * 10_000)
    assert len(exchange.parts) <= 10_000 / SMALL_BYTES + 1
    exchange, _ = fed(head, *[b"x" * 5_000] * 10)
    assert [len(part) for part in exchange.parts] == [5_000] * 10


def test_a_stream_hears_it_in_parts_that_leave_others_their_turn() -> None:
    heard = []

    class Noted(Stream):
        def feed(self, part: bytes, at_s: float) -> None:
            heard.append((len(part), at_s))
            super().feed(part, at_s)

    events = b"data: x\n\n" * 10_000
    reply = answer(body=events).replace(b"application/json", b"text/event-stream")
    fed(reply, stream=Noted(None, reader("json")))
    assert sum(size for size, _ in heard) == len(events)
    assert max(size for size, _ in heard) <= FOLLOWED_BYTES
    assert len({at_s for _, at_s in heard}) <= len(events) // 10_000, "what is read at once came at once"


def test_the_end_is_the_end_of_an_answer_without_a_length_only() -> None:
    _, whole = fed(answer(length=False))
    assert whole.end()
    assert not whole.reader.reusable
    _, cut = fed(answer("Content-Length: 99", length=False))
    assert not cut.end()
    _, nothing = fed()
    assert not nothing.end()
    assert not nothing.came
    _, interim = fed(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    assert interim.came
    assert not interim.has_begun


def test_the_clock_is_looked_at_behind_each_part_that_a_stream_has_heard() -> None:
    """What the last of them takes counts, too: an event's work may be long."""

    class Slow(Stream):
        def feed(self, part: bytes, at_s: float) -> None:
            until_s = clock() + 2 * TURN_S
            while clock() < until_s:
                pass
            super().feed(part, at_s)

    exchange = Exchange(stream=Slow(None, reader("json")))
    incoming = Incoming(exchange, "POST", (), 10**6)
    exchange.pace.deadline_s = clock() + TURN_S
    with pytest.raises(Overdue):
        incoming.feed(answer(body=b"data: x\n\n"))
