"""Files of lengths: what is read of them, and what is said of each line that is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stt_load.audio.length_table import MOST_BYTES, MOST_SHOWN, lengths_in


def told(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=r"\S") as raised:
        lengths_in(str(path))
    return str(raised.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    "content",
    [
        "3\n4.5\n10\n",
        "3\n4.5\n10",
        "\ufeff3\r\n4.5\r\n\r\n10\r\n",
        "how long\n3\n4.5\n10\n",
        "3,a\n4.5,b\n10,c\n",
        "file,Duration\na,3\nb,4.5\nc,10\n",
        "id;audio_s;rtf\n1;3;9\n2;4.5;9\n3;10;9\n",
        "length\tname\n3\tx\n4.5\ty\n10\tz\n",
        'name,seconds\n"a, b",3\n"c\nd",4.5\ne,10\n',
        "seconds,audio_s\n7,3\n7,4.5\n7,10\n",
    ],
)
def test_lengths_are_in_the_column_that_says_so_or_in_the_first(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lengths.csv"
    path.write_text(content, encoding="utf-8", newline="")
    assert lengths_in(str(path)) == (3.0, 4.5, 10.0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "FILE has no lengths; write seconds into it, one a line"),
        ("\n , \n", "FILE has no lengths; write seconds into it, one a line"),
        ("duration\n", "FILE has no lengths; write seconds into it, one a line"),
        ("3\nlong\n", "FILE, line 2: 'long' is no number; write seconds, such as 7.5"),
        ("3\nnan\n", "FILE, line 2: 'nan' is no number; write seconds, such as 7.5"),
        ("3\ninf\n", "FILE, line 2: 'inf' is no number; write seconds, such as 7.5"),
        ("3\n\n-1\n", "FILE, line 3: -1 s is too short; a clip has 0.1 s or more"),
        ("0.05\n", "FILE, line 1: 0.05 s is too short; a clip has 0.1 s or more"),
        ("file,duration\na,3\nb\n", "FILE, line 3: '' is no number; write seconds, such as 7.5"),
        (
            "file,secs\na,3\n",
            "FILE, line 1: no column is called duration, audio_s, seconds or length; "
            "call the one of lengths duration",
        ),
        (b"3\n4\n\xff\n", "FILE, line 3: it is not text in UTF-8; save it as that"),
        (
            'duration\n"' + "3" * 200_000,
            "FILE, line 2: it is not comma-separated values (field larger than field limit (131072))",
        ),
        (
            "x\n3\nhi\n0\n",
            "FILE, line 3: 'hi' is no number; write seconds, such as 7.5\n"
            "FILE, line 4: 0 s is too short; a clip has 0.1 s or more",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: str | bytes, expected: str) -> None:
    assert told(tmp_path / "lengths.csv", content) == expected


def test_of_many_wrong_lines_some_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    lines = told(tmp_path / "lengths.csv", "3\n" + "x\n" * (MOST_SHOWN + 7)).splitlines()
    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1] == "FILE: and 7 lines more"


def test_a_file_that_cant_be_read_is_said_to_be_none(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.csv", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(ValueError, match=f"can't be read: {why}; name a file of lengths"):
            lengths_in(str(path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="a named pipe"):
        lengths_in(str(tmp_path / "pipe"))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ValueError, match="can't be read: larger than 64 MB, which is the limit"):
        lengths_in(str(tmp_path / "huge.csv"))


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "lengths.csv"
    path.write_text("3\n", encoding="utf-8")
    assert lengths_in(str(path)) is lengths_in(str(path))
    path.write_text("3\n44\n", encoding="utf-8")
    assert lengths_in(str(path)) == (3.0, 44.0)
