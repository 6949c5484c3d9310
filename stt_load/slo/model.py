"""SLOs as data: limits of figures, and what makes one request good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from stt_load.slo.terms import RANKS, Term

Operator = Literal["<", "<=", ">", ">=", "=="]
Sign = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure, and what it has to be.

    expression: as it was written, blanks apart. function: of the term's block; None where the term is a number.
    value: in the term's unit. of_ok: over the ok requests alone; otherwise quantiles rank every measured intent.
    abort: the run ends as soon as it can't be met any more.
    """

    expression: str
    function: str | None
    term: Term
    operator: Operator
    value: float
    of_ok: bool = False
    abort: bool = False

    @property
    def p(self) -> float | None:
        """Where it ranks; None where it doesn't."""
        return RANKS.get(self.function or "")

    def holds(self, observed: float) -> bool:
        """Whether `observed`, which may be infinite, is as it has to be."""
        match self.operator:
            case "<":
                return observed < self.value
            case "<=":
                return observed <= self.value
            case ">":
                return observed > self.value
            case ">=":
                return observed >= self.value
        return observed == self.value


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a condition, in seconds or as a share where it had a unit."""

    value: float


@dataclass(frozen=True, slots=True)
class Field:
    """What one request has, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two operands and what is done with them."""

    sign: Sign
    left: Value
    right: Value


Value: TypeAlias = "Number | Field | Arithmetic"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One of the conditions of a good request."""

    left: Value
    operator: Operator
    right: Value


@dataclass(frozen=True, slots=True)
class Each:
    """What each request has to fulfil, all of it, to be a good one. expression: as it was written."""

    expression: str
    conditions: tuple[Comparison, ...]

    @property
    def fields(self) -> frozenset[str]:
        """What it asks for."""
        found: set[str] = set()
        left: list[Value] = [side for one in self.conditions for side in (one.left, one.right)]
        while left:
            match left.pop():
                case Field(name):
                    found.add(name)
                case Arithmetic(_, first, second):
                    left += [first, second]
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class LearntLimits:
    """Limits that stand in a file of their own, which `stt-load baseline` has made: they are judged there. file: its
    path."""

    file: str


Slo: TypeAlias = Limit | Each | LearntLimits

COUNTED = frozenset({"error_rate", "shed_rate", "requests.failed", "empty_texts", "dropped", "goodput_ratio"})
"""Figures that are counted from request to request."""
NO_SUMS = frozenset({"rtf", "outside_time_s"})
"""Means that nobody can tell before the end: of all clips together; of what may be negative."""


def is_counted(limit: Limit) -> bool:
    """Whether it can be told before the end of a run that a limit is lost."""
    if limit.function is None:
        return limit.term.path in COUNTED
    return limit.term.population == "ok" and (limit.p is not None or limit.term.path not in NO_SUMS)
