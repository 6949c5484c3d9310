"""The user's own recordings: a folder of them, or a manifest. What can be used, and what is wrong with the rest."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from stt_load.audio.entries import (
    SHORTEST_S,
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
)
from stt_load.audio.folder import SUFFIXES, entries_in
from stt_load.audio.inspection import Found, inspected
from stt_load.audio.patience import Patience

LONGEST_S: Final = 4 * 3_600.0
"""Of one recording, which as a WAV file of 16 bits at 48 kHz has 1.4 GB then."""
_ENDINGS: Final = SUFFIXES | {".txt"}


class CorpusError(RecordingsError):
    """Why recordings can't be used, each fault on a line of its own, with the file and the line that it is in."""


@dataclass(frozen=True, slots=True)
class Recording:
    """name: of the file, as a person has named it, after the line of the manifest that it is in. voice: its place in
    `Corpus.voices`. offset, frames: samples of the file, at its rate. text: nothing where nobody knows. words: from
    when to when each word is spoken, in seconds from the recording's beginning; none where nobody knows."""

    name: str
    file: Path
    voice: int
    offset: int
    frames: int
    rate_hz: int
    channels: int
    text: str
    words: tuple[Span, ...]

    @property
    def lasts_s(self) -> float:
        """Seconds."""
        return self.frames / self.rate_hz


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Recordings in the order of their lines, or of their names.

    language: as in ISO 639-1, None where nobody says. digest: hexadecimal, the same for a copy on another machine,
    another one for other names, lengths or texts. left_out: what is wrong with recordings that are not here, a
    sentence each.
    """

    name: str
    language: str | None
    voices: tuple[str, ...]
    recordings: tuple[Recording, ...]
    digest: str
    left_out: tuple[str, ...]

    @property
    def has_texts(self) -> bool:
        """Whether it is known what is said: of all recordings, or of none."""
        return bool(self.recordings[0].text)


class Wanted(Protocol):
    """What says which recordings: files, a folder or a manifest; skip_broken, whether what can't be used is left
    out."""

    @property
    def files(self) -> str | None: ...
    @property
    def skip_broken(self) -> bool: ...


def corpus_of(wanted: Wanted) -> Corpus:
    """The recordings that are wanted. Those that were never looked at are decoded, which takes its time.

    Raises `CorpusError` with all that is wrong with them, or, where that may be left out, when nothing remains.
    """
    if wanted.files is None:
        raise CorpusError("no recordings: neither a folder nor a manifest")
    return _read(wanted.files, wanted.skip_broken, _state(Path(wanted.files)))


def _state(path: Path) -> tuple[str, int, int]:
    """Another one for another folder or manifest, and where it, or what is below it, has changed: a web page starts
    runs for days, and a worker is there for many. Of 10,000 recordings with their texts it takes some 0.05 s."""
    with suppress(OSError):
        times_ns = [path.stat().st_mtime_ns]
        for place, _, names in os.walk(path):
            # Not of others: a run may write its results there.
            for name in (one for one in names if one[one.rfind(".") :].lower() in _ENDINGS):
                with suppress(OSError):
                    times_ns.append(os.stat(f"{place}/{name}").st_mtime_ns)  # noqa: PTH116 - 20,000 of them
        return str(path.resolve()), len(times_ns), sum(times_ns)
    return str(path), 0, 0


@functools.lru_cache(maxsize=4)
def _read(path: str, skip_broken: bool, _: tuple[str, int, int]) -> Corpus:
    try:
        listed = list(_listed(Path(path)))
        entries = [one for one in listed if isinstance(one, Entry)]
        with Patience("recordings looked at") as told:
            found = inspected([one.file for one in entries], path, told)
    except RecordingsError as error:
        raise CorpusError(str(error)) from None
    checks = _Checks(any(says_something(one.text) for one in entries))
    looked_at = iter(found)
    for one in listed:
        checks.take(one, next(looked_at) if isinstance(one, Entry) else None)
    faults, kept = [f"{path}: {fault}" for fault in checks.faults], checks.recordings
    if not kept or (faults and not skip_broken):
        raise CorpusError("\n".join(_told(faults, len(kept), skip_broken)))
    return Corpus(
        name=Path(path).resolve().name,
        language=checks.language,
        voices=tuple(checks.voices),
        recordings=tuple(kept),
        digest=_digest(kept, tuple(checks.voices)),
        left_out=tuple(faults),
    )


def _listed(path: Path) -> Iterator[Entry | str]:
    """What there is, in order: recordings, or what is wrong with one. Raises `RecordingsError`."""
    if path.is_dir():
        yield from entries_in(path)
        return
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        raise RecordingsError(f"{path}: this is a recording; a folder of recordings is wanted, or a manifest")
    for number, line in (found := lines(path)):
        try:
            yield entry(number, line, path.parent)
        except RecordingsError as error:
            yield f"line {number}: {error}"
    if not found:
        raise RecordingsError(f"{path}: it has no lines")


class _Checks:
    """Takes recordings one by one: those that can be used, and what is wrong with the others.

    have_texts: some of them. Then all must: what is heard is held against what is said.
    """

    def __init__(self, have_texts: bool) -> None:
        self.recordings: list[Recording] = []
        self.faults: list[str] = []
        self.voices: dict[str, int] = {}
        self.language: str | None = None
        self._have_texts = have_texts
        self._seen: dict[object, str] = {}

    def take(self, one: Entry | str, found: Found | None) -> None:
        """found: what is known of its file."""
        if isinstance(one, str):
            self.faults.append(one)
            return
        assert found is not None
        try:
            recording = self._recording(one, found)
        except RecordingsError as error:
            self.faults.append(f"{one.at}{error}")
        else:
            self.recordings.append(recording)

    def _recording(self, one: Entry, found: Found) -> Recording:
        if found.fault is not None:
            raise RecordingsError(f"{one.name} {found.fault}")
        offset, frames = part_of(one, found.frames, found.rate_hz)
        lasts_s = frames / found.rate_hz
        if not SHORTEST_S <= lasts_s <= LONGEST_S:
            raise RecordingsError(
                f"{one.name} lasts {lasts_s:.2f} s; a recording has {SHORTEST_S} to {LONGEST_S:.0f} s"
            )
        text = self._text(one)
        words = () if one.words is None or not text else spans_of(one.words, len(text.split()), lasts_s)
        self._as_the_others(one, (one.file.resolve(), offset, frames))
        voice = self.voices.setdefault(one.speaker or UNNAMED, len(self.voices))
        name = f"{one.at}{one.name}"
        return Recording(name, one.file, voice, offset, frames, found.rate_hz, found.channels, text, words)

    def _text(self, one: Entry) -> str:
        if says_something(one.text):
            return one.text
        if not self._have_texts:
            return ""
        beside = "" if one.line is not None else f" in {Path(one.name).with_suffix('.txt')}"
        raise RecordingsError(f"{one.name} has no text{beside}, as others have: all must have one, or none")

    def _as_the_others(self, one: Entry, audio: object) -> None:
        """Of one language with them, and in none of them."""
        if (before := self._seen.setdefault(audio, one.at or one.name)) != (one.at or one.name):
            raise RecordingsError(f"{one.name} is the same recording as in {before.removesuffix(': ')}")
        if one.language is not None and one.language != self.language:
            if self.language is not None:
                raise RecordingsError(f"{one.name} is in {one.language!r}, and others are in {self.language!r}")
            self.language = one.language


def _told(faults: Sequence[str], kept: int, skip_broken: bool) -> Iterator[str]:
    yield from shown(faults)
    if skip_broken:
        yield "none of them can be used"
    elif kept:
        yield f"audio.skip_broken: true leaves out those that can't be used, {len(faults)} of {len(faults) + kept}"


def _digest(recordings: Sequence[Recording], voices: tuple[str, ...]) -> str:
    """Not of the samples: of 10,000 files they would take a minute to read, on each machine."""
    known = hashlib.blake2b(digest_size=32)
    for one in recordings:
        lengths = f"{one.offset}\0{one.frames}\0{one.rate_hz}"
        said = f"{voices[one.voice]}\0{one.text}\0{one.words}\0"
        known.update(f"{one.file.name}\0{lengths}\0{said}".encode(errors="backslashreplace"))
    return known.hexdigest()
