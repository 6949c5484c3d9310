"""A clip as people make it: float noise for each request, scaled and rounded, through the `wave` module."""

from __future__ import annotations

import numpy as np

from benchmarks.clients.ready import wav
from benchmarks.clients.terms import CLIP_S, RATE_HZ


def clip() -> bytes:
    noise = np.random.uniform(-1.0, 1.0, int(CLIP_S * RATE_HZ))
    return wav((noise * 32_767).astype(np.int16))
