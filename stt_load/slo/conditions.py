"""What makes one request good, from its text: `response_time_s < 0.5 + 0.2 * audio_s and wer < 0.2`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from stt_load.slo.model import Arithmetic, Comparison, Each, Field, Number, Operator, Sign, Value
from stt_load.slo.tokens import SloError, Words, nearest, shown

FIELDS: Mapping[str, int] = {
    "response_time_s": 1,
    "service_time_s": 1,
    "ttft_s": 1,
    "audio_s": 1,
    "connect_s": 1,
    "processing_time_s": 1,
    "rtf": 0,
    "wer": 0,
    "cer": 0,
}
"""What each request has, and the power of seconds that it is in; rates of errors and shares are plain numbers."""
OPERATORS: tuple[Operator, ...] = ("<", "<=", ">", ">=")
UNITS: Mapping[str, tuple[float, int]] = {"s": (1.0, 1), "ms": (0.001, 1), "%": (0.01, 0)}
DEEPEST = 20
"""Brackets inside each other: the parser goes down as deep, and so does whatever walks through what it made."""
MOST_SIGNS = 100
"""Of arithmetic: 1 + 1 + 1 ... becomes as deep."""
EXAMPLE = "write one such as response_time_s < 0.5 + 0.2 * audio_s"

_Of = tuple[Value, int | None]
"""A value, and the power of seconds that it is in; None: it can be read as any, as a number without a unit can."""


def each(text: str) -> Each:
    """The condition that `text` says. Raises `SloError`, with the list of what there is where a name is not known."""
    found = _Conditions(Words(text, EXAMPLE)).all()
    return Each(" ".join(text.split()), found)


class _Conditions:
    """Reads comparisons joined by `and`, by recursive descent: sums of products of numbers, fields and brackets."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._depth = self._signs = 0

    def all(self) -> tuple[Comparison, ...]:
        found = [self._comparison()]
        while self._words.took("and"):
            found.append(self._comparison())
        if self._words.next.text in ("or", "not"):
            raise SloError(f"has {self._words.next.text!r}; conditions can be joined by `and` alone")
        self._words.expect_end()
        return tuple(found)

    def _comparison(self) -> Comparison:
        left, of_left = self._sum()
        token = self._words.take()
        operator = next((one for one in OPERATORS if one == token.text), None)
        if operator is None:
            signs = " ".join(OPERATORS)
            raise SloError(f"is no condition: {shown(token)} stands where one of {signs} has to; {EXAMPLE}")
        right, of_right = self._sum()
        _same(of_left, of_right, "compares")
        if not _has_field(left) and not _has_field(right):
            raise SloError(f"compares numbers alone, and no request has a part in that; {EXAMPLE}")
        return Comparison(left, operator, right)

    def _sum(self) -> _Of:
        value, power = self._product()
        while sign := self._sign("+", "-"):
            other, its = self._product()
            _same(power, its, "adds" if sign == "+" else "subtracts")
            value, power = Arithmetic(sign, value, other), its if power is None else power
        return value, power

    def _product(self) -> _Of:
        value, power = self._single()
        while sign := self._sign("*", "/"):
            other, its = self._single()
            known = power is not None and its is not None
            power = (power or 0) + (its or 0) * (1 if sign == "*" else -1) if known else None
            value = Arithmetic(sign, value, other)
        return value, power

    def _single(self) -> _Of:
        token = self._words.take()
        if token.kind == "number":
            unit = self._words.took(*UNITS)
            worth, power = UNITS[unit] if unit else (1.0, None)
            return Number(float(f"{token.value * worth:.12g}")), power
        if token.kind == "name":
            if token.text not in FIELDS:
                near = nearest(token.text, FIELDS)
                raise SloError(f"has {token.text!r}, which no request has; {near}there are {', '.join(FIELDS)}")
            return Field(token.text), FIELDS[token.text]
        if token.text != "(":
            raise SloError(f"is no condition: {shown(token)} stands where a number or a field has to; {EXAMPLE}")
        self._depth += 1
        if self._depth > DEEPEST:
            raise SloError(f"has more than {DEEPEST} brackets inside each other; {EXAMPLE}")
        found = self._sum()
        self._words.expect(")", "close a bracket")
        self._depth -= 1
        return found

    def _sign(self, *signs: Sign) -> Sign | None:
        found = cast("Sign | None", self._words.took(*signs))
        self._signs += found is not None
        if self._signs > MOST_SIGNS:
            raise SloError(f"has more than {MOST_SIGNS} signs of arithmetic; {EXAMPLE}")
        return found


def _same(first: int | None, second: int | None, what: str) -> None:
    if first is not None and second is not None and first != second:
        raise SloError(f"{what} {_called(first)} and {_called(second)}; {EXAMPLE}")


def _called(power: int) -> str:
    return {0: "a plain number", 1: "seconds"}.get(power, f"seconds to the power of {power}")


def _has_field(value: Value) -> bool:
    match value:
        case Field():
            return True
        case Arithmetic(_, left, right):
            return _has_field(left) or _has_field(right)
    return False
