"""How far something is that takes longer than a person waits for without a word: a line on their terminal."""

from __future__ import annotations

import sys
from typing import Final, Self

from stt_load.clock import clock

SILENT_S: Final = 2.0
"""So long nothing is said."""
EVERY_S: Final = 0.5


class Patience:
    """Told how much is done, of how much. what: is being done, after the numbers."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next_s = clock() + SILENT_S
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, of: int) -> None:
        if clock() >= self._next_s and sys.stderr.isatty():
            self._next_s = clock() + EVERY_S
            self._show(f"stt-load: {done:,} of {of:,} {self._what}")

    def __exit__(self, *_: object) -> None:
        if self._width:
            self._show("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _show(self, line: str) -> None:
        print(f"\r{line:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(line)
