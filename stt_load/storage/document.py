"""A result as a JSON document, but for its requests."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from stt_load.samples.escaping import escaped
from stt_load.samples.levels import Axis, Judged, Outcome, Tier, Trial
from stt_load.samples.rounding import rounded
from stt_load.samples.run_info import RunInfo
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.levels_rows import Place, places
from stt_load.storage.run_record import RunRecord
from stt_load.storage.versions import SCHEMA_VERSION

LEFT_OUT = ("version", "versions", "host", "config_file", "target", "user_class", "levels", "gate")
"""What the `run` of a level does not say again: it is as in that of the whole."""
_FROM_BEST_TO_WORST = ("VALID", "DEGRADED", "INVALID", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelHead:
    """A level that was tried: what there is of it beside what there is of a run."""

    number: Annotated[int, "From 0, in their order: the `level` of its rows."]
    trial: Annotated[Trial, "What was tried."]
    outcome: Annotated[Outcome, "What became of it, the limits that no test follows included; measured: of a sweep."]
    judged: Annotated[Judged | None, "What its test has found; null: there was none, or it was not done."]
    first_seq: Annotated[int, "`seq` of its rows is counted from this in the level itself, and its transcripts."]
    zero_s: Annotated[
        float,
        "Instants of its rows less this count from its own barrier, as those in its `run` and its figures do; from "
        "its beginning where it came to none.",
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A level in short."""

    number: Annotated[int, "Of the level."]
    axis: Annotated[Axis, "What it is a number of."]
    value: Annotated[float, "That number."]
    tier: Annotated[Tier, "How it was tested."]
    outcome: Annotated[Outcome, "What became of it."]
    n: Annotated[int, "Measured requests."]
    done_rps: Annotated[float | None, "ok per second while it was measured, settling ones that were on included."]
    error_rate: Annotated[float | None, "Share of them that failed."]
    median_s: Annotated[float | None, "Median response time of all of them; null: beyond all that succeeded."]
    p95_s: Annotated[float | None, "P95, likewise."]
    p99_s: Annotated[float | None, "P99, likewise."]


def document(record: RunRecord | LevelsRecord) -> dict[str, Any]:
    """The result without its requests, as JSON values. Figures are rounded, the configuration is as it was given;
    what is not finite is None."""
    values = _of_levels(record) if isinstance(record, LevelsRecord) else _of_run(record)
    finite: dict[str, Any] = _finite({"schema_version": SCHEMA_VERSION} | values)
    return finite


def _of_run(run: RunRecord) -> dict[str, Any]:
    summary = rounded(run.summary)
    return {
        "run": _info(run.info),
        "config": run.config,
        "warmup": asdict(summary.warmup),
        "metrics": asdict(summary.metrics),
        "validity": asdict(summary.validity),
        "accuracy": None if run.accuracy is None else asdict(rounded(run.accuracy)),
        "transcripts": None if run.transcripts is None else asdict(run.transcripts),
        "findings": [asdict(finding) for finding in summary.findings],
        "saturation": None if summary.saturation is None else asdict(summary.saturation),
        "levels": [asdict(level) for level in summary.levels],
        "durations": [asdict(one) for one in summary.durations],
        "backends": [asdict(backend) for backend in summary.backends],
        "slo": [asdict(one) for one in summary.slo],
        "gate": [asdict(one) for one in summary.gate],
    }


def _info(info: RunInfo) -> dict[str, Any]:
    """A gate stays as its file has it: it is judged by again, and its file need not be there any more."""
    return asdict(rounded(replace(info, gate=None))) | {"gate": None if info.gate is None else asdict(info.gate)}


def _of_levels(record: LevelsRecord) -> dict[str, Any]:
    """No figure is of all levels together: each has its own. The verdict is the best that one of them has."""
    verdicts = [level.run.summary.validity.verdict for level in record.levels]
    capacity = record.capacity
    curve = [asdict(rounded(_point(level))) for level in record.levels]
    return {
        "run": asdict(rounded(record.info)),
        "config": record.config,
        "metrics": None,
        "validity": {"verdict": min(verdicts, key=_FROM_BEST_TO_WORST.index, default=None), "checks": []},
        "capacity": None if capacity is None else asdict(rounded(capacity)) | {"levels": curve},
        "knee": rounded(record.knee),
        "levels": [_level(*one, record) for one in zip(record.levels, places(record), strict=True)],
    }


def _level(level: TriedLevel, place: Place, record: LevelsRecord) -> dict[str, Any]:
    """All that a result of this level alone would have; of its configuration what it has of its own."""
    own = _of_run(level.run)
    own["run"] = {name: value for name, value in own["run"].items() if name not in LEFT_OUT}
    own["config"] = {
        name: value
        for name, value in level.run.config.items()
        if name not in record.config or record.config[name] != value
    }
    head = LevelHead(
        number=level.number, trial=level.trial, outcome=level.outcome, judged=level.judged, **asdict(place)
    )
    return asdict(head) | own


def _point(level: TriedLevel) -> CurvePoint:
    metrics, trial = level.run.summary.metrics, level.trial
    times = metrics.all.response_time_s
    return CurvePoint(
        number=level.number,
        axis=trial.axis,
        value=trial.value,
        tier=trial.tier,
        outcome=level.outcome,
        n=metrics.requests.total,
        done_rps=level.done_rps,
        error_rate=metrics.error_rate,
        median_s=times.median,
        p95_s=times.p95,
        p99_s=times.p99,
    )


def as_text(values: Mapping[str, Any]) -> str:
    """`document` as indented JSON."""
    return escaped(json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    """`value` with None for every number that JSON doesn't have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
