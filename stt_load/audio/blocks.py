"""A recording's samples, block by block: of one that lasts an hour there are never more than a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Mono = NDArray[np.float32]

BLOCK = 1 << 15
"""Samples that are decoded at a time: numpy holds the interpreter's lock for some of what it does with them."""
RUN_UP = 8_192
"""Samples that are decoded before a part and thrown away. A block of Vorbis overlaps with the one before it, and
libsndfile gives the first after a leap without that one; the largest block has 8,192 samples (Vorbis I, 4.2.2). A
frame of MP3 refers back by at most 511 bytes (ISO 11172-3, main_data_begin), which at 8 kbit/s are seven frames of
576 samples."""


def blocks(file: Path, offset: int = 0, frames: int | None = None) -> Iterator[Mono]:
    """Of `file` at its own rate, channels mixed down to their mean, full scale 1: from sample `offset` on, so many,
    or all that follow; fewer where the file ends before. From any thread. Raises OSError, `SoundFileError`."""
    from stt_load.audio.soundfiles import read_on

    with read_on(file) as sound:
        if offset:
            sound.seek(max(0, offset - RUN_UP))
            sound.read(min(offset, RUN_UP), dtype="float32")
        while frames is None or frames > 0:
            block = sound.read(BLOCK if frames is None else min(BLOCK, frames), dtype="float32", always_2d=True)
            if not len(block):
                return
            yield block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype="float32")
            if frames is not None:
                frames -= len(block)
