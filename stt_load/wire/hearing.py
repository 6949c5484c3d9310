"""What the events of one streamed answer say, whatever stands between them: the text, when it came, how it ended.

Servers send more than the transcript: signs of life (a word, a time, `null`, `{}`, an event of a name of its own),
and events wrapped once more (`data: data: {...}`). The dialect is that of the first event that is one of a dialect's;
what came before was noise. Where there is none, the words are the transcript, and the dialect is `plain`. JSON never
is.
"""

from __future__ import annotations

from typing import Any

from stt_load.sample import ErrorKind
from stt_load.wire.dialects import (
    DONE,
    UNDERSTAND,
    Dialect,
    Document,
    Said,
    dialect_of,
    is_listened_to,
    is_sign_of_life,
)
from stt_load.wire.errors import begins_an_error, error_in
from stt_load.wire.numbers import usage_of
from stt_load.wire.pieces import Pieces
from stt_load.wire.places import NO_JSON, json_in
from stt_load.wire.sse import MESSAGE, Decoder
from stt_load.wire.verdict import EXCERPT_CHARACTERS, excerpt
from stt_load.wire.words import is_like_json

MOST_WRAPPINGS = 4
"""How often an event may be the data of another one."""
MOST_INSIDE = 10_000
"""Events in the data of one: all of them are heard in one go, in which all other users stand still."""


