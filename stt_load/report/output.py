"""A stream that a person reads: how wide it is, and which language it can show."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from stt_load.report.messages import WIDTH, Language, Messages
from stt_load.report.streams import forgive, silence

NARROWEST = 20
ASCII_LOCALES = ("C", "POSIX")


def messages_for(language: Language, stream: TextIO) -> Messages:
    """The texts for whoever reads `stream`, as wide as its terminal is now."""
    return Messages(shown_in(language, stream), max(NARROWEST, _columns(stream)))


def shown_in(language: Language, stream: TextIO) -> Language:
    """`language`, or English where `stream` has no characters for it: question marks are read by nobody."""
    name = Messages(language)("language")
    try:
        name.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "en"
    # Python writes UTF-8 in this locale, unless it is told otherwise; the terminal shows ASCII.
    plain = os.environ.get("LC_ALL") in ASCII_LOCALES and "PYTHONIOENCODING" not in os.environ
    return language if name.isascii() or not plain else "en"


def _columns(stream: TextIO) -> int:
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH


class Output:
    """Writes to `stream` for as long as that takes anything; afterwards to nowhere, as the run goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._open = True
        forgive(stream)

    @property
    def is_terminal(self) -> bool:
        return self._stream.isatty()

    def write(self, text: str) -> None:
        """Writes `text` and hands it on at once."""
        if not self._open:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # ValueError: it was closed on this side
            self._open = False
            if self._stream in (sys.stdout, sys.stderr):
                silence(self._stream)
