"""Gates made by hand, of two limits: a time, and a rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stt_load.comparison.conditions import conditions
from stt_load.samples.gate import GATE_VERSION, GateFile, GateLimit, RunGate
from stt_load.storage.run_record import RunRecord

P95, RATE = "all.response_time_s.p95", "throughput_rps"


def limit(metric: str, most: float | None, *, better: Any = "lower", **more: Any) -> GateLimit:
    """A prediction limit, of five runs that lay around half of it."""
    near = tuple((most or 1.0) / 2 * share for share in (0.98, 0.99, 1.0, 1.01, 1.02))
    values: dict[str, Any] = {"method": "prediction", "finds": 0.08, "mean": 0.0, "spread": 0.01, "values": near}
    return GateLimit(metric=metric, better=better, limit=most, **values | more)


def gate(*limits: GateLimit, kind: Mapping[str, str] | None = None, **more: Any) -> GateFile:
    """kind: the conditions of its runs."""
    values: dict[str, Any] = {
        "gate_version": GATE_VERSION,
        "version": "0.1.0",
        "made_at": "2024-01-01T00:00:00+00:00",
        "strict": False,
        "runs": ("a.json", "b.json", "c.json", "d.json", "e.json"),
        "level": 0.05,
        "false_alarms": 0.01,
    }
    found = limits or (limit(P95, 0.6), limit(RATE, 5.0, better="higher"))
    return GateFile(limits=found, conditions=dict(kind or {}), **values | more)


def held(run: RunRecord, *limits: GateLimit, **more: Any) -> RunRecord:
    """`run`, held against a gate of its own kind with these limits."""
    learnt = gate(*limits, kind=conditions(run), **more)
    return replace(run, info=replace(run.info, gate=RunGate("gate.json", learnt)), figures=None)
