"""How right the answers are: rates of errors with their intervals, flaws, and the worst answers word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.html.blocks import Block, Change, Fact, Facts, Folded, Items, Pair, Pairs, Table, Text, Tone
from stt_load.html.page import Section
from stt_load.html.sentences import unbroken
from stt_load.report import accuracy as told
from stt_load.report import stability
from stt_load.report.aligned import ADDED, ALIKE, LACKING, OTHER, mark_of, word_by_word
from stt_load.report.messages import Messages
from stt_load.report.width import ELLIPSIS, plain
from stt_load.samples.accuracy import CUT, FLAWS, LONGEST_TEXT, Accuracy, Example, Flaw
from stt_load.stats.blocks import AccuracyFigures, Bounds
from stt_load.storage.run_record import RunRecord

CHANGES: dict[str, tuple[Change, Change]] = {
    ALIKE: ("same", "same"),
    OTHER: ("substituted", "substituted"),
    LACKING: ("deleted", "same"),
    ADDED: ("same", "inserted"),
}
"""By the mark of two words: of the one that was said, and of the one that was heard; of one that is not there it
means nothing."""
LONGEST = 2_000
"""Characters of a text that are looked at: a result of our own has fewer."""
_UNKNOWN = Accuracy()


def accuracy(say: Messages, run: RunRecord) -> Section | None:
    """Of a run whose answers were scored; of another, why they were not. None where nothing was answered."""
    figures, scoring = run.summary.metrics.accuracy, run.accuracy or _UNKNOWN
    if not run.summary.metrics.requests.succeeded:
        return None
    title = say("tables.accuracy")
    if not figures.n:
        return Section("accuracy", title, (Text(told.unscored(say, run)), *_said_again(say, run)))
    blocks: list[Block] = [Facts((*_rates(say, run, figures), *_flaws(say, figures)))]
    sentences = [*told.spaced(say, scoring), told.edits(say, figures), *told.conditions(say, figures, scoring)]
    blocks += (Text(sentence.strip()) for sentence in sentences)
    blocks += _by_length(say, run)
    blocks += _examples(say, scoring)
    blocks += _said_again(say, run)
    return Section("accuracy", title, tuple(blocks))


def pairs_of(say: Messages, examples: Sequence[Example]) -> Pairs:
    """Answers beside what was said."""
    return Pairs(say("accuracy.said"), say("accuracy.heard"), tuple(pair_of(say, one) for one in examples))


def pair_of(say: Messages, example: Example) -> Pair:
    """One of them, word by word: by the words as they are aligned, whatever is in them."""
    return compared(say, told.named(say, example), example.said, example.heard)


def compared(say: Messages, about: str, said: str, heard: str) -> Pair:
    """Any two texts, likewise; of very long ones the beginning."""
    texts = plain(said[:LONGEST]), plain(heard[:LONGEST])
    pairs = word_by_word(*texts)
    first: list[tuple[str, Change]] = [(one, CHANGES[mark_of((one, other))][0]) for one, other in pairs if one]
    second: list[tuple[str, Change]] = [(other, CHANGES[mark_of((one, other))][1]) for one, other in pairs if other]
    for words, text, whole in ((first, texts[0], said), (second, texts[1], heard)):
        if _is_cut(whole) and words:  # nobody knows what its last word was, nor what came after
            words[-1] = (words[-1][0], "same")
            _unmark_end(second if words is first else first)
        if len(whole) > LONGEST or sum(len(word.split()) for word, _ in words) < len(text.split()):
            words.append((ELLIPSIS, "same"))
    return Pair(about, tuple(first), tuple(second) or ((say("warmup.empty"), "same"),))


def _unmark_end(words: list[tuple[str, Change]]) -> None:
    """Those at the end that the other text has nothing for are marked no more."""
    for place in range(len(words) - 1, -1, -1):
        if words[place][1] not in ("deleted", "inserted"):
            break
        words[place] = (words[place][0], "same")


def _is_cut(text: str) -> bool:
    """Whether a result has kept the beginning of a text alone."""
    return len(text) >= LONGEST_TEXT and text.endswith(CUT)


def _rates(say: Messages, run: RunRecord, figures: AccuracyFigures) -> Iterator[Fact]:
    """The one that counts comes first."""
    leading = told.leading(run)
    for name in sorted(told.RATES, key=lambda one: one != leading):
        interval: Bounds | None = getattr(figures, f"{name}_interval")
        about = "" if interval is None else say("tables.interval", **_ends(interval))
        yield Fact(say(f"accuracy.{name}"), say.share(getattr(figures, name)), about)


def _ends(interval: Bounds) -> dict[str, str]:
    return {"low": f"{interval.low:.1%}", "high": f"{interval.high:.1%}"}


def _flaws(say: Messages, figures: AccuracyFigures) -> Iterator[Fact]:
    """How many answers are wrong as a whole, in each way; nothing where none is long enough to tell."""
    for flaw in FLAWS if figures.judged else ():
        count = getattr(figures, flaw) or 0
        tone: Tone = "bad" if count else "plain"
        yield Fact(say(f"tables.{flaw}"), str(count), say("tables.of_judged", n=figures.judged), tone)


def _by_length(say: Messages, run: RunRecord) -> Iterator[Table]:
    """Where there is more than one length to tell apart."""
    found = [one for one in run.summary.durations if one.scored]
    if len(found) > 1:
        heads, rows = told.duration_cells(say, found)
        yield Table(say("accuracy.by_duration").strip().rstrip(":"), tuple(heads), tuple(map(tuple, rows)))


def _examples(say: Messages, scoring: Accuracy) -> Iterator[Block]:
    """The worst answers, and folded away those with a flaw that are not among them."""
    worst = [example for example in scoring.worst if example.wer > 0]
    if worst:
        yield Text(say("tables.worst"))
        yield pairs_of(say, worst)
    above = {(example.seq, example.attempt) for example in worst}
    others = [one for one in scoring.examples if one.flaw and (one.seq, one.attempt) not in above]
    for flaw in FLAWS:
        some = _with(others, flaw)
        if some:
            summary = say("tables.examples", flaw=say(f"tables.{flaw}"), n=len(some))
            yield Folded(summary, (pairs_of(say, some),))


def _said_again(say: Messages, run: RunRecord) -> Iterator[Items]:
    """How far answers to the same clip differ, under load and without it; nothing where none was said again."""
    sentences = [line.strip() for line in stability.lines(unbroken(say), run) if line.strip()]
    if sentences:
        yield Items(((sentences[0], tuple(sentences[1:])),))


def _with(examples: Sequence[Example], flaw: Flaw) -> list[Example]:
    return [example for example in examples if example.flaw == flaw]
