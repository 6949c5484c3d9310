"""What all plots over the time of a run have in common: the axis, the warm-up, stages, stalls of the generator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from stt_load.html.plot import Axis, Band, Line
from stt_load.report.asked_load import between
from stt_load.report.messages import Messages
from stt_load.samples.generator import Stall
from stt_load.samples.run_info import OpenLoop
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.over_time import edges
from stt_load.stats.stages import staged
from stt_load.storage.run_record import RunRecord

MOST_NAMED = 8
"""Stages whose loads are written beside their lines; of more the numbers alone."""
MOST_STALLS = 200
"""That are marked, the longest ones."""


def rows_of(run: RunRecord) -> Samples:
    """Its requests in start order, the warm-up and what settled among them, less those that are of no part of it."""
    return run.samples.where(run.samples["phase"] != Phase.OUTSIDE).in_order()


def axis(say: Messages, run: RunRecord) -> Axis:
    """Of instants: from the barrier, or from the run's origin where that was never reached."""
    return Axis(label=say("plots.time" if run.info.barrier_s is not None else "plots.time_of_run"), quantity="s")


def intervals(rows: Samples, most: int) -> FloatArray:
    """The ends of at most about so many intervals, from the first start of `rows` to their last end."""
    if not len(rows):
        return np.empty(0)
    return edges(float(rows["start_s"].min()), float(rows["done_s"].max()), most)


def names(say: Messages, ends_s: FloatArray) -> list[str]:
    """The intervals between `ends_s`, for the first column of a table."""
    decimals = 1 if len(ends_s) < 2 or np.diff(ends_s).min() >= 1 else 3
    shown = [f"{round(end, decimals):.12g}" for end in ends_s.tolist()]
    return [say("plots.between", first=first, last=last) for first, last in pairwise(shown)]


def bands(say: Messages, run: RunRecord, rows: Samples) -> tuple[Band, ...]:
    """The warm-up, what settled, and the stalls of the processes that sent `rows`, which are those of `rows_of`."""
    return (*_warmup(say, run, rows), *_settling(say, rows), *_stalls(say, run.info.generator.stalls))


def stage_lines(say: Messages, run: RunRecord, rows: Samples) -> tuple[Line, ...]:
    """A line where each stage of the load begins, of those that the run came to; `rows` likewise."""
    load = run.info.load
    if not staged(load):
        return ()
    kind = "rate" if isinstance(load, OpenLoop) else "users"
    found = []
    for number, stage in enumerate(load.stages):
        starts_s = rows["start_s"][rows["stage"] == number]
        if not len(starts_s):
            continue
        name = str(number + 1)
        if len(load.stages) <= MOST_NAMED:
            shown = between(say, stage.first, stage.last, "levels.ramp")
            name = say(f"plots.stage_{kind}", number=number + 1, load=shown)
        found.append(Line(name=name, at=float(starts_s.min()), stands=True, role="stage"))
    return tuple(found)


def _warmup(say: Messages, run: RunRecord, rows: Samples) -> Iterator[Band]:
    """Up to the barrier, where there was one."""
    warm = rows.where(rows["phase"] == Phase.WARMUP)
    if not len(warm):
        return
    last_s = float(warm["done_s"].max()) if run.info.barrier_s is None else 0.0
    yield Band(name=say("plots.warmup"), first=float(warm["start_s"].min()), last=last_s, role="warmup")


def _settling(say: Messages, rows: Samples) -> Iterator[Band]:
    """Of each stage, or of the run: up to the first request that is measured there."""
    settling = rows["phase"] == Phase.SETTLING
    for stage in np.unique(rows["stage"][settling]).tolist():
        of_stage = rows["stage"] == stage
        starts_s = rows["start_s"][settling & of_stage]
        measured_s = rows["start_s"][(rows["phase"] == Phase.MEASURED) & of_stage]
        last_s = measured_s.min() if len(measured_s) else starts_s.max()
        yield Band(name=say("plots.settling"), first=float(starts_s.min()), last=float(last_s), role="warmup")


def _stalls(say: Messages, stalls: Sequence[Stall]) -> Iterator[Band]:
    """Those that overlap, of several processes, as one."""
    longest = sorted(stalls, key=lambda one: one.from_s - one.to_s)[:MOST_STALLS]
    joined: list[tuple[float, float]] = []
    for one in sorted(longest, key=lambda one: one.from_s):
        if joined and one.from_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], one.to_s))
        else:
            joined.append((one.from_s, one.to_s))
    for from_s, to_s in joined:
        yield Band(name=say("plots.stall"), first=from_s, last=to_s, role="stall")
