"""The answer of one exchange as its bytes come in, whatever they are cut into."""

from __future__ import annotations

from stt_load.client.coding import Decoder
from stt_load.client.exchange import ClientError, Exchange
from stt_load.client.http1 import AnswerReader, BadHttp, Head, Incomplete
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind

FOLLOWED_BYTES = 4_096
"""What a stream is given at a time: of the smallest events it is as much work as others can wait for."""
SMALL_BYTES = 1_024
"""Parts that are smaller are joined: a million of two bytes would take forty times their size."""


class Incoming:
    """Fills `exchange` in with an answer. limit: bytes of content, coded and decoded.

    came: whether anything of an answer has come, an interim one (1xx) included. reader: of its bytes, which knows
    how far it is. All methods raise `ClientError`.
    """

    def __init__(self, exchange: Exchange, method: str, captured: tuple[str, ...], limit: int) -> None:
        self.came = False
        self._exchange = exchange
        self.reader = AnswerReader(method)
        self._captured = captured
        self._limit = limit
        self._decoder: Decoder | None = None

    @property
    def has_begun(self) -> bool:
        """The head of the final answer is in."""
        return self._decoder is not None

    @property
    def is_refusal(self) -> bool:
        """It says that the request is not wanted: what of it is still to be sent is of no use."""
        return (self._exchange.status or 0) >= 400

    def feed(self, data: bytes) -> None:
        """The next bytes. What is wrong with them is told after all that came before it: how they are cut changes
        nothing."""
        self.came = True
        flaw: BadHttp | None = None
        try:
            self.reader.feed(data)
        except BadHttp as error:
            flaw = error
        try:
            self._take()
        except ValueError as error:
            raise ClientError(ErrorKind.BAD_HTTP, str(error)) from None
        if flaw is not None:
            raise ClientError(ErrorKind.BAD_HTTP, str(flaw)) from None

    def end(self) -> bool:
        """The peer has closed its side. False where that was too early."""
        try:
            self.reader.end()
            if self._decoder is not None:
                self._decoder.finish()
        except Incomplete:
            return False
        except ValueError as error:
            raise ClientError(ErrorKind.BAD_HTTP, str(error)) from None
        return True

    def _take(self) -> None:
        reader = self.reader
        if reader.head is None:
            return
        if self._decoder is None:
            self._decoder = self._begin(reader.head)
        if content := reader.take():
            self._keep(content, self._decoder)
        if reader.done:
            self._decoder.finish()

    def _begin(self, head: Head) -> Decoder:
        """The answer has begun. Returns what undoes its content coding."""
        exchange = self._exchange
        exchange.mark("first_byte", clock())
        exchange.status, exchange.header = head.status, head.header
        exchange.captured = {name: head.header(name) for name in self._captured}
        if not 200 <= head.status < 300:
            exchange.stream = exchange.texts = None  # it is read as a whole
        elif exchange.stream is not None:
            exchange.stream.begin(head.header("content-type") or "")
        return Decoder(head.header("content-encoding"), self._limit)

    def _keep(self, content: bytes, decoder: Decoder) -> None:
        """Never much more than the limit in memory."""
        exchange, at_s = self._exchange, clock()
        exchange.received += len(content)
        if exchange.received > self._limit:
            raise ClientError(ErrorKind.ANSWER_TOO_LARGE, f"the answer is larger than {self._limit} bytes")
        for place, part in enumerate(decoder.feed(content)):
            if place:
                exchange.pace.step(clock())
            self._follow(part, at_s)

    def _follow(self, part: bytes, at_s: float) -> None:
        """The next part of the content, decoded."""
        exchange = self._exchange
        parts = exchange.parts
        if parts and len(parts[-1]) < SMALL_BYTES and len(part) < SMALL_BYTES:
            parts[-1] += part
        else:
            parts.append(part)
        stream = exchange.stream
        if stream is None:
            return
        for begin in range(0, len(part), FOLLOWED_BYTES):
            stream.feed(part[begin : begin + FOLLOWED_BYTES], at_s)
            exchange.pace.step(clock())
