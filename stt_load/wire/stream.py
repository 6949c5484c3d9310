"""One streamed answer as it comes in: its text, when the text came, and what it comes down to.

Which dialects there are, and where they were checked, is in `stt_load.wire.dialects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from stt_load.sample import ErrorKind
from stt_load.wire.answers import Read
from stt_load.wire.dialects import DONE, MARKS, UNDERSTAND, Dialect, Document, Said, dialect_of, document_of, error_in
from stt_load.wire.numbers import usage_of
from stt_load.wire.sse import Decoder, Event, NotUtf8, Opening
from stt_load.wire.verdict import EXCERPT_CHARACTERS, Answer, Failure, Transcript, excerpt, heard


@dataclass(frozen=True, slots=True)
class Gaps:
    """Seconds between the arrivals of one piece of text and the next. p95_s: nearest rank."""

    mean_s: float
    p95_s: float
    max_s: float


class Stream:
    """Fed with a 2xx answer's body in the pieces it is read in. How they are cut changes the times only.

    dialect: what the service speaks, None to tell from its first event. read_whole: reads an answer that is no stream
    at all, from a server that knows no `stream`.

    ended_s: when the dialect's done mark came in, None without one. first_text_s: when the first text did that is not
    empty. Both on the clock of `feed`'s at_s.
    """

    def __init__(self, dialect: Dialect | None, read_whole: Read) -> None:
        self.ended_s: float | None = None
        self.first_text_s: float | None = None
        self._set = dialect
        self._spoken: Dialect | None = "plain" if dialect == "plain" else None  # else by the first event
        self._read_whole = read_whole
        self._opening: Opening | None = Opening()  # None once it is settled
        self._decoder: Decoder | None = None  # None for no stream, or for one that can't be read on
        self._is_stream = False
        self._heard = False
        self._last_s = 0.0
        self._pieces = _Pieces()
        self._segments = _Pieces(spaced=True)
        self._whole = ""
        self._audio_s: float | None = None
        self._tokens: float | None = None
        self._error: str | None = None
        self._flaw: tuple[ErrorKind, str] | None = None

    def begin(self, content_type: str) -> None:
        """The headers of a 2xx answer are in."""
        if content_type.strip().lower().startswith("text/event-stream"):
            self._settle(True)

    def feed(self, part: bytes, at_s: float) -> None:
        """The next part of the body, read at at_s. Never raises."""
        if not part:
            return
        self._last_s = at_s
        if self._opening is not None:
            opening = self._opening
            is_stream = opening.feed(part)
            if is_stream is None:
                return
            self._settle(is_stream)
            part = opening.head
        if self._decoder is None:
            return
        try:
            for event in self._decoder.feed(part):
                self._hear(event, at_s)
        except NotUtf8 as error:
            self._decoder = None
            self._spoil(ErrorKind.BAD_STREAM, "not UTF-8", error.line)

    @property
    def has_said_all(self) -> bool:
        """The done mark came in, or an error: what follows changes nothing but adds an error to a done mark."""
        return self.ended_s is not None or self._error is not None

    @property
    def deltas(self) -> int:
        """Pieces of text that were not empty."""
        return len(self._told.arrivals)

    @property
    def gaps(self) -> Gaps | None:
        """Between the arrivals of those; None with fewer than two. Two in one part came at once: 0."""
        gaps = sorted(after - before for before, after in pairwise(self._told.arrivals))
        if not gaps:
            return None
        return Gaps(fmean(gaps), gaps[(95 * len(gaps) + 99) // 100 - 1], gaps[-1])

    def read(self, answer: Answer) -> Transcript | Failure:
        """What the answer comes down to, after its body has ended as HTTP wants it."""
        if not self._is_stream:
            verdict = self._read_whole(answer)
            if isinstance(verdict, Transcript) and not self._pieces.arrivals:
                self._add(self._pieces, verdict.text, self._last_s)
            return verdict
        self._finish()
        return self._failure(answer) or heard(
            self._whole or self._told.text, audio_s=self._audio_s, tokens=self._tokens
        )

    def again(self, answer: Answer) -> Transcript | Failure:
        """What a stream of the same settings makes of `answer.body` as a whole, for messages without secrets."""
        stream = Stream(self._set, self._read_whole)
        stream.begin(answer.content_type)
        stream.feed(answer.body, 0.0)
        return stream.read(answer)

    @property
    def _told(self) -> _Pieces:
        """Where the text stands: segments repeat what pieces said, and count only where there are none."""
        return self._pieces if self._pieces.arrivals else self._segments

    def _settle(self, is_stream: bool) -> None:
        self._opening = None
        self._is_stream = is_stream
        self._decoder = Decoder() if is_stream else None

    def _hear(self, event: Event, at_s: float, unfinished: bool = False) -> None:
        """Take in one event. unfinished: the body ended in it, perhaps too early."""
        self._heard = True
        if event.data.strip() == DONE:
            self._end(at_s)
            return
        document = document_of(event.data)
        error = error_in(event, document)
        if error is not None:
            self._fail(error)
        elif self.ended_s is None:
            self._understand(event.data, document, at_s, unfinished)

    def _understand(self, data: str, document: Document | None, at_s: float, unfinished: bool) -> None:
        blank = document is None and not data.strip()
        if self._spoken is None and not blank:
            found = dialect_of(data, document)
            self._spoken = found if self._set in (None, found) else None
        if self._spoken == "plain":
            self._add(self._pieces, data, at_s)
        elif blank:
            pass  # a sign of life
        elif document is None:
            cut = unfinished and data.lstrip().startswith(("{", "["))  # of JSON, or of a done mark
            self._spoil(ErrorKind.TRUNCATED if cut else ErrorKind.BAD_STREAM, "event is not a JSON object", data)
        elif self._spoken is None:
            whose = f"first event is not one of {self._set}" if self._set else "unknown first event"
            self._spoil(ErrorKind.BAD_STREAM, whose, data)
        else:
            self._take(UNDERSTAND[self._spoken](document), document, at_s)

    def _take(self, said: Said, document: Document, at_s: float) -> None:
        if "usage" in document:
            audio_s, tokens = usage_of(document)
            self._audio_s = self._audio_s if audio_s is None else audio_s
            self._tokens = self._tokens if tokens is None else tokens
        if said.error is not None:
            self._fail(said.error)
        self._add(self._pieces, said.text, at_s)
        self._add(self._segments, said.segment, at_s)
        if said.whole:
            self._whole = said.whole
            if self.first_text_s is None:
                self._add(self._pieces, said.whole, at_s)
        if said.done:
            self._end(at_s)

    def _add(self, to: _Pieces, text: str, at_s: float) -> None:
        if text:
            to.add(text, at_s)
            if self.first_text_s is None:
                self.first_text_s = at_s

    def _end(self, at_s: float) -> None:
        if self.ended_s is None:
            self.ended_s = at_s

    def _fail(self, error: str) -> None:
        if self._error is None:
            self._error = error

    def _spoil(self, kind: ErrorKind, what: str, quote: str | bytes) -> None:
        """Keep the first thing that is wrong with the stream. What follows its end can't be."""
        if self._flaw is None and self.ended_s is None:
            self._flaw = (kind, f"{what}: {_quoted(quote)}")

    def _finish(self) -> None:
        if self._decoder is None:
            return
        try:
            event = self._decoder.finish()
            if event is not None:
                self._hear(event, self._last_s, unfinished=True)
        except NotUtf8 as error:
            self._spoil(ErrorKind.TRUNCATED if error.cut else ErrorKind.BAD_STREAM, "not UTF-8", error.line)
        self._decoder = None

    def _failure(self, answer: Answer) -> Failure | None:
        said = f"HTTP {answer.status},"
        if self._error is not None:
            return Failure(ErrorKind.STREAM_ERROR, f"{said} error in the stream: {_quoted(self._error)}")
        if self._flaw is not None:
            return Failure(self._flaw[0], f"{said} {self._flaw[1]}")
        if not self._heard and (self._set in (None, *MARKS) or answer.body.strip()):
            return Failure(ErrorKind.BAD_STREAM, f"{said} no event in the stream: {excerpt(answer.body)}")
        mark = MARKS.get(self._spoken or self._set or "plain")
        if mark is not None and self.ended_s is None:
            end = excerpt(answer.body[-EXCERPT_CHARACTERS:])
            return Failure(ErrorKind.TRUNCATED, f"{said} the stream ends without {mark}: {end}")
        return None


class _Pieces:
    """Texts and when each came in. spaced: they are parts of their own, with a space between two that have none."""

    __slots__ = ("_spaced", "_texts", "arrivals")

    def __init__(self, spaced: bool = False) -> None:
        self._spaced = spaced
        self._texts: list[str] = []
        self.arrivals: list[float] = []

    def add(self, text: str, at_s: float) -> None:
        if self._spaced and self._texts and not (self._texts[-1][-1].isspace() or text[0].isspace()):
            text = f" {text}"
        self._texts.append(text)
        self.arrivals.append(at_s)

    @property
    def text(self) -> str:
        return "".join(self._texts)


def _quoted(text: str | bytes) -> str:
    """Its beginning, for a message."""
    return excerpt(text if isinstance(text, bytes) else text[: 4 * EXCERPT_CHARACTERS].encode(errors="replace"))
