"""What a person should be told about a load and SLOs that are right: what has no effect, and what will stay
uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stt_load.audio.trace import trace_in
from stt_load.config.faults import KeyPath, dotted
from stt_load.config.layers import DEFAULT_ORIGIN, Layer, Origin
from stt_load.config.load_rules import expected_arrivals
from stt_load.config.model import Config
from stt_load.config.shares import number_text
from stt_load.config.slo_values import parsed
from stt_load.slo.advice import sentences, shortages
from stt_load.slo.model import Each, LearntLimits
from stt_load.slo.terms import SHORT

Origins = Mapping[KeyPath, Origin]


def notes(config: Config, origins: Origins) -> Iterator[str]:
    """A sentence each. origins: where each value was given."""
    yield from _without_effect(config, origins)
    yield from _few_slots(config)
    yield from _no_words(config)
    if config.level_axis is not None:
        yield from _short_levels(config)
        return
    count = planned(config)
    if count is not None or config.load.audio_rate is None:  # of which the number of clips is known when it begins
        yield from sentences(config.slo, planned=count, concurrency=_concurrency(config))


def planned(config: Config) -> int | None:
    """How many measured requests there are to be; None where nobody knows."""
    if config.total_requests is not None:
        return config.total_requests - config.warmup_requests
    if config.load.trace is not None:
        return len(trace_in(config.load.trace).offsets_s)
    expected = expected_arrivals(config)
    return None if expected is None else round(expected)


def _short_levels(config: Config) -> Iterator[str]:
    """What a sweep's levels are too short for, of the one that is shortest for it; those of a search have as many
    rows as their test needs."""
    found = config.load.levels
    axis = config.level_axis
    if found is None or axis is None:
        return
    value, planned = max(found[axis]), found.get("requests")
    if axis != "users":
        value = min(found[axis])
        planned = round(value * found["seconds"]) if axis == "rate" and planned is None else planned
    if planned is not None:
        slos = map(parsed, config.slo)
        for shortage in shortages(slos, planned=planned, concurrency=int(value) if axis == "users" else 1):
            yield f"load.levels, {axis} {number_text(value)}: {shortage}"


def _concurrency(config: Config) -> int:
    """Users; of an open loop nobody knows it before the run."""
    return 1 if config.open_loop else config.locust_users


def _without_effect(config: Config, origins: Origins) -> Iterator[str]:
    load = config.load
    given = {name for name in type(load).model_fields if _layer(("load", name), origins) > Layer.DEFAULT}
    idle: dict[str, str] = {}
    if not config.open_loop:
        reason = "users wait for their answers" if load.stages is None else "load.stages is of users"
        idle = dict.fromkeys(("arrivals", "burstiness", "max_in_flight", "max_lag"), reason)
    elif load.trace is not None:
        idle = dict.fromkeys(("arrivals", "burstiness"), "arrivals come as load.trace has them")
    elif load.arrivals != "gamma":
        idle = {"burstiness": f"load.arrivals is {load.arrivals}"}
    if load.trace is None:
        idle["speed"] = "there is no load.trace"
    for name, reason in idle.items():
        if name in given and getattr(load, name) != type(load).model_fields[name].default:
            yield f"{dotted(('load', name))} has no effect: {reason}"


def _few_slots(config: Config) -> Iterator[str]:
    most, warm = config.load.max_in_flight, config.concurrent_requests
    if config.open_loop and most < warm:
        yield f"load.max_in_flight is {most}: the warm-up has no more at a time, though concurrent_requests is {warm}"


def _no_words(config: Config) -> Iterator[str]:
    """What nobody says, nobody can hear: without data an SLO is missed."""
    source = config.audio.source
    if source not in ("noise", "silence"):
        return
    for one in map(parsed, config.slo):
        if isinstance(one, LearntLimits):
            continue  # it was learnt from runs of the same
        of_words = one.fields & set(SHORT) if isinstance(one, Each) else one.term.path.startswith("accuracy.")
        if of_words:
            yield f"{one.expression} has no data, and so will be missed: with audio.source {source} no words are said"


def _layer(path: KeyPath, origins: Origins) -> Layer:
    return origins.get(path, DEFAULT_ORIGIN).layer
