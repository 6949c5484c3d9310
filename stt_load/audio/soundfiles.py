"""Files that libsndfile reads and writes, opened by one thread at a time.

soundfile opens under a lock that all its files share, and that comes from `threading`: where gevent has taken that
over, as Locust has it, it is one for greenlets, and a thread that waits for it may never be woken. So who opens waits
here, for a lock of the system's, and nobody there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import soundfile
from soundfile import SoundFileError as SoundFileError

from stt_load.audio.locks import system_lock


def opened(file: Path | IO[bytes], *form: Any, **named: Any) -> Any:
    """A `soundfile.SoundFile` of these arguments. From any thread. Raises OSError, `SoundFileError`."""
    with _opening:
        return soundfile.SoundFile(_named(file), *form, **named)


def why(error: OSError | SoundFileError) -> str:
    """What it was, without the path of the file: its name is told beside it."""
    return str(getattr(error, "error_string", None) or getattr(error, "strerror", None) or error).removesuffix(".")


def read_on(file: Path) -> Any:
    """The same for one that is read from one place on, piece by piece. From any thread. Raises as `opened` does.

    soundfile seeks after each piece to where it is, and a decoder of MP3 forgets at that what the next frame refers
    back to: of what follows some is garbage.
    """
    file.stat()  # libsndfile says of what is not there "System error"
    with _opening:
        return _Unmoved(_named(file))


def _named(file: Path | IO[bytes]) -> bytes | IO[bytes]:
    """As bytes, since a name on a disk need not be UTF-8. Raises `SoundFileError` where the name says that nothing
    in the file tells what it is: of those soundfile wants to be told."""
    if not isinstance(file, Path):
        return file
    if file.suffix.lower() == ".raw":
        raise SoundFileError("samples without a header")
    return os.fsencode(file)


class _Unmoved(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    def seekable(self) -> bool:
        """Not by soundfile's own doing."""
        return False


_opening = system_lock()
