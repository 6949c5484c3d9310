"""What the events of one streamed answer say, whatever stands between them: the text, when it came, how it ended.

Servers send more than the transcript: signs of life (a word, a time, `null`, `{}`, an event of a name of its own),
and events wrapped once more (`data: data: {...}`). The dialect is that of the first event that is one of a dialect's;
what came before was noise. Where there is none, the words are the transcript, and the dialect is `plain`. JSON never
is.
"""

from __future__ import annotations

from typing import Any

from stt_load.api.dialects import (
    DONE,
    UNDERSTAND,
    Document,
    Said,
    dialect_of,
    has_words,
    is_listened_to,
    is_sign_of_life,
)
from stt_load.api.errors import ENDS, begins_an_error, error_in, failure_in
from stt_load.api.names import Dialect
from stt_load.api.numbers import usage_of
from stt_load.api.oddities import NOTHING, Oddities, is_event, quoted
from stt_load.api.pieces import Texts
from stt_load.api.places import NO_JSON, json_in
from stt_load.api.sse import MESSAGE, STRAY, Decoder
from stt_load.api.words import is_blank, is_like_json, is_markup
from stt_load.samples.sample import ErrorKind

MOST_WRAPPINGS = 4
"""How often an event may be the data of another one."""
MOST_INSIDE = 10_000
"""Events in the data of one: all of them are read in one go, in which all other users stand still."""


