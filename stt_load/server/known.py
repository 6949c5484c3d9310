"""The recordings that the server can tell: their samples, their words, and where one of them was heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stt_load.server.transcript import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stt_load.audio.pack import Recording


class Found(NamedTuple):
    """A recording by its number, and where it begins in the clip, in seconds."""

    number: int
    start_s: float


@dataclass(frozen=True, slots=True)
class Known:
    """samples: of each recording, 16 bits, at rate_hz."""

    recordings: Sequence[Recording]
    samples: Sequence[NDArray[np.int16]]
    rate_hz: int

    def segment(self, found: Found) -> Segment:
        """What is said there: a segment for each recording, with its words in their places."""
        start_s, recording = found.start_s, self.recordings[found.number]
        words = tuple(Segment(start_s + word.from_s, start_s + word.to_s, word.text) for word in recording.words)
        end_s = start_s + len(self.samples[found.number]) / self.rate_hz
        return Segment(max(0.0, start_s), end_s, recording.text, words)

    def vocabulary(self) -> tuple[str, ...]:
        """All words that are said, in small letters, without punctuation, each once."""
        found = {bare(word) for recording in self.recordings for word in recording.text.split()}
        return tuple(sorted(found - {""}))


def bare(word: str) -> str:
    """Without what is neither letter nor digit at its ends, in small letters."""
    return _EDGES.sub("", word).lower()


_EDGES = re.compile(r"^\W+|\W+$")
