"""What a search has found, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stt_load.report import at_load
from stt_load.report.asked_load import number
from stt_load.report.messages import Messages
from stt_load.report.slo import amount
from stt_load.report.width import plain
from stt_load.samples.levels import Capacity
from stt_load.stats.model import SloVerdict
from stt_load.storage.levels_record import LevelsRecord, TriedLevel

WITHIN = 0.1
"""How far a confirmed end may be from the true edge: by so much, or by one user, simulated searches were right."""
MOST_LIMITS = 3
"""That are named with what was seen of them."""


def with_sentence(record: LevelsRecord) -> LevelsRecord:
    """The same with its answer in words, in English, as the result has it."""
    said = sentence(Messages("en"), record)
    if record.capacity is None or said is None:
        return record
    return replace(record, capacity=replace(record.capacity, sentence=said))


def sentence(say: Messages, record: LevelsRecord) -> str | None:
    """The answer; None of a sweep."""
    found = record.capacity
    if found is None:
        return None
    parts = [_lower(say, record, found), *_upper(say, record, found), *_more(say, record, found)]
    return "; ".join(parts)


def level_at(record: LevelsRecord, value: float | None, outcome: str) -> TriedLevel | None:
    """The level of the search's axis that was tried at `value`: one with that outcome, the longest tested of them,
    where there is one."""
    axis = None if record.capacity is None else record.capacity.axis
    same = [one for one in record.levels if one.trial.axis == axis and one.trial.value == value]
    return max(same, key=lambda one: (one.outcome == outcome, one.trial.tier == "confirm", one.number), default=None)


def not_monotone(record: LevelsRecord) -> tuple[float, float] | None:
    """A load that was carried, and a lower one that was not: the nearest such pair; None: there is none."""
    axis = None if record.capacity is None else record.capacity.axis
    some = [one for one in record.levels if one.trial.axis == axis]
    carried = [one.trial.value for one in some if one.outcome == "pass"]
    failed = [one.trial.value for one in some if one.outcome == "fail"]
    pairs = [(high, low) for high in carried for low in failed if low < high]
    return min(pairs, key=lambda pair: pair[0] / pair[1], default=None)


def _lower(say: Messages, record: LevelsRecord, found: Capacity) -> str:
    """What is carried, and what that means in other units."""
    if found.carries is None:
        name = "nothing_generator" if found.limited == "generator" else "nothing"
        return say("answer.none" if found.fails_at is not None else f"answer.{name}")
    level = level_at(record, found.carries, "pass")
    sure = say("answer.confirmed" if found.confirmed.carries else "answer.screened")
    is_least = found.fails_at is None
    carried = say("answer.at_least" if is_least else "answer.carries", load=load(say, found, found.carries))
    numbers = None if level is None else at_load.at_load(level)
    if level is None or numbers is None:
        return say("answer.bare", carried=carried, sure=sure)
    other = _others(say, found, numbers)
    meaning = say("answer.means", others=other, **at_load.means(say, numbers))
    held = _held(say, level, found.binding)
    is_near = found.confirmed.carries and found.mode != "coarse"
    within = say("answer.within", share=f"{WITHIN:.0%}") if is_near else ""
    wer = level.run.summary.metrics.accuracy.wer
    heard = "" if wer is None else say("answer.wer", wer=say.share(wer))
    return say("answer.lower", carried=carried, meaning=meaning + heard, held=held, sure=sure, within=within)


def load(say: Messages, found: Capacity, value: float) -> str:
    """A load with what it is a number of."""
    one = found.axis == "users" and value == 1
    return say("answer.load_user" if one else f"answer.load_{found.axis}", load=number(value))


def _others(say: Messages, found: Capacity, numbers: at_load.AtLoad) -> str:
    """The numbers beside the one that is searched for."""
    shown = at_load.means(say, numbers)
    if found.axis == "users":
        busy = found.carries or 0.0
        whole = abs(numbers.in_flight - busy) <= at_load.MOST_OF_ITS_OWN * busy
        return say("answer.others_users" if whole else "answer.others_paused", **shown)
    return say(f"answer.others_{found.axis}", **shown)


def _held(say: Messages, level: TriedLevel, binding: str | None) -> str:
    """The limits that hold, the one that binds first, with what was seen of each."""
    found = sorted(level.run.summary.slo, key=lambda one: one.expression != binding)
    shown = ", ".join(_seen(say, one) for one in found[:MOST_LIMITS])
    more = len(found) - MOST_LIMITS
    return shown + (say("answer.more", n=more) if more > 0 else "") + say("answer.n", n=_n(level))


def _upper(say: Messages, record: LevelsRecord, found: Capacity) -> Iterator[str]:
    """Where it is not carried any more, which limit fails there, and what lies between."""
    if found.fails_at is None:
        return
    level = level_at(record, found.fails_at, "fail")
    sure = say("answer.confirmed" if found.confirmed.fails_at else "answer.screened")
    missed = [] if level is None else [one for one in level.run.summary.slo if one.expression == found.binding]
    seen = "".join(f"{_observed(say, one)}, " for one in missed)
    n = say("answer.n_alone", n=0 if level is None else _n(level))
    binding = _nothing(say, level) if found.binding is None else plain(found.binding)
    shown = number(found.fails_at) if found.carries is not None else load(say, found, found.fails_at)
    yield say("answer.fails", load=shown, seen=seen + n, sure=sure, binding=binding)
    if found.carries is not None and (found.axis != "users" or found.fails_at > found.carries + 1):
        yield say("answer.between")


def _nothing(say: Messages, level: TriedLevel | None) -> str:
    """What fails a level that no limit does."""
    dropped = 0 if level is None else level.run.summary.metrics.dropped
    return say("answer.dropped", n=dropped) if dropped else say("none")


def _more(say: Messages, record: LevelsRecord, found: Capacity) -> Iterator[str]:
    """What else is to be known of it, in the same sentence."""
    if found.boundary is not None:
        yield say(f"answer.{found.boundary}")
    if found.limited is not None and not (found.limited == "generator" and found.carries is None):
        yield say(f"answer.limited_{found.limited}")
    if not found.monotone and (pair := not_monotone(record)) is not None:
        yield say("answer.not_monotone", high=number(pair[0]), low=number(pair[1]))
    level = level_at(record, found.carries, "pass")
    numbers = None if level is None else at_load.at_load(level)
    price = None if numbers is None else at_load.audio_hour(record.config.get("cost"), numbers.audio_per_s)
    if price is not None:
        yield say("answer.cost", price=at_load.fine(price))


def _seen(say: Messages, one: SloVerdict) -> str:
    return f"{plain(one.expression)} ({_observed(say, one)})"


def _observed(say: Messages, one: SloVerdict) -> str:
    if not one.n or (one.observed is None and not one.beyond):
        return say("none")
    return (">= " if one.at_least else "") + amount(say, one, one.observed)


def _n(level: TriedLevel) -> str:
    return f"{level.run.summary.metrics.requests.judged:,}"
