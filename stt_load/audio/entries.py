"""Recordings as a file of JSON lines lists them: one object a line, with keys of our own or NeMo's.

`audio` or `audio_filepath`: a file that libsndfile reads, from the manifest's folder. `text`: what is said in it.
And, where known, `speaker`, `language`, `words` (from when to when each blank-separated word of the text is spoken,
as pairs of seconds), `duration` (seconds; held against the file), `offset` (seconds; with it the recording is a part
of the file, `duration` long or to the end). Other keys are left alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from stt_load.storage.files import open_ordinary

Span = tuple[float, float]

SHORTEST_S: Final = 0.1
"""Of a recording."""
TOLERANCE_S, TOLERANCE = 0.05, 0.02
"""By so much, whichever is more, a recording may be longer or shorter than its line says: in seconds, and as a share.
Who writes manifests rounds, and some formats pad."""
SHOWN: Final = 1_000
"""So many faults are told; who has more has made one mistake many times."""
SILENT: Final = 10 ** (-60 / 20)
"""Peak of what is no speech, of full scale."""
UNNAMED: Final = "speaker"
"""The voice of a line that names none."""
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Of a pair that UTF-16 makes one character of; JSON may hold it alone, a file never can."""
_FORM: Final = 'such as {"audio": "a.wav", "text": "..."}'
KINDS: Final = "such as WAV, FLAC, Ogg or MP3"


class RecordingsError(ValueError):
    """Why recordings can't be used, each fault on a line of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of a recording, its file not looked at. line: of the manifest, from 1; None in a folder. name: of
    the file, as it stands there. text: with single blanks between its words; nothing where there is none. words:
    unchecked."""

    line: int | None
    name: str
    file: Path
    text: str = ""
    speaker: str | None = None
    language: str | None = None
    offset_s: float | None = None
    duration_s: float | None = None
    words: object = None

    @property
    def at(self) -> str:
        """What a sentence on it begins with."""
        return "" if self.line is None else f"line {self.line}: "


def lines(path: Path) -> list[tuple[int, str]]:
    """Those of a manifest that are not empty, with their numbers. Raises RecordingsError."""
    try:
        with open_ordinary(path) as file:
            # What is not UTF-8 is told with its line.
            text = file.read().decode("utf-8-sig", errors="surrogateescape").replace("\r\n", "\n")
    except OSError as error:
        raise RecordingsError(f"{path}: {error.strerror or error}") from None
    if text.lstrip().startswith("["):
        raise RecordingsError(f"{path}: it begins with an array; each line is an object, {_FORM}")
    # Not splitlines: a text may hold a line separator of Unicode.
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def entry(number: int, line: str, folder: Path) -> Entry:
    """What a line of a manifest in `folder` says. Raises RecordingsError."""
    fields = _fields(line)
    name = fields.get("audio") or fields.get("audio_filepath")
    if not isinstance(name, str) or not name or "\0" in name:
        raise RecordingsError("no audio: the name of a file")
    text = fields.get("text")
    if not isinstance(text, str | None):
        raise RecordingsError("no text: what is said has to be a string")
    return Entry(
        line=number,
        name=name,
        file=folder / name,
        text=spaced(text or ""),
        speaker=fields.get("speaker") or None,
        language=fields.get("language") or None,
        offset_s=_seconds(fields, "offset"),
        duration_s=_seconds(fields, "duration"),
        words=fields.get("words"),
    )


def spaced(text: str) -> str:
    """With single blanks between its words."""
    return " ".join(text.split())


def says_something(text: str) -> bool:
    """Whether there is a word in it."""
    return any(map(str.isalnum, text))


def part_of(entry: Entry, frames: int, rate_hz: int) -> tuple[int, int]:
    """Where the recording begins in its file of `frames` samples, and how many it has. Raises RecordingsError."""
    begins = (entry.offset_s or 0) * rate_hz  # may be infinite
    first = round(min(begins, frames))
    if first and first == frames:
        raise RecordingsError(f"{entry.name} lasts {frames / rate_hz:.2f} s, and the offset is {entry.offset_s:g} s")
    left = frames - first
    if entry.duration_s is None:
        return first, left
    is_off = entry.duration_s - left / rate_hz
    off_s = max(0.0, is_off) if entry.offset_s is not None else abs(is_off)
    if off_s > max(TOLERANCE_S, TOLERANCE * entry.duration_s):
        after = f" after the offset of {entry.offset_s:g} s" if entry.offset_s else ""
        raise RecordingsError(
            f"the duration is {entry.duration_s:g} s, and {entry.name} has {left / rate_hz:.2f} s{after}"
        )
    return first, left if entry.offset_s is None else min(left, round(entry.duration_s * rate_hz))


def spans_of(given: object, count: int, duration_s: float) -> tuple[Span, ...]:
    """From when to when each of `count` words is spoken, as a line has it. Raises RecordingsError."""
    wrong = RecordingsError(
        f"words: not {count} pairs of seconds, one for each word, in order and within the recording"
    )
    if not isinstance(given, list) or len(given) != count:
        raise wrong
    before = 0.0
    spans = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2 or not all(type(at) in (int, float) for at in pair):
            raise wrong
        first, last = pair
        if not before <= first <= last <= duration_s + 0.001:  # NaN neither
            raise wrong
        before = first
        spans.append((float(first), float(last)))
    return tuple(spans)


def spread(text: str, duration_s: float) -> tuple[Span, ...]:
    """From when to when each word is spoken, where nobody knows: in proportion to its letters. An estimate."""
    words = text.split()
    second = duration_s / sum(len(word) for word in words)
    spans, before = [], 0
    for word in words:
        spans.append((round(before * second, 3), round((before + len(word)) * second, 3)))
        before += len(word)
    return tuple(spans)


def shown(faults: Sequence[str]) -> Iterator[str]:
    """The first of them, and how many more there are."""
    yield from faults[:SHOWN]
    if (rest := len(faults) - SHOWN) > 0:
        yield f"and {rest} faults more"


def _fields(line: str) -> Mapping[str, Any]:
    if found := _HALF.search(line):
        before = line[: found.start()].encode(errors="surrogateescape")
        raise RecordingsError(f"not UTF-8 at its byte {len(before) + 1}")
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise RecordingsError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError) as error:
        raise RecordingsError(f"not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise RecordingsError(f"not an object {_FORM}")
    for name in ("speaker", "language"):
        if not isinstance(fields.get(name, ""), str | None):
            raise RecordingsError(f"{name} is no string")
    for name in ("audio", "audio_filepath", "text", "speaker", "language"):
        if _HALF.search(str(fields.get(name))):
            raise RecordingsError(f"{name} has half of a character in it: \\ud800 to \\udfff come in pairs")
    return fields


def _seconds(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value <= sys.float_info.max:
        raise RecordingsError(f"{name} is {json.dumps(value)[:20]}: not a number of seconds")
    return float(value)
