"""What one run, or two in a row, say of a gate."""

from __future__ import annotations

import pytest

from stt_load.report.gate_decision import Judged, report
from stt_load.report.messages import Messages
from stt_load.samples.gate import GateResult
from tests.gates.made import P95, RATE, gate


def judged(name: str, *over: str) -> Judged:
    results = (
        GateResult(metric=P95, observed=0.7 if P95 in over else 0.5, limit=0.6, is_over=P95 in over),
        GateResult(metric=RATE, observed=4.0 if RATE in over else 9.0, limit=5.0, is_over=RATE in over),
    )
    return Judged(f"results/{name}.json", results)


@pytest.mark.parametrize(
    ("runs", "first"),
    [
        ([judged("a")], "✅ Within the gate."),
        ([judged("a", P95)], "🟡 Not decided: over p95(response_time_s), which may be bad luck."),
        ([judged("a", P95), judged("b")], "✅ Within the gate: the second run is within all limits"),
        ([judged("a"), judged("b", RATE)], "🟡 Not decided: over throughput_rps, which may be bad luck."),
        ([judged("a", P95), judged("b", RATE)], "🟡 Not decided: the runs are over other limits, the second over "),
        ([judged("a", P95), judged("b", RATE, P95)], "❌ Worse: both runs are over p95(response_time_s)."),
        ([judged("a", P95, RATE), judged("b", RATE, P95)], "❌ Worse: both runs are over p95(response_time_s), thr"),
    ],
)
def test_the_decision_stands_above_all(runs: list[Judged], first: str) -> None:
    said = " ".join(report(Messages("en", 1_000), "gate.json", gate(), runs))
    assert said.startswith(first)


def test_each_run_has_its_limits_below_it() -> None:
    assert list(report(Messages("en"), "gate.json", gate(), [judged("a", RATE), judged("b")])) == [
        "✅ Within the gate: the second run is within all limits, so what the first was",
        "   over may have been bad luck.",
        "",
        "Gate gate.json, limits learnt from 5 good runs:",
        "",
        "🟡 a.json: over 1 of 2 limits",
        "  - OVER: throughput_rps (observed 4.00 requests/s, at least 5.00 requests/s)",
        "  - within: p95(response_time_s) (observed 0.500 s, at most 0.600 s)",
        "",
        "✅ b.json: within all limits",
        "  - within: p95(response_time_s) (observed 0.500 s, at most 0.600 s)",
        "  - within: throughput_rps (observed 9.00 requests/s, at least 5.00 requests/s)",
    ]


def test_it_is_said_in_korean() -> None:
    said = "\n".join(report(Messages("ko"), "gate.json", gate(), [judged("a", P95), judged("b", P95)]))
    assert said.startswith("❌ 나빠졌습니다: 두 실행 모두 p95(response_time_s) 초과.")
    assert "🟡 b.json: 한계값 2개 중 1개 초과" in said
