"""What an open loop, a profile of users, levels or a search make of the keys beside them: which of those they can't
have, and which they take another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.config.ends import SHAPES, said, value_at
from stt_load.config.faults import Fault, KeyPath, dotted
from stt_load.config.layers import DEFAULT_ORIGIN, SLO, SPAWN_RATE, Layer, Origin
from stt_load.config.model import Config
from stt_load.config.slo_values import ERROR_RATE, parsed
from stt_load.slo.model import Limit

Origins = Mapping[KeyPath, Origin]
DELAY, USERS, SHED = ("request_delay",), ("concurrent_requests",), ("api", "on_shed")
REPETITIONS = ("accuracy", "repeat_check")


def settle_load(config: Config, origins: Origins) -> tuple[Config, tuple[str, ...], list[Fault]]:
    """`config` as it is in effect, what a person should be told about that, a sentence each, and what is wrong.

    origins: where each value was given, and Locust's -r.
    """
    shape = next((path for path in SHAPES if value_at(config.model_dump(), path) is not None), None)
    if shape is None:
        return config, (), []
    why = said(shape, origins.get(shape, DEFAULT_ORIGIN))
    found = list(_excluded(config, origins))
    faults = [
        origins[path].fault(path, f"{_PROBLEMS[path].format(why=why)}; {_ADVICE[path].format(shape=dotted(shape))}")
        for path in found
        if _is_refused(path, config, _layer(path, origins), _layer(shape, origins))
    ]
    notes = [
        f"{said(path, origins[path])} is ignored: {_REASONS[path].format(why=why)}"
        for path in found
        if not _is_refused(path, config, _layer(path, origins), _layer(shape, origins))
    ]
    changes: dict[str, Any] = {}
    if config.open_loop:
        changes |= _without_pauses(config)
        if "api" in changes and SHED in origins:
            given = said(SHED, origins[SHED])
            notes.append(f"{given} is taken as continue: {why} is an open loop, in which nobody waits")
    if config.level_axis is not None:
        changes |= _of_levels(config)
        notes += _about_slos(config, why)
    return config.model_copy(update=changes), tuple(notes), faults


def _is_refused(path: KeyPath, config: Config, layer: Layer, layer_of_shape: Layer) -> bool:
    """Whether it is a fault to have given it there, and not only without effect. Levels of users leave it to the file
    to say how many there are otherwise."""
    if path == USERS and config.level_axis is not None and layer <= Layer.FILE:
        return False
    return layer >= layer_of_shape


def _without_pauses(config: Config) -> dict[str, Any]:
    """What an open loop takes another way: nobody waits in it."""
    changes: dict[str, Any] = {"request_delay": 0.0}
    if config.api.on_shed == "wait":
        changes["api"] = config.api.model_copy(update={"on_shed": "continue"})
    return changes


def _of_levels(config: Config) -> dict[str, Any]:
    """What levels, or a search, take another way: each of them is a load of its own, which no limit ends, and a
    request in flight of a search is one that never pauses."""
    changes: dict[str, Any] = {"accuracy": config.accuracy.model_copy(update={"repeat_check": 0})}
    slos = [entry | {"abort": False} if entry.get("abort") else entry for entry in config.slo]
    if config.load.search is not None:
        changes["request_delay"] = 0.0
        slos += _added(config)
    return changes | {"slo": slos}


def _added(config: Config) -> list[dict[str, Any]]:
    """A service that refuses what it can't do carries nothing by that."""
    known = map(parsed, config.slo)
    has_one = any(isinstance(one, Limit) and one.term.path == "error_rate" for one in known)
    return [] if has_one else [dict(ERROR_RATE)]


def _about_slos(config: Config, why: str) -> Iterator[str]:
    for entry in config.slo:
        if entry.get("abort"):
            yield f"abort of {entry['limit']} is ignored: with {why} a limit ends no run, and a level by its own test"
    if config.load.search is not None and _added(config):
        yield f"{why} adds {ERROR_RATE['limit']} to {dotted(SLO)}, which has no error_rate"


def _excluded(config: Config, origins: Origins) -> Iterator[KeyPath]:
    """What was given and can't be had beside what says which load there is."""
    nobody_waits = config.open_loop or config.load.search is not None
    if nobody_waits and config.request_delay > 0 and DELAY in origins:
        yield DELAY
    if SPAWN_RATE in origins:
        yield SPAWN_RATE
    usual = Config.model_fields[USERS[0]].default
    in_file = _layer(USERS, origins) <= Layer.FILE
    if not config.open_loop and USERS in origins and not (in_file and config.concurrent_requests == usual):
        # The number that stands in the file that somebody begins with was not asked for.
        yield USERS
    if config.level_axis is not None and config.accuracy.repeat_check > 0 and REPETITIONS in origins:
        yield REPETITIONS


def _layer(path: KeyPath, origins: Origins) -> Layer:
    return origins.get(path, DEFAULT_ORIGIN).layer


_PROBLEMS: Mapping[KeyPath, str] = {
    DELAY: "is a pause after an answer, and with {why} nobody pauses",
    SPAWN_RATE: "users a second are a ramp, and with {why} all are there from the beginning",
    USERS: "is a number of users, and {why} says how many there are",
    REPETITIONS: "compares answers of one load with those without any, and {why} has several loads",
}
_ADVICE: Mapping[KeyPath, str] = {
    DELAY: "choose 0",
    SPAWN_RATE: "leave it out",
    USERS: "leave it out, or choose null for {shape}",
    REPETITIONS: "choose 0",
}
_REASONS: Mapping[KeyPath, str] = {
    DELAY: "with {why} nobody pauses after an answer",
    SPAWN_RATE: "with {why} all users are there from the beginning",
    USERS: "{why} says how many users there are",
    REPETITIONS: "{why} has several loads",
}
