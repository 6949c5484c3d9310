"""What must hold for levels and a search, beside what must hold for each of their keys."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.config.faults import KeyPath
from stt_load.config.load_rules import MOST_ARRIVALS, SLO
from stt_load.config.model import Config
from stt_load.config.places import Broken
from stt_load.config.slo_values import parsed
from stt_load.slo.model import Each, Limit, Slo

LEVELS: KeyPath = ("load", "levels")
SEARCH: KeyPath = ("load", "search")
NO_LIMIT = "search needs a latency limit, such as --slo 'p95(response_time_s) < 2'"
OF_EACH = ("response_time_s", "service_time_s", "rtf", "ttft_s")
"""What every answered request has, and takes longer where a service is loaded."""


def levels_can_be_carried_out(config: Config) -> Iterator[Broken]:
    """Each has something to measure, and all of them have no more of it than rows can count."""
    found = config.load.levels
    if found is None:
        return
    if "requests" in found:
        (values, requests) = found.values()
        expected = [float(requests)] * len(values)
    elif "rate" in found:
        expected = [rate * float(found["seconds"]) for rate in found["rate"]]
    else:
        return  # how many there are is not known before
    if min(expected) < 1:
        yield {LEVELS: f"makes {min(expected):.2g} arrivals in a level, and so mostly none; choose more seconds"}
    elif sum(expected) > MOST_ARRIVALS:
        yield {LEVELS: f"makes {sum(expected):,.0f} requests; choose {MOST_ARRIVALS:,} at most"}


def search_has_a_limit(config: Config) -> Iterator[Broken]:
    """Of what gets slower under load: nothing else tells how much is carried."""
    if config.load.search is None:
        return
    slos = [parsed(entry) for entry in config.slo]
    has_each = any(isinstance(one, Each) for one in slos)
    if not any(is_of_latency(one, has_each=has_each) for one in slos):
        yield {SEARCH: f"has no limit to hold a load against: {NO_LIMIT}", SLO: f"has none: {NO_LIMIT}"}


def is_of_latency(slo: Slo, *, has_each: bool) -> bool:
    """Whether a share of requests tells if it holds, and that share grows with the load: a percentile of a time, or
    goodput of what `each` says. has_each: whether there is one."""
    if not isinstance(slo, Limit):
        return False
    if slo.term.path == "goodput_ratio":
        return has_each and slo.operator in (">", ">=") and slo.value < 1
    return slo.term.path in OF_EACH and 0 < (slo.p or 0) < 1 and slo.operator in ("<", "<=")
