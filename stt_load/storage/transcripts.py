"""The words that a service answered, on disk while a run lasts, to be scored at its end, or after a crash.

A file of JSON lines beside the spool, in no order, one for each answer:

    {"seq": 12, "attempt": 0, "sent_s": 3.25, "text": "..."}

`sent_s` counts as the rows in the spool do. The file goes when the result is there; what the result keeps of it,
where it is asked to, is another one (`keep`), of which each line has what was said, too.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO, NamedTuple

from stt_load.clock import clock
from stt_load.samples.accuracy import LONGEST_ANSWER
from stt_load.samples.escaping import encode, escaped
from stt_load.samples.sample import Phase, Sample
from stt_load.samples.table import Samples
from stt_load.storage import json_lines
from stt_load.storage.files import create_private, open_ordinary, published, utf8
from stt_load.storage.json_lines import LineError
from stt_load.storage.run_record import ReportError, TranscriptsFile
from stt_load.storage.spool import SUFFIX

logger = logging.getLogger(__name__)

SPOOL_SUFFIX = ".partial.transcripts.jsonl"
KEPT_SUFFIX = ".transcripts.jsonl"
SLICE_S = 0.002
"""They become text for so long at a time: no answer is read meanwhile. Between two slices everybody who is ready has
a turn, which under full load takes ten times as long; so of many small ones there would be no end."""
KEPT_AT_ONCE = 100
"""Lines of the file that stays, between two pauses."""


class Answer(NamedTuple):
    """The words of one answer. sent_s: on the clock of the rows."""

    seq: int
    attempt: int
    sent_s: float
    text: str


def counts(sample: Sample) -> bool:
    """Whether the words of its answer may be kept: those of a measured request that is ok, or of one that says its
    clip again."""
    return sample.error_kind is None and (sample.phase is Phase.MEASURED or sample.is_repeat)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers have words that are kept.

    scored: the measured ones to clips with words, to be held against those. repeated: seqs of clips that are said
    again: all answers to them, to be held against each other.
    """

    scored: bool = False
    repeated: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.scored or bool(self.repeated)

    def __call__(self, sample: Sample, has_words: bool) -> bool:
        """has_words: whether the clip of `sample` has any that are known."""
        return counts(sample) and ((self.scored and has_words) or sample.seq in self.repeated)


