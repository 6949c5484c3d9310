"""What runs must have in common to be held against each other: what was asked of the service, and by what machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import PurePath
from typing import Any

from stt_load.comparison.model import Unlike
from stt_load.samples.run_info import PLANNED, ClosedLoop, EndReason, OpenLoop, Stage
from stt_load.storage.run_record import RunRecord

DEFAULT_DURATION_S = 10.0
"""Of clips, where no length is given (`stt_load.audio.names`)."""
ABSENT = "null"
API = ("model", "language", "protocol", "stream", "response_format")
AUDIO = ("source", "sample_rate", "format", "vary")
WHOLE: tuple[EndReason, ...] = (*PLANNED, "time_limit")
"""Ends of runs that have measured what they were to."""
VALIDITY, END = "validity.verdict", "run.end_reason"
ENDS = ("total_requests", "warmup_requests", "measure_for", "stop_when")


def conditions(run: RunRecord) -> dict[str, str]:
    """By name, what the figures of `run` depend on beside the service: model and form of the answer, audio, load,
    how much is warm-up and how much is measured, and the class of the generator's machine.

    Names are keys of the configuration, or `host.machine` and the like; values are as YAML has them, null where there
    is no such thing. Not among them: the service's address, nor anything of how it works, as that is what is compared
    (the embedded server's settings included), nor what doesn't move figures (names of files, timeouts).
    """
    return {name: _text(value) for name, value in _values(run)}


def unlike(baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]) -> tuple[Unlike, ...]:
    """In what runs differ that are to be held against each other, within a side or between the two: none where
    nothing does.

    An INVALID run is unlike any other, as its figures are not to be believed; so is one that did not come to its end,
    or to another one than the others did, as it measured another part of what was planned.
    """
    sides = [[_all_of(run) for run in side] for side in (baseline, candidate)]
    every = [one for side in sides for one in side]
    names = dict.fromkeys(name for one in every for name in one)
    return tuple(
        Unlike(name, *(_each_once(one.get(name, ABSENT) for one in side) for side in sides))
        for name in names
        if _keeps_apart(name, {one.get(name, ABSENT) for one in every})
    )


def _keeps_apart(name: str, values: Set[str]) -> bool:
    """Whether runs that have these between them can't be compared. A DEGRADED one can be, as a VALID one can."""
    if name == VALIDITY:
        return "INVALID" in values
    return len(values) > 1 or (name == END and not values <= set(WHOLE))


def _all_of(run: RunRecord) -> dict[str, str]:
    """The conditions, and what became of the measurement."""
    return conditions(run) | {VALIDITY: run.summary.validity.verdict or ABSENT, END: run.info.end_reason}


def _each_once(values: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _values(run: RunRecord) -> Iterator[tuple[str, Any]]:
    config = run.config
    api, audio = _section(config, "api"), _section(config, "audio")
    yield from ((f"api.{name}", api.get(name)) for name in API)
    if api.get("protocol") == "submit_poll":
        yield "api.job.interval", _section(api, "job").get("interval")
    yield from ((f"audio.{name}", audio.get(name)) for name in AUDIO)
    yield "audio.duration", _duration(audio)
    # What the files have in them, wherever they lie: recordings, lengths, a trace.
    yield "run.pack_digest", run.info.pack_digest
    yield from _load(run)
    yield from ((name, config.get(name)) for name in ENDS)
    yield "accuracy.normalise", _section(config, "accuracy").get("normalise")
    yield "host.machine", machine(str(run.info.host.get("platform") or ""))
    yield "host.cpus", run.info.host.get("cpus")


def _section(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Empty where there is none: a result may be of a version that had none, or not be written by us."""
    section = config.get(name)
    return section if isinstance(section, Mapping) else {}


def machine(platform: str) -> str | None:
    """Operating system and processor of what `stt_load.samples.run_info` has for a platform, such as
    `Linux-6.1.0-18-amd64-x86_64-with-glibc2.36`: `Linux x86_64`. None without any."""
    parts = platform.partition("-with-")[0].split("-")
    return f"{parts[0]} {parts[-1]}" if len(parts) > 1 else platform or None


def _duration(audio: Mapping[str, Any]) -> Any:
    """As it was given; of lengths in a file, the name of that without its folders."""
    duration = audio.get("duration")
    if duration is None and audio.get("source") != "files":
        return DEFAULT_DURATION_S
    if isinstance(duration, Mapping) and isinstance(duration.get("empirical"), str):
        return {"empirical": PurePath(duration["empirical"]).name}
    return duration


def _load(run: RunRecord) -> Iterator[tuple[str, Any]]:
    load = run.info.load
    yield "load.model", load.model
    if isinstance(load, ClosedLoop):
        yield "concurrent_requests", load.users
        yield "request_delay", load.request_delay_s
        yield "load.stages", "; ".join(map(_stage, load.stages)) or None
    else:
        yield from _arrivals(load)


def _arrivals(load: OpenLoop) -> Iterator[tuple[str, Any]]:
    """Of an open loop. A rate that was made of an audio rate depends on the lengths of the first clips, and is
    another one in each run."""
    yield "concurrent_requests", load.warmup_users
    if load.audio_rate is not None:
        yield "load.audio_rate", load.audio_rate
    elif load.trace is None:
        yield "load.stages" if load.staged else "load.rate", "; ".join(map(_stage, load.stages))
    else:
        yield "load.trace", PurePath(load.trace.file).name
        yield "load.speed", load.trace.speed
    if load.trace is None:
        yield "load.arrivals", load.arrivals
        yield "load.burstiness", load.burstiness if load.arrivals == "gamma" else None
    yield "load.max_in_flight", load.max_in_flight
    yield "load.max_lag", load.max_lag_s


def _stage(stage: Stage) -> str:
    """As the configuration has it in one line: `5..20 for 120`."""
    loads = _text(stage.first) if stage.first == stage.last else f"{_text(stage.first)}..{_text(stage.last)}"
    return loads if stage.for_s is None else f"{loads} for {_text(stage.for_s)}"


def _text(value: Any) -> str:
    """A value as YAML has it, numbers alike where they are the same: 10 for 10.0."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
