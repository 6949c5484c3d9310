"""What is said of a comparison of runs, wherever it is shown: numbers with their units, claims and their reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from stt_load.comparison import figures
from stt_load.comparison.model import Claim, Comparison, Difference, Range, Unlike
from stt_load.comparison.names import name_of
from stt_load.report.messages import Messages
from stt_load.report.width import plain

ORDER: tuple[Claim, ...] = ("worse", "cant_tell", "differs", "better", "no_difference")
"""Of claims: what a reader has to look at comes first."""
NONE = "-"
"""In a cell of a table."""
SMALLEST_SHARE = 0.0001
SMALLEST_P = 0.0001
MOST_UNLIKE = 5
"""Values of one side that are named."""


def amount(say: Messages, one: Difference, value: float | None) -> str:
    """A value of the metric, with its unit. None: there is none, or it is beyond all that succeeded."""
    if value is None:
        return say("none")
    if is_share(one):
        return f"<{SMALLEST_SHARE:.2%}" if 0 < value < SMALLEST_SHARE / 2 else f"{value:.2%}"
    match one.unit:
        case "s":
            return say.seconds(value)
        case "rps":
            return say("compare.rate", value=f"{value:.2f}")
        case "bytes":
            return say.size(round(value))
        case "count":
            return f"{value:.0f}" if value.is_integer() else f"{value:.1f}"
    return say.number(value, 3)


def is_share(one: Difference) -> bool:
    """Whether its values are written in percent."""
    return figures.is_share(one.unit, one.metric)


def change(value: float | None) -> str:
    """A change as a share with its sign; what rounds to nothing has none."""
    if value is None:
        return NONE
    text = f"{value:+.1%}"
    return text if text.strip("+-0.%") else "0.0%"


def interval(ends: Range | None) -> str:
    """Of a change."""
    return NONE if ends is None else f"{change(ends.low)}..{change(ends.high)}"


def probability(p: float | None) -> str:
    """To two digits that say something, so that what is below a limit never looks like it."""
    if p is None:
        return NONE
    return f"<{SMALLEST_P:g}" if p < SMALLEST_P else f"{p:.2g}"


def exact(share: float) -> str:
    """A share that a person has chosen, as it was written."""
    return f"{share * 100:.10g}%"


def runs(say: Messages, n: int) -> str:
    """So many runs, as a noun."""
    return say("compare.runs_one" if n == 1 else "compare.runs_many", n=n)


def metrics(say: Messages, n: int) -> str:
    """So many metrics, as a noun."""
    return say("compare.metrics_one" if n == 1 else "compare.metrics_many", n=n)


def is_absent(one: Difference) -> bool:
    """Whether no run has the metric, such as a word error rate where nothing was said. What is beyond all that
    succeeded has no value either, and a p, but for one run a side."""
    return one.p is None and not any(value is not None for value in (*one.baseline, *one.candidate))


def tested(found: Comparison) -> int:
    """Of how many metrics there is something to tell: so many Holm counts."""
    return sum(
        all(any(value is not None for value in side) for side in _sides(one)) or one.p is not None
        for one in found.differences
    )


def in_order(found: Comparison) -> list[Difference]:
    """The metrics, those that are worse first, and those that no run has last."""
    return sorted(found.differences, key=lambda one: (is_absent(one), ORDER.index(one.claim)))


def heading(say: Messages, found: Comparison) -> str:
    """How many runs are held against how many."""
    return say("compare.heading", candidate=runs(say, len(found.candidate)), baseline=runs(say, len(found.baseline)))


def verdict(say: Messages, found: Comparison) -> Iterator[str]:
    """What can be said of all metrics together, with what would have been found where nothing is worse; and what is
    better where anything is."""
    named = {
        claim: ", ".join(name_of(one.metric) for one in found.differences if one.claim == claim) for claim in ORDER
    }
    there = ", ".join(name_of(one.metric) for one in found.differences if not is_absent(one))
    told = [say(f"compare.verdict_{found.verdict}", names=named["worse"] or there)]
    if found.verdict == "no_worse" and (would_be := ", ".join(_would_be_found(say, found))):
        told.append(say("compare.would_find", found=would_be))
    yield " ".join(told)
    if named["better"]:
        yield say("compare.better", names=named["better"])


def _would_be_found(say: Messages, found: Comparison) -> Iterator[str]:
    """What of each metric: the change of a time or rate, the value of a share."""
    for one in found.differences:
        name = name_of(one.metric)
        if is_share(one) and one.finds_at is not None:
            yield say("compare.found_from", name=name, value=amount(say, one, one.finds_at))
        elif one.finds is not None:
            yield f"{name} {change(one.finds if one.better == 'lower' else -one.finds)}"


def line(say: Messages, found: Comparison, one: Difference) -> str:
    """What can be said of one metric, and why."""
    name = name_of(one.metric) if one.change is None else f"{name_of(one.metric)} {change(one.change)}"
    return f"{say(f'compare.claim_{one.claim}')}: {name}: {'; '.join(_reasons(say, found, one))}"


def _reasons(say: Messages, found: Comparison, one: Difference) -> Iterator[str]:
    """What the claim rests on."""
    values = (*one.baseline, *one.candidate)
    if is_absent(one):
        yield say("compare.why_absent")
        return
    if missing := values.count(None):
        name = "beyond" if one.metric.startswith("all.") else "missing"
        yield say(f"compare.why_{name}", n=missing, total=len(values))
    if found.smallest_p is None:
        yield from _of_single_runs(say, found, one)
    elif one.p is not None:
        yield _of_runs(say, found, one)
        if one.claim == "cant_tell" and all_worse(one):
            yield say("compare.why_all_worse", chance=round(1 / found.smallest_p))
        if one.claim in ("cant_tell", "no_difference"):
            yield from _of_power(say, found, one)


def _of_single_runs(say: Messages, found: Comparison, one: Difference) -> Iterator[str]:
    """Of one run a side."""
    if one.claim == "differs":
        yield say("compare.why_differs")
    elif one.baseline_mean is not None and one.baseline_mean == one.candidate_mean:
        yield say("compare.why_same")
    elif one.interval is None:
        yield say("compare.why_too_few")
    elif one.change is not None and abs(one.change) <= found.least_change:
        yield say("compare.why_small", least=exact(found.least_change))
    else:
        yield say("compare.why_alike")


def _of_runs(say: Messages, found: Comparison, one: Difference) -> str:
    """Of several."""
    least = exact(found.least_change)
    if one.claim in ("worse", "better"):
        return say("compare.why_significant", least=least)
    if len({*one.baseline, *one.candidate}) == 1:
        return say("compare.why_same")
    if one.claim == "cant_tell":
        is_open = _may_be_worse(found, one) or one.finds_at is None
        return say("compare.why_maybe" if is_open else "compare.why_noise")
    is_small = one.change is not None and abs(one.change) <= found.least_change
    return say("compare.why_small", least=least) if is_small else say("compare.why_noise")


def _of_power(say: Messages, found: Comparison, one: Difference) -> Iterator[str]:
    """What the runs would have told; of the same figure in all of them nothing is known."""
    if len({*one.baseline, *one.candidate}) == 1:
        return
    key = "blunt" if one.claim == "cant_tell" and not _may_be_worse(found, one) else "finds"
    if is_share(one) and one.finds_at is not None:
        yield say(f"compare.why_{key}_at", value=amount(say, one, one.finds_at))
    elif one.finds is not None:
        yield say(f"compare.why_{key}", finds=f"{one.finds:.1%}")


def _may_be_worse(found: Comparison, one: Difference) -> bool:
    """Whether the mean is worse by more than what counts as none."""
    if one.change is not None:
        return (one.change if one.better == "lower" else -one.change) > found.least_change
    return one.baseline_mean != one.candidate_mean and one.baseline_mean is not None


def all_worse(one: Difference) -> bool:
    """Whether each run of the candidate is worse than each of the baseline; those without a value can't tell."""
    baseline, candidate = ([value for value in side if value is not None] for side in _sides(one))
    if len(baseline) < len(one.baseline) or len(candidate) < len(one.candidate):
        return False
    return min(candidate) > max(baseline) if one.better == "lower" else max(candidate) < min(baseline)


