"""Can the measurement be believed? It judges the load generator, never the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.table import Samples
from stt_load.stats import checks
from stt_load.stats.checks import WORST_FIRST, Evidence, Limits
from stt_load.stats.model import Check, Validity, Verdict

CheckOf = Callable[[Evidence], Check]

OF_FIGURES: Mapping[str, tuple[CheckOf, ...]] = {
    "closed": (
        checks.stalls,
        checks.busy_loop,
        checks.stalled_share,
        checks.cpu,
        checks.closed_loop,
        checks.in_flight,
    )
}
"""By the load's model. They doubt figures: where there are none, nothing is to be doubted."""
OF_THE_RUN: tuple[CheckOf, ...] = (
    checks.load_changed,
    checks.listener_errors,
    checks.rows_lost,
    checks.local_limits,
    checks.stalled_timeouts,
)
"""They doubt the run, whatever came of it."""

DEFAULT_LIMITS = Limits()


def judge(
    samples: Samples,
    measured: Samples,
    *,
    users: int,
    load: ClosedLoop,
    generator: Generator,
    limits: Limits = DEFAULT_LIMITS,
) -> Validity:
    """The checks that apply to a load of this model, and the worst of their verdicts; None when none had data.

    samples: the whole run, measured: its measured samples in start order; the rest as for `summarise`. A run without
    a good answer has nothing that could be believed: it is INVALID or nothing.
    """
    evidence = Evidence(samples, measured, users, load, generator, limits)
    of_figures = tuple(check(evidence) for check in OF_FIGURES[load.model])
    of_the_run = tuple(check(evidence) for check in OF_THE_RUN)
    if len(evidence.ok):
        return Validity(_worst((*of_figures, *of_the_run)), (*of_figures, *of_the_run))
    void = _worst(of_the_run) == "INVALID"
    undecided = tuple(replace(check, verdict=None) for check in of_figures)
    return Validity("INVALID" if void else None, (*undecided, *of_the_run))


def _worst(found: Iterable[Check]) -> Verdict | None:
    verdicts = {check.verdict for check in found}
    return next((verdict for verdict in WORST_FIRST if verdict in verdicts), None)
