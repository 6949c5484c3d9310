"""`stt-load run`: what it hands over; the rest is in tests/processes/test_anywhere.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from stt_load.cli import main
from stt_load.cli.run import locustfile


def test_every_word_after_it_is_locusts(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []

    def does_not_return(program: str, words: list[str]) -> None:
        became.append([program, *words[1:]])
        raise SystemExit

    monkeypatch.setattr(os, "execv", does_not_return)
    with pytest.raises(SystemExit):
        main(["run", "--headless", "-u", "3", "--version"])
    assert became == [
        [sys.executable, "-P", "-m", "locust", "-f", locustfile(), "--headless", "-u", "3", "--version"]
    ]


def test_the_locustfile_is_there() -> None:
    assert Path(locustfile()).is_file()
