"""What is said of a gate that has been learnt."""

from __future__ import annotations

from pathlib import Path

from stt_load.report.baseline import learnt
from stt_load.report.messages import Messages
from stt_load.samples.gate import LeftOut
from tests.gates.made import P95, RATE, gate, limit

COUNTS = limit("error_rate", None, method="errors", finds=None, finds_at=0.042, values=(0.0, 0.0, 0.01))
WHOLE = gate(
    limit(P95, 0.6),
    limit(RATE, 5.0, better="higher", finds=None, values=(9.0, 9.0)),
    limit("steady_rps", 5.0, better="higher"),
    COUNTS,
    left_out=(LeftOut(metric="accuracy.wer", reason="No run has a value."),),
)


def test_each_limit_is_a_row_with_what_it_finds() -> None:
    said = list(learnt(Messages("en"), WHOLE, Path("gate.json")))
    assert said[:7] == [
        "📐 Gate learnt from 5 runs, written to gate.json",
        "",
        "  metric                     limit        baseline       finds",
        "  p95(response_time_s)  <= 0.600 s  0.294..0.306 s       +8.0%",
        "  throughput_rps         >= 5.00/s          9.00/s           -",
        "  steady_rps             >= 5.00/s    2.45..2.55/s       -8.0%",
        "  error_rate                counts     0.00..1.00%  from 4.20%",
    ]
    text = " ".join(" ".join(said).split())
    assert "No limit for wer: No run has a value." in text
    assert "counts: how many may fail, or be wrong, depends on how many" in text
    assert "about 1 in 100 good services is called worse" in text


def test_without_counts_nothing_is_said_of_them() -> None:
    assert "counts" not in " ".join(learnt(Messages("en"), gate(), Path("gate.json")))


def test_a_strict_one_promises_more() -> None:
    said = " ".join(" ".join(learnt(Messages("en"), gate(strict=True), Path("gate.json"))).split())
    assert "about 1 in 1000 good services is called worse, all limits together" in said


def test_it_fits_into_a_terminal_in_both_languages() -> None:
    for language in ("en", "ko"):
        said = list(learnt(Messages(language), WHOLE, Path("gate.json")))  # type: ignore[arg-type]
        assert all(len(line) <= 80 for line in said), said
    assert said[0] == "📐 실행 5회에서 게이트를 구해 gate.json에 저장했습니다"
