"""What the reported figures must be: the server's log, the client's sends, and a queue in between.

Nothing here is shared with the statistics that it is held against.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from heapq import heapreplace
from typing import Any

from stt_load.audio.names import HEADER_BYTES
from stt_load.audio.sources import AudioSpec, source_of

STALLED_S = 0.002
"""A row that a standstill can have made later than this tells nothing of the service."""

Row = Mapping[str, Any]
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it must have been. reported: its row of the result, None where there is none.

    due_s and sent_s, from the run's barrier, are the client's own word; in a closed loop they are the same.
    arrival_s, of the last byte, is the server's, on its monotonic clock, and so is everything else. ttft_s, gaps,
    gaps_s: of a streamed text, from the send to its first piece, how many gaps between pieces there are and how long
    they are together; 0 without one. opens: it is the first on its connection. said, answered: the words that the
    server has heard and given; wrong: what it has done to them on purpose.
    """

    reported: Row | None
    arrival_s: float
    due_s: float
    sent_s: float
    done_s: float
    kind: str | None
    audio_s: float
    upload_bytes: int
    download_bytes: int
    cold: bool
    ttft_s: float
    gaps: int
    gaps_s: float
    opens: bool
    said: str | None
    answered: str | None
    wrong: str | None

    @property
    def ok(self) -> bool:
        return self.kind is None

    @property
    def response_s(self) -> float:
        return self.done_s - self.due_s

    @property
    def service_s(self) -> float:
        """What the client sees of it; in the queue's words it is how long the request is there."""
        return self.done_s - self.sent_s

    @property
    def error_s(self) -> float:
        """How much longer than that the reported one is; infinite where none is."""
        return math.inf if self.reported is None else float(self.reported["response_time_s"]) - self.response_s

    def left_out(self, late_s: float) -> Request | None:
        """As it is reported, where its process stood still when it was read; None where it didn't.

        Nothing is known then of how long it took: at least what it must have, and at most what the standstill can
        have added, and `late_s`, to that. One that is further from the truth has no excuse.
        """
        told = self.reported
        stalled_s = 0.0 if told is None else float(told.get("late_s", 0.0))
        if told is None or stalled_s < STALLED_S or not 0 < self.error_s <= stalled_s + late_s:
            return None
        text_s = told.get("first_text_s")
        ttft_s = self.ttft_s if text_s is None else text_s - self.sent_s
        return replace(self, done_s=self.due_s + float(told["response_time_s"]), ttft_s=ttft_s)


def requests(result: Mapping[str, Any], truths: Iterable[Line], slots: int) -> list[Request]:
    """The requests that the server saw, in the order in which they arrived.

    k slots and one queue, first come first served (the Kiefer-Wolfowitz recursion): a service starts when the request
    is there and a slot is free, and takes as long as the log says. Batches: the log says who was served together; it
    begins when the first of them is there and the batch before is over. What was shed was answered at once.
    """
    rows = _rows_by_clip(result)
    clients: set[str] = set()
    free = [-math.inf] * slots
    batch, batch_end_s = -1, -math.inf
    found = []
    for truth in sorted(truths, key=lambda truth: float(truth["arrival_s"])):
        row = rows.get(truth["audio_hash"])
        sent_s = math.nan if row is None or row["sent_s"] is None else row["sent_s"]
        done_s = sent_s
        if truth.get("batch") is not None:
            if truth["batch"] != batch:
                batch, batch_end_s = truth["batch"], max(sent_s, batch_end_s) + truth["end_s"] - truth["start_s"]
            done_s = batch_end_s
        elif truth["start_s"] is not None:
            done_s = max(sent_s, free[0]) + truth["end_s"] - truth["start_s"]
            heapreplace(free, done_s)
        found.append(
            Request(
                reported=row,
                arrival_s=truth["arrival_s"],
                due_s=sent_s if row is None else row["start_s"],
                sent_s=sent_s,
                done_s=done_s,
                kind=_kind(truth),
                audio_s=truth["audio_s"] or 0.0,
                upload_bytes=truth["body_bytes"] or 0,
                download_bytes=truth["answer_bytes"] or 0,
                cold=truth["cold"],
                ttft_s=done_s - sent_s - _before_end(truth, "first_text_s"),
                gaps=max(0, (truth["deltas"] or 0) - 1),
                gaps_s=_before_end(truth, "first_text_s") - _before_end(truth, "last_text_s"),
                opens=truth["client"] not in clients,
                said=truth["said"],
                answered=truth["answered"],
                wrong=truth["wrong"],
            )
        )
        clients.add(truth["client"])
    return found


def _before_end(truth: Line, name: str) -> float:
    """How long before the end of the service that was; 0 where it was not."""
    return 0.0 if truth[name] is None or truth["end_s"] is None else float(truth["end_s"] - truth[name])


def _rows_by_clip(result: Mapping[str, Any]) -> dict[str, Row]:
    """Each row under the hash of its clip: only the clip itself went both ways."""
    audio = result["config"]["audio"]
    spec = AudioSpec(audio["source"], audio["duration"], audio["sample_rate"], pack=audio["pack"])
    source = source_of(spec, result["run"]["seed"])
    rows = {}
    for row in result["requests"]:
        wav = b"".join(source.clip(row["seq"], row["attempt"]).parts)
        rows[blake2b(memoryview(wav)[HEADER_BYTES:], digest_size=8).hexdigest()] = row
    return rows


def _kind(truth: Line) -> str | None:
    if truth["cut"]:
        return "truncated"
    return {200: None, 500: "http_5xx", 503: "shed"}.get(truth["status"], f"status {truth['status']}")


def nearest_rank(values: Sequence[float], p: float) -> float:
    """The smallest value that at least the share `p` of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(p * len(values)) - 1)]


QUANTILES: Mapping[str, float] = {"median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    **{name: partial(nearest_rank, p=p) for name, p in QUANTILES.items()},
}
