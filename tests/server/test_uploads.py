"""Uploads that wait for their job: bounded in number, bytes and age."""

from __future__ import annotations

import pytest

from stt_load.server import uploads
from stt_load.server.uploads import LONGEST_S, Uploads


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def kept(some: Uploads, names: str) -> str:
    """Those of `names` that are kept; they are taken out."""
    there = ""
    for name in names:
        try:
            some.take(name)
        except KeyError:
            continue
        there += name
    return there


def test_the_oldest_go_when_there_are_too_many() -> None:
    some = Uploads(Clock())
    for name in "abcd":
        some.keep(name, b"x", 2)
    assert len(some) == 2
    assert kept(some, "abcd") == "cd"


def test_the_oldest_go_when_they_are_too_large_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    some = Uploads(Clock())
    for name in "abcd":
        some.keep(name, b"1234", 1_000)
    assert kept(some, "abcd") == "cd"
    some.keep("e", bytes(10), 1_000)
    some.keep("f", bytes(11), 1_000)
    assert kept(some, "ef") == "f", "what is taken counts no more, and the newest always stays"


def test_the_oldest_go_when_nobody_asks_for_them() -> None:
    clock = Clock()
    some = Uploads(clock)
    some.keep("a", b"x", 1_000)
    clock.now_s = LONGEST_S
    some.keep("b", b"x", 1_000)
    clock.now_s += 1
    some.keep("c", b"x", 1_000)
    assert kept(some, "abc") == "bc"
