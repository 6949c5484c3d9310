"""What the console says of right and wrong answers: rates of errors, and the answers that are worth a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.aligned import compared
from stt_load.report.lengths import span
from stt_load.report.messages import Messages
from stt_load.report.tables import table
from stt_load.report.width import columns, plain, shorten, wrap
from stt_load.samples.accuracy import FEWEST_WORDS, FLAWS, NO_TEXTS, Accuracy, Example
from stt_load.stats.accuracy import MOSTLY_WRONG
from stt_load.stats.blocks import AccuracyFigures, Bounds
from stt_load.stats.model import DurationFigures
from stt_load.storage.run_record import RunRecord

RATES = ("wer", "cer")
SILENT = ("noise", "silence")
"""Sources of clips in which nothing is said."""
_UNKNOWN = Accuracy()


def lines(say: Messages, run: RunRecord) -> Iterator[str]:
    """A blank line, then the block of a run whose answers were scored; of another, why they were not."""
    figures, scoring = run.summary.metrics.accuracy, run.accuracy or _UNKNOWN
    yield ""
    if not figures.n:
        yield from wrap(unscored(say, run), say.width, "", "  ")
        return
    yield say("accuracy.heading")
    yield from _rates(say, figures, scoring)
    yield from _conditions(say, figures, scoring)
    yield from _durations(say, run.summary.durations)
    yield from _worst(say, scoring)


def headline(say: Messages, run: RunRecord) -> Iterator[str]:
    """The rate that counts, and the answers that are wrong as a whole; nothing where none was scored."""
    figures = run.summary.metrics.accuracy
    if not figures.n:
        return
    wrong = [say(f"headline.{flaw}", n=count) for flaw in FLAWS if (count := getattr(figures, flaw))]
    yield "  " + ", ".join([_rate(say, figures, leading(run)), *wrong])


def alarm(say: Messages, run: RunRecord) -> Iterator[str]:
    """That most answers are wrong as a whole, or that the service hears something else than is said, or nothing."""
    found = {finding.name: finding.values for finding in run.summary.findings}
    most = [flaw for flaw in FLAWS if flaw in found and 2 * found[flaw]["wrong"] > found[flaw]["answers"]]
    if most:
        yield say(f"accuracy.mostly_{most[0]}", n=found[most[0]]["wrong"], of=found[most[0]]["answers"])
    elif "mostly_wrong" in found:
        name = leading(run)
        yield say("accuracy.mostly_wrong", rate=say(f"accuracy.{name}"), value=f"{found['mostly_wrong'][name]:.0%}")
    elif hears_nothing(run):
        yield say("accuracy.nothing_heard", n=found["empty_texts"]["texts"])


def hears_nothing(run: RunRecord) -> bool:
    """Whether there are words in the clips, and none in any answer."""
    spoken = _source(run) not in SILENT
    return spoken and any(finding.name == "empty_texts" for finding in run.summary.findings)


def leading(run: RunRecord) -> str:
    """The rate that comes first: of Korean that of characters, as its blanks are anybody's guess."""
    return "cer" if (run.accuracy or _UNKNOWN).normalisation == "korean" else "wer"


def of_flaw(say: Messages, run: RunRecord, flaw: str, indent: str) -> Iterator[str]:
    """The answers that have it, as far as they are kept: a few."""
    scoring = run.accuracy or _UNKNOWN
    above = {(example.seq, example.attempt) for example in scoring.worst}
    for example in scoring.examples:
        if example.flaw == flaw and (example.seq, example.attempt) in above:
            yield f"{indent}{named(say, example)}{say('accuracy.above')}"
        elif example.flaw == flaw:
            yield from _example(say, example, indent)


def first_answer(say: Messages, said: str | None, heard: str) -> Iterator[str]:
    """The first answer of the warm-up: whether the service hears at all is seen there, before anything else."""
    shown = plain(heard) or say("warmup.empty")
    if said is None:
        yield shorten(say("warmup.transcript", text=shown), say.width)
        return
    yield shorten(say("warmup.said", text=plain(said)), say.width)
    yield shorten(say("warmup.heard", text=shown), say.width)


def _source(run: RunRecord) -> str:
    return str(run.config["audio"].get("source", "noise"))


def unscored(say: Messages, run: RunRecord) -> str:
    """Why no answer was held against what was said."""
    source, scoring = _source(run), run.accuracy or _UNKNOWN
    if source in SILENT:
        return say(f"accuracy.{source}")
    if scoring.reason == NO_TEXTS:
        return say("accuracy.no_texts")
    if scoring.reason is not None:
        return say("accuracy.reason", reason=plain(scoring.reason))
    return say("accuracy.unscored_run")


