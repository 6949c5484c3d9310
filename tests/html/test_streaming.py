"""When the text of streamed answers came, as plots."""

from __future__ import annotations

import numpy as np

from stt_load.config import Config
from stt_load.html.plot import Plot
from stt_load.html.streaming import streaming
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import run_of, steady

EN = Messages("en")


def streamed(n: int = 100, *, gaps: bool = True) -> Samples:
    """First text after 0.1 s, 0.101 s and so on; every third answer came in one piece, without a gap."""
    rows = table(np.arange(float(n)), 1.0, sent_after_s=0.2).rows.copy()
    rows["first_text_s"] = rows["sent_s"] + 0.1 + np.arange(n) / 1_000
    if gaps:
        several = np.arange(n) % 3 > 0
        for name, value in {"gap_mean_s": 0.02, "gap_p95_s": 0.05, "gap_max_s": 0.3}.items():
            rows[name][several] = value
    return Samples(rows)


def plots_of(run: RunRecord) -> list[Plot]:
    section = streaming(EN, run)
    assert section is not None
    return [block for block in section.blocks if isinstance(block, Plot)]


def test_without_streams_there_is_nothing_to_say() -> None:
    assert streaming(EN, run_of(steady())) is None
    assert streaming(EN, run_of(table([], []))) is None
    failed = table([0.0], 1.0, kind=ErrorKind.STREAM_ERROR).rows.copy()
    failed["first_text_s"] = 0.3
    assert streaming(EN, run_of(Samples(failed))) is None


def test_the_warm_up_is_in_no_curve() -> None:
    samples = streamed()
    samples.rows["phase"][:50] = Phase.WARMUP
    first, _ = plots_of(run_of(samples))
    assert np.isclose(first.series[0].y.min(), 0.15)


def test_the_first_text_counts_from_the_send() -> None:
    first, _ = plots_of(run_of(streamed()))
    assert np.isclose(first.series[0].y.min(), 0.1)
    assert np.allclose(first.series[1].y, [0.149, 0.194, 0.198])
    assert first.lines[1].name == "P95: 0.194 s"
    assert dict(row for row in first.table.rows if row[0] == "P95") == {"P95": "0.194"}


def test_gaps_are_of_the_answers_that_have_any() -> None:
    _, gaps = plots_of(run_of(streamed()))
    assert [(one.name, set(np.round(one.y, 6).tolist()), one.role) for one in gaps.series] == [
        ("Mean of an answer", {0.02}, "main"),
        ("P95 of an answer", {0.05}, "second"),
        ("Longest of an answer", {0.3}, "third"),
    ]
    assert "66 streamed answers" in gaps.about
    assert gaps.table.heads == ("Quantile", "Mean of an answer", "P95 of an answer", "Longest of an answer")


def test_answers_in_one_piece_have_no_gaps() -> None:
    assert [plot.id for plot in plots_of(run_of(streamed(gaps=False)))] == ["plot-ttft"]


def test_limits_of_the_first_text_lie_across_its_plot() -> None:
    first, gaps = plots_of(run_of(streamed(), Config(slo=["p95(ttft_s) < 300 ms", "p95(response_time_s) < 9"])))
    assert [(line.name, line.at) for line in first.lines if not line.stands] == [("p95(ttft_s) < 300 ms", 0.3)]
    assert not gaps.lines
