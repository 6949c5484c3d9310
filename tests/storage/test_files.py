"""Files by name: what is read is an ordinary file of bounded size, what is written nobody else may read."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from stt_load.storage.files import (
    OddFileError,
    create_private,
    open_ordinary,
    read_ordinary,
    replace_private,
    replaced,
    temporary_beside,
)


@pytest.fixture(autouse=True, params=[0o000, 0o022, 0o277])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_created_is_its_owners_alone(tmp_path: Path) -> None:
    with create_private(tmp_path / "a") as file:
        file.write(b"x")
    temporary, name = temporary_beside(tmp_path / "b.json")
    with temporary:
        pass
    assert (mode(tmp_path / "a"), mode(name)) == (0o600, 0o600)
    assert (tmp_path / "a").read_bytes() == b"x"
    assert name.parent == tmp_path
    assert name.name.startswith("b.json.")


def test_what_is_replaced_was_others_to_read_and_is_not_any_more(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"old")
    path.chmod(0o666)
    with replace_private(path) as file:
        file.write(b"new")
    assert (mode(path), path.read_bytes()) == (0o600, b"new")


def test_what_takes_the_place_of_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"old")
    with suppress(KeyError), replaced(path) as file:
        file.write(b"half of the n")
        raise KeyError
    assert path.read_bytes() == b"old"
    with replaced(path) as file:
        file.write(b"new")
    assert ([one.name for one in tmp_path.iterdir()], path.read_bytes()) == (["report.html"], b"new")


def test_a_device_is_written_to_and_stays_one() -> None:
    with replaced(Path(os.devnull)) as file:
        file.write(b"x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    with pytest.raises(OSError, match="No space left"), replaced(Path("/dev/full")) as file:
        file.write(b"x")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_pipe_is_written_to_and_waited_for_by_nobody(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="No such device or address"), replaced(pipe) as file:
        file.write(b"nobody reads")
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:  # noqa: PTH123
        with replaced(pipe) as file:
            file.write(b"a page")
        assert reader.read() == b"a page"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_keeps_its_permissions() -> None:
    before = mode(Path(os.devnull))
    with replace_private(Path(os.devnull)) as file:
        file.write(b"x")
    assert mode(Path(os.devnull)) == before


def test_no_link_is_followed_where_a_file_is_created(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_an_ordinary_file_is_read_up_to_the_limit_also_through_a_link(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    path.chmod(0o644)
    (tmp_path / "link").symlink_to(path)
    assert read_ordinary(tmp_path / "link", 5) == b"12345"
    with pytest.raises(OddFileError, match="larger than 4e-06 MB, which is the limit"):
        read_ordinary(path, 4)


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, there = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(there))
        for path, said in ((pipe, "a named pipe"), (there, "a socket"), (Path("/dev/zero"), "a device")):
            with pytest.raises(OddFileError, match=f"{said}, not an ordinary file"):
                open_ordinary(path)
    with pytest.raises(IsADirectoryError):
        open_ordinary(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_ordinary(tmp_path / "missing")


def test_a_file_takes_the_place_of_another_once_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(b"older")
    with replaced(path) as file:
        file.write(b"newer")
        assert path.read_bytes() == b"older"
    assert path.read_bytes() == b"newer"
    with suppress(RuntimeError), replaced(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]
