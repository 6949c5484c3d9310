"""What broke in this suite's own work during one run: counted for the verdict, told in the report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gevent

logger = logging.getLogger(__name__)

MOST_SENTENCES = 20


class Faults:
    """Whatever breaks in here, the rest of the run goes on; its measurement is INVALID then.

    hide: takes secrets out of what is told. count: of exceptions. sentences: each different one once, for the report.
    """

    def __init__(self, hide: Callable[[str], str] = str) -> None:
        self.count = 0
        self._hide = hide
        self._sentences: dict[str, None] = {}

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(self._sentences)

    def note(self, what: str, error: BaseException | None = None) -> None:
        """Something broke. what: a sentence for a person, of what is missing because of it, without its full stop."""
        self.count += 1
        reason = "" if error is None else f" ({type(error).__name__}: {error})"
        sentence = self._hide(what + reason)
        if sentence in self._sentences or len(self._sentences) >= MOST_SENTENCES:
            return
        self._sentences[sentence] = None
        # What the system says of a disk needs no trace.
        trace = None if isinstance(error, OSError) else error
        logger.error("stt-load: %s", sentence, exc_info=trace)

    @contextmanager
    def caught(self, what: str) -> Iterator[None]:
        """An exception of what is done in here is noted and goes no further."""
        try:
            yield
        except Exception as error:
            self.note(what, error)

    def spawn(self, what: str, function: Callable[..., Any], *arguments: Any) -> gevent.Greenlet[..., None]:
        """`function` in a greenlet of its own, whose exception is noted instead of lost."""

        def guarded() -> None:
            with self.caught(what):
                function(*arguments)

        return gevent.spawn(guarded)
