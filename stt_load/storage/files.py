"""Files that are read and written by name: only ordinary ones are read, and what is written is its owner's alone."""

from __future__ import annotations

import errno
import io
import itertools
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

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


@contextmanager
def published(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that becomes `path` once it is complete and on the disk, its owner's alone.

    Raises `FileExistsError` where the name is taken, `OSError` when it can't be written; then nothing is left.
    """
    file, temporary = temporary_beside(path)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path`, or of nothing, once it is complete: nobody meets half a file.
    A device or a named pipe stays what it is, and is written to.

    Raises `OSError` when it can't be written; then what was there still is. A pipe that nobody reads is waited for by
    nobody.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with _opened_as_it_is(path) as file:
            yield file
        return
    file, temporary = temporary_beside(path)
    try:
        with file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _opened_as_it_is(path: Path) -> IO[bytes]:
    number = os.open(path, os.O_WRONLY | _OPEN)
    os.set_blocking(number, True)  # whoever reads a pipe may take its time
    return os.fdopen(number, "wb")


def numbered(path: Path) -> Iterator[Path]:
    """`path`, and then with `_2`, `_3`, ... before its suffix."""
    return itertools.chain([path], (path.with_stem(f"{path.stem}_{number}") for number in itertools.count(2)))


def beside(path: Path) -> Path:
    """The name of a report beside the result `path`: its own, ending with .html; numbered where that name is
    taken."""
    return next(name for name in numbered(path.with_suffix(".html")) if not os.path.lexists(name))


def utf8(text: str) -> bytes:
    """A lone surrogate in an error text becomes its JSON escape: UTF-8 has no other way to say it."""
    return text.encode("utf-8", errors="backslashreplace")


def _rename(temporary: Path, path: Path) -> None:
    """A rename would replace what is there; a second link to the file can't."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems (exFAT, network drives) have no links: the name is claimed with an empty file.
        path.touch(mode=PRIVATE, exist_ok=False)
        temporary.replace(path)


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
