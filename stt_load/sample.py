"""One intended request and what became of it, and the columns that many of them are kept in.

A `Sample` is the only thing that crosses from running to reporting. Everything to the right of it (statistics,
verdicts, reports) is a pure function of `Samples` and the run's metadata.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Phase(IntEnum):
    """Which part of the run a job belongs to; fixed when the job is handed out."""

    WARMUP = 0
    SETTLING = 1
    MEASURED = 2
    OUTSIDE = 3


class ErrorKind(StrEnum):
    """Why a request is not `ok`. The order is the code in the columns: append, never reorder."""

    DNS = "dns"
    CONNECT = "connect"
    CONNECTION_LOST = "connection_lost"
    TLS = "tls"
    TIMEOUT_CONNECT = "timeout_connect"
    TIMEOUT_FIRST_BYTE = "timeout_first_byte"
    TIMEOUT_READ = "timeout_read"
    TIMEOUT_TOTAL = "timeout_total"
    REDIRECT = "redirect"
    AUTH = "auth"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    SHED = "shed"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TRUNCATED = "truncated"
    ANSWER_TOO_LARGE = "answer_too_large"
    BAD_JSON = "bad_json"
    NO_TEXT = "no_text"
    BAD_STREAM = "bad_stream"
    STREAM_ERROR = "stream_error"
    POLL_FAILED = "poll_failed"
    HOOK_ERROR = "hook_error"
    CANCELLED = "cancelled"
    LOST = "lost"
    DROPPED = "dropped"
    BAD_HTTP = "bad_http"


@dataclass(frozen=True, slots=True)
class Sample:
    """One intended request. Instants are seconds on the run's monotonic clock.

    seq: number of the job, unique in the run. attempt: 0, and one more each time the job was leased again.
    worker: index of the process that sent it. users: users running when it was sent.
    start_s: the intended start. sent_s: right before the first byte went out, None when nothing was sent.
    first_byte_s: the answer's headers are in. done_s: the answer's last byte is in, or it failed.
    pause_s: how long this user stays away on purpose before its next request.
    audio_s: length of the clip. upload_bytes: size of the request's body, 0 without a connection.
    download_bytes: of the answer's body, as received. status: HTTP status, None without an answer.
    error_kind: None when ok. text_length: characters of the transcript, None when there is none.
    """

    seq: int
    attempt: int
    phase: Phase
    worker: int
    users: int
    start_s: float
    sent_s: float | None
    first_byte_s: float | None
    done_s: float
    pause_s: float
    audio_s: float
    upload_bytes: int
    download_bytes: int
    status: int | None
    error_kind: ErrorKind | None
    error: str | None
    text_length: int | None

    @property
    def ok(self) -> bool:
        return self.error_kind is None


KINDS = tuple(ErrorKind)
_KIND_CODE = {None: 0} | {kind: code for code, kind in enumerate(KINDS, start=1)}

# 84 bytes a row. Absent values are NaN in the instants, 0 in `status`, -1 in `text_length` and `error`;
# they turn into None on the way out.
ROW = np.dtype(
    [
        ("seq", "<i8"),
        ("start_s", "<f8"),
        ("sent_s", "<f8"),
        ("first_byte_s", "<f8"),
        ("done_s", "<f8"),
        ("audio_s", "<f8"),
        ("upload_bytes", "<i8"),
        ("pause_s", "<f4"),
        ("users", "<u4"),
        ("download_bytes", "<u4"),
        ("text_length", "<i4"),
        ("error", "<i4"),
        ("attempt", "<u2"),
        ("worker", "<u2"),
        ("status", "<i2"),
        ("phase", "u1"),
        ("kind", "u1"),
    ]
)
INSTANTS = ("start_s", "sent_s", "first_byte_s", "done_s")

_NAN = float("nan")


class Samples:
    """A frozen table of samples: one structured array and the distinct error texts its rows point to."""

    __slots__ = ("errors", "rows")

    def __init__(self, rows: npt.NDArray[np.void], errors: tuple[str, ...] = ()) -> None:
        self.rows = rows
        self.errors = errors

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """The column `name` of `ROW`."""
        return self.rows[name]

    def __iter__(self) -> Iterator[Sample]:
        for row in self.rows.tolist():
            yield _unpack(row, self.errors)

    def where(self, mask: npt.NDArray[Any]) -> Samples:
        """The rows that `mask` (booleans or indices) selects."""
        return Samples(self.rows[mask], self.errors)

    def phase(self, phase: Phase) -> Samples:
        """The samples of one phase, by intended start (ties by seq)."""
        return self.where(self.rows["phase"] == phase).in_order()

    def in_order(self) -> Samples:
        """The same samples by intended start (ties by seq and attempt), in whatever order they came in."""
        rows = self.rows
        return self.where(np.lexsort((rows["attempt"], rows["seq"], rows["start_s"])))

    def since(self, origin_s: float) -> Samples:
        """The same samples with every instant counted from `origin_s` (the barrier)."""
        rows = self.rows.copy()
        for name in INSTANTS:
            rows[name] -= origin_s
        return Samples(rows, self.errors)

    @property
    def ok(self) -> BoolArray:
        return np.asarray(self.rows["kind"] == 0)

    def of_kind(self, *kinds: ErrorKind) -> BoolArray:
        """Which rows failed with one of `kinds`."""
        return np.isin(self.rows["kind"], [_KIND_CODE[kind] for kind in kinds])

    @property
    def response_s(self) -> FloatArray:
        """Response time: from the intended start to the end, in seconds."""
        return np.asarray(self.rows["done_s"] - self.rows["start_s"])

    @property
    def service_s(self) -> FloatArray:
        """Service time: from the send to the end, in seconds; NaN where nothing was sent."""
        return np.asarray(self.rows["done_s"] - self.rows["sent_s"])

    def failures(self) -> dict[ErrorKind, int]:
        """How many failed, by kind, most frequent first."""
        codes, counts = np.unique(self.rows["kind"][self.rows["kind"] > 0], return_counts=True)
        pairs = sorted(zip(counts.tolist(), codes.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1]))
        return {KINDS[code - 1]: count for count, code in pairs}


class SampleTable:
    """Samples as they come in. Appending costs the same however many there are, 84 bytes a sample."""

    BLOCK = 65_536
    MAX_TEXTS = 1_000

    def __init__(self) -> None:
        self._full: list[npt.NDArray[np.void]] = []
        self._block = np.empty(1_024, ROW)
        self._used = 0
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._full)) + self._used

    def append(self, sample: Sample) -> None:
        if self._used == len(self._block):
            self._grow()
        self._block[self._used] = _pack(sample, self._error_code(sample.error))
        self._used += 1

    def snapshot(self, start: int = 0, size: int | None = None) -> Samples:
        """A copy of `size` samples (None: all) from the `start`-th on, in the order they came in."""
        stop = len(self) if size is None else min(len(self), start + size)
        parts = [np.empty(0, ROW)]
        first = 0
        for block in (*self._full, self._block[: self._used]):
            parts.append(block[max(0, start - first) : max(0, stop - first)])
            first += len(block)
        return Samples(np.concatenate(parts), tuple(self._codes))

    def _grow(self) -> None:
        """The first block doubles up to BLOCK rows (a small run stays small); then whole blocks are added."""
        if len(self._block) < self.BLOCK:
            larger = np.empty(len(self._block) * 2, ROW)
            larger[: self._used] = self._block
            self._block = larger
        else:
            self._full.append(self._block)
            self._block = np.empty(self.BLOCK, ROW)
            self._used = 0

    def _error_code(self, text: str | None) -> int:
        """Texts are kept once. A server that puts a new id into every error can't fill the memory."""
        if text is None:
            return -1
        code = self._codes.get(text)
        if code is not None:
            return code
        if len(self._codes) >= self.MAX_TEXTS:
            text = f"(text not kept: more than {self.MAX_TEXTS} different ones)"
        return self._codes.setdefault(text, len(self._codes))


def _pack(sample: Sample, error: int) -> tuple[Any, ...]:
    return (
        sample.seq,
        sample.start_s,
        _NAN if sample.sent_s is None else sample.sent_s,
        _NAN if sample.first_byte_s is None else sample.first_byte_s,
        sample.done_s,
        sample.audio_s,
        sample.upload_bytes,
        sample.pause_s,
        sample.users,
        sample.download_bytes,
        -1 if sample.text_length is None else sample.text_length,
        error,
        sample.attempt,
        sample.worker,
        sample.status or 0,
        sample.phase,
        _KIND_CODE[sample.error_kind],
    )


def _unpack(row: tuple[Any, ...], errors: tuple[str, ...]) -> Sample:
    values = dict(zip(ROW.names or (), row, strict=True))
    kind = values.pop("kind")
    for name in ("sent_s", "first_byte_s"):
        if values[name] != values[name]:
            values[name] = None
    values["error"] = errors[values["error"]] if values["error"] >= 0 else None
    values["text_length"] = values["text_length"] if values["text_length"] >= 0 else None
    values["status"] = values["status"] or None
    return Sample(**values | {"phase": Phase(values["phase"]), "error_kind": KINDS[kind - 1] if kind else None})
