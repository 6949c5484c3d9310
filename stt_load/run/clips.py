"""The clips of one run on gevent's loop: what takes the processor for them is done beside it."""

from __future__ import annotations

import logging

import gevent

from stt_load.audio.clip import Clip
from stt_load.audio.manifest import PackError
from stt_load.audio.sources import AudioSpec, Source, source_of

logger = logging.getLogger(__name__)


class Clips:
    """What users say in a run of `spec`; `seed` decides on it. Raises `PackError`."""

    def __init__(self, spec: AudioSpec, seed: int) -> None:
        self._source: Source = source_of(spec, seed)
        self._is_flac = spec.format == "flac"

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration. Encoding it takes milliseconds, in which others go on."""
        clip = self._source.clip(seq, attempt)
        return clip if not self._is_flac else _beside(clip)

    def prepare(self) -> None:
        """Begins to decode what clips will need, in a thread; they don't wait for it."""
        gevent.spawn(self._load)

    def _load(self) -> None:
        # What is to be told is told on the loop: logging has locks that are gevent's, not for threads.
        try:
            gevent.get_hub().threadpool.apply(self._source.load)
        except PackError as error:  # the clips that need it say so, too
            logger.warning("stt-load: %s", error)


def _beside(clip: Clip) -> Clip:
    # Not for those who send WAV: with it comes a library that decodes.
    from stt_load.audio.flac import encoded

    coded: Clip = gevent.get_hub().threadpool.apply(encoded, (clip,))
    return coded
