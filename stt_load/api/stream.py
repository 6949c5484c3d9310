"""One streamed answer as it comes in: its text, when the text came, and what it comes down to.

Which dialects there are, and where they were checked, is in `stt_load.api.dialects`; what is made of the events in
`stt_load.api.event_reader`.
"""

from __future__ import annotations

from stt_load.api import json_lines, sse
from stt_load.api.answers import Read
from stt_load.api.dialects import MARKS
from stt_load.api.event_reader import EventReader
from stt_load.api.names import Dialect
from stt_load.api.oddities import quoted
from stt_load.api.pieces import Texts
from stt_load.api.verdict import EXCERPT_CHARACTERS, Answer, Failure, Transcript, excerpt, transcript_of
from stt_load.samples.sample import ErrorKind


class Stream:
    """Fed with a 2xx answer's body in the pieces it is read in. How they are cut changes the times only.

    dialect: what the service speaks, None to tell from its events. read_whole: reads an answer that is no stream at
    all, from a server that knows no `stream`.

    texts: what it says, and when each piece of it came in, on the clock of `feed`'s at_s.

    The body is a stream of events, or of lines of JSON, or a whole: what stands in it tells, and the Content-Type
    only where that does not. One object is a whole answer, two lines with an object each are a stream.
    """

    def __init__(self, dialect: Dialect | None, read_whole: Read) -> None:
        self._set = dialect
        self._read_whole = read_whole
        self.texts = Texts()
        self._reader = EventReader(dialect, self.texts)
        self._says_events = self._says_lines = False  # the Content-Type does
        self._opening: sse.Opening | None = sse.Opening()  # None once it is settled
        self._decoder: sse.Decoder | json_lines.Decoder | None = None  # of a whole, or of what can't be read on
        self._is_stream = False
        self._last_s = 0.0

    def begin(self, content_type: str) -> None:
        """The headers of a 2xx answer are in."""
        kind = content_type.partition(";")[0].strip().lower()
        self._says_events = kind.startswith("text/event-stream")
        self._says_lines = kind in json_lines.KINDS

    def feed(self, part: bytes, at_s: float) -> None:
        """The next part of the body, read at at_s. Never raises."""
        if not part:
            return
        self._last_s = at_s
        if self._opening is None:
            self._decode(part, at_s)
            return
        is_events = self._opening.feed(part)
        if is_events is not None:
            self._decode(self._settle(self._opening, is_events), at_s)

    @property
    def ended_s(self) -> float | None:
        """When the dialect's done mark came in, on the clock of `feed`'s at_s; None without one."""
        return self._reader.ended_s

    @property
    def has_said_all(self) -> bool:
        """The done mark came in, or an error: what follows changes nothing but adds an error to a done mark."""
        return self._reader.ended_s is not None or self._reader.error is not None

    @property
    def is_stream(self) -> bool:
        """Whether the answer, once it is read, was a stream; a service that knows no `stream` sends it as a whole."""
        return self._is_stream

    @property
    def dialect(self) -> Dialect | None:
        """What the events have turned out to be; None where there was none of any dialect, or no stream."""
        return self._reader.dialect if self._is_stream else None

    def read(self, answer: Answer) -> Transcript | Failure:
        """What the answer comes down to, after its body has ended as HTTP wants it."""
        self._finish()
        reader = self._reader
        if not self._is_stream:
            verdict = self._read_whole(answer)
            if isinstance(verdict, Transcript) and not self.texts.count:
                self.texts.add(self._last_s, verdict.text, final=False)
            return verdict
        return self._failure(answer) or transcript_of(reader.text, audio_s=reader.audio_s, tokens=reader.tokens)

    def again(self, answer: Answer) -> Transcript | Failure:
        """What a stream of the same settings makes of `answer.body` as a whole, for messages without secrets."""
        stream = Stream(self._set, self._read_whole)
        stream.begin(answer.content_type)
        stream.feed(answer.body, 0.0)
        return stream.read(answer)

    def _settle(self, opening: sse.Opening, is_events: bool) -> bytes:
        """What kind of body this is, by its beginning, which it returns."""
        self._opening = None
        is_comment = opening.head.removeprefix(sse.BOM).lstrip().startswith(b":")
        if self._says_lines and (is_comment or not is_events):
            self._decoder, self._is_stream = json_lines.Decoder(is_sure=True), True
        elif is_events or (self._says_events and not json_lines.begin(opening.head)):
            self._decoder, self._is_stream = sse.Decoder(), True
        elif json_lines.begin(opening.head):
            self._decoder, self._is_stream = json_lines.Decoder(), True
        return opening.head

    def _decode(self, part: bytes, at_s: float) -> None:
        if self._decoder is None:
            return
        read = self._reader.read
        try:
            for name, data in self._decoder.feed(part):
                read(name, data, at_s)
        except (sse.NotUtf8, sse.TooLong) as error:
            self._decoder = None
            self._reader.spoil(ErrorKind.BAD_STREAM, str(error), error.line)
        except json_lines.NotLines:
            self._take_for_whole()

    def _take_for_whole(self) -> None:
        self._decoder, self._is_stream = None, False
        self.texts.clear()
        self._reader = EventReader(self._set, self.texts)

    def _finish(self) -> None:
        """The body is at its end."""
        if self._opening is not None:
            self._decode(self._settle(self._opening, False), self._last_s)
        decoder, self._decoder = self._decoder, None
        if decoder is None:
            return
        if isinstance(decoder, json_lines.Decoder) and not (decoder.count or self._says_stream):
            self._take_for_whole()  # one line that nothing has ended: it is not read twice
            return
        try:
            while (event := decoder.finish()) is not None:
                self._reader.read(*event, self._last_s, unfinished=True)
        except (sse.NotUtf8, sse.TooLong) as error:
            is_cut = isinstance(error, sse.NotUtf8) and error.cut
            self._reader.spoil(ErrorKind.TRUNCATED if is_cut else ErrorKind.BAD_STREAM, str(error), error.line)
        except json_lines.NotLines:
            self._take_for_whole()
        if isinstance(decoder, json_lines.Decoder) and decoder.count < 2 and not self._says_stream:
            self._take_for_whole()

    @property
    def _says_stream(self) -> bool:
        return self._says_events or self._says_lines

    def _failure(self, answer: Answer) -> Failure | None:
        said, reader = f"HTTP {answer.status},", self._reader
        if reader.error is not None:
            return Failure(ErrorKind.STREAM_ERROR, f"{said} error in the stream: {quoted(reader.error)}")
        if reader.flaw is not None:
            return Failure(reader.flaw[0], f"{said} {reader.flaw[1]}")
        stranger = reader.stranger
        if stranger is not None:
            return Failure(ErrorKind.BAD_STREAM, f"{said} {stranger}")
        if reader.is_silent and (self._set in (None, *MARKS) or answer.body.strip()):
            return Failure(ErrorKind.BAD_STREAM, f"{said} no event in the stream: {excerpt(answer.body)}")
        mark = MARKS.get(reader.dialect or "plain")
        if mark is not None and reader.ended_s is None:
            end = excerpt(answer.body[-EXCERPT_CHARACTERS:])
            return Failure(ErrorKind.TRUNCATED, f"{said} the stream ends without {mark}: {end}")
        return None
