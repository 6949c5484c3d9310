"""The code that a finished run ends with."""

from __future__ import annotations

from stt_load.report.run import Run

FAILURES = 1
BAD_INPUT = 2
INVALID = 4
INTERRUPTED = 5
NEVER_ANSWERED = 1


def exit_code(run: Run, *, failures_code: int = FAILURES) -> int:
    """The first that matches: interrupted, measurement not to be believed, failures, service never answered, 0.

    failures_code: what failures are worth; 0 to ignore them. With `validity.strict` a DEGRADED measurement counts as
    an INVALID one. An exception in a listener of ours is among the checks of the summary, as INVALID.
    """
    verdict, strict = run.summary.validity.verdict, run.config["validity"]["strict"]
    if run.info.end_reason == "interrupted":
        return INTERRUPTED
    if verdict == "INVALID" or (strict and verdict == "DEGRADED"):
        return INVALID
    if run.summary.metrics.requests.failed and failures_code:
        return failures_code
    if run.info.end_reason in ("dead_warmup", "not_ready", "gave_up"):
        return NEVER_ANSWERED
    return 0
