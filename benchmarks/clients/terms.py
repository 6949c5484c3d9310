"""What a client is told by its environment, and how it tells what it has seen."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import MutableSequence
from pathlib import Path

import numpy as np

URL = os.environ.get("BENCH_URL", "http://127.0.0.1:8000/v1/audio/transcriptions")
USERS = int(os.environ.get("BENCH_USERS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "1e9"))
TOLD = os.environ.get("BENCH_TOLD")
CLIP_S = float(os.environ.get("BENCH_CLIP_S", "10"))
RATE_HZ = 16_000
SKIPPED = 2
"""Requests of each user that nobody counts: the first ones connect."""

seen_s: MutableSequence[float] = array("d")
"""Response times in seconds, as they came in."""


def tell() -> None:
    """Quantiles as nearest ranks, as everything else here."""
    if TOLD:
        ordered = np.sort(np.asarray(seen_s)[SKIPPED * USERS :])
        ranks = {name: max(0, int(np.ceil(p * len(ordered))) - 1) for name, p in (("median_s", 0.5), ("p99_s", 0.99))}
        told = {"n": len(ordered)} | {name: float(ordered[rank]) for name, rank in ranks.items()}
        Path(TOLD).write_text(json.dumps(told), encoding="utf-8")
