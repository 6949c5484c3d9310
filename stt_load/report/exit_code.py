"""The code that a finished run ends with."""

from __future__ import annotations

from stt_load.storage.run_record import RunRecord

FAILURES = 1
BAD_INPUT = 2
INVALID = 4
INTERRUPTED = 5
NOTHING_MEASURED = 1


def exit_code(run: RunRecord, *, failures_code: int = FAILURES) -> int:
    """The first that matches: interrupted, measurement not to be believed, failures, nothing measured, 0.

    failures_code: what failures are worth; 0 to ignore them. With `validity.strict` a DEGRADED measurement counts as
    an INVALID one. An exception in a listener of ours is among the checks of the summary, as INVALID. A run without a
    measured answer has measured nothing, whatever the reason and whatever failures are worth; one that was given up,
    or left by all of its users, is worth no more.
    """
    verdict, strict = run.summary.validity.verdict, run.config["validity"]["strict"]
    if run.info.end_reason == "interrupted":
        return INTERRUPTED
    if verdict == "INVALID" or (strict and verdict == "DEGRADED"):
        return INVALID
    requests = run.summary.metrics.requests
    if requests.failed and failures_code:
        return failures_code
    if not requests.succeeded or run.info.end_reason in ("gave_up", "no_users"):
        return NOTHING_MEASURED
    return 0
