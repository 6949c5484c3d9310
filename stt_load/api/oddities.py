"""What stands in a stream that is no event of its dialect, and when it is no sound stream for that."""

from __future__ import annotations

from dataclasses import dataclass

from stt_load.api.names import Dialect
from stt_load.api.verdict import EXCERPT_CHARACTERS, excerpt
from stt_load.api.words import is_blank

NOTHING = ("{}", "[]", "null")


@dataclass(slots=True)
class Oddities:
    """noise: the first event that is of no dialect. unknown: the first that says something, in a language that is
    none of these. last_word: words, when the last event was that. stray: a line that is no event, when no text came
    after it. unread: the first event of the dialect with a text where it has none. unheard: the name of the first
    event that was nobody's.
    """

    noise: str | None = None
    unknown: str | None = None
    last_word: str | None = None
    stray: str | None = None
    unread: str | None = None
    unheard: str | None = None

    def note(self, data: str) -> None:
        """Noise."""
        if self.noise is None or self.noise in NOTHING:
            self.noise = data

    def ending(self, dialect: Dialect | None, text: str, is_open: bool) -> str | None:
        """What is wrong with the end of a stream of `dialect` that says `text`; None where nothing is. is_open: no
        done mark has come."""
        if self.unread is not None and is_blank(text):
            return f"no text where {dialect} has it: {quoted(self.unread)}"
        if not is_open:
            return None
        if self.stray is not None and dialect in ("segments", "plain"):
            return f"it ends in a line that is no event: {quoted(self.stray)}"
        if self.last_word is not None and dialect == "segments":
            return f"it ends in words, not in a segment: {quoted(self.last_word)}"
        return None


def quoted(text: str | bytes) -> str:
    """Its beginning, for a message."""
    return excerpt(text if isinstance(text, bytes) else text[: 4 * EXCERPT_CHARACTERS].encode(errors="replace"))


def is_event(data: str) -> bool:
    """Whether an event's data is an event itself, or a comment."""
    return data.startswith(("data:", ":")) or (data.startswith(("event:", "id:", "retry:")) and "\ndata:" in data)
