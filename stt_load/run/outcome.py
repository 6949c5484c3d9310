"""What became of one request: the sample of an exchange and its verdict."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from stt_load.api.numbers import bounded
from stt_load.api.pieces import Texts
from stt_load.api.verdict import LONGEST_HEADER, Failure, Transcript, described, storable
from stt_load.audio.entries import RecordingsError
from stt_load.client import ClientError, Exchange, local_limits
from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.run.context import RunContext
from stt_load.samples.fields import LONGEST_S
from stt_load.samples.sample import ErrorKind, Sample

UNREACHABLE = frozenset({ErrorKind.DNS, ErrorKind.CONNECT, ErrorKind.TLS, ErrorKind.LOCAL_LIMIT})
_NOTHING_SENT = UNREACHABLE | {ErrorKind.TIMEOUT_CONNECT}
_BYTES = ("upload_bytes", "download_bytes")


def concluded(
    context: RunContext,
    iteration: Iteration,
    exchange: Exchange,
    verdict: Transcript | Failure,
    users: int,
    pause_s: float,
) -> Sample:
    """`sample_of`, whatever it is made of: one that can't be made is a failure that says why."""
    try:
        return sample_of(context, iteration, exchange, verdict, users, pause_s)
    except Exception as error:
        return _unmade(context, iteration, exchange, error)


def sample_of(
    context: RunContext,
    iteration: Iteration,
    exchange: Exchange,
    verdict: Transcript | Failure,
    users: int,
    pause_s: float,
) -> Sample:
    """The sample, its instants counted from the run's origin, its texts without secrets.

    users: running when it was sent. pause_s: for how long its user stays away after it.
    """
    failure = verdict if isinstance(verdict, Failure) else None
    transcript = verdict if isinstance(verdict, Transcript) else Transcript("")
    # A job may have had a connection before there was none.
    unreached = failure is not None and failure.kind in _NOTHING_SENT and exchange.connection is None
    sent_s = None if unreached else exchange.sent_s
    told, beyond = bounded(_told(exchange, transcript, failure is None, sent_s is None))
    origin_s, texts = context.dispatcher.origin_s, exchange.texts
    return Sample(
        **_frame(context, iteration, exchange),
        worker=0,
        users=users,
        sent_s=_since(origin_s, sent_s),
        first_byte_s=_since(origin_s, exchange.first_byte_s),
        first_text_s=None if texts is None else _since(origin_s, texts.first_s),
        pause_s=min(pause_s + exchange.lingered_s, LONGEST_S),
        error_kind=failure.kind if failure else None,
        error=storable(context.api.hide(failure.message)) if failure else None,
        connection=exchange.connection,
        dialect=None if exchange.stream is None else exchange.stream.dialect,
        headers=_shown(context, exchange) if exchange.captured else None,
        out_of_range=(*transcript.out_of_range, *beyond) or None,
        json_for_text=transcript.json_for_text,
        late_s=_late_s(iteration, sent_s),
        **told | {name: told[name] or 0 for name in _BYTES},
    )


def _frame(context: RunContext, iteration: Iteration, exchange: Exchange) -> dict[str, Any]:
    """What every row has: whose it is, when it was due and done. In a closed loop it is due when it is ready."""
    done_s = exchange.done_s or clock()
    due_s = iteration.due_s if iteration.due_s is not None else exchange.sent_s or done_s
    clip = exchange.clip
    return {
        "seq": iteration.seq,
        "attempt": iteration.attempt,
        "phase": iteration.phase,
        "slot": iteration.slot,
        "level": iteration.level,
        "stage": iteration.stage,
        "start_s": due_s - context.dispatcher.origin_s,
        "done_s": done_s - context.dispatcher.origin_s,
        "audio_s": context.audio_s(iteration.seq) if clip is None else clip.duration_s,
    }


def _late_s(iteration: Iteration, sent_s: float | None) -> float:
    """How much later than due it was sent, although a slot was free: that is the generator's."""
    if iteration.due_s is None or iteration.waited or sent_s is None:
        return 0.0
    return min(max(0.0, sent_s - iteration.due_s), LONGEST_S)


def _told(exchange: Exchange, transcript: Transcript, ok: bool, nothing_sent: bool) -> dict[str, float | None]:
    """What the answer says, or what is counted in it: numbers that may be of any size."""
    return {
        "upload_bytes": 0 if nothing_sent else exchange.uploaded,
        "download_bytes": exchange.received,
        "status": exchange.status,
        "text_length": len(transcript.text) if ok else None,
        "connect_s": exchange.connect_s,
        "tcp_connect_s": exchange.tcp_connect_s,
        "server_audio_s": transcript.audio_s,
        "processing_s": transcript.processing_s,
        "tokens": transcript.tokens,
        "polls": exchange.polls,
        **_streamed(exchange.texts),
    }


def failure_of(error: BaseException) -> Failure:
    """What an exception comes down to that came on the way from a clip to its transcript."""
    if isinstance(error, ClientError):
        return Failure(error.kind, error.message)
    # A recording that can't be read any more is no more the service's fault than a socket that there is none of.
    advice = str(error) if isinstance(error, RecordingsError) else local_limits.advice(error)
    if advice is not None:
        return Failure(ErrorKind.LOCAL_LIMIT, advice)
    return Failure(ErrorKind.HOOK_ERROR, described(error))


def _unmade(context: RunContext, iteration: Iteration, exchange: Exchange, error: Exception) -> Sample:
    """The failure of an iteration of which no row could be made."""
    reason = f"the row could not be made: {type(error).__name__}"
    with suppress(Exception):  # it may be the hiding that is broken
        reason = storable(context.api.hide(f"{reason}: {error}"))
    return bare(ErrorKind.HOOK_ERROR, reason, **_frame(context, iteration, exchange))


def bare(kind: ErrorKind, error: str, worker: int = 0, **frame: Any) -> Sample:
    """The row of an iteration of which nothing else is known: what every row has is in `frame`."""
    return Sample(
        **frame,
        worker=worker,
        users=0,
        sent_s=None,
        first_byte_s=None,
        pause_s=0.0,
        upload_bytes=0,
        download_bytes=0,
        status=None,
        error_kind=kind,
        error=error,
        text_length=None,
    )


def _shown(context: RunContext, exchange: Exchange) -> str:
    """The captured headers, each without secrets before JSON writes them in its own way."""
    hide = context.api.hide
    kept = {
        name: None if value is None else storable(hide(value), LONGEST_HEADER)
        for name, value in exchange.captured.items()
    }
    return json.dumps(kept)


def _streamed(texts: Texts | None) -> dict[str, float | None]:
    """What only a text has that comes while it is said: in how many pieces it came, and how far apart."""
    if texts is None:
        return {}
    values: dict[str, float | None] = {"deltas": texts.count}
    if (gaps := texts.gaps) is not None:
        values |= {"gap_mean_s": gaps.mean_s, "gap_p95_s": gaps.p95_s, "gap_max_s": gaps.max_s}
    return values


def _since(origin_s: float, at_s: float | None) -> float | None:
    return None if at_s is None else at_s - origin_s
