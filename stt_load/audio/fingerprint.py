"""Whether the packs on two machines are the same: their paths and times say nothing there."""

from __future__ import annotations

import hashlib
from pathlib import Path

from stt_load.audio.pack import Pack, from_manifest
from stt_load.storage.files import open_ordinary

_known: dict[str, str] = {}


def fingerprint(pack: Pack) -> str:
    """Hexadecimal; the same wherever clips of `pack` are the same: by its texts, and its files byte by byte.

    Raises OSError where a file can't be read any more.
    """
    if not pack.utterances:
        return pack.digest
    if pack.digest not in _known:
        found = hashlib.sha256()
        for one in pack.utterances:
            found.update(f"{one.voice}\0{one.text}\0{one.words}\0".encode())
            with open_ordinary(one.file) as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
        _known[pack.digest] = found.hexdigest()
    return _known[pack.digest]


def fingerprint_of(path: str) -> str:
    """The same of the pack that the manifest at `path` lists. Raises `PackError`, too."""
    return fingerprint(from_manifest(Path(path)))
