"""A pack of the user's own: recordings with their texts, listed in a file of JSON lines.

Each line is an object: `audio` (a file that libsndfile reads, from the manifest's folder), `text` (what is said in
it), and, if known, `speaker`, `language`, and `words` (from when to when each blank-separated word of the text is
spoken, as pairs of seconds). Other keys are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stt_load.storage.files import open_ordinary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = tuple[float, float]

LONGEST_S: Final = 30.0
"""Of one recording: utterances are joined to clips of any length, and none is cut."""
SHORTEST_S: Final = 0.1
LONGEST_TEXT: Final = 1_000
"""Characters. In 30 s nobody says more."""
SHOWN: Final = 20
"""So many faults are told; who has more has made one mistake many times."""
SILENT: Final = 10 ** (-60 / 20)
"""Peak of what is no speech, of full scale."""
UNNAMED: Final = "speaker"
"""The voice of a line that names none."""


class PackError(ValueError):
    """Why a pack is none, each fault on a line of its own with the line of the manifest that it is in."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """line: of the manifest, from 1. voice: its place in `Manifest.voices`. frames, rate_hz, channels: of the file,
    as its header has them. words: from when to when each word is spoken, in seconds."""

    line: int
    file: Path
    voice: int
    frames: int
    rate_hz: int
    channels: int
    text: str
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """language: as the lines have it, None where none does. voices: the speakers, in the order of their lines."""

    path: Path
    language: str | None
    voices: tuple[str, ...]
    utterances: tuple[Utterance, ...]


def read(path: Path) -> Manifest:
    """The manifest at `path`. Of each recording only the header is read. Raises PackError with all that is wrong."""
    lines = list(_lines(path))
    faults: list[str] = []
    voices: dict[str, int] = {}
    languages: dict[str, int] = {}
    seen: dict[object, int] = {}
    utterances = []
    for number, line in lines:
        try:
            fields = _fields(line)
            utterance = _utterance(number, fields, path.parent, voices)
            _first(seen, ("audio", utterance.file.resolve()), number, f"the same audio, {utterance.file.name}, is in")
            _first(seen, ("text", utterance.voice, utterance.text), number, "the same text of the same speaker is in")
        except PackError as error:
            faults.append(f"line {number}: {error}")
            continue
        utterances.append(utterance)
        if language := fields.get("language"):
            languages.setdefault(str(language), number)
    faults += [f"line {at}: one language a pack, but this is {one!r}" for one, at in list(languages.items())[1:]]
    if not lines:
        faults.append("it has no lines")
    if faults:
        raise PackError("\n".join(f"{path}: {fault}" for fault in _shown(faults)))
    return Manifest(path, next(iter(languages), None), tuple(voices), tuple(utterances))


def decoded(utterance: Utterance) -> NDArray[np.float32]:
    """Its samples at the file's own rate, channels mixed down to their mean. Full scale is 1.

    Raises PackError where the file can't be decoded, is not as long as its header says, or holds nothing but silence.
    """
    from stt_load.audio.soundfiles import SoundFileError, opened

    where = f"line {utterance.line}: {utterance.file}"
    try:
        with opened(utterance.file) as file:
            samples = file.read(dtype="float32", always_2d=True)
    except (OSError, SoundFileError) as error:
        raise PackError(f"{where} can't be decoded: {error}") from None
    if len(samples) != utterance.frames:
        raise PackError(f"{where} has {len(samples)} samples, and {utterance.frames} by its header")
    mono: NDArray[np.float32] = samples.mean(axis=1, dtype="float32")
    if not max(mono.max(), -mono.min()) > SILENT:
        raise PackError(f"{where} is silent: its peak is below -60 dB of full scale")
    return mono


def spread(text: str, duration_s: float) -> tuple[Span, ...]:
    """From when to when each word is spoken, where nobody knows: in proportion to its letters. An estimate."""
    words = text.split()
    second = duration_s / sum(len(word) for word in words)
    spans, before = [], 0
    for word in words:
        spans.append((round(before * second, 3), round((before + len(word)) * second, 3)))
        before += len(word)
    return tuple(spans)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Those that are not empty, with their numbers."""
    try:
        with open_ordinary(path) as file:
            text = file.read().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise PackError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise PackError(f"{path}: not UTF-8 at byte {error.start}") from None
    # Not splitlines: a text may hold a line separator of Unicode.
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _fields(line: str) -> Mapping[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PackError(f"not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise PackError('not an object such as {"audio": "a.wav", "text": "..."}')
    for name in ("speaker", "language"):
        if not isinstance(fields.get(name, ""), str | None):
            raise PackError(f"{name} is no string")
    return fields


def _utterance(number: int, fields: Mapping[str, Any], folder: Path, voices: dict[str, int]) -> Utterance:
    name = fields.get("audio")
    if not isinstance(name, str) or not name:
        raise PackError("no audio: the name of a file")
    text = _text(fields.get("text"))
    file = folder / name
    frames, rate_hz, channels = _header(file)
    duration_s = frames / rate_hz
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise PackError(f"{name} lasts {duration_s:.2f} s; a recording has {SHORTEST_S} to {LONGEST_S:.0f} s")
    words = spread(text, duration_s)
    if (given := fields.get("words")) is not None:
        words = _spans(given, len(words), duration_s)
    voice = voices.setdefault(fields.get("speaker") or UNNAMED, len(voices))
    return Utterance(number, file, voice, frames, rate_hz, channels, text, words)


def _text(text: object) -> str:
    """With single blanks between its words."""
    if not isinstance(text, str) or not any(map(str.isalnum, text)):
        raise PackError("no text: the words that are said")
    if len(text) > LONGEST_TEXT:
        raise PackError(f"a text of {len(text)} characters; {LONGEST_TEXT} are the most")
    return " ".join(text.split())


def _header(file: Path) -> tuple[int, int, int]:
    from stt_load.audio.soundfiles import SoundFileError, opened

    if not file.is_file():
        raise PackError(f"there is no file {file}")
    try:
        with opened(file) as header:
            return int(header.frames), int(header.samplerate), int(header.channels)
    except (OSError, SoundFileError):
        raise PackError(f"{file} is no audio that libsndfile reads, such as WAV, FLAC, Ogg or MP3") from None


def _spans(given: object, count: int, duration_s: float) -> tuple[Span, ...]:
    wrong = PackError(f"words: not {count} pairs of seconds, one for each word, in order and within the recording")
    if not isinstance(given, list) or len(given) != count:
        raise wrong
    before = 0.0
    spans = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2 or not all(type(at) in (int, float) for at in pair):
            raise wrong
        first, last = map(float, pair)
        if not before <= first <= last <= duration_s + 0.001:  # NaN neither
            raise wrong
        before = first
        spans.append((first, last))
    return tuple(spans)


def _first(seen: dict[object, int], what: object, number: int, words: str) -> None:
    if (before := seen.setdefault(what, number)) != number:
        raise PackError(f"{words} line {before}, too")


def _shown(faults: Sequence[str]) -> Sequence[str]:
    rest = len(faults) - SHOWN
    return faults if rest <= 0 else [*faults[:SHOWN], f"and {rest} faults more"]
