"""What load a run is asked for, in the words of its start block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop, Stage

MOST_STAGES = 12
"""Lines of them before a run."""
SHORT_S = 0.1


def lines(say: Messages, load: Load) -> Iterator[str]:
    """How requests come; nothing of a plain closed loop, whose users are all that there is to say."""
    if isinstance(load, ClosedLoop):
        if load.stages:
            yield say("start.user_stages")
            yield from _stages(say, load.stages)
        return
    yield from _arrivals(say, load)
    if load.planned is not None:
        yield say("start.planned", n=load.planned)
    yield say("start.slots", n=load.max_in_flight)


def _arrivals(say: Messages, load: OpenLoop) -> Iterator[str]:
    spread = say(f"load.{load.arrivals}", burstiness=f"{load.burstiness:g}")
    if load.trace is not None:
        yield say("start.trace", file=plain(load.trace.file), speed=f"{load.trace.speed:g}")
    elif load.staged:
        yield say("start.stages", spread=spread)
        yield from _stages(say, load.stages)
    elif load.audio_rate is not None:
        rate = number(load.stages[0].first)
        yield say("start.audio_rate", rate=rate, audio_rate=f"{load.audio_rate:g}", spread=spread)
    else:
        yield say("start.rate", rate=number(load.stages[0].first), spread=spread)


def _stages(say: Messages, stages: Sequence[Stage]) -> Iterator[str]:
    """A line each; of many the first ones."""
    shown = stages if len(stages) <= MOST_STAGES else stages[: MOST_STAGES - 1]
    yield from (_stage(say, stage) for stage in shown)
    if len(shown) < len(stages):
        yield say("start.more_stages", n=len(stages) - len(shown))


def _stage(say: Messages, stage: Stage) -> str:
    shown = between(say, stage.first, stage.last)
    if stage.for_s is None:
        return say("start.stage_open", load=shown)
    decimals = 0 if float(stage.for_s).is_integer() else 2 if stage.for_s >= SHORT_S else 3
    return say("start.stage", load=shown, duration=say.duration(stage.for_s, decimals))


def between(say: Messages, first: float, last: float, key: str = "start.ramp") -> str:
    """A number of users, or a rate, and where it goes. key: of the text for two of them."""
    return number(first) if first == last else say(key, first=number(first), last=number(last))


def number(value: float) -> str:
    """As many digits as a person has given, or as say anything of a rate that was computed."""
    return f"{value:.4g}" if value < 10_000 else f"{value:.0f}"
