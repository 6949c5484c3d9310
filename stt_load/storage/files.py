"""Files that are read and written by name: only ordinary ones are read, and what is written is its owner's alone."""

from __future__ import annotations

import errno
import io
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600
_OPEN = os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0)
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class OddFileError(OSError):
    """What is no file to read, or too much of one. `strerror` says why, and reads on from the file's name."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(errno.EINVAL, reason, str(path))


def open_ordinary(path: Path) -> io.BufferedReader:
    """The file `path`, open to be read. Nothing is waited for: not for the other end of a pipe, nor for a device.

    Raises `OddFileError` for what is no ordinary file, `IsADirectoryError` for a directory, `OSError` as `open` does.
    """
    # Looked at before it is opened, since a device may do something on that; and after, since it may be another then.
    _check_kind(path.stat(), path)
    number = os.open(path, os.O_RDONLY | _OPEN)
    try:
        _check_kind(os.fstat(number), path)
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def read_ordinary(path: Path, most_bytes: int) -> bytes:
    """All of the file `path`. Raises as `open_ordinary` does, and `OddFileError` for more than `most_bytes`."""
    with open_ordinary(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OddFileError(f"larger than {most_bytes / 1e6:g} MB, which is the limit", path)
    return content


def create_private(path: Path) -> io.BufferedWriter:
    """The new file `path`, open to be written, which nobody but its owner may read, whatever the umask.

    Raises `FileExistsError` where the name is taken, also by a link to nowhere.
    """
    return _owned(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))


def replace_private(path: Path) -> io.BufferedWriter:
    """The file `path`, emptied or new, open to be written: its owner's alone, if it is a file and not a device."""
    return _owned(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE))


def make_private(path: Path) -> None:
    """The file `path`, which somebody else has made, becomes its owner's alone, if it is an ordinary one of ours."""
    with suppress(OSError):
        if path.is_file():
            path.chmod(PRIVATE)


def temporary_beside(path: Path) -> tuple[io.BufferedWriter, Path]:
    """A new file in the folder of `path`, open to be written, its owner's alone; and its name, hard to guess."""
    number, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
    return _owned(number), Path(name)


def _check_kind(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        kind = next((kind for is_one, kind in _KINDS if is_one(status.st_mode)), "something else")
        raise OddFileError(f"{kind}, not an ordinary file", path)


def _owned(number: int) -> io.BufferedWriter:
    """The open file `number`, with PRIVATE permissions where it has others and its file system knows any."""
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISREG(mode) and stat.S_IMODE(mode) != PRIVATE:
            with suppress(OSError):
                os.fchmod(number, PRIVATE)
        return os.fdopen(number, "wb")
    except BaseException:
        os.close(number)
        raise
