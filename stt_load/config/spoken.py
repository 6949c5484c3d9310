"""What the recordings are like that clips are made of, a pack's or a person's own, and what is wrong with them. Each
is decoded here once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from stt_load.audio.trace import trace_in
from stt_load.config.audio import AudioConfig
from stt_load.config.audio_notes import Spoken
from stt_load.config.faults import KeyPath
from stt_load.config.model import Config
from stt_load.config.places import Broken

if TYPE_CHECKING:
    from stt_load.audio.arrangement import Arrangement
    from stt_load.audio.corpus import Corpus, CorpusError
    from stt_load.audio.pack import Pack

PACK: KeyPath = ("audio", "pack")
FILES: KeyPath = ("audio", "files")
DURATION: KeyPath = ("audio", "duration")
SERVERS_PACK: KeyPath = ("embedded", "pack")
ANY_SEED = 0
"""Whether recordings have room in clips is the same with another one, or nearly."""
MOST_SHOWN = 1_000
"""Recordings that can't be decoded, of which is told."""


def spoken(audio: AudioConfig, trace: str | None = None) -> Spoken | None:
    """None where nobody speaks. trace: path of the one that says how long clips are, where there is one. Raises
    `RecordingsError` with all that is wrong with recordings, a line each."""
    if audio.source == "files":
        return _of_files(audio, trace)
    if audio.source != "speech":
        return None
    from stt_load.audio.plan import LEAST_GAP_S

    pack = _pack(audio.pack)
    shortest: dict[int, int] = {}
    for recording, frames in zip(pack.recordings, pack.lengths(audio.sample_rate), strict=True):
        shortest[recording.voice] = min(frames, shortest.get(recording.voice, frames))
    name = "the shipped pack" if audio.pack is None else audio.pack
    return Spoken(name, pack.language or "", max(shortest.values()) / audio.sample_rate + 2 * LEAST_GAP_S)


def _of_files(audio: AudioConfig, trace: str | None) -> Spoken:
    """Of recordings as they are each clip has one."""
    from stt_load.audio.corpus import corpus_of

    corpus = corpus_of(audio)
    as_they_are = audio.duration is None if trace is None else bool(trace_in(trace).files)
    longest_s = max(one.lasts_s for one in corpus.recordings) if as_they_are else None
    return Spoken(
        str(audio.files),
        corpus.language or "",
        longest_s=longest_s,
        recordings=len(corpus.recordings),
        left_out=tuple(fault.removeprefix(f"{audio.files}: ") for fault in corpus.left_out),
        no_room=_arrangement(corpus, audio, trace).left_out,
        has_texts=corpus.has_texts,
    )


def _arrangement(corpus: Corpus, audio: AudioConfig, trace: str | None) -> Arrangement:
    """Raises `CorpusError`, or ValueError for lengths that are none."""
    from stt_load.audio.arrangement import arrangement_of
    from stt_load.audio.traced import arrangement_along

    if trace is None:
        return arrangement_of(corpus, audio.sample_rate, ANY_SEED, audio.duration)
    return arrangement_along(trace_in(trace), 0, corpus, str(audio.files), audio.sample_rate, ANY_SEED)


def recordings_can_be_read(audio: AudioConfig, trace: str | None = None) -> Iterator[Broken]:
    """Those of the user's own, where they are what is sent. All that is wrong is told at once; with a trace, whether
    they are what it needs is told as what is wrong with that."""
    if audio.source != "files" or audio.files is None:
        return
    from stt_load.audio.corpus import CorpusError, corpus_of

    try:
        corpus = corpus_of(audio)
    except CorpusError as error:
        yield from ({FILES: f"can't be used: {fault}"} for fault in _faults(error, audio))
        return
    if trace is not None:
        return
    try:
        _arrangement(corpus, audio, None)
    except CorpusError as error:
        yield {DURATION: f"is too short: {error}", FILES: f"can't be used: {error}"}
    except ValueError:
        return  # lengths that are none, of which is told as such


def _faults(error: CorpusError, audio: AudioConfig) -> Iterator[str]:
    """What is wrong with recordings, the advice that ends it beside the last fault."""
    *faults, last = str(error).splitlines()
    if faults and last.startswith("audio.skip_broken"):
        last = f"{faults.pop()}; {last}"
    yield from (fault.removeprefix(f"{audio.files}: ") for fault in (*faults, last))


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
