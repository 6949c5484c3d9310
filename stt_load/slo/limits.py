"""A limit, from its text: `p95(response_time_s) < 500 ms`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from stt_load.slo.model import Limit, Operator
from stt_load.slo.terms import FUNCTIONS, OTHER_NAMES, SHORT, Term, names, term
from stt_load.slo.tokens import EXAMPLE, SloError, Words, nearest, shown
from stt_load.stats.blocks import Unit

OPERATORS: tuple[Operator, ...] = ("<", "<=", ">", ">=", "==")
UNITS: Mapping[Unit, Mapping[str, float]] = {
    "s": {"s": 1.0, "ms": 0.001},
    "share": {"%": 0.01},
    "ratio": {"%": 0.01},
    "rps": {"/s": 1.0},
    "count": {},
    "bytes": {},
}
"""What may stand behind a number, by the unit of the figure, and what it is worth."""
EXACT: tuple[Unit, ...] = ("share", "count", "ratio")
"""Units of figures that can be one exact number."""
MAY_BE_NEGATIVE = "outside_time_s"
FIGURE = "write one such as p95(response_time_s)"
_CALLED: Mapping[Unit, str] = {
    "s": "a time in seconds",
    "share": "a share",
    "ratio": "a plain number",
    "rps": "a number per second",
    "count": "a number of things",
    "bytes": "a number of bytes",
}


def limit(text: str) -> Limit:
    """The limit that `text` says. Raises `SloError`, with the list of what there is where something is not known."""
    words = Words(text)
    function, its = _figure(words)
    operator = _operator(words, its, function)
    value = _value(words, its)
    of_ok = _of_ok(words)
    words.expect_end()
    found = Limit(" ".join(text.split()), function, its, operator, value, of_ok=of_ok)
    _check(found)
    return found


def figure(text: str) -> tuple[str | None, Term]:
    """The figure that `text` says, such as p95(response_time_s): the function, None where it is a number already, and
    what it is of. Raises `SloError`."""
    words = Words(text, FIGURE)
    found = _figure(words)
    words.expect_end()
    return found


def opted_out(found: Limit) -> Limit:
    """The same over the ok requests alone. Raises `SloError` where there is nothing to opt out of."""
    if found.of_ok:
        return found
    opted = replace(found, expression=f"{found.expression} of ok", of_ok=True)
    _check(opted)
    return opted


def _figure(words: Words) -> tuple[str | None, Term]:
    token = words.take()
    if token.kind != "name":
        raise SloError(f"is no SLO: it begins with {shown(token)} and not with a figure; {EXAMPLE}")
    if words.took("(") is None:
        return None, _plain(token.text)
    function = OTHER_NAMES.get(token.text, token.text)
    if function not in FUNCTIONS:
        there = [*OTHER_NAMES, *FUNCTIONS]
        raise SloError(
            f"has no function {token.text!r} to go by; {nearest(token.text, there)}there are {_all(there)}"
        )
    its = _inside(words.take().text, token.text)
    words.expect(")", f"close {token.text}(")
    if function not in its.functions:
        raise SloError(f"asks for {token.text} of {its.path}, which has none; it has {_all(its.functions)}")
    return function, its


def _plain(name: str) -> Term:
    """The figure `name`, which is a number already."""
    there = names(with_functions=False)
    found = term(name)
    if found is None:
        near = nearest(name, (*there, *names(with_functions=True)))
        raise SloError(
            f"has no figure {name!r} to go by; {near}there are {_all(there)}, "
            f"and p95(...) and the like of {_all(names(with_functions=True))}"
        )
    if found.functions:
        raise SloError(f"has {name}, which is many numbers; choose one of them, such as p95({name})")
    return found


def _inside(name: str, function: str) -> Term:
    """The figure `name`, which functions are taken of."""
    there = names(with_functions=True)
    found = term(name)
    if found is None:
        near = nearest(name, there)
        raise SloError(f"has no figure {name!r} to take {function} of; {near}there are {_all(there)}")
    if not found.functions:
        raise SloError(f"takes {function} of {name}, which is one number; write {name} alone")
    return found


def _operator(words: Words, its: Term, function: str | None) -> Operator:
    token = words.take()
    for operator in OPERATORS:
        if token.text == operator:
            break
    else:
        raise SloError(f"is no SLO: {shown(token)} stands where one of {' '.join(OPERATORS)} has to; {EXAMPLE}")
    if operator == "==":
        if function is not None or its.unit not in EXACT:
            raise SloError(f"asks for {its.path} to be one exact number, which no measurement is; {_better(its)}")
    elif (operator[0] == "<") != (its.better == "lower"):
        raise SloError(f"has its sign the wrong way round; {_better(its)}")
    return operator


def _better(its: Term) -> str:
    return f"of {its.path} {'less' if its.better == 'lower' else 'more'} is better, so choose {_signs(its)}"


def _signs(its: Term) -> str:
    return "< or <=" if its.better == "lower" else "> or >="


def _value(words: Words, its: Term) -> float:
    """The number, in the unit of the figure."""
    token = words.take()
    if token.kind != "number":
        what = "a negative number" if token.text == "-" else shown(token)
        raise SloError(f"is no SLO: {what} stands where a number has to, which is no less than 0; {EXAMPLE}")
    unit = words.took("%") or (words.took("/") and f"/{words.take().text}")
    if not unit and words.next.kind == "name" and words.next.text != "of":
        unit = words.take().text
    if not unit:
        return token.value
    known = UNITS[its.unit]
    if unit not in known:
        there = f"choose {_all(known)}, or a number alone" if known else "write the number alone"
        raise SloError(f"has the unit {unit!r}, and {its.path} is {_CALLED[its.unit]}; {there}")
    return float(f"{token.value * known[unit]:.12g}")


def _of_ok(words: Words) -> bool:
    """Whether it opts out of ranking every intent: `of ok`, `of: ok`."""
    comma = words.took(",")
    if words.took("of") is None:
        if comma:
            raise SloError(f"is no SLO: {shown(words.next)} stands where `of: ok` has to; leave the comma out")
        return False
    words.took(":")
    if words.took("ok") is None:
        raise SloError(f"is of {shown(words.next)}, and it can be of ok ones alone; write `of: ok`, or leave it out")
    return True


def _check(found: Limit) -> None:
    its, value = found.term, found.value
    if found.of_ok and (found.function is None or its.population != "ok"):
        raise SloError(f"has `of: ok`, and {its.path} is not taken over every request; leave that out")
    if found.operator == "<" and value == 0 and its.path != MAY_BE_NEGATIVE:
        better = "==" if found.function is None and its.unit in EXACT else "<="
        raise SloError(f"can't be met, as {its.path} is never less than 0; write {better} 0")
    if value > 1 and its.path in SHORT.values():
        raise SloError(
            f"has {value:g} for {its.path}, of which 1 (100%) is all words; write {value:g}% if that was meant"
        )
    if its.unit != "share":
        return
    if found.operator == ">" and value == 1:
        raise SloError(f"can't be met, as {its.path} is never more than 100%; write >= 100%")
    if value > 1:
        raise SloError(f"has {value:g} for {its.path}, a share, at most 1 (100%); write {value:g}% if that was meant")
    if value == 1 and its.better == "lower":
        raise SloError(f"lets {its.path} be 100%, so it says nothing; write 1% if that was meant")


def _all(some: Iterable[str]) -> str:
    """A list of names."""
    return ", ".join(some)
