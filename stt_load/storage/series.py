"""The files of a series of runs, `repeat`: NAME_1.json, NAME_2.json, ..., and NAME.summary.json with their spread."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from stt_load.samples.escaping import escaped
from stt_load.samples.levels import Axis, Capacity
from stt_load.samples.rounding import rounded
from stt_load.samples.run_info import EndReason, now
from stt_load.stats.model import Verdict
from stt_load.stats.spread import Spread, figures, spread, spreads
from stt_load.storage import result_file
from stt_load.storage.files import numbered, open_ordinary, published, utf8
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import ReportError, RunRecord, read_as
from stt_load.storage.versions import SCHEMA_VERSION

SUMMARY_SUFFIX = ".summary.json"
KIND = "repeat"
Language = Literal["en", "ko"]


@dataclass(frozen=True, slots=True)
class OneLevel:
    """What a series keeps of one level of a sweep."""

    axis: Annotated[Axis, "What its load is a number of."]
    value: Annotated[float, "That number."]
    verdict: Annotated[Verdict | None, "Whether its figures can be believed."]
    figures: Annotated[dict[str, float], "Its figures by their path below `metrics`."] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LevelSpread:
    """How far apart the runs of a series are at one level."""

    axis: Annotated[Axis, "What its load is a number of."]
    value: Annotated[float, "That number."]
    spread: Annotated[dict[str, Spread], "Of each figure, by its path below `metrics`."]


@dataclass(frozen=True, slots=True)
class OneRun:
    """What a series keeps of one of its runs."""

    number: Annotated[int, "From 1."]
    file: Annotated[str | None, "Its result, beside the summary; null where it could not be written."]
    seed: Annotated[int, "Of its clips."]
    started_at: Annotated[str, "By the wall clock, ISO 8601 with offset."]
    complete: Annotated[bool, "What was planned was done."]
    end_reason: Annotated[EndReason, "Why it ended."]
    verdict: Annotated[Verdict | None, "Whether its figures can be believed."]
    exit_code: Annotated[int, "What it alone would end with."]
    figures: Annotated[dict[str, float], "Its figures by their path below `metrics`."] = field(default_factory=dict)
    slo: Annotated[dict[str, str], "What became of each limit."] = field(default_factory=dict)
    over: Annotated[
        tuple[str, ...],
        "Metrics whose limits in a gate it is over; none without a gate, or where nothing was measured.",
    ] = ()
    levels: Annotated[tuple[OneLevel, ...], "Its levels, where it was a sweep; it has no figures then."] = ()
    capacity: Annotated[Capacity | None, "Its answer, where it was a search; it has no figures then."] = None


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """A series as a whole. planned: how many runs were asked for. exit_code: what the process ends with. language: of
    its report."""

    planned: int
    target: str
    runs: tuple[OneRun, ...]
    exit_code: int
    language: Language = "en"


def one_run(number: int, run: RunRecord | LevelsRecord, exit_code: int) -> OneRun:
    """What is kept of `run`, the `number`-th of its series."""
    info = run.info
    path = None if run.path is None else run.path.name
    ended = (number, path, info.seed, info.started_at, info.complete, info.end_reason)
    if isinstance(run, LevelsRecord):
        levels = () if run.capacity is not None else tuple(_levels(run))
        return OneRun(*ended, _worst(run), exit_code, levels=levels, capacity=run.capacity)
    found = figures(run.summary.metrics)
    limits: dict[str, str] = {one.expression: one.verdict for one in run.summary.slo}
    over = tuple(one.metric for one in run.summary.gate if one.metric in run.over_gate)
    return OneRun(*ended, run.summary.validity.verdict, exit_code, found, limits, over)


def _levels(run: LevelsRecord) -> Iterator[OneLevel]:
    for level in run.levels:
        summary = level.run.summary
        found = figures(summary.metrics)
        yield OneLevel(level.trial.axis, level.trial.value, summary.validity.verdict, found)


def _worst(run: LevelsRecord) -> Verdict | None:
    """Of its levels; None where one has none."""
    order: tuple[Verdict | None, ...] = (None, "INVALID", "DEGRADED", "VALID")
    return min((level.run.summary.validity.verdict for level in run.levels), key=order.index, default=None)


def level_spreads(runs: Sequence[OneRun]) -> list[LevelSpread]:
    """Of each level of a sweep, over the runs that came to it."""
    longest = max((run.levels for run in runs), key=len, default=())
    return [
        LevelSpread(
            level.axis, level.value, spreads([run.levels[place].figures for run in runs if place < len(run.levels)])
        )
        for place, level in enumerate(longest)
    ]


def answer_spreads(runs: Sequence[OneRun]) -> dict[str, Spread]:
    """Of both ends of what a search has answered, over the runs that have found the end; empty where nothing was
    searched for."""
    answers = [run.capacity for run in runs if run.capacity is not None]
    ends = {"carries": [one.carries for one in answers], "fails_at": [one.fails_at for one in answers]}
    known = {name: [value for value in values if value is not None] for name, values in ends.items()}
    return {name: spread(values) for name, values in known.items()} if answers else {}


def reserve(save_path: str | None, now: datetime, count: int) -> Path:
    """NAME.json for a series of `count` runs that overwrites nothing: `save_path`, or one with `_2`, `_3`, ...

    None: a name made of `now`, in the working directory. Nothing is written there itself.
    """
    wanted = Path(now.strftime(result_file.DEFAULT_NAME) if save_path is None else save_path)
    return next(path for path in numbered(wanted) if not _taken(path, count))


def run_path(path: Path, number: int) -> Path:
    """Where the result of the `number`-th run is to be. path: as reserved."""
    return path.with_stem(f"{path.stem}_{number}")


def summary_path(path: Path) -> Path:
    """Where the summary of the series is. path: as reserved."""
    return path.with_name(f"{path.stem}{SUMMARY_SUFFIX}")


def document(series: SeriesRecord) -> dict[str, Any]:
    """The summary as JSON values."""
    runs = [asdict(rounded(run)) for run in series.runs]
    found = spreads([run.figures for run in series.runs])
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "written_at": now(),
        "target": series.target,
        "planned": series.planned,
        "exit_code": series.exit_code,
        "language": series.language,
        "runs": runs,
        "spread": {path: asdict(rounded(one)) for path, one in found.items()},
        "level_spread": [asdict(rounded(one)) for one in level_spreads(series.runs)],
        "capacity_spread": {end: asdict(rounded(one)) for end, one in answer_spreads(series.runs).items()},
    }


def write(path: Path, series: SeriesRecord) -> Path:
    """Writes the summary, whole or not at all, and tells where. path: as reserved. Raises OSError."""
    free = next(one for one in map(summary_path, numbered(path)) if not os.path.lexists(one))
    with published(free) as file:
        text = json.dumps(document(series), indent=2, ensure_ascii=False, allow_nan=False)
        file.write(utf8(f"{escaped(text)}\n"))
    return free


def is_summary(path: Path) -> bool:
    """By its name."""
    return path.name.endswith(SUMMARY_SUFFIX)


def load(path: Path) -> SeriesRecord:
    """A series from its summary. Raises `ReportError`."""
    try:
        with open_ordinary(path) as file:
            values = json.loads(file.read().decode("utf-8"))
    except OSError as error:
        raise ReportError(f"{error.filename or path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise ReportError(f"{path} is not JSON") from None
    if not isinstance(values, dict) or values.get("kind") != KIND:
        raise ReportError(f"{path} is not the summary of several runs")
    return read_as(SeriesRecord, values, path)


def _taken(path: Path, count: int) -> bool:
    results = (run_path(path, number) for number in range(1, count + 1))
    return os.path.lexists(summary_path(path)) or any(map(result_file.taken, results))
