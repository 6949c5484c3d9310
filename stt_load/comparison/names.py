"""How a person names a metric, and where it stands in a result: p95(response_time_s) is all.response_time_s.p95."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stt_load.slo.limits import figure
from stt_load.slo.terms import QUANTILES, SHORT
from stt_load.slo.tokens import SloError
from stt_load.stats.metrics import METRICS, Metric

FORM = "write one such as p95(response_time_s), throughput_rps or response_time_s.mean"
NO_NUMBERS = ("failures",)
"""Figures that are many numbers, without a name for each."""

_FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?:\s*\(\s*[A-Za-z_][A-Za-z0-9_.]*\s*\))?")
_OF_ALL = re.compile(rf"all\.(\w+)\.({'|'.join(QUANTILES)})")

COMPARABLE: Mapping[str, Metric] = {
    one.path: one for one in METRICS if one.better is not None and one.path not in NO_NUMBERS
}
"""Metrics that have a better direction, by their path below `metrics`: of others nobody can say what is worse."""


def path_of(text: str) -> str:
    """The path of the metric that `text` names: a path itself, or as an SLO has it.

    A quantile is over every intended request where there is such a figure, as in an SLO; `response_time_s.p95` is of
    the ok ones. Raises `SloError`, whose sentence reads on from `text`.
    """
    name = text.strip()
    if name in COMPARABLE:
        return name
    if not _FORM.fullmatch(name):
        raise SloError(f"is no metric; {FORM}")
    if name in NO_NUMBERS:
        raise SloError("is many numbers; choose one, such as error_rate or shed_rate")
    if any(metric.path == name for metric in METRICS):
        raise SloError("has no better direction, so that none is worse; choose another metric")
    function, its = figure(name)
    paths = [its.path] if function is None else [f"all.{its.path}.{function}", f"{its.path}.{function}"]
    found = next((path for path in paths if path in COMPARABLE), None)
    if found is None:
        there = [path for path in COMPARABLE if path.rpartition(".")[0] == its.path]
        raise SloError(f"is in no result; there are {', '.join(there)}" if there else f"is in no result; {FORM}")
    return found


def name_of(path: str) -> str:
    """The short name of the metric at `path`, which `path_of` reads."""
    if found := _OF_ALL.fullmatch(path):
        return f"{found[2]}({found[1]})"
    return next((short for short, long in SHORT.items() if long == path), path)
