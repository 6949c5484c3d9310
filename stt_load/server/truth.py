"""The truth log: what really happened to each request, for tests to hold reported figures against."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Self

from stt_load.storage.files import replace_private

Wrong = Literal["errors", "swapped", "truncated", "looping"]


@dataclass(slots=True)
class Truth:
    """One request on an audio route. Instants are seconds on CLOCK_MONOTONIC, which all processes of a host share.

    id: order of arrival, from 0. arrival_s: the last byte of the body was read, or the request was refused before.
    start_s, end_s, slot: its service, None where there was none. batch: what it was served in, counted from 0; None
    where each has a slot of its own. status: what was answered, None if the server was stopped first. audio_s: length
    of the clip, None where no clip was found. cold: it was a cold service. cut: only half of the answer was sent.
    misbehaviour: how it went wrong. first_text_s, last_text_s: right before the first and the last piece of a
    streamed text went out, of which there were `deltas`. audio_hash: BLAKE2b of 8 bytes over the samples, in hex.
    client: host and port of the connection that it came on. body_bytes: of the request, None where it was not read.
    answer_bytes: of the answer's body, as far as it was sent. said: what was heard in the clip, None where it is no
    recording that the server knows. answered: the words of the answer, all of them, even if it was cut. wrong: what
    of them is so on purpose: words here and there, or another request's answer, or no end, or the same over and over
    again. planted: how many words were made wrong, of whatever was answered.
    """

    id: int
    arrival_s: float
    start_s: float | None = None
    end_s: float | None = None
    status: int | None = None
    audio_s: float | None = None
    cold: bool = False
    cut: bool = False
    misbehaviour: str | None = None
    first_text_s: float | None = None
    last_text_s: float | None = None
    deltas: int | None = None
    slot: int | None = None
    batch: int | None = None
    audio_hash: str | None = None
    client: str | None = None
    body_bytes: int | None = None
    answer_bytes: int | None = None
    said: str | None = None
    answered: str | None = None
    wrong: Wrong | None = None
    planted: int = 0


TruthSink = Callable[[Truth], object]


class TruthLog:
    """Writes each truth as a line of JSON, out of this process before the call returns. An old file is replaced.

    It says who asked, and when: nobody but its owner may read it.
    """

    def __init__(self, path: Path) -> None:
        self._file = io.TextIOWrapper(replace_private(path), encoding="utf-8", line_buffering=True)

    def __call__(self, truth: Truth) -> None:
        self._file.write(json.dumps(asdict(truth)) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
