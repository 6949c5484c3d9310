"""The report of a run for the page that a CI system makes of it: Markdown as GitHub and GitLab show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from stt_load.comparison.names import name_of
from stt_load.report import arrivals, gate, judgement, slo
from stt_load.report.asked_load import between
from stt_load.report.cases import OF_SLOS, Case, Outcome
from stt_load.report.console import headline, report
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.samples.escaping import harmless
from stt_load.samples.gate import GateFile, GateResult
from stt_load.stats.blocks import AllQuantiles, Distribution
from stt_load.stats.model import Level, SloVerdict
from stt_load.storage.run_record import RunRecord

WIDE = 100_000
"""Columns of a line here: whoever shows it breaks it."""
MARKS: dict[Outcome, str] = {"passed": "✅", "doubtful": "🟡", "failed": "❌", "error": "⛔", "skipped": "➖"}
TIMES = ("mean", "median", "p95", "p99")
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>|~&#$])")
_FENCE = re.compile("`{3,}")


def markdown(say: Messages, run: RunRecord, found: Sequence[Case]) -> str:
    """All of it: what is judged, what else is worth knowing, and the report of the console, folded away."""
    wide = Messages(say.language, WIDE)
    lines = [
        f"## {mark(found)} {shown(run.info.target)}",
        "",
        shown(judgement.verdict(wide, run)),
        *(f"<br>{shown(line)}" for line in headline(wide, run)),
        "",
        *(f"{shown(line)}\n" for line in arrivals.overload(wide, run)),
        *_slos(wide, run),
        *_gate(wide, run),
        *missed(found),
        *_stages(wide, run),
        *_times(wide, run),
        *_findings(wide, run),
        *whole(say, report(say, run, [] if run.path is None else [run.path])),
    ]
    return "\n".join(lines) + "\n"


def mark(found: Sequence[Case]) -> str:
    """Of the worst of them. Over a limit of a gate is in doubt, as long as no other run has told."""
    outcomes = {"doubtful" if case.group == "gate" and case.outcome == "error" else case.outcome for case in found}
    order: tuple[Outcome, ...] = ("error", "failed", "doubtful", "passed")
    return next((MARKS[one] for one in order if one in outcomes), MARKS["skipped"])


def _slos(say: Messages, run: RunRecord) -> Iterator[str]:
    """A row for each limit, in their order."""
    found = run.summary.slo
    if not found:
        return
    heads = ("", "SLO", say("markdown.limit"), say("markdown.observed"), say("markdown.interval"), "n", "")
    yield from table(heads, [_slo(say, one) for one in found], texts=(0, 1, len(heads) - 1))


def _slo(say: Messages, one: SloVerdict) -> list[str]:
    symbol, seen, ends = MARKS[OF_SLOS[one.verdict]], slo.seen(say, one), slo.ends(say, one)
    return [symbol, one.expression, slo.exact(one), seen, ends, str(one.n), say(f"slo.{one.verdict}")]


def _gate(say: Messages, run: RunRecord) -> Iterator[str]:
    """A row for each limit of the gate, and what to do where the run is over one."""
    if run.info.gate is None or not run.summary.gate:
        return
    learnt = run.info.gate.learnt
    yield f"**{shown(gate.heading(say, run.info.gate.file, learnt).removesuffix(':'))}**"
    yield ""
    if not run.is_fit_for_gate:
        yield from (shown(say("gate.unjudged")), "")
        return
    heads = ("", say("gate.head_metric"), say("markdown.limit"), say("markdown.observed"), "")
    yield from table(heads, [_of_limit(say, learnt, one) for one in run.summary.gate], texts=(0, 1, len(heads) - 1))
    if run.over_gate:
        yield from (shown(say("gate.again")), "")


def _of_limit(say: Messages, learnt: GateFile, one: GateResult) -> list[str]:
    verdict = say("gate.over" if one.is_over else "gate.within")
    limit, observed = gate.limit_of(say, learnt, one), gate.amount(say, one.metric, one.observed)
    return [MARKS["doubtful" if one.is_over else "passed"], name_of(one.metric), limit, observed, verdict]


def _stages(say: Messages, run: RunRecord) -> Iterator[str]:
    """A row for each stage."""
    found = [level for level in run.summary.levels if level.stage is not None]
    if not found:
        return
    heads = [say(f"levels.{name}") for name in ("stage", found[0].kind, "requests", "failed")]
    heads += [say(f"levels.{name}") for name in ("mean", "median", "p95", "p99", "done")]
    yield from table(heads, [_stage(say, level) for level in found])


def _stage(say: Messages, level: Level) -> list[str]:
    figures = level.figures
    times = (figures.mean_s, figures.median_s, figures.p95_s, figures.p99_s)
    return [
        str((level.stage or 0) + 1),
        between(say, level.first, level.last, "levels.ramp"),
        str(figures.requests.total),
        str(figures.requests.failed),
        *(say.number(value, 3) for value in times),
        say.number(figures.throughput_rps, 2),
    ]


def missed(found: Sequence[Case]) -> Iterator[str]:
    """What has not passed, or only just."""
    bad = [case for case in found if case.outcome not in ("passed", "skipped") and case.group not in ("slo", "gate")]
    for case in bad:
        yield f"- {MARKS[case.outcome]} `{case.name}`: {shown(case.said or '')}"
    if bad:
        yield ""


def _times(say: Messages, run: RunRecord) -> Iterator[str]:
    """Quantiles that stand in several lines of the console, below each other."""
    metrics = run.summary.metrics
    blocks = {"response": metrics.response_time_s, "service": metrics.service_time_s, "ttft": metrics.ttft_s}
    known = {name: times for name, times in blocks.items() if times.n}
    if not known:
        return
    rows = [[say(f"markdown.{name}"), *_row(say, times)] for name, times in known.items()]
    if metrics.requests.succeeded < metrics.requests.total:
        rows.insert(1, [say("markdown.all"), *_of_all(say, metrics.all.response_time_s)])
    heads = [say("markdown.seconds"), say("markdown.mean"), *(say(f"lengths.{name}") for name in TIMES[1:])]
    yield from table(heads, rows)


def _row(say: Messages, times: Distribution) -> Iterator[str]:
    return (say.number(getattr(times, name), 3) for name in TIMES)


def _of_all(say: Messages, every: AllQuantiles) -> Iterator[str]:
    """As the console has them beside the others; a mean of them there is not."""
    yield ""
    for name in TIMES[1:]:
        value = getattr(every, name)
        text = say("latency.beyond") if value is None else say.number(value, 3)
        yield f">= {text}" if name in every.at_least else text


def _findings(say: Messages, run: RunRecord) -> Iterator[str]:
    """With their examples, each a line further in."""
    lines = [line for line in judgement.findings(say, run) if line.strip()]
    for line in lines:
        text = line.strip()
        if line.startswith("  - "):
            yield f"- {shown(text.removeprefix('- '))}"
        elif line.startswith(" "):
            yield f"  - {shown(text)}"
        else:
            yield from (f"**{shown(text)}**", "")
    if lines:
        yield ""


def whole(say: Messages, said: Iterable[str]) -> Iterator[str]:
    """What the console has said, as it stood there."""
    lines = [harmless(line) for line in said]
    fence = "`" * (1 + max([2, *(len(one) for line in lines for one in _FENCE.findall(line))]))
    yield from (f"<details><summary>{say('markdown.whole')}</summary>", "", f"{fence}text", *lines, fence)
    yield from ("", "</details>", "")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], texts: Sequence[int] = (0,)) -> Iterator[str]:
    """A table with a blank line after it. texts: places of the columns that are on the left, as words are; numbers
    are on the right."""
    yield _cells(heads)
    yield _cells([":---" if place in texts else "---:" for place in range(len(heads))], as_is=True)
    yield from map(_cells, rows)
    yield ""


def _cells(texts: Sequence[str], *, as_is: bool = False) -> str:
    return "| " + " | ".join(text if as_is else shown(text) for text in texts) + " |"


def shown(text: str) -> str:
    """`text` as itself, on one line: somebody else's means nothing here."""
    return _MEANS_SOMETHING.sub(r"\\\1", plain(text))
