"""What the pack that is asked for is like, and what is wrong with it. Its recordings are decoded here once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from stt_load.config.audio import AudioConfig
from stt_load.config.audio_notes import Spoken
from stt_load.config.faults import KeyPath
from stt_load.config.model import Config
from stt_load.config.places import Broken

if TYPE_CHECKING:
    from stt_load.audio.pack import Pack

PACK: KeyPath = ("audio", "pack")
SERVERS_PACK: KeyPath = ("embedded", "pack")
MOST_SHOWN = 20
"""Recordings that can't be decoded, of which is told."""


def spoken(audio: AudioConfig) -> Spoken | None:
    """None where nobody speaks. Raises `PackError` with all that is wrong with the pack, a line each."""
    if audio.source != "speech":
        return None
    from stt_load.audio.plan import LEAST_GAP_S

    pack = _pack(audio.pack)
    shortest: dict[int, int] = {}
    for recording, frames in zip(pack.recordings, pack.lengths(audio.sample_rate), strict=True):
        shortest[recording.voice] = min(frames, shortest.get(recording.voice, frames))
    name = "the shipped pack" if audio.pack is None else audio.pack
    return Spoken(name, pack.language or "", max(shortest.values()) / audio.sample_rate + 2 * LEAST_GAP_S)


def packs_can_be_read(config: Config) -> Iterator[Broken]:
    """The pack of the clips, and the embedded server's own, where they are needed."""
    if config.audio.source == "speech" and config.audio.pack is not None:
        yield from ({PACK: problem} for problem in _problems(config.audio.pack, config.audio.sample_rate))
    own = config.embedded.pack
    if own is not None and own != config.audio.pack and config.embeds and config.embedded.hears:
        yield from ({SERVERS_PACK: problem} for problem in _problems(own, config.audio.sample_rate))


def _pack(path: str | None) -> Pack:
    from stt_load.audio.pack import from_manifest, shipped

    return shipped() if path is None else from_manifest(Path(path))


def _problems(path: str, rate_hz: int) -> Iterator[str]:
    from stt_load.audio.manifest import PackError
    from stt_load.audio.pool import undecodable

    try:
        pack = _pack(path)
    except PackError as error:
        faults = str(error).splitlines()
    else:
        faults = list(islice(undecodable(pack, rate_hz), MOST_SHOWN))
    for fault in faults:
        yield f"can't be used: {fault.removeprefix(f'{path}: ')}"
