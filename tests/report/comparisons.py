"""Comparisons to make reports of, as data: what stands in them was chosen, not computed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from stt_load.comparison.model import Comparison, Difference, Range, Unlike
from stt_load.report.comparison import report
from stt_load.report.comparison_markdown import markdown
from stt_load.report.messages import Language, Messages

P95 = Difference(
    metric="all.response_time_s.p95",
    unit="s",
    better="lower",
    baseline=(0.49, 0.495, 0.5, 0.505, 0.51, 0.5),
    candidate=(0.555, 0.56, 0.57, 0.55, 0.565, 0.56),
    baseline_mean=0.5,
    candidate_mean=0.56,
    change=0.12,
    interval=Range(0.098, 0.142),
    p=1 / 924,
    p_adjusted=5 / 924,
    finds=0.021,
    finds_at=0.5105,
    claim="worse",
)
P99 = replace(
    P95,
    metric="all.response_time_s.p99",
    baseline=(0.71, 0.8, 0.69, 0.75, 0.74, 0.72),
    candidate=(0.72, 0.79, 0.74, 0.75, 0.77, 0.76),
    baseline_mean=0.734,
    candidate_mean=0.755,
    change=0.0286,
    interval=Range(-0.021, 0.08),
    p=0.12,
    p_adjusted=0.37,
    finds=0.094,
    finds_at=0.803,
    claim="no_difference",
)
THROUGHPUT = replace(
    P95,
    metric="throughput_rps",
    unit="rps",
    better="higher",
    baseline=(9.87, 9.91, 9.85, 9.9, 9.88, 9.86),
    candidate=(10.61, 10.7, 10.63, 10.58, 10.66, 10.64),
    baseline_mean=9.878,
    candidate_mean=10.637,
    change=0.0768,
    interval=Range(0.0711, 0.0826),
    p=1.0,
    p_adjusted=1.0,
    finds=0.004,
    finds_at=9.838,
    claim="better",
)
WER = replace(
    P95,
    metric="accuracy.wer",
    unit="ratio",
    baseline=(0.031, 0.029, 0.03, 0.032, 0.028, 0.03),
    candidate=(0.03, None, None, 0.031, 0.03, 0.029),
    baseline_mean=0.03,
    candidate_mean=None,
    change=None,
    interval=None,
    p=None,
    p_adjusted=None,
    finds=None,
    finds_at=None,
    claim="cant_tell",
)
ERRORS = replace(
    P95,
    metric="error_rate",
    unit="share",
    baseline=(0.0,) * 6,
    candidate=(0.0, 0.0, 0.00001, 0.002, 0.0, 0.0),
    baseline_mean=0.0,
    candidate_mean=0.000335,
    change=None,
    interval=None,
    p=0.23,
    p_adjusted=0.46,
    finds=None,
    finds_at=0.0034,
    claim="cant_tell",
)
SIX = Comparison(
    baseline=tuple(f"runs/base_{number}.json" for number in range(1, 7)),
    candidate=tuple(f"runs/next_{number}.json" for number in range(1, 7)),
    differences=(P95, P99, THROUGHPUT, WER, ERRORS),
    least_change=0.03,
    alpha=0.01,
    smallest_p=1 / 924,
    runs_needed=6,
    unlike=(),
    degraded=(),
    verdict="worse",
)
"""Six against six runs."""


def sides(one: Difference, count: int, **more: Any) -> Difference:
    """`one` with the first values of each side alone."""
    return replace(one, baseline=one.baseline[:count], candidate=one.candidate[:count], **more)


THREE = replace(
    SIX,
    baseline=SIX.baseline[:3],
    candidate=SIX.candidate[:3],
    differences=(
        sides(P95, 3, p=0.05, p_adjusted=0.1, finds=None, finds_at=None, claim="cant_tell"),
        sides(P99, 3, p=0.5, p_adjusted=0.5, finds=None, finds_at=None, claim="cant_tell"),
    ),
    smallest_p=0.05,
    runs_needed=5,
    verdict="cant_tell",
)
"""Three against three: all of the candidate's have a slower P95."""
ONE = replace(
    SIX,
    baseline=SIX.baseline[:1],
    candidate=SIX.candidate[:1],
    differences=(
        sides(P95, 1, p=None, p_adjusted=None, finds=None, finds_at=None, claim="differs"),
        sides(P99, 1, p=None, p_adjusted=None, finds=None, finds_at=None, claim="cant_tell"),
    ),
    smallest_p=None,
    runs_needed=5,
    unlike=(
        Unlike("model", ("whisper-1",), ("whisper-2",)),
        Unlike("host.cpus", ("2",), ("2", "4")),
    ),
    verdict="cant_tell",
)
"""One run a side, by force."""
FIVE = replace(
    SIX,
    baseline=SIX.baseline[:5],
    candidate=SIX.candidate[:5],
    differences=(
        sides(P95, 5, p=1 / 252, p_adjusted=3 / 252, finds=None, finds_at=None, claim="cant_tell"),
        sides(P99, 5, finds=None, finds_at=None, claim="cant_tell"),
        sides(THROUGHPUT, 5, finds=None, finds_at=None, claim="cant_tell"),
    ),
    smallest_p=1 / 252,
    verdict="cant_tell",
)
"""Five against five, which is too few for three metrics."""
SCATTERED = replace(
    SIX,
    differences=(
        replace(
            P95,
            baseline=(0.3, 0.5, 0.9, 0.6, 0.4, 1.1),
            candidate=(0.4, 0.6, 0.5, 0.35, 0.7, 0.45),
            baseline_mean=0.58,
            candidate_mean=0.49,
            change=-0.159,
            interval=Range(-0.45, 0.28),
            p=0.8,
            p_adjusted=1.0,
            finds=1.281,
            finds_at=1.323,
            claim="cant_tell",
        ),
        P99,
        replace(ERRORS, candidate=(0.0,) * 6, candidate_mean=0.0, p=1.0, p_adjusted=1.0, claim="no_difference"),
    ),
    degraded=("runs/base_2.json",),
    verdict="cant_tell",
)
"""Six against six that lie too far apart."""
ALIKE = replace(
    SIX,
    differences=(P99, replace(WER, candidate=WER.baseline, claim="no_difference", p=0.5, finds=0.1, finds_at=0.033)),
    verdict="no_worse",
)
"""Six against six, of which none is worse."""

SHOWN = {"six": SIX, "five": FIVE, "three": THREE, "one": ONE, "scattered": SCATTERED, "alike": ALIKE}
"""Those that there are golden files of."""
GOLDEN = Path(__file__).parent / "golden"


def golden(name: str, language: Language) -> dict[str, str]:
    """The text and the Markdown of one, by the names of their files."""
    found, say = SHOWN[name], Messages(language)
    return {
        f"comparison_{name}.{language}.txt": "\n".join(report(say, found)) + "\n",
        f"comparison_{name}.{language}.md": markdown(say, found),
    }


if __name__ == "__main__":  # python -m tests.report.comparisons makes the golden files anew: look at what changed
    GOLDEN.mkdir(exist_ok=True)
    for name, language in itertools.product(SHOWN, get_args(Language)):
        for file, text in golden(name, language).items():
            (GOLDEN / file).write_text(text, encoding="utf-8")
