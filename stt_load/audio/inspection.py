"""What a file of sound is like, and what is wrong with it: each is decoded once, from beginning to end.

What was found is kept in the cache's folder, and holds for as long as the file has the same size and the same time of
change: the next start looks no file up but by its name.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from stt_load.audio import cache, endings
from stt_load.audio.entries import KINDS, SILENT
from stt_load.storage.files import open_ordinary, temporary_beside

FORMAT: Final = 1
"""Of what is kept: another one where something else is looked for."""
LEAST_RATE_HZ, MOST_RATE_HZ = 1_000, 768_000

Progress = Callable[[int, int], None]
"""Told how many files have been decoded, of how many."""


@dataclass(frozen=True, slots=True)
class Found:
    """frames, rate_hz, channels: of what could be decoded. fault: reads on from the file's name; None where nothing
    is wrong."""

    frames: int
    rate_hz: int
    channels: int
    fault: str | None = None


def inspected(files: Sequence[Path], name: str, progress: Progress) -> list[Found]:
    """Each of `files`, in their order. name: of their corpus, that what was found is kept by."""
    memory = _Memory(name)
    known = {file: memory.of(file) for file in files}  # of a file with many recordings once
    missing = [file for file, one in known.items() if one is None]
    for done, file in enumerate(missing):
        progress(done, len(missing))
        known[file] = memory.keep(file, inspect(file))
    if missing:
        progress(len(missing), len(missing))
        memory.write()
    return [one for file in files if (one := known[file]) is not None]


def inspect(file: Path) -> Found:
    """`file`, decoded."""
    try:
        with open_ordinary(file) as content:
            if not os.fstat(content.fileno()).st_size:
                return _broken("is empty")
            ending = endings.fault(content)
    except FileNotFoundError:
        return _broken("is not there")
    except OSError as error:
        return _broken(f"can't be read: {error.strerror or error}")
    found = _decoded(file)
    return found if found.fault or ending is None else _broken(ending, found)


def _decoded(file: Path) -> Found:
    import numpy as np

    from stt_load.audio.blocks import blocks
    from stt_load.audio.soundfiles import SoundFileError, opened, why

    try:
        with opened(file) as sound:
            told, rate_hz, channels = int(sound.frames), int(sound.samplerate), int(sound.channels)
    except (OSError, SoundFileError):
        return _broken(f"is no audio that libsndfile reads, {KINDS}")
    frames, peak = 0, 0.0
    try:
        for block in blocks(file):
            if not math.isfinite(float(block.sum())):
                frames, peak = frames + int(np.isfinite(block).argmin()), math.nan
                break
            frames += len(block)
            peak = max(peak, float(block.max()), -float(block.min()))
    except (OSError, SoundFileError) as error:
        return Found(frames, rate_hz, channels, f"is broken after {frames / rate_hz:.2f} s: {why(error)}")
    return Found(frames, rate_hz, channels, _fault(frames, told, rate_hz, peak))


def _fault(frames: int, told: int, rate_hz: int, peak: float) -> str | None:
    if not LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ:
        return f"has {rate_hz} samples a second; {LEAST_RATE_HZ} to {MOST_RATE_HZ} can be"
    if not math.isfinite(peak):
        return f"has samples that are no numbers, the first after {frames / rate_hz:.2f} s"
    if not frames:
        return "holds no sound"
    if frames < told:
        return f"is cut off: {frames / rate_hz:.2f} s can be decoded, and {told / rate_hz:.2f} s are in its header"
    if peak <= SILENT:
        return "is silent: its peak is below -60 dB of full scale"
    return None


def _broken(fault: str, found: Found | None = None) -> Found:
    return Found(0, 1, 1, fault) if found is None else Found(found.frames, found.rate_hz, found.channels, fault)


class _Memory:
    """What was found in the files of one corpus, on the disk. Where the folder can't be written, nothing is kept."""

    def __init__(self, name: str) -> None:
        folder = cache.folder()
        key = hashlib.blake2b(os.path.abspath(name).encode(errors="surrogateescape"), digest_size=16)  # noqa: PTH100
        self._path = None if folder is None else folder / f"recordings-{key.hexdigest()}.json"
        self._known: dict[str, list[Any]] = {}
        with suppress(OSError, ValueError, AttributeError, TypeError):
            if self._path is not None:
                with open_ordinary(self._path) as file:
                    kept = json.load(file)
                self._known = kept["files"] if kept["format"] == _form() else {}
        self._now: dict[str, list[Any]] = {}

    def of(self, file: Path) -> Found | None:
        """What is known of the file as it is now."""
        name, state = _state(file)
        known = self._known.get(name)
        if state is None or known is None or known[:2] != state:
            return None
        self._now[name] = known
        return Found(*known[2:])

    def keep(self, file: Path, found: Found) -> Found:
        """Not what is wrong: a file that nobody may read is no other one when they may."""
        name, state = _state(file)
        if state is not None and found.fault is None:
            self._now[name] = [*state, found.frames, found.rate_hz, found.channels, found.fault]
        return found

    def write(self) -> None:
        """What is known now takes the place of what was known."""
        if self._path is None:
            return
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file, temporary = temporary_beside(self._path)
            try:
                with file:
                    file.write(json.dumps({"format": _form(), "files": self._now}).encode())
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)


def _form() -> list[Any]:
    """What is known holds for the library that has decoded the files."""
    import soundfile

    return [FORMAT, soundfile.__libsndfile_version__]


def _state(file: Path) -> tuple[str, list[int] | None]:
    """Its name, and what tells that it is still the same; None where there is none."""
    try:
        state = file.stat()
    except (OSError, ValueError):
        return str(file), None
    return str(file.absolute()), [state.st_size, state.st_mtime_ns]
