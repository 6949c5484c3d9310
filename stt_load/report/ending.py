"""Why a run is not what was planned: what broke in here, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stt_load.report.messages import Messages
from stt_load.report.opening import note, profile_s
from stt_load.report.width import quote, wrap
from stt_load.samples.run_info import EndReason, OpenLoop
from stt_load.samples.sample import Phase
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
    planned = not _has_end(run) and run.summary.metrics.requests.total
    if info.complete and info.end_reason == "precise":
        yield from ("", say("end.as_precise", progress=_progress(say, run)))
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


def _has_end(run: RunRecord) -> bool:
    """Whether anything but a person was to end it."""
    config, load = run.config, run.info.load
    ends = (config["total_requests"], config["measure_for"], config.get("stop_when"), profile_s(load))
    return any(one is not None for one in ends) or (isinstance(load, OpenLoop) and load.planned is not None)


def _progress(say: Messages, run: RunRecord) -> str:
    """How far it came: what was measured, or where in the warm-up it ended. What was cut off is not done."""
    requests, warm, load = run.summary.metrics.requests, run.summary.warmup, run.info.load
    if not requests.total and run.config["warmup_requests"]:
        return say("end.in_warmup", done=warm.succeeded + warm.failed, total=run.config["warmup_requests"])
    total = run.config["total_requests"]
    planned = None if total is None else total - run.config["warmup_requests"]
    if isinstance(load, OpenLoop) and load.planned is not None:
        settled = int(np.count_nonzero(run.samples["phase"] == Phase.SETTLING))
        planned = load.planned - settled
    if planned is None:
        duration = say.duration(run.summary.metrics.window_s or 0.0)
        return say("end.duration", duration=duration, requests=say.requests(requests.judged))
    return say("end.of", done=requests.judged, total=planned)