class Transcripts:
    """Writes answers to the file that goes with the spool of `result`, which is made when there is the first.

    hide: takes secrets out of a text. trouble: why nothing more can be written, None while all is well; then nothing
    is kept any more, and the file is gone.
    """

    def __init__(self, result: Path, hide: Callable[[str], str]) -> None:
        self.path = result.with_suffix(SPOOL_SUFFIX)
        self.trouble: str | None = None
        self.written = 0
        self._hide = hide
        self._waiting: deque[Answer] = deque()
        self._file: IO[bytes] | None = None
        self._closed = False

    def add(self, sample: Sample, text: str) -> None:
        """The words of an answer, which are written later: whoever has made the request does not wait."""
        if not self._closed and counts(sample):
            sent_s = sample.start_s if sample.sent_s is None else sample.sent_s
            self._waiting.append(Answer(sample.seq, sample.attempt, sent_s, text[:LONGEST_ANSWER]))

    def write(self, pause: Callable[[], None] = lambda: None) -> None:
        """All that is there now goes to the disk. pause: called between slices, to let others have their turn.

        Does not raise: where it can't be written, `trouble` says so.
        """
        left = len(self._waiting)
        try:
            while left > 0 and not self._closed:
                left -= self._write_slice(left)
                pause()
            if self._file is not None and not self._closed:
                self._file.flush()
        except Exception as error:
            self._fail(error)

    def close(self) -> None:
        """Nothing more is kept."""
        self._closed = True
        self._waiting.clear()
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def remove(self) -> None:
        """They have done their work. Raises `OSError`."""
        self.close()
        if self._file is not None:
            self.path.unlink(missing_ok=True)

    def _write_slice(self, most: int) -> int:
        """How many were written, of at most so many."""
        lines: list[str] = []
        until_s = clock() + SLICE_S
        while len(lines) < most and (not lines or clock() < until_s):
            answer = self._waiting.popleft()
            lines.append(_line(answer, self._hide(answer.text)))
        if self._file is None:
            self._file = create_private(self.path)
        self._file.write(utf8("\n".join(lines) + "\n"))
        self.written += len(lines)
        return len(lines)

    def _fail(self, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else repr(error)
        self.trouble = f"The transcripts could not be written to {self.path}: {reason}"
        logger.error("stt-load: %s. No answer is scored", self.trouble)
        with suppress(OSError):
            self.remove()


def _line(answer: Answer, text: str) -> str:
    """As `encode` has it, in a quarter of the time: one for each request of a run."""
    seq, attempt, sent_s, _ = answer
    return f'{{"seq": {seq}, "attempt": {attempt}, "sent_s": {sent_s!r}, "text": {escaped(encode_basestring(text))}}}'


def beside(spool: Path) -> Path:
    """Where the transcripts of a spool are, if there are any."""
    return spool.with_name(spool.name.removesuffix(SUFFIX) + SPOOL_SUFFIX)


def is_spool(path: Path) -> bool:
    """Whether it is a file of transcripts by its name, which is no run of its own."""
    return path.name.endswith(SPOOL_SUFFIX)


def read(path: Path) -> Iterator[Answer]:
    """The answers in `path`; what a kill cut off in the middle of a line is left out.

    Raises `ReportError` where a line is no answer, `OSError` where it can't be read.
    """
    with open_ordinary(path) as file:
        try:
            for value in json_lines.read(file):
                answer = Answer(value["seq"], value["attempt"], value["sent_s"], value["text"])
                if not (type(answer.seq) is type(answer.attempt) is int and isinstance(answer.text, str)):
                    raise ReportError(f"{path} is damaged: a value is of another type than it should be")
                yield answer
        except LineError as error:
            raise ReportError(f"{path}: {error}") from None
        except KeyError as error:
            raise ReportError(f"{path} is damaged: a line lacks {error}") from None


def combine(paths: Iterable[Path], samples: Samples, file: IO[bytes]) -> int:
    """Writes to `file`, each once, the answers in `paths` that belong to rows of `samples` that count. How many.

    The instants are those of the rows: each file's own count from another zero.
    """
    rows = samples.rows
    chosen = rows[((rows["phase"] == Phase.MEASURED) | samples.repeats) & samples.ok]
    sent_s = {
        (seq, attempt): start_s if math.isnan(at_s) else at_s
        for seq, attempt, at_s, start_s in zip(
            *(chosen[name].tolist() for name in ("seq", "attempt", "sent_s", "start_s")), strict=True
        )
    }
    count = 0
    for path in paths:
        for answer in read(path):
            at_s = sent_s.pop((answer.seq, answer.attempt), None)
            if at_s is not None:
                file.write(utf8(encode(answer._replace(sent_s=at_s)._asdict()) + "\n"))
                count += 1
    return count


def keep(
    result: Path, found: Path, said: Callable[[int, int], tuple[str, ...]], pause: Callable[[], None]
) -> TranscriptsFile:
    """Writes what was said and heard, by seq and attempt as `found` has it, to the file that goes with `result`.

    said: the sentences of a clip. pause: called now and then. Raises `FileExistsError` where the name is taken,
    `OSError` where it can't be written; then nothing is left.
    """
    path = result.with_suffix(KEPT_SUFFIX)
    digest, count = hashlib.sha256(), 0
    with published(path) as file:
        for answer in read(found):
            words = " ".join(said(answer.seq, answer.attempt))
            line = {"seq": answer.seq, "attempt": answer.attempt, "said": words, "heard": answer.text}
            data = utf8(encode(line) + "\n")
            digest.update(data)
            file.write(data)
            count += 1
            if count % KEPT_AT_ONCE == 0:
                pause()
    return TranscriptsFile(path.name, count, digest.hexdigest())


def taken(result: Path) -> bool:
    """Whether a result of this name would meet files of transcripts that are there, or links to nowhere."""
    return any(os.path.lexists(result.with_suffix(suffix)) for suffix in (SPOOL_SUFFIX, KEPT_SUFFIX))
