"""The page of a comparison: what can be said of each metric, and the runs that it is said of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from stt_load.comparison.model import Claim, Comparison, Difference, Verdict
from stt_load.comparison.names import name_of
from stt_load.html.blocks import Block, Fact, Facts, Folded, Items, Table, Text, Tone
from stt_load.html.comparison_plots import distribution, dots
from stt_load.html.page import Page, Section
from stt_load.html.plot import Plot
from stt_load.html.sentences import unbroken
from stt_load.report import comparison as console
from stt_load.report import comparison_words as words
from stt_load.report.messages import WIDTH, Messages
from stt_load.report.width import plain
from stt_load.samples.sample import Phase
from stt_load.storage.run_record import RunRecord

OF_VERDICTS: Mapping[Verdict, Tone] = {"no_worse": "good", "cant_tell": "doubtful", "worse": "bad"}
OF_CLAIMS: Mapping[Claim, Tone] = {
    "worse": "bad",
    "better": "good",
    "no_difference": "plain",
    "differs": "doubtful",
    "cant_tell": "doubtful",
}
OF_SIDES: Mapping[str, Callable[[RunRecord], str]] = {
    "target": lambda run: run.info.target,
    "machine": lambda run: str(run.info.host.get("name")),
    "version": lambda run: run.info.version,
}
"""What is told of a side: not what its runs must have in common with the other's."""
OF_VALIDITY: Mapping[str | None, Tone] = {
    "VALID": "plain",
    "DEGRADED": "doubtful",
    "INVALID": "bad",
    None: "doubtful",
}


def comparison_page(
    say: Messages, found: Comparison, baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]
) -> Page:
    """All there is to say of it. baseline, candidate: the runs that `found` is of, in its order."""
    wide = unbroken(say)
    sections = (
        Section("verdict", None, tuple(_verdict(wide, found))),
        Section("metrics", say("compare.page_metrics"), tuple(_metrics(wide, found))),
        _distribution(wide, baseline, candidate),
        Section("values", say("compare.page_values"), tuple(_values(wide, found))),
        Section("runs", say("compare.page_runs"), tuple(_runs(wide, found, baseline, candidate))),
    )
    sides = (words.runs(say, len(side)) for side in (found.candidate, found.baseline))
    source = say("compare.page_source", **dict(zip(("candidate", "baseline"), sides, strict=True)))
    return Page(say.language, say("compare.page_title"), source, tuple(one for one in sections if one is not None))


def _verdict(say: Messages, found: Comparison) -> Iterator[Block]:
    """In a sentence, and of each metric in a figure."""
    if found.unlike:
        lines = tuple(words.unlike(say, one) for one in found.unlike)
        yield Items(((bare(say("compare.forced")), lines),), "bad")
    first, *others = words.verdict(say, found)
    yield Text(bare(first), OF_VERDICTS[found.verdict])
    yield from (Text(bare(line), "good") for line in others)
    yield Facts(tuple(_fact(say, one) for one in words.in_order(found)))
    yield from (Text(bare(note)) for note in words.notes(say, found))


def _fact(say: Messages, one: Difference) -> Fact:
    """How much a metric has changed, and what can be said of that."""
    about = " → ".join(words.amount(say, one, mean) for mean in (one.baseline_mean, one.candidate_mean))
    claim = say(f"compare.claim_{one.claim}")
    value = claim if one.change is None else words.change(one.change)
    return Fact(
        name_of(one.metric), value, about if one.change is None else f"{about}; {claim}", OF_CLAIMS[one.claim]
    )


def _metrics(say: Messages, found: Comparison) -> Iterator[Block]:
    """The table of the console, and why each claim is made."""
    ordered = words.in_order(found)
    rows = tuple((*console.cells(say, found, one), say(f"compare.claim_{one.claim}")) for one in ordered)
    heads = (*console.heads(say, found), say("compare.head_claim"))
    tones = tuple(OF_CLAIMS[one.claim] for one in ordered)
    yield Table(say("compare.page_caption"), heads, rows, tones, stacks=True)
    yield Items(tuple((words.line(say, found, one), ()) for one in ordered))


def _distribution(say: Messages, baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]) -> Section | None:
    plot = distribution(say, baseline, candidate)
    if plot is None:
        return None
    return Section("distribution", say("compare.page_distribution"), (Text(say("compare.page_read_curves")), plot))


def _values(say: Messages, found: Comparison) -> Iterator[Block | Plot]:
    """A plot of each metric with a dot for each run; a sentence where it would show nothing."""
    yield Text(say("compare.page_read_dots"))
    for number, one in enumerate(found.differences):
        every, name = (*one.baseline, *one.candidate), name_of(one.metric)
        known = [value for value in every if value is not None]
        if not known:
            yield Text(say("compare.page_no_values", name=name))
        elif len({*known}) == 1:
            key = "same" if len(known) == len(every) else "some"
            value = words.amount(say, one, known[0])
            yield Text(say(f"compare.page_{key}_values", name=name, value=value, n=len(known), total=len(every)))
        else:
            yield dots(say, found, one, f"values-{number}")


def _runs(
    say: Messages, found: Comparison, baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]
) -> Iterator[Block]:
    """What they are, what each side was made with, and the comparison as the console has it."""
    heads = tuple(say(f"compare.run_{key}") for key in ("file", "started", "requests", "measurement", "seed"))
    for name, runs in (("baseline", baseline), ("candidate", candidate)):
        tones = tuple(OF_VALIDITY[run.summary.validity.verdict] for run in runs)
        yield Table(say(f"compare.side_{name}"), heads, tuple(_run(say, run) for run in runs), tones, stacks=True)
    yield _sides(say, baseline, candidate)
    lines = console.report(Messages(say.language, WIDTH), found)
    yield Folded(say("compare.page_console"), code="\n".join(lines))


def _run(say: Messages, run: RunRecord) -> tuple[str, ...]:
    measured = len(run.samples.phase(Phase.MEASURED))
    return (
        say("report.not_saved") if run.path is None else plain(str(run.path)),
        plain(run.info.started_at[:19].replace("T", " ")),
        f"{measured:,}",
        run.summary.validity.verdict or say("none"),
        str(run.info.seed),
    )


def _sides(say: Messages, baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]) -> Table:
    """What may differ between the sides, each value once."""
    rows = tuple(
        (
            say(f"compare.run_{key}"),
            *(words.side(tuple(dict.fromkeys(map(get, runs)))) for runs in (baseline, candidate)),
        )
        for key, get in OF_SIDES.items()
    )
    heads = (say("html.what"), *(say(f"compare.side_{name}") for name in ("baseline", "candidate")))
    return Table(say("compare.page_sides_caption"), heads, rows, stacks=True)


def bare(text: str) -> str:
    """A sentence without the sign that it begins with on a console: here its tone says so."""
    first, _, rest = text.partition(" ")
    return text if any(map(str.isalnum, first)) else rest
