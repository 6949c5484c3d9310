"""The answers of a run, as they were spooled: one JSON object a line, each with its request and its text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from stt_load.accuracy.scores import ScoringError
from stt_load.samples.accuracy import LONGEST_ANSWER
from stt_load.storage.files import open_ordinary

_LONGEST_LINE_BYTES = 12 * LONGEST_ANSWER + 1_000
_KEYS = ("seq", "attempt", "sent_s", "text")
_MOST_SEQ = 2**32 - 1
_MOST_ATTEMPT = 2**16 - 1
_LONGEST_S = 1e12


class Answer(NamedTuple):
    """One answer. sent_s: when its request was sent, on the run's clock. place: of its line, in bytes."""

    seq: int
    attempt: int
    sent_s: float
    text: str
    place: int


class Readable(Protocol):
    """Answers that can be read again and again."""

    def count(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[Answer]: ...

    def text_at(self, place: int) -> str:
        """The text of the answer whose line begins there."""


class Part:
    """Those of `answers` that are `meant`."""

    def __init__(self, answers: Readable, meant: Callable[[Answer], bool]) -> None:
        self._answers = answers
        self._meant = meant
        self.text_at = answers.text_at

    def count(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Answer]:
        return filter(self._meant, self._answers)


class Answers:
    """The file `path`. What is in it is checked here, and nowhere else.

    Raises `ScoringError` where it can't be read, or a line is not what it should be. A last line without its end is
    left out: who wrote it was killed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file: IO[bytes] = open_ordinary(path)
        except OSError as error:
            raise self._unread(error) from None

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def count(self) -> int:
        """How many there are."""
        try:
            self._file.seek(0)
            return sum(part.count(b"\n") for part in iter(lambda: self._file.read(1 << 20), b""))
        except OSError as error:
            raise self._unread(error) from None

    def __iter__(self) -> Iterator[Answer]:
        place = number = 0
        while (line := self._line(place)).endswith(b"\n"):
            number += 1
            yield self._answer(line, place, number)
            place += len(line)
        if len(line) > _LONGEST_LINE_BYTES:
            raise self._wrong(number + 1, f"longer than {_LONGEST_LINE_BYTES // 1_000} kB")

    def text_at(self, place: int) -> str:
        """The text of the answer whose line begins there."""
        return self._answer(self._line(place), place, 0).text

    def _line(self, place: int) -> bytes:
        try:
            self._file.seek(place)
            return self._file.readline(_LONGEST_LINE_BYTES + 1)
        except OSError as error:
            raise self._unread(error) from None

    def _answer(self, line: bytes, place: int, number: int) -> Answer:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise self._wrong(number, "not JSON") from None
        if not isinstance(value, dict):
            raise self._wrong(number, "not a JSON object")
        values: list[Any] = [value.get(key) for key in _KEYS]
        seq, attempt, sent_s, text = values
        if not _is_count(seq, _MOST_SEQ):
            raise self._wrong(number, f"seq is no whole number from 0 to {_MOST_SEQ}")
        if not _is_count(attempt, _MOST_ATTEMPT):
            raise self._wrong(number, f"attempt is no whole number from 0 to {_MOST_ATTEMPT}")
        if type(sent_s) not in (int, float) or not abs(sent_s) < _LONGEST_S:
            raise self._wrong(number, "sent_s is no number")
        if not (isinstance(text, str) and len(text) <= LONGEST_ANSWER):
            raise self._wrong(number, f"text is none of at most {LONGEST_ANSWER} characters")
        return Answer(seq, attempt, float(sent_s), text, place)

    def _wrong(self, number: int, what: str) -> ScoringError:
        return ScoringError(f"{self._path}, line {number}: {what}")

    def _unread(self, error: OSError) -> ScoringError:
        return ScoringError(f"{self._path} can't be read: {error.strerror or error}")


def _is_count(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most
