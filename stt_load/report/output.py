"""A stream that a person reads: it may not know every character, and its reader may go away."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def forgive(stream: TextIO) -> None:
    """What the stream's encoding has no character for becomes a question mark from now on, not an error."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def silence(stream: TextIO) -> None:
    """Nobody reads `stream` any more: what is still in it goes nowhere, also in the interpreter's flush at exit."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), stream.fileno())


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
