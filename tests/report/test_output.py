"""A stream whose reader may go away, or that doesn't know every character."""

from __future__ import annotations

import fcntl
import io
import os
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from stt_load.report.output import Output, messages_for, shown_in


class Closing(io.StringIO):
    """Takes so many writes, then nobody reads it any more."""

    def __init__(self, takes: int, error: Exception) -> None:
        super().__init__()
        self._left = takes
        self._error = error
        self.tried = 0

    def write(self, text: str) -> int:
        self.tried += 1
        if self._left == 0:
            raise self._error
        self._left -= 1
        return super().write(text)


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(5, "the terminal is gone"), ValueError("closed")])
def test_a_reader_that_goes_away_is_no_error_and_is_not_tried_again(error: Exception) -> None:
    stream = Closing(1, error)
    output = Output(stream)
    for text in ("one", "two", "three"):
        output.write(text)
    assert (stream.getvalue(), stream.tried) == ("one", 2)


def test_what_an_encoding_has_no_character_for_becomes_a_question_mark(tmp_path: Path) -> None:
    file = tmp_path / "out"
    with file.open("w", encoding="ascii") as stream:
        Output(stream).write("📊 측정\n")
    assert file.read_bytes() == b"? ??\n"


def test_only_a_terminal_is_drawn_upon() -> None:
    assert not Output(io.StringIO()).is_terminal
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as terminal:
        assert Output(terminal).is_terminal
    os.close(master)


def test_the_interpreters_own_flush_at_exit_finds_nothing_to_complain_of() -> None:
    program = (
        "import os, sys; from stt_load.report.output import Output; out = Output(sys.stdout)\n"
        "os.close(0); read, write = os.pipe(); os.dup2(write, 1); os.close(write); os.close(read)\n"
        "out.write('nobody reads this'); out.write('nor this')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_terminal_says_how_wide_it_is_unless_somebody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert messages_for("en", io.StringIO()).width == 80
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as terminal:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 47, 0, 0))
        assert messages_for("en", terminal).width == 47
        for given, width in (("160", 160), ("3", 20), ("wide", 47), ("0", 47)):
            monkeypatch.setenv("COLUMNS", given)
            assert messages_for("en", terminal).width == width
    os.close(master)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp949", "utf-8"])
def test_what_can_not_be_shown_is_english(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert shown_in("ko", stream) == ("ko" if encoding in ("cp949", "utf-8") else "en")
    assert shown_in("en", stream) == "en"


def test_an_ascii_locale_is_ascii_though_python_writes_utf_8_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    assert shown_in("ko", io.StringIO()) == "en"
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    assert shown_in("ko", io.StringIO()) == "ko"
