"""A folder of recordings, and those in it: each file of sound, with its text in the .txt of the same name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stt_load.audio.entries import Entry, RecordingsError, spaced
from stt_load.storage.files import read_ordinary

SUFFIXES: Final = frozenset(
    {".wav", ".wave", ".w64", ".rf64", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".aif", ".aiff", ".aifc"}
    | {".au", ".snd", ".caf", ".sph", ".nist", ".voc"}
)
"""Of what libsndfile reads. Others are no business of ours."""
MOST_TEXT_BYTES: Final = 1_000_000


def entries_in(folder: Path) -> Iterator[Entry | str]:
    """The recordings by their names, or what is wrong with one. Raises `RecordingsError`."""
    files = sorted(_files(folder), key=lambda file: file.relative_to(folder).parts)
    if not files:
        raise RecordingsError(f"{folder}: there are no recordings in it, neither WAV nor FLAC, Ogg, MP3")
    for file in files:
        # A name on a disk need not be UTF-8, and what is told of it must be.
        name = os.fsencode(file.relative_to(folder)).decode(errors="backslashreplace")
        try:
            yield Entry(None, name, file, _text(file.with_suffix(".txt")))
        except OSError as error:
            yield f"{Path(name).with_suffix('.txt')}: {error.strerror or error}"
        except UnicodeDecodeError as error:
            yield f"{Path(name).with_suffix('.txt')}: not UTF-8 at byte {error.start}"


def _files(folder: Path) -> Iterator[Path]:
    """Hidden ones are none: what systems put beside a file has its name and no sound."""
    for place, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(place) / name


def _text(file: Path) -> str:
    """Nothing where there is no such file."""
    try:
        return spaced(read_ordinary(file, MOST_TEXT_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        return ""


def _unreadable(error: OSError) -> None:
    raise RecordingsError(f"{error.filename}: {error.strerror}")
