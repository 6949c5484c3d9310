"""An entry of a list of SLOs, as a configuration has it, and what there is to say of them all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from stt_load.slo.conditions import each
from stt_load.slo.limits import limit, opted_out
from stt_load.slo.model import Each, LearntLimits, Limit, Slo
from stt_load.slo.tokens import EXAMPLE, SloError

OF_GOODPUT = ("goodput_rps", "goodput_ratio")
NEEDS_EACH = "needs what makes a request good beside it, such as {each: response_time_s < 2}"
NEEDS_ERROR_RATE = (
    "needs an error_rate beside it, such as error_rate < 1%: a mean is of the ok requests alone, and gets better "
    "where slow ones fail"
)
_FORMS = (
    "write one such as {limit: p95(response_time_s) < 2, abort: true}, {each: response_time_s < 2}, or "
    "{file: gate.json}"
)


def parse(entry: object) -> Slo:
    """The SLO that `entry` is: a text, {limit: TEXT, of: all | ok, abort: true | false}, {each: TEXT}, or
    {file: PATH}.

    Raises `SloError`, whose text is to stand behind the entry.
    """
    if isinstance(entry, str):
        return limit(entry)
    if not isinstance(entry, Mapping):
        raise SloError(f"is no SLO; {EXAMPLE}")
    unknown = [str(key) for key in entry if key not in ("limit", "of", "abort", "each", "file")]
    if unknown:
        raise SloError(f"has {unknown[0]!r}, which is nothing an SLO has; there are limit, of, abort, each and file")
    if sum(name in entry for name in ("limit", "each", "file")) != 1:
        raise SloError(f"has to have either limit, each or file; {_FORMS}")
    if "file" in entry:
        if len(entry) > 1:
            raise SloError("has file and more than that; of and abort belong to a limit that is written here")
        return LearntLimits(_text(entry["file"], "file"))
    if "each" in entry:
        if len(entry) > 1:
            raise SloError("has each and more than that; of and abort belong to a limit, such as goodput_ratio > 95%")
        return each(_text(entry["each"], "each"))
    return _limit(entry)


def _limit(entry: Mapping[object, object]) -> Limit:
    found = limit(_text(entry["limit"], "limit"))
    of, abort = entry.get("of"), entry.get("abort", False)
    if of not in (None, "all", "ok"):
        raise SloError(f"is of {of!r}, and it can be of all or of ok ones; write `of: ok`, or leave it out")
    if of == "ok":
        found = opted_out(found)
    if not isinstance(abort, bool):
        raise SloError(f"has {abort!r} for abort; choose true or false")
    return replace(found, abort=abort)


def problems(slos: Iterable[Slo]) -> Iterator[tuple[int, str]]:
    """What is wrong with SLOs that are each right: the place of one among them, from 0, and what is to stand behind
    its text."""
    slos = tuple(slos)
    limits = [one for one in slos if isinstance(one, Limit)]
    conditions = [place for place, one in enumerate(slos) if isinstance(one, Each)]
    yield from ((place, "is the second one of its kind; join both by `and`") for place in conditions[1:])
    files = [place for place, one in enumerate(slos) if isinstance(one, LearntLimits)]
    yield from ((place, "is the second gate; a run is held against one") for place in files[1:])
    for place, one in enumerate(slos):
        if not isinstance(one, Limit):
            continue
        alone = one.function == "mean" and one.term.population == "ok"
        if alone and not any(other.term.path == "error_rate" for other in limits):
            yield place, NEEDS_ERROR_RATE
        if one.term.path in OF_GOODPUT and not conditions:
            yield place, NEEDS_EACH


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise SloError(f"has {value!r} for {key}, which is no text; {_FORMS}")
    return value
