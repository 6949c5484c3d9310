"""Where the clips of a run come from, and what they say, by a plain record that any process can be sent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stt_load.audio import cache, names
from stt_load.audio.clip import Clip
from stt_load.audio.pack import Pack, from_manifest, shipped
from stt_load.audio.plan import SpeechPlan


@dataclass(frozen=True, slots=True)
class AudioSpec:
    """What clips are like. duration_s: at least FEWEST_SAMPLES long. pack: path of a manifest, for speech; None for
    the shipped pack."""

    source: names.Source
    duration_s: float
    rate_hz: int
    format: names.Format = "wav"
    pack: str | None = None

    @property
    def frames(self) -> int:
        """Samples of each clip."""
        return names.frames_of(self.duration_s, self.rate_hz)


class Source(Protocol):
    """Clips, each a function of the seed and of (seq, attempt): the same on any worker."""

    def clip(self, seq: int, attempt: int) -> Clip: ...

    def load(self) -> None:
        """Makes ready what clips will need. Takes its time, from any thread, while clips are drawn; or is not called
        at all: then they take their time."""


def pack_of(spec: AudioSpec) -> Pack:
    """The pack that speech of `spec` is made of. Raises `PackError`."""
    return shipped() if spec.pack is None else _own(spec.pack)


def texts_of(spec: AudioSpec, seed: int) -> Callable[[int, int], tuple[str, ...]]:
    """What tells for (seq, attempt) which sentences its clip says; none in noise and silence. No audio is decoded.

    Raises `PackError`.
    """
    if spec.source != "speech":
        return lambda seq, attempt: ()  # noqa: ARG005
    return SpeechPlan(pack_of(spec), spec.frames, spec.rate_hz, seed).texts


def source_of(spec: AudioSpec, seed: int) -> Source:
    """The clips of `spec`. Raises `PackError`."""
    if spec.source == "speech":
        # Not with noise: what speech needs takes its time to import.
        from stt_load.audio.speech import SpeechSource

        return SpeechSource(pack_of(spec), seed, spec.frames, spec.rate_hz, cache.folder())
    if spec.source == "silence":
        from stt_load.audio.silence import SilenceSource

        return SilenceSource(seed, spec.frames, spec.rate_hz)
    from stt_load.audio.noise import NoiseSource

    return NoiseSource(seed, spec.frames, spec.rate_hz)


@functools.lru_cache(maxsize=4)
def _own(path: str) -> Pack:
    return from_manifest(Path(path))
