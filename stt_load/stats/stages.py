"""The figures of each stage of a load's profile."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from stt_load.samples.run_info import Load, OpenLoop, Stage
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.stats.level_figures import level_figures
from stt_load.stats.model import Level
from stt_load.stats.rates import Span
from stt_load.stats.saturation import saturation


def staged(load: Load) -> bool:
    """Whether parts of a profile were asked for."""
    return load.staged if isinstance(load, OpenLoop) else bool(load.stages)


def stages(samples: Samples, load: Load) -> tuple[Level, ...]:
    """A row for each stage of `load`, whether the run came to it or not. `samples` in start order.

    A request belongs to the stage of its due instant, which its row says. A stage's window is from its first measured
    start to the first start of a later stage; of the last one that there was, to its own last start, as what follows
    is the end of the run. What ended in it makes its throughput, wherever it was sent, and what was due in it the
    offered rate.
    """
    rows = counted(samples)
    return tuple(_stage(rows, number, stage, load) for number, stage in enumerate(load.stages))


def counted(samples: Samples) -> Samples:
    """Those of them that are in a rate of a stage: what settles ends in its window, too."""
    return samples.where((samples["phase"] == Phase.SETTLING) | (samples["phase"] == Phase.MEASURED))


def spans(parts: Iterable[Level]) -> tuple[Span, ...]:
    """The windows of those of `parts` that are stages, and of which something was measured."""
    return tuple(
        Span(part.from_s, part.to_s)
        for part in parts
        if part.stage is not None and part.from_s is not None and part.to_s is not None
    )


def _stage(all_rows: Samples, number: int, stage: Stage, load: Load) -> Level:
    rows = all_rows.where(all_rows["stage"] == number)
    measured = rows.where(rows["phase"] == Phase.MEASURED)
    span = _window(all_rows, measured, number)
    is_open = isinstance(load, OpenLoop)
    throughput_rps = offered_rps = None
    if span is not None and span.length_s > 0:
        ends_s = all_rows["done_s"][all_rows.ok]
        throughput_rps = int(np.count_nonzero((ends_s > span.from_s) & (ends_s <= span.to_s))) / span.length_s
        if is_open:
            offered_rps = int(np.count_nonzero(measured["start_s"] < span.to_s)) / span.length_s
    steady = is_open and stage.first == stage.last and len(measured) > 0
    return Level(
        kind="rate" if is_open else "users",
        stage=number,
        first=stage.first,
        last=stage.last,
        from_s=None if span is None else span.from_s,
        to_s=None if span is None else span.to_s,
        settling=len(rows) - len(measured),
        figures=level_figures(measured, throughput_rps, offered_rps),
        saturation=saturation(all_rows, measured) if steady else None,
    )


def _window(all_rows: Samples, measured: Samples, number: int) -> Span | None:
    """None where nothing was measured."""
    if not len(measured):
        return None
    later_s = all_rows["start_s"][all_rows["stage"] > number]
    to_s = later_s.min() if len(later_s) else measured["start_s"].max()
    return Span(float(measured["start_s"].min()), float(to_s))
