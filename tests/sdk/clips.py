"""What the clients send: a clip of two seconds, which has five words; one that is too large; none at all."""

from __future__ import annotations

from tests.server.clips import wav

from .conftest import MOST_BYTES

CLIP = wav(frames=32_000)
LARGE = wav(frames=MOST_BYTES // 2)
NO_CLIP = b"no audio"
