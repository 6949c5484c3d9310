"""What all clients share: the record of one exchange, its clock and limits, and the errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import gevent

from stt_load.api.pieces import Texts
from stt_load.api.request import Body, Part, Request
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Step, Transcript
from stt_load.audio.clip import Clip
from stt_load.client import local_limits
from stt_load.client.pace import Overdue, Pace
from stt_load.client.target import Target
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind

NOTICED_S = 0.01
Mark = Literal["sent", "written", "first_byte", "done"]


@dataclass(slots=True)
class Exchange:
    """One request as it goes: filled in by the client while it happens, so that a cut leaves what was known.

    request_id: goes out in the header that the target names. stream: takes the answer in as it comes, None where only
    the whole counts. step: what of a job it is. clip: what is said, None before it is known. answer: None before it
    is whole.

    marks: when something happened, for the last time; on `clock`, as all instants are. A request is written when this
    machine's kernel has the last of it. texts: what was said on the
    way and when, None where a text comes as a whole or not at all. uploaded: bytes of the bodies that were to be
    sent. received: bytes of the answer's body that came in. connection: number of the connection, unique in this
    process. connect_s: what its set-up took, None for one that was there already; tcp_connect_s, tls_s: of that,
    TCP's part and the TLS handshake's. lingered_s: from the done mark of a stream to the end of its body, where that
    is worth telling: the server's way, not the generator's. captured: the headers that the target names. polls:
    questions after a job. flaw: how the body of a refusal broke off, None where it is whole.
    """

    request_id: str | None = None
    stream: Stream | None = None
    step: Step = "request"
    clip: Clip | None = None
    answer: Answer | None = None
    marks: dict[Mark, float] = field(default_factory=dict)
    texts: Texts | None = None
    uploaded: int = 0
    received: int = 0
    status: int | None = None
    connection: int | None = None
    connect_s: float | None = None
    tcp_connect_s: float | None = None
    tls_s: float | None = None
    lingered_s: float = 0.0
    captured: dict[str, str | None] = field(default_factory=dict)
    polls: int | None = None
    flaw: str | None = None
    header: Callable[[str], str | None] = field(default=lambda _: None, repr=False)
    parts: list[bytes] = field(default_factory=list, repr=False)
    pace: Pace = field(default_factory=Pace, repr=False)

    def mark(self, name: Mark, at_s: float) -> None:
        """It happens at at_s."""
        self.marks[name] = at_s

    @property
    def sent_s(self) -> float | None:
        return self.marks.get("sent")

    @property
    def first_byte_s(self) -> float | None:
        return self.marks.get("first_byte")

    @property
    def done_s(self) -> float | None:
        return self.marks.get("done")

    @property
    def said_all(self) -> bool:
        """The answer is a stream that is at its end, or has told of an error: how it goes on is of no interest."""
        return self.stream is not None and self.stream.has_said_all

    @property
    def is_refused(self) -> bool:
        """Status and headers of the answer are in, and they say no: that is said, whatever becomes of the body."""
        return self.status is not None and not 200 <= self.status < 300


class ClientError(Exception):
    """The exchange brought no whole answer."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class Language(Protocol):
    """How a service is spoken to: a `stt_load.api.api.Api`, or what a user class makes of one. All may raise."""

    def body(self, audio: Sequence[Part], audio_bytes: int) -> Body: ...

    def follow(self) -> Stream | None: ...

    def read(self, answer: Answer) -> Transcript | Failure: ...


class Client(ABC):
    """Says clips to one service, one at a time, from one greenlet. language: None in one that only fetches."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.language: Language | None = None

    def speak(self, clip: Clip, exchange: Exchange) -> Transcript | Failure:
        """What the service makes of `clip`. `exchange` gets what happens on the way, see `fetch`.

        The clock starts when the body is there, and has stopped when the answer is read. Raises what the language
        does; whatever else interrupts the greenlet goes through.
        """
        language = self.language
        assert language is not None
        exchange.clip = clip
        body, stream = language.body(clip.parts, clip.bytes), language.follow()
        if stream is not None:
            exchange.stream, exchange.texts = stream, stream.texts
        try:
            answer = exchange.answer = self.post(body, exchange)
        except ClientError as error:
            return Failure(error.kind, error.message)
        return language.read(answer)

    def post(self, body: Body, exchange: Exchange) -> Answer:
        """Sends `body` to the target's path, see `fetch`."""
        return self.fetch(Request("POST", self.target.path, body), exchange)

    def fetch(self, request: Request, exchange: Exchange) -> Answer:
        """Sends `request` and reads the whole answer; `exchange` gets the instants, the clock running only in here.

        Raises `ClientError`. Anything else that interrupts the greenlet goes through, the connection closed.
        """
        watch = gevent.Timeout(self.target.timeouts.total_s)
        exchange.uploaded = len(request.body)
        sent_s = clock()
        exchange.mark("sent", sent_s)
        exchange.pace.deadline_s = sent_s + self.target.timeouts.total_s
        watch.start()
        try:
            self.perform(request, exchange)
        except (gevent.Timeout, Overdue) as timeout:
            if isinstance(timeout, gevent.Timeout) and timeout is not watch:
                raise
            if exchange.is_refused:
                exchange.flaw = self._overdue().message
            elif not exchange.said_all:
                raise self._overdue() from None
        except (ClientError, OSError) as error:
            if not exchange.said_all:
                advice = local_limits.advice(error)
                if advice is not None:
                    raise ClientError(ErrorKind.LOCAL_LIMIT, advice) from error
                raise
        finally:
            done_s = clock()
            exchange.mark("done", done_s)
            watch.close()
        if exchange.stream is not None and exchange.stream.ended_s is not None:
            lingered_s = done_s - exchange.stream.ended_s
            exchange.lingered_s = lingered_s if lingered_s > NOTICED_S else 0.0
            exchange.mark("done", exchange.stream.ended_s)
        return self.answer(exchange)

    def open(self) -> None:  # noqa: B027 - most have nothing to do
        """Opens the connection that the next exchange will use, and sends nothing; where there is no such thing it
        does nothing. Another greenlet may have an exchange meanwhile, which then has a connection of its own. Raises
        `ClientError`."""

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back."""

    @abstractmethod
    def perform(self, request: Request, exchange: Exchange) -> None:
        """The exchange itself. Raises `ClientError`; leaves no open connection behind when interrupted."""

    def answer(self, exchange: Exchange) -> Answer:
        """The answer of an exchange that is over."""
        header = exchange.header
        return Answer(
            exchange.status or 0,
            header("content-type") or "",
            header("location"),
            b"".join(exchange.parts),
            header("retry-after"),
            exchange.stream,
            exchange.step,
            header("retry-after-ms"),
            exchange.flaw,
            header,
        )

    def _overdue(self) -> ClientError:
        """The time for all of it is over."""
        limit = self.target.timeouts.total_s
        return ClientError(ErrorKind.TIMEOUT_TOTAL, f"no whole answer within {limit:g} s")


def plain(error: BaseException) -> str:
    """An exception's message without the machinery around it: no object addresses, no nesting."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
