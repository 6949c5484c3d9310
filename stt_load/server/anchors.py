"""Recordings in samples as they were made: told by their bytes, each of them checked to its last sample.

What is between two recordings of a clip is fainter than speech. So the first sample that is louder begins one, at the
same place as in the recording itself. The eight samples from there are looked up, and the recording that they name is
held against the clip; the search goes on behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stt_load.server.known import Found

LOUD = 300
"""Of 32,768; room noise stays below. A recording that stays below it, too, can't be told here."""
KEY_SAMPLES = 8


class Anchors:
    """samples: of each recording, at rate_hz."""

    def __init__(self, samples: Sequence[NDArray[np.int16]], rate_hz: int) -> None:
        self._samples, self._rate_hz = samples, rate_hz
        self._by_key: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
        for number, of_one in enumerate(samples):
            loud = _is_loud(of_one).find(True)
            if loud >= 0:
                self._by_key[of_one[loud : loud + KEY_SAMPLES].tobytes()].append((number, loud))

    def find(self, clip: NDArray[np.int16]) -> list[Found] | None:
        """All that is said in a clip of the same rate, in its order. None where anything is loud that is no recording
        as it was made; an empty list where nothing is loud."""
        content, is_loud = clip.tobytes(), _is_loud(clip)
        found: list[Found] = []
        place = 0
        while (loud := is_loud.find(True, place)) >= 0:
            key = content[2 * loud : 2 * (loud + KEY_SAMPLES)]
            for number, offset in self._by_key.get(key, ()):
                start, recording = loud - offset, self._samples[number]
                end = start + len(recording)
                if start >= 0 and np.array_equal(clip[start:end], recording):
                    found.append(Found(number, start / self._rate_hz))
                    place = end
                    break
            else:
                return None
        return found


def _is_loud(samples: NDArray[np.int16]) -> bytes:
    """A byte for each sample, 1 where it is loud. The sum wraps: what is left of -LOUD is a large number then."""
    return ((samples + np.int16(LOUD)).view(np.uint16) > 2 * LOUD).tobytes()
