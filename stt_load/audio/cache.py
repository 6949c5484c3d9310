"""What was decoded once, on disk, to be mapped the next time: shared by all processes that map it.

It is a matter of speed and memory alone: where the folder can't be written, or holds something else, that is no
trouble, and nobody hears of it.
"""

from __future__ import annotations

import mmap
import os
from contextlib import suppress
from pathlib import Path

from stt_load.storage.files import open_ordinary, published


def folder() -> Path | None:
    """That of this user: stt-load in $XDG_CACHE_HOME, or else in ~/.cache; None for a user without a home."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    # A relative one is to be ignored: XDG Base Directory Specification 0.8.
    if os.path.isabs(named):  # noqa: PTH117
        return Path(named) / "stt-load"
    try:
        return Path.home() / ".cache" / "stt-load"
    except RuntimeError:
        return None


def mapped(path: Path, size: int) -> memoryview | None:
    """The bytes of the file, to be read; None unless it is this user's own and has `size` bytes."""
    try:
        with open_ordinary(path) as file:
            state = os.fstat(file.fileno())
            if state.st_size != size or state.st_uid != os.getuid():
                return None
            return memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None


def kept(path: Path, content: memoryview) -> memoryview | None:
    """`content` in the file `path`, mapped; what another process has put there meanwhile, so that both share it.

    Nobody ever sees half a file, not after a power cut either. None where that can't be done.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (found := mapped(path, len(content))) is not None:
            return found
        path.unlink(missing_ok=True)  # something else
        with suppress(FileExistsError), published(path) as file:
            file.write(content)
    except OSError:
        return None
    return mapped(path, len(content))
