"""A line for who waits: on a terminal, after a while, and gone in the end."""

from __future__ import annotations

import io

import pytest

from stt_load.audio import patience
from stt_load.audio.patience import Patience


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    instant = [0.0]
    monkeypatch.setattr(patience, "clock", lambda: instant[0])
    return instant


def told(now: list[float], *instants: float) -> None:
    with Patience("recordings looked at") as line:
        for done, instant in enumerate(instants):
            now[0] = instant
            line(done, 2_000)


def test_it_begins_after_a_while_and_leaves_nothing(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    told(now, 1.9, 2.0, 2.3, 2.6)
    first, second = "stt-load: 1 of 2,000 recordings looked at", "stt-load: 3 of 2,000 recordings looked at"
    assert terminal.getvalue() == f"\r{first}\r{second}\r{' ' * len(second)}\r"


def test_what_is_quick_needs_none(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    told(now, 0.5, 1.9)
    assert terminal.getvalue() == ""


def test_a_file_gets_none(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", file := io.StringIO())
    told(now, 5, 10)
    assert file.getvalue() == ""
