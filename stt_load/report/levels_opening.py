"""What is said before a sweep or a search: what will be tried, and what that will cost at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.report.asked_load import number
from stt_load.report.at_load import MINUTE, fine
from stt_load.report.messages import Messages, fitted
from stt_load.report.opening import note, subject
from stt_load.report.width import plain, wrap
from stt_load.samples.levels import Levels, Search
from stt_load.samples.run_info import LOCAL, OpenLoop, RunInfo
from stt_load.search.estimate import Estimate

ASSUMED_S = 1.0
"""Response time that a duration is named for, where nobody knows it yet."""

LESS = ("quick", "coarse")
"""Modes that are taken where there is no time for more."""


@fitted
def start(
    say: Messages,
    config: Mapping[str, Any],
    info: RunInfo,
    expected: Estimate | None,
    time_limit_s: float | None = None,
) -> Iterator[str]:
    """The start block. config: the masked configuration, with what was asked for in `info`. expected: what that will
    cost; None: nobody knows. time_limit_s: Locust's -t."""
    asked = info.levels
    assert asked is not None, "of levels alone"
    yield from subject(say, config, info)
    yield say("start.heading")
    yield from _sweep(say, asked) if asked.search is None else _search(say, asked, asked.search)
    limits = [str(one.get("limit") or one.get("each")) for one in map(_entry, config.get("slo") or ())]
    if limits:
        yield say("asked.limits", limits=", ".join(map(plain, limits)))
    if expected is not None:
        yield from estimated(say, expected, config)
    if time_limit_s is not None:
        yield say("start.time_limit", duration=say.duration(time_limit_s, 0))
    if isinstance(info.load, OpenLoop):
        yield say("start.slots", n=info.load.max_in_flight)
    if info.workers != LOCAL:
        yield say("start.workers", n=len(info.workers))
    if config["request_delay"] and asked.axis == "users":
        yield say("start.pause", duration=say.duration(config["request_delay"]))
    if info.seed_given:
        yield from note(say, say("note.seed", seed=info.seed))


def _entry(one: Any) -> Mapping[str, Any]:
    return one if isinstance(one, Mapping) else {"limit": one}


def _sweep(say: Messages, asked: Levels) -> Iterator[str]:
    loads = ", ".join(map(number, asked.values))
    yield say(f"sweep.{asked.axis}", loads=loads)
    if asked.seconds is not None:
        yield say("asked.seconds", duration=say.duration(asked.seconds, 0))
    elif asked.requests is not None:
        yield say("asked.requests", requests=say.requests(asked.requests))


def _search(say: Messages, asked: Levels, search: Search) -> Iterator[str]:
    yield say(f"search.{asked.axis}")
    if search.start is not None:
        yield say("asked.from", load=number(search.start))
    if search.to is not None:
        yield say("asked.to", load=number(search.to))
    if search.at_least is not None:
        yield say("asked.at_least", load=number(search.at_least))
    limits = [say("asked.max_time", duration=say.duration(search.max_time_s, 0))]
    if search.max_requests is not None:
        limits.append(say("asked.max_requests", n=f"{search.max_requests:,}"))
    yield say("asked.limited", limits=", ".join(limits))


def estimated(say: Messages, expected: Estimate, config: Mapping[str, Any]) -> Iterator[str]:
    """What it will cost at most, so far as that is known."""
    parts = [say("estimate.levels", n=expected.levels)]
    if expected.seconds is not None:
        parts.append(say("estimate.time", duration=say.duration(expected.seconds, 0)))
    if expected.requests is not None:
        parts.append(say("estimate.requests", n=f"{expected.requests:,}"))
    if expected.audio_s is not None:
        parts.append(say("estimate.audio", duration=say.duration(expected.audio_s, 0)))
    each = (config.get("cost") or {}).get("per_audio_minute")
    price = ""
    if each is not None and expected.audio_s is not None:
        price = say("estimate.price", each=f"{each:g}", price=fine(expected.audio_s / MINUTE * each))
    yield from wrap(say("estimate.heading", parts=", ".join(parts)) + price, say.width, "   ", "     ")
    if expected.seconds is None and expected.units is not None:
        assumed = say.duration(expected.units * ASSUMED_S, 0)
        text = say(
            "estimate.units", units=f"{expected.units:,.0f}", each=say.duration(ASSUMED_S, 0), duration=assumed
        )
        yield from wrap(text, say.width, "   ", "     ")
    elif expected.mode is not None:
        asked = (config["load"].get("search") or {}).get("mode", "auto")
        chosen = asked == "auto" and expected.mode in LESS
        text = say(f"mode.{expected.mode}") + (say("mode.chosen") if chosen else "")
        yield from wrap(text, say.width, "   ", "     ")
    if expected.enough is False:
        yield from wrap(say("estimate.not_enough"), say.width, "   ", "     ")
