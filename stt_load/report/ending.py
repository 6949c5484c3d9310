"""Why a run is not what was planned: what broke in here, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.report.messages import Messages
from stt_load.report.opening import note
from stt_load.report.width import quote, wrap
from stt_load.samples.run_info import EndReason
from stt_load.storage.run_record import RunRecord

THE_SERVICES_WORDS: tuple[EndReason, ...] = ("dead_warmup", "not_ready", "gave_up")
"""Ends whose detail is what the service said; that of others is ours."""
NOTHING_GOOD: tuple[EndReason, ...] = ("dead_warmup", "not_ready")
"""Ends at which a person wants to know what one request comes to."""


def faults(say: Messages, run: RunRecord) -> Iterator[str]:
    """What is missing from all that follows."""
    if not run.info.faults:
        return
    yield ""
    yield from note(say, say("faults.heading"))
    for fault in run.info.faults:
        first, *more = quote(fault, say.width, "     ")
        yield from (f"   - {first.lstrip()}", *more)


def ending(say: Messages, run: RunRecord) -> Iterator[str]:
    """Why the run is not complete, unless it was to go on until somebody stopped it, and something was measured."""
    info = run.info
    has_end = run.config["total_requests"] is not None or run.config["measure_for"] is not None
    planned = not has_end and run.summary.metrics.requests.total
    if info.complete or (planned and info.end_reason == "stopped"):
        return
    wait = say("seconds", value=f"{run.config['wait_ready']:g}")
    name = "end.at_time_limit" if planned and info.end_reason == "time_limit" else f"end.{info.end_reason}"
    yield ""
    yield from note(say, say(name, progress=_progress(say, run), wait=wait))
    if info.detail is not None:
        is_theirs = info.end_reason in THE_SERVICES_WORDS
        yield from quote(say("end.detail", detail=info.detail) if is_theirs else info.detail, say.width, "   ")
    if info.end_reason in NOTHING_GOOD:
        yield from wrap(say("end.probe"), say.width, "   ", "   ")


def _progress(say: Messages, run: RunRecord) -> str:
    """How far it came: what was measured, or where in the warm-up it ended. What was cut off is not done."""
    requests, total, warm = run.summary.metrics.requests, run.config["total_requests"], run.summary.warmup
    if not requests.total and run.config["warmup_requests"]:
        return say("end.in_warmup", done=warm.succeeded + warm.failed, total=run.config["warmup_requests"])
    if total is None:
        duration = say.duration(run.summary.metrics.window_s or 0.0)
        return say("end.duration", duration=duration, requests=say.requests(requests.judged))
    return say("end.of", done=requests.judged, total=total - run.config["warmup_requests"])
