"""Can the measurement be believed? It judges the load generator, never the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from stt_load.samples.generator import Generator
from stt_load.samples.run_info import Load
from stt_load.samples.table import Samples
from stt_load.stats.checks import OF_FIGURES, OF_THE_RUN, WORST_FIRST, percentiles
from stt_load.stats.evidence import Evidence, Limits
from stt_load.stats.model import Check, TooFew, Validity, Verdict

DEFAULT_LIMITS = Limits()


def judge(
    samples: Samples,
    measured: Samples,
    *,
    users: int,
    load: Load,
    generator: Generator,
    limits: Limits = DEFAULT_LIMITS,
    slo_samples: tuple[TooFew, ...] | None = None,
    tested: bool = False,
) -> Validity:
    """The checks that apply to a load of this model, and the worst of their verdicts; None when none had data.

    samples: the whole run, measured: its measured samples in start order; the rest as for `summarise`. slo_samples:
    quantiles that there is a limit of and that were found in too few requests; None where there is no such limit.
    tested: it is a level of a search, which has a test of its own. A run without a good answer has nothing that
    could be believed: it is INVALID or nothing.
    """
    evidence = Evidence(samples, measured, users, load, generator, limits, tested)
    of_figures = tuple(check(evidence) for check in OF_FIGURES[load.model])
    if slo_samples is not None:
        of_figures = (*of_figures, percentiles(slo_samples, limits))
    of_the_run = tuple(check(evidence) for check in OF_THE_RUN)
    if len(evidence.ok):
        return Validity(_worst((*of_figures, *of_the_run)), (*of_figures, *of_the_run))
    void = _worst(of_the_run) == "INVALID"
    undecided = tuple(replace(check, verdict=None) for check in of_figures)
    return Validity("INVALID" if void else None, (*undecided, *of_the_run))


def of_generator(validity: Validity) -> Verdict | None:
    """The worst verdict of the checks of the load generator: of all but the one that counts whether an SLO has enough
    requests."""
    return _worst(check for check in validity.checks if check.name != "slo_samples")


def _worst(found: Iterable[Check]) -> Verdict | None:
    verdicts = {check.verdict for check in found}
    return next((verdict for verdict in WORST_FIRST if verdict in verdicts), None)