class EventReader:
    """Reads one event after the other, and adds what they say to `texts`.

    dialect: what the service speaks, None to tell from its events. ended_s: when the dialect's done mark came, None
    without one. error: what the server says went wrong. flaw: the first thing that can't be understood.
    """

    def __init__(self, dialect: Dialect | None, texts: Texts) -> None:
        self.ended_s: float | None = None
        self.error: str | None = None
        self.flaw: tuple[ErrorKind, str] | None = None
        self.audio_s: float | None = None
        self.tokens: float | None = None
        self.is_silent = True
        """No event has come that says anything, not even blanks."""
        self._set = dialect
        self._spoken: Dialect | None = None  # what the events have turned out to be
        self._texts = texts  # words by themselves, too, until an event is of another dialect than plain
        self._whole = ""
        self._empty_segment = False
        self._odd = Oddities()
        self._inside = 0  # how many events were in the data of the last one that was no other's

    def read(self, name: str, said: str, at_s: float, unfinished: bool = False, wrapped: int = 0) -> None:
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
        if name != MESSAGE and error is None and name.endswith(ENDS) and data != DONE:
            error = data
        if error is not None:
            self.is_silent = False
            self._fail(error)
        elif name == MESSAGE or data == DONE or is_listened_to(name):
            if type(document) is dict:
                self.is_silent = False
                if self.ended_s is None:
                    self._understand(document, data, at_s)
            elif data[:1] not in _ODD and not unfinished:
                if self.ended_s is None:
                    self._take_words(name, said, data, at_s)
            else:
                self._take_in(name, document, said, data, at_s, unfinished, wrapped)
        elif name == STRAY:
            self._take_stray(document, data)
        elif self._odd.unheard is None:
            self._odd.unheard = name

    @property
    def dialect(self) -> Dialect | None:
        """What the service speaks: as it is set, or as far as it has said."""
        if self._set is not None or self._spoken is not None:
            return self._set or self._spoken
        if self._empty_segment:
            return "segments"
        return "plain" if self._texts.count and self._odd.unknown is None else None

    @property
    def text(self) -> str:
        return self._texts.text if is_blank(self._whole) else self._whole

    @property
    def stranger(self) -> str | None:
        """What was said instead of anything that can be understood; None where something was, or nothing at all."""
        odd, dialect = self._odd, self.dialect
        ending = odd.ending(dialect, self.text, self.ended_s is None)
        if ending is not None or self._spoken is not None or self._empty_segment:
            return ending
        if odd.unknown is not None:
            return self._no_event(odd.unknown)
        if dialect == "plain" and self._texts.count:
            text = self._texts.text.strip()
            return self._no_event(text) if is_markup(text) or is_like_json(text) else None
        if odd.noise is not None:
            return None if self.ended_s is not None and odd.noise in NOTHING else self._no_event(odd.noise)
        if self.is_silent and odd.unheard is not None:
            return f"no event in the stream but those named {quoted(odd.unheard)}, which are nobody's"
        return None

    def spoil(self, kind: ErrorKind, what: str, quote: str | bytes) -> None:
        """Keeps the first thing that is wrong with the stream. What follows its end can't be."""
        if self.flaw is None and self.ended_s is None:
            self.flaw = (kind, f"{what}: {quoted(quote)}")

    def _take_in(
        self, name: str, document: Any, said: str, data: str, at_s: float, unfinished: bool, wrapped: int
    ) -> None:
        """An event that is no error, somebody's, and no object. said: its data with the blanks around it."""
        if isinstance(document, str) or is_event(data):
            self._unwrap(name, document, data, at_s, unfinished, wrapped + 1)
        elif self.ended_s is not None:
            pass
        elif data == DONE:
            self.is_silent = False
            self.ended_s = at_s
        elif document is not NO_JSON:
            self._odd.note(data)
        elif data and self._is_broken(data, unfinished):
            self.spoil(
                ErrorKind.TRUNCATED if unfinished else ErrorKind.BAD_STREAM, "event is not a JSON object", data
            )
        else:
            self._take_words(name, said, data, at_s)

    def _unwrap(self, name: str, document: Any, data: str, at_s: float, unfinished: bool, wrapped: int) -> None:
        """An event whose data is a JSON string, or an event, or several: of a server that writes `data: ` and leaves
        it to its library, too. What is a comment in there is one."""
        if wrapped == 1:
            self._inside = 0
        if wrapped > MOST_WRAPPINGS:
            self._odd.note(data)
            return
        if isinstance(document, str):
            self.read(name, document, at_s, unfinished, wrapped)
            return
        inner = Decoder()
        for event in inner.feed(data.encode(errors="replace")):
            self._inside += 1
            if self._inside > MOST_INSIDE:
                self.spoil(ErrorKind.BAD_STREAM, f"more than {MOST_INSIDE:,} events in one", data)
                return
            self.read(name if event.name == MESSAGE else event.name, event.data, at_s, unfinished, wrapped)
        while (last := inner.finish()) is not None:
            self.read(name if last.name == MESSAGE else last.name, last.data, at_s, unfinished, wrapped)

    def _take_words(self, name: str, said: str, data: str, at_s: float) -> None:
        """The transcript itself, or a sign of life: which of them only the other events can tell. An event with a
        name is no transcript, nor is markup. One that says nothing is a piece only where the dialect is set."""
        if not said and self._set != "plain":
            return
        self.is_silent = False
        if "<" in data and self._spoken is None and is_markup(data):
            self._take_unknown(data)
        elif name == MESSAGE and self._spoken is None and self._set in _PLAIN:
            if self._is_plain:
                self._texts.add(at_s, said, final=False)
            self._odd.stray = None
        elif data:
            self._odd.note(data)
        self._odd.last_word = data or self._odd.last_word

    def _take_stray(self, document: Any, data: str) -> None:
        """A line that is no event, and no error that calls itself one."""
        if self.ended_s is None:
            self._odd.stray = data
            if type(document) is dict:
                self._take_failure(document, data)

    def _take_failure(self, document: Document, data: str) -> bool:
        """Whether an object without a text is one."""
        error = failure_in(document, data)
        if error is None:
            return False
        self.is_silent = False
        self._fail(error)
        return True

    def _is_broken(self, data: str, unfinished: bool) -> bool:
        """Whether what is no JSON was to be some, or a done mark. `[` may be the first of a few words."""
        is_json = data != "[" and is_like_json(data, goes_on=self._set == "plain")
        return is_json or (unfinished and DONE.startswith(data))

    def _understand(self, document: Document, data: str, at_s: float) -> None:
        spoken = self._spoken
        if spoken is None:
            spoken = dialect_of(document)
            if spoken is None:  # an object of no dialect, before there was one of any
                if self._take_failure(document, data):
                    return
                if is_sign_of_life(document):
                    self._odd.note(data)
                else:
                    self._take_unknown(data)
                return
            if spoken == "segments" and self._set != spoken and is_blank(str(document["text"])):
                self._take_failure(document, data)
                self._empty_segment, self._odd.last_word = self._set is None, None  # perhaps a sign of life
                if not self._is_plain:
                    self._texts.clear()
                return
            if self._set not in (None, spoken):
                self.spoil(ErrorKind.BAD_STREAM, f"event is not one of {self._set}", data)
                return
            self._spoken = spoken
            self._texts.clear()
        said = UNDERSTAND[spoken](document)
        if said.text or said.segment or said.whole:
            self._odd.last_word = self._odd.stray = None
        elif said.error is None and not self._take_failure(document, data):
            self._miss(spoken, document, data)
        self._take(said, document, at_s)

    def _miss(self, spoken: Dialect, document: Document, data: str) -> None:
        """An event that has no text where it should be."""
        if self._odd.unread is None and has_words(document):
            self._odd.unread = data
        if spoken != "segments" or "text" in document:
            self._odd.last_word = self._odd.stray = None
        elif isinstance(document.get("message"), str) and not {"status", "state", "code"} & document.keys():
            self._odd.last_word = data

    def _take(self, said: Said, document: Document, at_s: float) -> None:
        if "usage" in document:
            audio_s, tokens = usage_of(document)
            self.audio_s = self.audio_s if audio_s is None else audio_s
            self.tokens = self.tokens if tokens is None else tokens
        if said.error is not None:
            self._fail(said.error)
        if said.text:
            self._texts.add(at_s, said.text, final=False)
        if said.segment:
            self._texts.add(at_s, said.segment, final=True)
        if said.whole:
            self._whole = said.whole
            if not self._texts.count:
                self._texts.add(at_s, said.whole, final=False)
        if said.done:
            self.ended_s = at_s

    def _fail(self, error: str) -> None:
        if self.error is None:
            self.error = error

    def _take_unknown(self, data: str) -> None:
        """What says something in no language of these: then words are none either, unless they are what is set."""
        self._odd.unknown = self._odd.unknown or data
        if not self._is_plain:
            self._texts.clear()

    @property
    def _is_plain(self) -> bool:
        """Whether words by themselves are the transcript, as far as is known."""
        return self._set == "plain" or (self._odd.unknown is None and not self._empty_segment)

    def _no_event(self, quote: str) -> str:
        return f"no event {f'of {self._set}' if self._set else 'of a known kind'} in the stream: {quoted(quote)}"


_SUSPECT = frozenset('{["n')
"""How data begins that may be JSON, or have been."""
_ODD = _SUSPECT | frozenset(":deir")
"""How data begins that may be more than words."""
_PLAIN = (None, "plain")