class Hearing:
    """Is told one event after the other.

    dialect: what the service speaks, None to tell from its events. ended_s: when the dialect's done mark came, None
    without one. error: what the server says went wrong. flaw: the first thing that can't be understood.
    """

    def __init__(self, dialect: Dialect | None) -> None:
        self.ended_s: float | None = None
        self.error: str | None = None
        self.flaw: tuple[ErrorKind, str] | None = None
        self.audio_s: float | None = None
        self.tokens: float | None = None
        self.is_silent = True
        """No event has been heard, not even a blank one."""
        self._set = dialect
        self._spoken: Dialect | None = None  # what the events have turned out to be
        self._pieces = Pieces()
        self._segments = Pieces(spaced=True)
        self._words = Pieces()  # the transcript, if no event is of another dialect than plain
        self._whole = ""
        self._empty_segment = False
        self._noise: str | None = None  # the first event that is of no dialect
        self._unknown: str | None = None  # the first that says something, in a language that is none of these
        self._last_word: str | None = None  # words, when the last event was that
        self._inside = 0  # how many events were in the data of the last one that was no other's
        self._unheard: str | None = None  # the name of the first event that was nobody's

    def hear(self, name: str, said: str, at_s: float, unfinished: bool = False, wrapped: int = 0) -> None:
        """Takes in one event. unfinished: the body ended in it, perhaps too early. wrapped: how often it was.

        There are streams of millions of small events: what is usual comes first, and asks little.
        """
        data = said.strip()
        if data[:1] not in _SUSPECT:  # words, or blanks
            document: Any = NO_JSON
            error = None
        else:
            document = json_in(data)
            if type(document) is dict:
                error = error_in(document, data)
            else:
                error = data if document is NO_JSON and begins_an_error(data) else None
        if name == "error" and error is None and data != DONE:
            error = data
        if error is not None:
            self.is_silent = False
            self._fail(error)
        elif name == MESSAGE or data == DONE or is_listened_to(name):
            self.is_silent = False
            if type(document) is dict:
                if self.ended_s is None:
                    self._understand(document, data, at_s)
            elif data[:1] not in _ODD and not unfinished:
                if self.ended_s is None:
                    self._take_words(said, data, at_s)
            else:
                self._take_in(document, said, data, at_s, unfinished, wrapped)
        elif self._unheard is None:
            self._unheard = name

    @property
    def dialect(self) -> Dialect | None:
        """What the service speaks: as it is set, or as far as it has said."""
        if self._set is not None or self._spoken is not None:
            return self._set or self._spoken
        if self._empty_segment:
            return "segments"
        return "plain" if self._words.count and self._unknown is None else None

    @property
    def told(self) -> Pieces:
        """Where the text stands: segments repeat what pieces said, and count only where there are none."""
        if self._pieces.count:
            return self._pieces
        return self._words if self.dialect == "plain" else self._segments

    @property
    def text(self) -> str:
        return self._whole if self._whole.strip() else self.told.text

    @property
    def first_text_s(self) -> float | None:
        """When the first text came that is more than blanks."""
        firsts = [self.told.first_s, self._segments.first_s if self._pieces.count else None]
        return min((first for first in firsts if first is not None), default=None)

    @property
    def stranger(self) -> str | None:
        """What was said instead of anything that can be understood; None where something was, or nothing at all."""
        if self._spoken is not None or self._empty_segment:
            words = self._last_word if self.dialect == "segments" and self.ended_s is None else None
            return None if words is None else f"it ends in words, not in a segment: {quoted(words)}"
        if self._unknown is not None:
            return self._no_event(self._unknown)
        if self._noise is not None and not (self.dialect == "plain" and self._words.count):
            return None if self.ended_s is not None and self._noise in _NOTHING else self._no_event(self._noise)
        if self.is_silent and self._unheard is not None:
            return f"no event in the stream but those named {quoted(self._unheard)}, which are nobody's"
        return None

    def add_whole(self, text: str, at_s: float) -> None:
        """All of the text at once, of an answer that was no stream."""
        self._pieces.add(text, at_s)

    def spoil(self, kind: ErrorKind, what: str, quote: str | bytes) -> None:
        """Keeps the first thing that is wrong with the stream. What follows its end can't be."""
        if self.flaw is None and self.ended_s is None:
            self.flaw = (kind, f"{what}: {quoted(quote)}")

    def _take_in(self, document: Any, said: str, data: str, at_s: float, unfinished: bool, wrapped: int) -> None:
        """An event that is no error, somebody's, and no object. said: its data with the blanks around it."""
        if isinstance(document, str) or _is_event(data):
            self._unwrap(document, data, at_s, unfinished, wrapped + 1)
        elif self.ended_s is not None:
            pass
        elif data == DONE:
            self.ended_s = at_s
        elif document is not NO_JSON:
            self._note(data)
        elif data and self._is_broken(data, unfinished):
            self.spoil(
                ErrorKind.TRUNCATED if unfinished else ErrorKind.BAD_STREAM, "event is not a JSON object", data
            )
        else:
            self._take_words(said, data, at_s)

    def _unwrap(self, document: Any, data: str, at_s: float, unfinished: bool, wrapped: int) -> None:
        """An event whose data is a JSON string, or an event, or several: of a server that writes `data: ` and leaves
        it to its library, too. What is a comment in there is one."""
        if wrapped == 1:
            self._inside = 0
        if wrapped > MOST_WRAPPINGS:
            self._note(data)
            return
        if isinstance(document, str):
            self.hear(MESSAGE, document, at_s, unfinished, wrapped)
            return
        inner = Decoder()
        for event in inner.feed(data.encode(errors="replace")):
            self._inside += 1
            if self._inside > MOST_INSIDE:
                self.spoil(ErrorKind.BAD_STREAM, f"more than {MOST_INSIDE:,} events in one", data)
                return
            self.hear(*event, at_s, unfinished, wrapped)
        last = inner.finish()
        if last is not None:
            self.hear(*last, at_s, unfinished, wrapped)

    def _take_words(self, said: str, data: str, at_s: float) -> None:
        """The transcript itself, or a sign of life: which of them only the other events can tell."""
        if self._spoken is None and self._set in _PLAIN:
            self._words.add(said, at_s)
        elif data:
            self._note(data)
        self._last_word = data or self._last_word

    def _is_broken(self, data: str, unfinished: bool) -> bool:
        """Whether what is no JSON was to be some, or a done mark. Braces are no part of what people say, either."""
        braces = data.startswith("{") and self._set != "plain"
        return braces or is_like_json(data) or (unfinished and DONE.startswith(data))

    def _understand(self, document: Document, data: str, at_s: float) -> None:
        spoken = self._spoken
        if spoken is None:
            spoken = dialect_of(document)
            if spoken is None:
                self._pass_over(document, data)
                return
            if spoken == "segments" and self._set != spoken and not str(document["text"]).strip():
                self._empty_segment, self._last_word = self._set is None, None  # perhaps a sign of life
                return
            if self._set not in (None, spoken):
                self.spoil(ErrorKind.BAD_STREAM, f"event is not one of {self._set}", data)
                return
            self._spoken, self._words = spoken, Pieces()
        self._last_word = None
        self._take(UNDERSTAND[spoken](document), document, at_s)

    def _take(self, said: Said, document: Document, at_s: float) -> None:
        if "usage" in document:
            audio_s, tokens = usage_of(document)
            self.audio_s = self.audio_s if audio_s is None else audio_s
            self.tokens = self.tokens if tokens is None else tokens
        if said.error is not None:
            self._fail(said.error)
        if said.text:
            self._pieces.add(said.text, at_s)
        if said.segment:
            self._segments.add(said.segment, at_s)
        if said.whole:
            self._whole = said.whole
            if not self._pieces.count and not self._segments.count:
                self._pieces.add(said.whole, at_s)
        if said.done:
            self.ended_s = at_s

    def _fail(self, error: str) -> None:
        if self.error is None:
            self.error = error

    def _pass_over(self, document: Document, data: str) -> None:
        """An object of no dialect, before there was one of any."""
        if is_sign_of_life(document):
            self._note(data)
        elif self._unknown is None:
            self._unknown = data

    def _note(self, data: str) -> None:
        """Noise."""
        if self._noise is None or self._noise in _NOTHING:
            self._noise = data

    def _no_event(self, quote: str) -> str:
        return f"no event {f'of {self._set}' if self._set else 'of a known kind'} in the stream: {quoted(quote)}"


def quoted(text: str | bytes) -> str:
    """Its beginning, for a message."""
    return excerpt(text if isinstance(text, bytes) else text[: 4 * EXCERPT_CHARACTERS].encode(errors="replace"))


def _is_event(data: str) -> bool:
    """Whether an event's data is an event itself, or a comment."""
    return data.startswith(("data:", ":")) or (data.startswith(("event:", "id:", "retry:")) and "\ndata:" in data)


_SUSPECT = frozenset('{["n')
"""How data begins that may be JSON, or have been."""
_ODD = _SUSPECT | frozenset(":deir")
"""How data begins that may be more than words."""
_PLAIN = (None, "plain")
_NOTHING = ("{}", "[]", "null")
