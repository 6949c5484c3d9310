"""A pack of the user's own: short recordings with their texts, listed in a file of JSON lines (see `entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stt_load.audio.entries import (
    KINDS,
    SHORTEST_S,
    SILENT,
    UNNAMED,
    Entry,
    RecordingsError,
    Span,
    entry,
    lines,
    part_of,
    says_something,
    shown,
    spans_of,
    spread,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_S: Final = 30.0
"""Of one recording: utterances are joined to clips of any length, and none is cut."""
LONGEST_TEXT: Final = 1_000
"""Characters. In 30 s nobody says more."""


class PackError(RecordingsError):
    """Why a pack is none, each fault on a line of its own with the line of the manifest that it is in."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """line: of the manifest, from 1. voice: its place in `Manifest.voices`. frames, rate_hz, channels: of the file,
    as its header has them. words: from when to when each word is spoken, in seconds. offset: sample of the file that
    it begins with, where it is a part of it, of so many frames; None where it is all of it."""

    line: int
    file: Path
    voice: int
    frames: int
    rate_hz: int
    channels: int
    text: str
    words: tuple[Span, ...]
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """language: as the lines have it, None where none does. voices: the speakers, in the order of their lines."""

    path: Path
    language: str | None
    voices: tuple[str, ...]
    utterances: tuple[Utterance, ...]


def read(path: Path) -> Manifest:
    """The manifest at `path`. Of each recording only the header is read. Raises PackError with all that is wrong."""
    try:
        listed = lines(path)
    except RecordingsError as error:
        raise PackError(str(error)) from None
    faults: list[str] = []
    voices: dict[str, int] = {}
    languages: dict[str, int] = {}
    seen: dict[object, int] = {}
    utterances = []
    for number, line in listed:
        try:
            one = entry(number, line, path.parent)
            utterance = _utterance(number, one, voices)
            audio = ("audio", utterance.file.resolve(), utterance.offset)
            _first(seen, audio, number, f"the same audio, {utterance.file.name}, is in")
            _first(seen, ("text", utterance.voice, utterance.text), number, "the same text of the same speaker is in")
        except RecordingsError as error:
            faults.append(f"line {number}: {error}")
            continue
        utterances.append(utterance)
        if one.language:
            languages.setdefault(one.language, number)
    faults += [f"line {at}: one language a pack, but this is {one!r}" for one, at in list(languages.items())[1:]]
    if not listed:
        faults.append("it has no lines")
    if faults:
        raise PackError("\n".join(f"{path}: {fault}" for fault in shown(faults)))
    return Manifest(path, next(iter(languages), None), tuple(voices), tuple(utterances))


def decoded(utterance: Utterance) -> NDArray[np.float32]:
    """Its samples at the file's own rate, channels mixed down to their mean. Full scale is 1.

    Raises PackError where the file can't be decoded, is not as long as its header says, or holds nothing but silence.
    """
    import numpy as np

    from stt_load.audio.blocks import blocks
    from stt_load.audio.soundfiles import SoundFileError, why

    where = f"line {utterance.line}: {utterance.file}"
    try:
        part = () if utterance.offset is None else (utterance.offset, utterance.frames)
        mono = np.concatenate([*blocks(utterance.file, *part), np.empty(0, np.float32)])
    except (OSError, SoundFileError) as error:
        raise PackError(f"{where} can't be decoded: {why(error)}") from None
    if len(mono) != utterance.frames:
        raise PackError(f"{where} has {len(mono)} samples, and {utterance.frames} by its header")
    if not max(mono.max(), -mono.min()) > SILENT:
        raise PackError(f"{where} is silent: its peak is below -60 dB of full scale")
    return mono


def _utterance(line: int, one: Entry, voices: dict[str, int]) -> Utterance:
    text = _text(one.text)
    whole, rate_hz, channels = _header(one.file)
    offset, frames = part_of(one, whole, rate_hz)
    duration_s = frames / rate_hz
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise PackError(f"{one.name} lasts {duration_s:.2f} s; a recording has {SHORTEST_S} to {LONGEST_S:.0f} s")
    words = spread(text, duration_s)
    if one.words is not None:
        words = spans_of(one.words, len(words), duration_s)
    voice = voices.setdefault(one.speaker or UNNAMED, len(voices))
    begins = None if one.offset_s is None else offset
    return Utterance(line, one.file, voice, frames, rate_hz, channels, text, words, begins)


def _text(text: str) -> str:
    if not says_something(text):
        raise PackError("no text: the words that are said")
    if len(text) > LONGEST_TEXT:
        raise PackError(f"a text of {len(text)} characters; {LONGEST_TEXT} are the most")
    return text


def _header(file: Path) -> tuple[int, int, int]:
    from stt_load.audio.soundfiles import SoundFileError, opened

    if not file.is_file():
        raise PackError(f"there is no file {file}")
    try:
        with opened(file) as header:
            return int(header.frames), int(header.samplerate), int(header.channels)
    except (OSError, SoundFileError):
        raise PackError(f"{file} is no audio that libsndfile reads, {KINDS}") from None


def _first(seen: dict[object, int], what: object, number: int, words: str) -> None:
    if (before := seen.setdefault(what, number)) != number:
        raise PackError(f"{words} line {before}, too")
