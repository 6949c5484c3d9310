"""A pack on disk: either one file for each recording and a manifest, or all recordings in one file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from stt_load.packing.recording import PackingError, Samples, Spoken

FORMAT = 1
"""Of the pack that is joined, in its first line."""
BLOCK = 16_000
"""Samples written at once: libsndfile's Vorbis encoder crashes on half an hour in one call."""


def write_files(recordings: Sequence[Spoken], folder: Path, language: str | None) -> Path:
    """`manifest.jsonl` in `folder`, and beside it a FLAC file for each recording, in a folder for each voice.

    Returns the manifest's path. It is written last: where it is, the recordings are.
    """
    lines = []
    for voice, its in _by_voice(recordings):
        (folder / voice).mkdir(parents=True, exist_ok=True)
        lines += [_file(one, folder, f"{voice}/{number:04}.flac", language) for number, one in enumerate(its, 1)]
    return _write(folder / "manifest.jsonl", lines)


def write_manifest(recordings: Iterable[Spoken], path: Path, language: str | None) -> None:
    """A manifest at `path`, and a FLAC file for each recording, written as it comes, in the folder beside it that has
    its name. The manifest is written last, and one that is there before goes first: where it is, the recordings
    are."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    lines = [
        _file(one, path.parent, f"{folder.name}/{number:05}.flac", language)
        for number, one in enumerate(recordings, 1)
    ]
    _write(path, lines)


def write_joined(recordings: Sequence[Spoken], folder: Path, language: str | None, name: str) -> Path:
    """`speech.ogg` in `folder`, with all recordings one after the other, voice after voice, and `pack.jsonl`, which
    says where each begins. Returns the path of the latter.

    Ogg Vorbis, at the lowest quality: a recogniser hears no difference (docs/speech.md). Raises PackingError where
    sample rates differ, or a recording's words have no instants.
    """
    if len(rates := {one.rate_hz for one in recordings}) != 1:
        raise PackingError(f"a joined pack has one sample rate, not {sorted(rates)}")
    (rate_hz,) = rates
    voices = _by_voice(recordings)
    lines = [_line(one) for _, its in voices for one in its]
    samples = np.concatenate([one.samples for _, its in voices for one in its])
    speech = folder / "speech.ogg"
    folder.mkdir(parents=True, exist_ok=True)
    _encode(speech, samples, rate_hz)
    head = {
        "format": FORMAT,
        "name": name,
        "language": language,
        "sample_rate": rate_hz,
        "voices": [voice for voice, _ in voices],
        "samples": samples.size,
        "sha256": hashlib.sha256(speech.read_bytes()).hexdigest(),
    }
    return _write(folder / "pack.jsonl", [head, *lines])


def _file(one: Spoken, folder: Path, name: str, language: str | None) -> Mapping[str, object]:
    """Writes `one` into `folder` and returns its line of the manifest."""
    import soundfile

    soundfile.write(folder / name, one.samples, one.rate_hz, format="FLAC", subtype="PCM_16")
    line = {"audio": name, "text": one.text, "speaker": one.voice, "language": language, "words": one.words}
    return {key: value for key, value in line.items() if value is not None}


def _line(one: Spoken) -> Mapping[str, object]:
    if one.words is None:
        raise PackingError(f"a joined pack says when each word is spoken, and voice {one.voice} doesn't: {one.text}")
    return {"voice": one.voice, "frames": one.samples.size, "text": one.text, "words": one.words}


def _encode(path: Path, samples: Samples, rate_hz: int) -> None:
    import soundfile

    with soundfile.SoundFile(
        path, "w", samplerate=rate_hz, channels=1, format="OGG", subtype="VORBIS", compression_level=1.0
    ) as file:
        for at in range(0, samples.size, BLOCK):
            file.write(samples[at : at + BLOCK])
    if (written := soundfile.info(path).frames) != samples.size:
        raise PackingError(f"{path} has {written} samples instead of {samples.size}")


def _by_voice(recordings: Iterable[Spoken]) -> list[tuple[str, list[Spoken]]]:
    """Voices in the order in which they appear."""
    voices: dict[str, list[Spoken]] = {}
    for one in recordings:
        voices.setdefault(one.voice, []).append(one)
    return list(voices.items())


def _write(path: Path, lines: Iterable[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path