def _sides(one: Difference) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    return one.baseline, one.candidate


def decidable(found: Comparison) -> int:
    """Of how many metrics so many runs can tell: m tests by Holm ask the least p of them for less than alpha / m."""
    if found.smallest_p is None:
        return 0
    return max(0, math.ceil(found.alpha / found.smallest_p) - 1)


def notes(say: Messages, found: Comparison) -> Iterator[str]:
    """Which runs are in doubt, how to read p, and how many runs would decide where these don't."""
    if found.degraded:
        yield say("compare.degraded", files=", ".join(map(plain, found.degraded)))
    count = tested(found)
    if found.smallest_p is not None and count:
        key = "compare.note_p_one" if count == 1 else "compare.note_p"
        yield say(key, n=metrics(say, count), alpha=f"{found.alpha:g}", least=exact(found.least_change))
    sides = {"baseline": runs(say, len(found.baseline)), "candidate": runs(say, len(found.candidate))}
    needed = {"needed": found.runs_needed, "metrics": metrics(say, count)}
    possible = decidable(found)
    if not count:
        return
    if found.smallest_p is None:
        yield say("compare.note_single", **needed)
    elif possible == 0:
        chance = round(1 / found.smallest_p)
        yield say("compare.note_none", **sides, **needed, chance=chance, alpha=f"{found.alpha:g}")
    elif 0 < possible < count:
        yield say("compare.note_few", **sides, **needed, possible=metrics(say, possible))


def unlike(say: Messages, one: Unlike) -> str:
    """Something in which runs differ that are to be compared."""
    return say("compare.unlike", name=plain(one.name), baseline=side(one.baseline), candidate=side(one.candidate))


def side(values: Sequence[str]) -> str:
    """What the runs of one side have, somebody else's texts among it."""
    named = [plain(value) for value in values[:MOST_UNLIKE]]
    return ", ".join([*named, "..."] if len(values) > MOST_UNLIKE else named)
