"""The clips of one run on gevent's loop: what takes the processor for them is done beside it."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, cast

import gevent
from gevent.event import AsyncResult
from gevent.threadpool import ThreadPool

from stt_load.audio.clip import Clip
from stt_load.audio.entries import RecordingsError
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, Source, source_of

logger = logging.getLogger(__name__)

THREADS = 2
"""That make clips: with more of them the loop waits for the interpreter's lock behind them all."""
SWITCH_S = 0.0005
"""So long a thread may keep the interpreter's lock from the loop: Python's own 5 ms are longer than what is timed may
wait, and the loop gives the lock up with each call of the system's."""


@functools.cache
def _threads() -> ThreadPool:
    return ThreadPool(THREADS)


def _done(threads: ThreadPool, work: Callable[..., Any], *args: Any) -> Any:
    """What `work` gives or raises, done in a thread. A recording that can't be read is carried out of it by hand:
    gevent prints a traceback of all that a thread raises, and who asked for the clip tells of it anyway."""

    def carried() -> Any:
        try:
            return work(*args), None
        except RecordingsError as error:
            return None, error

    result, error = threads.apply(carried)
    if error is not None:
        raise error
    return result


class Clips:
    """What users say in a run of `spec`; `seed` decides on it. Raises `RecordingsError`."""

    def __init__(self, spec: AudioSpec, seed: int) -> None:
        self._source: Source = source_of(spec, seed)
        self._is_flac = spec.format == "flac"
        self._ahead: dict[tuple[int, int], AsyncResult[Clip]] = {}
        self._loading = gevent.Greenlet()  # is never started: so far nothing is prepared
        if self.take_time:
            sys.setswitchinterval(min(SWITCH_S, sys.getswitchinterval()))
        if self._is_flac:
            # Not for those who send WAV: with it comes a library that decodes. And not in a thread, where an import
            # may wait for another one without end (`stt_load.audio.soundfiles`).
            import stt_load.audio.flac  # noqa: F401

    @property
    def take_time(self) -> bool:
        """They are decoded, copied or encoded, which takes milliseconds."""
        return self._is_flac or self._source.takes_time

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration: as it was made in advance, or made now. What takes milliseconds is done in a
        thread, while others go on."""
        if (ahead := self._ahead.pop((seq, attempt), None)) is not None:
            return cast(Clip, ahead.get())
        # A repetition is a copy, whatever it repeats.
        if self.take_time or attempt >= REPEAT:
            return self._made_beside(seq, attempt)
        return self._source.clip(seq, attempt)

    def make_next(self, wanted: Sequence[tuple[int, int]]) -> bool:
        """Makes the first of `wanted`, by seq and attempt, that is not there yet, in a thread; whether there was one.
        Those that are there and are not wanted any more, as nobody took them, are forgotten."""
        for known in self._ahead.keys() - set(wanted):
            del self._ahead[known]
        following = next((one for one in wanted if one not in self._ahead), None)
        if following is None:
            return False
        made = self._ahead[following] = AsyncResult()
        try:
            made.set(self._made_beside(*following))
        except BaseException as error:
            made.set_exception(error)
            if not isinstance(error, RecordingsError):  # that one is told by whoever takes the clip
                raise
        return True

    def prepare(self) -> None:
        """Begins to decode what clips will need, in a thread; they don't wait for it."""
        self._loading = gevent.spawn(self._load)

    def _made_beside(self, seq: int, attempt: int) -> Clip:
        made: Clip = _done(_threads(), self._made, seq, attempt)
        if self._source.takes_time and self._loading.ready():
            self.prepare()
        return made

    def _made(self, seq: int, attempt: int) -> Clip:
        clip = self._source.clip(seq, attempt)
        if not self._is_flac:
            return clip
        from stt_load.audio.flac import encoded

        return encoded(clip)

    def _load(self) -> None:
        # What is to be told is told on the loop: logging has locks that are gevent's, not for threads.
        try:
            _done(gevent.get_hub().threadpool, self._source.load)
        except RecordingsError as error:  # the clips that need it say so, too
            logger.warning("stt-load: %s", error)
            self._loading = gevent.Greenlet()  # it ends here
