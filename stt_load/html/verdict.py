"""What a reader asks first: whether the run has fulfilled what it was to fulfil, and whether that can be believed."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.html import gate
from stt_load.html.blocks import Block, Fact, Facts, Items, Table, Text, Tone
from stt_load.html.columns import filled
from stt_load.html.page import Section
from stt_load.html.sentences import joined, listed, unbroken, unmarked
from stt_load.report import accuracy, arrivals, ending, judgement, slo
from stt_load.report.exit_code import SAY_HOW_MANY, failures_are_allowed
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.stats.model import SloVerdict, Verdict
from stt_load.storage.run_record import RunRecord

TONES: dict[Verdict | None, Tone] = {"VALID": "good", "DEGRADED": "doubtful", "INVALID": "bad", None: "doubtful"}
"""Of the measurement."""
OF_SLOS: dict[str, Tone] = {"met": "good", "uncertain": "doubtful", "missed": "bad"}
WORST_FIRST = ("missed", "uncertain", "met")


def verdict(say: Messages, run: RunRecord) -> Section:
    """The first section of a run: in a word each, then why, then each SLO."""
    return Section("verdict", None, tuple(_blocks(unbroken(say), run)))


def _blocks(say: Messages, run: RunRecord) -> Iterator[Block]:
    found = run.summary.slo
    judged = (*of_slos(say, found), *gate.fact(say, run))
    yield Facts((*judged, measurement(say, run), _requests(say, run), _end(say, run)))
    for sentence in (*arrivals.overload(say, run), *accuracy.alarm(say, run)):
        yield Text(unmarked(sentence), "bad")
    doubts = tuple(listed(judgement.doubts(say, run)))
    if doubts:
        yield Items(doubts, TONES[run.summary.validity.verdict])
    if run.info.faults:
        text = unmarked(say("faults.heading"))
        yield Items(((text, tuple(map(plain, run.info.faults))),), "bad")
    if end := unmarked(joined(ending.ending(say, run))):
        yield Text(end, "plain" if run.info.complete else "doubtful")
    if found:
        yield slos(say, found)


def of_slos(say: Messages, found: tuple[SloVerdict, ...]) -> Iterator[Fact]:
    """All SLOs in one figure; none where there are none: it isn't worth a word."""
    if not found:
        return
    counts = {name: sum(one.verdict == name for one in found) for name in WORST_FIRST}
    worst = next(name for name in WORST_FIRST if counts[name])
    value = say(f"html.slos_{worst}", n=counts[worst], of=len(found))
    rest = [say(f"html.count_{name}", n=counts[name]) for name in WORST_FIRST if counts[name] and name != worst]
    yield Fact(say("html.slos"), value, ", ".join(rest), OF_SLOS[worst])


def measurement(say: Messages, run: RunRecord) -> Fact:
    """Whether the figures can be believed."""
    validity = run.summary.validity
    doubtful = {check.name for check in validity.checks if check.verdict not in (None, "VALID")}
    name = str(validity.verdict)
    if validity.verdict is None:
        name = "unanswered" if run.summary.metrics.requests.total else "nothing"
    elif doubtful == {"slo_samples"}:
        name = "too_few"
    value = say("none") if validity.verdict is None else validity.verdict
    return Fact(say("html.measurement"), value, say(f"html.believed_{name}"), TONES[validity.verdict])


def _requests(say: Messages, run: RunRecord) -> Fact:
    """How many failed; that is bad unless an SLO says how many may, and then as good as its verdict."""
    metrics = run.summary.metrics
    requests = metrics.requests
    tone: Tone = "good"
    if not requests.succeeded:
        tone = "bad"
    elif requests.failed:
        tone = _of_failures(run) if failures_are_allowed(run) else "bad"
    about = say("html.failed_of", share=say.share(metrics.error_rate), n=requests.judged)
    if requests.unfinished:
        about += say("html.unfinished", n=requests.unfinished)
    return Fact(say("html.failed"), f"{requests.failed:,}", about, tone)


def _of_failures(run: RunRecord) -> Tone:
    """By the worst of the SLOs that say how many may fail; of a gate's limit there is a fact of its own."""
    verdicts = {one.verdict for one in run.summary.slo if one.metric in SAY_HOW_MANY}
    worst = next((name for name in WORST_FIRST if name in verdicts), "met")
    return "plain" if worst == "met" else OF_SLOS[worst]


def _end(say: Messages, run: RunRecord) -> Fact:
    """Whether it was what it was to be; one that was to go on until somebody stopped it was."""
    metrics = run.summary.metrics
    about = say("html.measured_for", n=f"{metrics.requests.total:,}", duration=say.duration(metrics.window_s))
    if run.info.complete:
        name = "complete"
    elif joined(ending.ending(say, run)):
        name = "not_complete"
    else:
        name = "stopped"
    return Fact(say("html.run"), say(f"html.{name}"), about, "doubtful" if name == "not_complete" else "good")


def slos(say: Messages, found: tuple[SloVerdict, ...]) -> Table:
    """A row for each, those that were missed first."""
    ordered = sorted(found, key=lambda one: WORST_FIRST.index(one.verdict))
    heads = ("SLO", *(say(f"html.{name}") for name in ("verdict", "observed", "interval", "requests", "why")))
    rows = tuple(_row(say, one) for one in ordered)
    tones = tuple(OF_SLOS[one.verdict] for one in ordered)
    return filled(Table(say("html.slos_caption"), heads, rows, tones, stacks=True))


def _row(say: Messages, one: SloVerdict) -> tuple[str, ...]:
    seen, ends = slo.seen(say, one), slo.ends(say, one, " – ")
    return plain(one.expression), say(f"html.{one.verdict}"), seen, ends, f"{one.n:,}", slo.reason(say, one)