def _rates(say: Messages, figures: AccuracyFigures, scoring: Accuracy) -> Iterator[str]:
    korean = scoring.normalisation == "korean"
    for name in reversed(RATES) if korean else RATES:
        mark = say("accuracy.without_spaces") if korean and name == "cer" else ""
        yield f"  {_rate(say, figures, name)}{mark}"
    yield from spaced(say, scoring)
    yield from wrap(edits(say, figures), say.width, "  ", "    ")


def spaced(say: Messages, scoring: Accuracy) -> Iterator[str]:
    """Of a Korean run, the rate of characters with its blanks."""
    if scoring.spaced_characters:
        rate = (scoring.spaced_character_edits or 0) / scoring.spaced_characters
        yield say("accuracy.spaced", value=say.share(rate))


def edits(say: Messages, figures: AccuracyFigures) -> str:
    """What the rates are made of."""
    counts = {name: getattr(figures, name) for name in ("words", "substitutions", "deletions", "insertions")}
    return say("accuracy.edits", n=figures.n, **counts)


def _rate(say: Messages, figures: AccuracyFigures, name: str) -> str:
    interval: Bounds | None = getattr(figures, f"{name}_interval")
    told = say("accuracy.rate", rate=say(f"accuracy.{name}"), value=say.share(getattr(figures, name)))
    if interval is None:
        return told
    return told + say("accuracy.interval", low=f"{interval.low:.1%}", high=f"{interval.high:.1%}")


def _conditions(say: Messages, figures: AccuracyFigures, scoring: Accuracy) -> Iterator[str]:
    told = list(conditions(say, figures, scoring))
    if figures.judged:
        flaws = {flaw: getattr(figures, flaw) for flaw in FLAWS}
        told.insert(0, say("accuracy.flaws", judged=figures.judged, **flaws))
    for text in told:
        yield from wrap(text, say.width, "  ", "    ")


def conditions(say: Messages, figures: AccuracyFigures, scoring: Accuracy) -> Iterator[str]:
    """What the rates can't tell, and under which rules they came about."""
    if too_short := figures.n - (figures.judged or 0):
        yield say("accuracy.too_short", n=too_short, of=figures.n, fewest=FEWEST_WORDS)
    if scoring.unscored:
        yield say("accuracy.unscored", n=scoring.unscored)
    if scoring.numerals and (figures.wer or 0.0) <= MOSTLY_WRONG:  # above it, words are others for another reason
        yield say("accuracy.numerals", n=scoring.numerals)
    if scoring.normalisation is not None:
        package = "" if scoring.normaliser is None else f" ({plain(scoring.normaliser)})"
        pack = say("none") if scoring.pack is None else plain(scoring.pack)
        yield say("accuracy.normalisation", name=plain(scoring.normalisation), package=package, pack=pack)


def _durations(say: Messages, durations: tuple[DurationFigures, ...]) -> Iterator[str]:
    found = [one for one in durations if one.scored]
    if len(found) < 2:
        return
    yield say("accuracy.by_duration")
    yield from table(*duration_cells(say, found), say.width)


def duration_cells(say: Messages, found: Sequence[DurationFigures]) -> tuple[list[str], list[list[str]]]:
    """The heads of the columns, and a row for each length of audio."""
    heads = [say("lengths.length"), *(say(f"accuracy.{name}") for name in ("answers", "words", *RATES))]
    return heads, [
        [span(say, one), str(one.scored), str(one.words), say.share(one.wer), say.share(one.cer)] for one in found
    ]


def _worst(say: Messages, scoring: Accuracy) -> Iterator[str]:
    wrong = [example for example in scoring.worst if example.wer > 0]
    if not wrong:
        return
    yield from wrap(say("accuracy.worst"), say.width, "  ", "    ")
    for example in wrong:
        yield from _example(say, example, "    ")


def _example(say: Messages, example: Example, indent: str) -> Iterator[str]:
    """Which request, how wrong and in which way; what was said, and what was heard."""
    yield from wrap(named(say, example), say.width, indent, f"{indent}  ")
    labels = say("accuracy.said"), say("accuracy.heard")
    widest = max(map(columns, labels))
    said, heard = (label + " " * (widest - columns(label)) for label in labels)
    answer = example.heard if example.heard.strip() else say("warmup.empty")
    yield from compared(example.said, answer, say.width, (said, heard), f"{indent}  ")


def named(say: Messages, example: Example) -> str:
    """Which request an example is of, and what is wrong with its answer."""
    head = say("accuracy.example", seq=example.seq, value=f"{example.wer:.0%}")
    if example.flaw is None:
        return head
    key = f"accuracy.is_{example.flaw}"
    if example.other_seq is not None and f"{key}_other" in say:
        return head + say(f"{key}_other", other=example.other_seq)
    return head + say(key)
