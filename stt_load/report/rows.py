"""One request as a row of the result: a JSON object on one line, and back to a `Sample`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from stt_load.sample import ErrorKind, Phase, Sample
from stt_load.samples import ROW, Samples, SampleTable

DECIMALS = 6
SLICE = 4_096

_PHASE_NAMES = {phase: phase.name.lower() for phase in Phase}
_PHASES = {name: phase for phase, name in _PHASE_NAMES.items()}
_ROUNDED = [name for name in ROW.names or () if ROW[name].kind == "f"]
_LATER_COUNTS = ("connection", "deltas", "tokens", "polls")
_LATER_SECONDS = ("connect_s", "gap_mean_s", "gap_p95_s", "gap_max_s", "server_audio_s", "processing_s")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


class RowError(ValueError):
    """A row that is not one of ours; the text says why."""


def lines(samples: Samples, workers: Sequence[str]) -> Iterator[str]:
    """The rows of `samples` as JSON, one a line without its line end, in their order.

    workers: names by index. Seconds have 6 decimals; null is what was not there. Only `SLICE` rows are objects at a
    time, however many there are.
    """
    for start in range(0, len(samples), SLICE):
        for sample in as_saved(Samples(samples.rows[start : start + SLICE], samples.texts)):
            yield _encode(_row(sample, workers[sample.worker]))


def _row(sample: Sample, worker: str) -> dict[str, Any]:
    """The row of a sample whose seconds are rounded, with its keys in the order of the file.

    The two durations can be had from the instants; they are there for whoever reads the file without this program.
    """
    sent, kind = sample.sent_s, sample.error_kind
    return {
        "seq": sample.seq,
        "attempt": sample.attempt,
        "phase": _PHASE_NAMES[sample.phase],
        "worker": worker,
        "users": sample.users,
        "start_s": sample.start_s,
        "sent_s": sent,
        "first_byte_s": sample.first_byte_s,
        "done_s": sample.done_s,
        "response_time_s": round(sample.done_s - sample.start_s, DECIMALS),
        "service_time_s": None if sent is None else round(sample.done_s - sent, DECIMALS),
        "pause_s": _rounded(sample.pause_s),
        "audio_s": _rounded(sample.audio_s),
        "upload_bytes": sample.upload_bytes,
        "download_bytes": sample.download_bytes,
        "status": sample.status,
        "ok": kind is None,
        "error_kind": kind,
        "error": sample.error,
        "text_length": sample.text_length,
        "connection": sample.connection,
        "connect_s": _rounded(sample.connect_s),
        "first_text_s": sample.first_text_s,
        "deltas": sample.deltas,
        "gap_mean_s": _rounded(sample.gap_mean_s),
        "gap_p95_s": _rounded(sample.gap_p95_s),
        "gap_max_s": _rounded(sample.gap_max_s),
        "server_audio_s": _rounded(sample.server_audio_s),
        "processing_s": _rounded(sample.processing_s),
        "tokens": sample.tokens,
        "polls": sample.polls,
        "headers": None if sample.headers is None else json.loads(sample.headers),
    }


def of_row(row: Mapping[str, Any], workers: Mapping[str, int]) -> Sample:
    """The sample that `row` was made of. workers: index in the samples by name.

    Raises `RowError` when something is missing or of another type.
    """
    try:
        kind = row["error_kind"]
        return Sample(
            seq=int(row["seq"]),
            attempt=int(row["attempt"]),
            phase=_PHASES[row["phase"]],
            worker=workers[row["worker"]],
            users=int(row["users"]),
            start_s=float(row["start_s"]),
            sent_s=_optional_seconds(row["sent_s"]),
            first_byte_s=_optional_seconds(row["first_byte_s"]),
            done_s=float(row["done_s"]),
            pause_s=float(row["pause_s"]),
            audio_s=float(row["audio_s"]),
            upload_bytes=int(row["upload_bytes"]),
            download_bytes=int(row["download_bytes"]),
            status=None if row["status"] is None else int(row["status"]),
            error_kind=None if kind is None else ErrorKind(kind),
            error=None if row["error"] is None else str(row["error"]),
            text_length=None if row["text_length"] is None else int(row["text_length"]),
            first_text_s=_optional_seconds(row.get("first_text_s")),
            headers=None if row.get("headers") is None else json.dumps(row["headers"]),
            **{name: None if row.get(name) is None else int(row[name]) for name in _LATER_COUNTS},
            **{name: _optional_seconds(row.get(name)) for name in _LATER_SECONDS},  # type: ignore[arg-type]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RowError(f"{type(error).__name__}: {error}") from None


def table(rows: Iterator[Any], workers: Mapping[str, int]) -> Samples:
    """Rows as they were read, as samples. workers: index in the samples by name, as known when a row comes.

    Raises `RowError` for one that is none, with its number.
    """
    samples = SampleTable()
    for number, row in enumerate(rows, start=1):
        try:
            samples.append(of_row(row, workers))
        except (RowError, OverflowError) as error:
            raise RowError(f"request {number}: {error}") from None
    return samples.snapshot()


def as_saved(samples: Samples) -> Samples:
    """`samples` with their seconds rounded as the rows have them: what is computed from these can be computed again,
    to the last digit, from the file."""
    rows = samples.rows.copy()
    for name in _ROUNDED:
        rows[name] = np.round(rows[name].astype(float), DECIMALS) + 0.0  # -0.0 is 0.0
    return Samples(rows, samples.texts)


def _rounded(value: float | None) -> float | None:
    """To the digits that are saved. In the columns it has 32 bits, which hold no 0.1."""
    return None if value is None else round(value, DECIMALS)


def _optional_seconds(value: Any) -> float | None:
    return None if value is None else float(value)
