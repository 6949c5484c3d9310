"""What the levels of a search that were tried come to: what is carried, and where that ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stt_load.search.outcome import in_doubt, leans
from stt_load.search.strategy import Tried


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a level. leans: whether its limits hold, as they were seen. certain: its test has passed, or
    has failed. confirmed: by a long test; one that was tested for long and can't be told is not certain. doubtful: it
    failed, and the load generator may have made that."""

    tried: Tried
    leans: bool
    certain: bool
    confirmed: bool
    doubtful: bool

    @property
    def can_t_be_told(self) -> bool:
        """Tested for long, and still on neither side."""
        return self.tried.trial.tier == "confirm" and not self.certain

    @property
    def value(self) -> float:
        return self.tried.trial.value


@dataclass(frozen=True, slots=True)
class Bracket:
    """The ends, None where there is none."""

    carries: Known | None
    fails_at: Known | None
    monotone: bool


def known(tried: Tried) -> Known | None:
    """None of a level that ended before anything could be told, or that passes while the load generator is in
    doubt."""
    doubted = bool(in_doubt(tried.summary))
    certain = tried.outcome in ("pass", "fail")
    if (tried.judged is None and not certain) or (doubted and tried.outcome != "fail"):
        return None
    confirmed = certain and tried.trial.tier == "confirm"
    return Known(tried, leans(tried), certain, confirmed, doubtful=doubted)


def bracket(levels: Mapping[float, Known]) -> Bracket:
    """levels: by their values, each as it was found last.

    The lower end is the highest level that is carried below the lowest one that a long test has found failing. A
    level that was looked at only is an end where no long test has come to another finding.
    """
    believed = [levels[value] for value in sorted(levels) if not levels[value].doubtful]
    failing = [one for one in believed if one.confirmed and not one.leans]
    lowest = min((one.value for one in failing), default=None)
    below = [one for one in believed if lowest is None or one.value < lowest]
    sure = [one for one in below if one.confirmed and one.leans]
    carries = sure[-1] if sure else _highest_screened(below)
    above = [one for one in believed if carries is None or one.value > carries.value]
    fails_at = next((one for one in above if one.confirmed and not one.leans), None) or _lowest_screened(above)
    return Bracket(carries, fails_at, _are_monotone([one for one in believed if one.certain]))


def _are_monotone(levels: list[Known]) -> bool:
    """Whether none of those that are known for certain, lowest first, is carried above one that is not. A long test
    takes the place of the short one of the same level; so this is the service that has changed, or that does more at
    a higher load."""
    failing = [one.value for one in levels if not one.leans]
    passing = [one.value for one in levels if one.leans]
    return not failing or not passing or max(passing) < min(failing)


def _highest_screened(below: list[Known]) -> Known | None:
    """The highest one that seems to be carried, of those below any that seems not to be, or can't be told."""
    wrong = min((one.value for one in below if one.can_t_be_told or not one.leans), default=None)
    return next((one for one in reversed(below) if one.leans and (wrong is None or one.value < wrong)), None)


def _lowest_screened(above: list[Known]) -> Known | None:
    """The lowest one that seems not to be carried, of those above any that seems to be, or can't be told."""
    wrong = max((one.value for one in above if one.can_t_be_told or one.leans), default=None)
    return next((one for one in above if not one.leans and (wrong is None or one.value > wrong)), None)
