"""One intended request and what became of it.

A `Sample` is the only thing that crosses from running to reporting. Everything to the right of it (statistics,
verdicts, reports) is a pure function of `Samples`, the columns that many of them are kept in, and the run's metadata.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from stt_load.audio.names import REPEAT


class Phase(IntEnum):
    """Which part of the run an iteration belongs to; fixed when the iteration is handed out.

    OUTSIDE: of none. A second result of an iteration, or one that is said again to see whether it is heard alike.
    """

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
    LOCAL_LIMIT = "local_limit"


UNFINISHED = (ErrorKind.CANCELLED, ErrorKind.LOCAL_LIMIT)
"""Kinds that say nothing of the service: cut off by the end of the run, or a limit of the generator's own machine."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One intended request. Instants are seconds on the run's monotonic clock.

    What each field is, its unit and its range: `stt_load.samples.fields`. None where there is no such thing, as a
    time of sending when nothing was sent.
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
    connection: int | None = None
    connect_s: float | None = None
    tcp_connect_s: float | None = None
    first_text_s: float | None = None
    deltas: int | None = None
    gap_mean_s: float | None = None
    gap_p95_s: float | None = None
    gap_max_s: float | None = None
    dialect: str | None = None
    server_audio_s: float | None = None
    processing_s: float | None = None
    tokens: int | None = None
    polls: int | None = None
    headers: str | None = None
    late_s: float = 0.0
    out_of_range: tuple[str, ...] | None = None
    json_for_text: bool = False
    slot: int = 0
    level: int | None = None
    stage: int | None = None
    words: int | None = None
    substitutions: int | None = None
    deletions: int | None = None
    insertions: int | None = None
    characters: int | None = None
    character_edits: int | None = None
    flaw: str | None = None

    @property
    def ok(self) -> bool:
        return self.error_kind is None

    @property
    def unfinished(self) -> bool:
        """Neither ok nor failed."""
        return self.error_kind in UNFINISHED

    @property
    def failed(self) -> bool:
        return not self.ok and not self.unfinished

    @property
    def is_repeat(self) -> bool:
        """A clip of the run was said again."""
        return self.phase is Phase.OUTSIDE and self.attempt >= REPEAT
