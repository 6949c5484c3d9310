"""Can the measurement be believed? It judges the load generator, never the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from stt_load.samples.generator import Generator
from stt_load.samples.run_info import Load
from stt_load.samples.table import Samples
from stt_load.stats.checks import OF_FIGURES, OF_THE_RUN, WORST_FIRST, Evidence, Limits
from stt_load.stats.model import Check, Validity, Verdict

DEFAULT_LIMITS = Limits()


def judge(
    samples: Samples,
    measured: Samples,
    *,
    users: int,
    load: Load,
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
