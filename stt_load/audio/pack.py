"""Packs: recorded sentences whose words are known. What is said and how long it takes, without a sample decoded."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stt_load.audio.clip import Word
from stt_load.audio.manifest import PackError, Utterance, read
from stt_load.storage.files import open_ordinary

FORMAT = 1
SHIPPED = Path(__file__).parent / "english" / "pack.jsonl"


@dataclass(frozen=True, slots=True)
class Recording:
    """One sentence, said once. voice: index into the pack's. frames: its samples at the pack's rate. words: instants
    are seconds from its beginning."""

    voice: int
    frames: int
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """Recordings in the order in which they are stored.

    language: as in ISO 639-1, None where nobody says. digest: hexadecimal, another one for other samples. joined: the
    file that has all recordings one after the other, of as many samples at rate_hz as they say; None where each has
    an utterance of its own, in a file of any rate.
    """

    name: str
    language: str | None
    rate_hz: int
    voices: tuple[str, ...]
    recordings: tuple[Recording, ...]
    digest: str
    joined: Path | None = None
    utterances: tuple[Utterance, ...] = ()

    def lengths(self, rate_hz: int) -> list[int]:
        """Samples of each recording at `rate_hz`, rounded."""
        return [rescaled(one.frames, self.rate_hz, rate_hz) for one in self.recordings]


@functools.cache
def shipped() -> Pack:
    """The pack in this package: everyday English, short sentences, in several synthetic voices."""
    return stored(SHIPPED)


def stored(path: Path) -> Pack:
    """The pack in `path`: JSON lines, the first one of the pack itself, then one of each recording; the samples are
    beside it, in speech.ogg. Raises OSError, `PackError`."""
    with path.open(encoding="utf-8") as file:
        lines = (json.loads(line) for line in file)
        head: dict[str, Any] = next(lines)
        if head.get("format") != FORMAT:
            raise PackError(f"{path} has format {head.get('format')}, and {FORMAT} is known")
        recordings = tuple(_recordings(lines, head["voices"]))
    if sum(one.frames for one in recordings) != head["samples"]:
        raise PackError(f"the recordings in {path} are not of {head['samples']} samples together, as its head says")
    return Pack(
        name=head["name"],
        language=head["language"],
        rate_hz=head["sample_rate"],
        voices=tuple(head["voices"]),
        recordings=recordings,
        digest=head["sha256"],
        joined=path.with_name("speech.ogg"),
    )


def from_manifest(path: Path) -> Pack:
    """The pack that a manifest lists. Of each recording only the header is read. Raises `PackError`."""
    manifest = read(path)
    rate_hz = max(one.rate_hz for one in manifest.utterances)
    return Pack(
        name=path.name,
        language=manifest.language,
        rate_hz=rate_hz,
        voices=manifest.voices,
        recordings=tuple(_recorded(one, rate_hz) for one in manifest.utterances),
        digest=_digest(manifest.utterances),
        utterances=manifest.utterances,
    )


def _recorded(one: Utterance, rate_hz: int) -> Recording:
    words = zip(one.text.split(), one.words, strict=True)
    timed = tuple(Word(word, from_s, to_s) for word, (from_s, to_s) in words)
    return Recording(one.voice, rescaled(one.frames, one.rate_hz, rate_hz), one.text, timed)


def _digest(utterances: tuple[Utterance, ...]) -> str:
    """The same for a copy of the pack on another machine, another one for other texts, speakers or sounds."""
    known = hashlib.blake2b(digest_size=32)
    for one in utterances:
        part = "" if one.offset is None else f"{one.offset}\0{one.frames}\0"
        known.update(f"{one.voice}\0{one.text}\0{part}".encode())
        try:
            with open_ordinary(one.file) as file:
                known.update(hashlib.file_digest(file, "blake2b").digest())
        except OSError as error:
            raise PackError(f"line {one.line}: {one.file}: {error.strerror}") from None
    return known.hexdigest()


def rescaled(frames: int, from_hz: int, to_hz: int) -> int:
    """Samples of a recording of `frames` samples at `from_hz` when it is resampled to `to_hz`: rounded, halves up."""
    return (2 * frames * to_hz + from_hz) // (2 * from_hz)


def _recordings(lines: Iterator[dict[str, Any]], voices: list[str]) -> Iterator[Recording]:
    numbers = {name: number for number, name in enumerate(voices)}
    for line in lines:
        words = zip(line["text"].split(), line["words"], strict=True)
        timed = tuple(Word(word, from_s, to_s) for word, (from_s, to_s) in words)
        yield Recording(numbers[line["voice"]], line["frames"], line["text"], timed)
