"""Where the clips of a run come from, and what they say, by a plain record that any process can be sent."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stt_load.audio import cache, names
from stt_load.audio.arrangement import Arrangement, arrangement_of
from stt_load.audio.clip import Source as Source
from stt_load.audio.corpus import Corpus, corpus_of
from stt_load.audio.entries import RecordingsError
from stt_load.audio.length_table import lengths_in
from stt_load.audio.lengths import Duration, Lengths, length_of
from stt_load.audio.pack import Pack, from_manifest, shipped
from stt_load.audio.plan import SpeechPlan
from stt_load.audio.trace import TracedLength, trace_in
from stt_load.audio.traced import arrangement_along

Texts = Callable[[int, int], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AudioSpec:
    """What clips are like: as a configuration has it, so that it can be sent as JSON.

    duration: of each, see `Duration`. pack: path of a manifest, for speech; None for the shipped pack. files: folder
    or manifest of recordings. vary: what each clip is changed by: None, "shift", "none" or {"snr_db": number}.
    skip_broken: recordings that can't be used are left out. cache_mb: of memory for decoded recordings. trace: path
    of one (see `stt_load.audio.trace`), which says how long clips are, or which recordings; those after the first
    `warmup` are its own.
    """

    source: names.Source
    duration: Duration
    rate_hz: int
    format: names.Format = "wav"
    pack: str | None = None
    files: str | None = None
    vary: str | Mapping[str, Any] | None = None
    skip_broken: bool = False
    cache_mb: int = 256
    trace: str | None = None
    warmup: int = 0


def pack_of(spec: AudioSpec) -> Pack:
    """The pack that speech of `spec` is made of. Raises `PackError`."""
    return shipped() if spec.pack is None else _own(spec.pack)


def collection_of(spec: AudioSpec) -> Pack | Corpus | None:
    """The recordings that clips of `spec` are made of; None where there are none. Raises `RecordingsError`."""
    if spec.source == "files":
        return corpus_of(spec)
    return pack_of(spec) if spec.source == "speech" else None


def left_out_of(spec: AudioSpec) -> int:
    """Recordings that can't be used, and that `spec` leaves out. Raises `RecordingsError`."""
    return len(corpus_of(spec).left_out) if spec.source == "files" else 0


def texts_of(spec: AudioSpec, seed: int) -> Texts:
    """What tells for (seq, attempt) which sentences its clip says; none where nobody knows. A repetition says what
    attempt 0 does. No audio is decoded.

    Raises `RecordingsError`.
    """
    texts = _texts(spec, seed)
    return lambda seq, attempt: texts(seq, attempt if attempt < names.REPEAT else 0)


def _texts(spec: AudioSpec, seed: int) -> Texts:
    if spec.source == "files":
        return _arrangement(spec, seed).texts
    if spec.source == "speech":
        return SpeechPlan(pack_of(spec), _lengths(spec, seed), seed).texts
    return lambda seq, attempt: ()  # noqa: ARG005


def seconds_of(spec: AudioSpec, seed: int) -> Callable[[int], float]:
    """What tells how long the clip of an iteration is, whatever attempt. Nothing is decoded, but recordings that
    nobody has looked at. Raises ValueError."""
    return _arrangement(spec, seed).seconds if spec.source == "files" else _lengths(spec, seed).seconds


def has_words(spec: AudioSpec) -> bool:
    """Whether it is known what the clips say. Where recordings can't be read it is taken for granted: whoever then
    wants to know what they say is told why that isn't known."""
    if spec.source != "files":
        return spec.source == "speech"
    try:
        return corpus_of(spec).has_texts
    except RecordingsError:
        return True


def digest_of(spec: AudioSpec) -> str | None:
    """Of the files that decide on the clips: another one for other recordings, texts or lengths, and for another
    trace. None where there are none.

    Raises `RecordingsError`, or ValueError for a file of lengths or a trace.
    """
    collection = collection_of(spec)
    digest = None if collection is None else collection.digest
    if spec.trace is not None:
        return hashlib.blake2b(f"{digest}\0{trace_in(spec.trace).digest}".encode(), digest_size=32).hexdigest()
    lengths_s = _own_lengths(spec)
    if lengths_s is None:
        return digest
    return hashlib.blake2b(repr((digest, lengths_s)).encode(), digest_size=32).hexdigest()


def source_of(spec: AudioSpec, seed: int) -> Source:
    """The clips of `spec`. Raises `RecordingsError`, or ValueError for lengths, or a way to vary, that are none."""
    from stt_load.audio.vary import VariedSource, vary_of

    return VariedSource(_unvaried(spec, seed), vary_of(spec.vary, spec.source), seed)


def _unvaried(spec: AudioSpec, seed: int) -> Source:
    if spec.source == "files":
        # Not with noise: what decodes takes its time to import.
        from stt_load.audio.files import FilesSource

        return FilesSource(_arrangement(spec, seed), spec.cache_mb)
    lengths = _lengths(spec, seed)
    if spec.source == "speech":
        from stt_load.audio.speech import SpeechSource

        return SpeechSource(pack_of(spec), seed, lengths, cache.folder())
    if spec.source == "silence":
        from stt_load.audio.silence import SilenceSource

        return SilenceSource(seed, lengths)
    from stt_load.audio.noise import NoiseSource

    return NoiseSource(seed, lengths)


def _arrangement(spec: AudioSpec, seed: int) -> Arrangement:
    """One for all who ask: what it has worked out is worked out once."""
    if spec.trace is not None:
        trace = trace_in(spec.trace)
        return _along(trace, spec.warmup, corpus_of(spec), str(spec.files), spec.rate_hz, seed)
    duration = json.dumps(spec.duration, sort_keys=True)
    return _arranged(corpus_of(spec), spec.rate_hz, seed, duration, _own_lengths(spec))


@functools.lru_cache(maxsize=4)
def _arranged(
    corpus: Corpus,
    rate_hz: int,
    seed: int,
    duration: str,
    _: tuple[float, ...] | None,  # what its file has now
) -> Arrangement:
    return arrangement_of(corpus, rate_hz, seed, json.loads(duration))


_along = functools.lru_cache(maxsize=4)(arrangement_along)


def _own_lengths(spec: AudioSpec) -> tuple[float, ...] | None:
    """Those of a file of lengths, where there is one."""
    if isinstance(spec.duration, Mapping) and "empirical" in spec.duration:
        return lengths_in(spec.duration["empirical"])
    return None


def _lengths(spec: AudioSpec, seed: int) -> Lengths:
    length = length_of(spec.duration) if spec.trace is None else TracedLength(trace_in(spec.trace), spec.warmup)
    return Lengths(length, spec.rate_hz, seed)


@functools.lru_cache(maxsize=4)
def _own(path: str) -> Pack:
    return from_manifest(Path(path))
