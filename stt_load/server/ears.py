"""What is said in a clip, from its samples alone."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from stt_load.server.known import Known
from stt_load.server.transcript import Segment
from stt_load.server.wav import Clip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stt_load.server.fingerprints import Fingerprints

RATE_HZ = 16_000
"""At which recordings are kept: clips of this rate may be told by their bytes, those of others by how they sound."""


class Ears:
    """Knows `known`. One thread at a time may ask."""

    def __init__(self, known: Known) -> None:
        from stt_load.server.anchors import Anchors

        self.known = known
        self._anchors = Anchors(known.samples, known.rate_hz)
        self._shortest_s = min(map(len, known.samples)) / known.rate_hz

    def hear(self, clip: Clip) -> tuple[Segment, ...]:
        """The recordings in the clip, a segment each, in their order; none where it has none of them."""
        if clip.duration_s < self._shortest_s:
            return ()
        samples = _mono(clip.pcm, clip.channels)
        found = self._anchors.find(samples) if clip.rate_hz == self.known.rate_hz else None
        if found is None:
            found = self._fingerprints.find(samples, clip.rate_hz)
        return tuple(map(self.known.segment, found))

    @functools.cached_property
    def _fingerprints(self) -> Fingerprints:
        """Made when they are first needed, which takes half a second: where clips come as they were made, never."""
        from stt_load.server.fingerprints import Fingerprints

        return Fingerprints(self.known.samples, self.known.rate_hz)


@functools.lru_cache(maxsize=4)
def ears_for(manifest: str | None) -> Ears:
    """Those for the recordings of a manifest, None for the shipped ones; from the cache, or decoded, which takes a
    second. Raises `stt_load.audio.pack.PackError`, OSError."""
    import numpy as np

    from stt_load.audio import cache
    from stt_load.audio.pack import from_manifest, shipped
    from stt_load.audio.pool import Pool

    pack = shipped() if manifest is None else from_manifest(Path(manifest))
    pool = Pool(pack, RATE_HZ, cache.folder())
    pool.load()
    samples = [np.frombuffer(pool.recording(number), "<i2") for number in range(len(pack.recordings))]
    return Ears(Known(pack.recordings, samples, RATE_HZ))


def _mono(pcm: memoryview, channels: int) -> NDArray[np.int16]:
    """All channels as one: as they are where they are equal, their mean otherwise."""
    import numpy as np

    samples = np.frombuffer(pcm, "<i2")
    if channels == 1:
        return samples
    together = samples.reshape(-1, channels).sum(axis=1, dtype=np.int32) // channels
    mean: NDArray[np.int16] = together.astype(np.int16)
    return mean
