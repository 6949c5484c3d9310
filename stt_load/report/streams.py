"""A stream whose reader may have no characters for what is written, or go away. Imports next to nothing: a program
that becomes another one begins with it."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as typing has it, which takes longer to import than all of this
if TYPE_CHECKING:
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
