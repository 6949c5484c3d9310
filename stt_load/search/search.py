"""A search: levels that find the place where SLOs stop to hold, and longer ones that confirm both ends of it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from stt_load.samples.levels import Axis, Capacity, Confirmed, Levels, Limited, Mode, Search, Tier, Trial
from stt_load.search.boundary import boundary
from stt_load.search.bracket import Bracket, Known, bracket, known
from stt_load.search.indicators import rarest
from stt_load.search.knee import knee, points
from stt_load.search.modes import Tiers, chosen, of_tier, resolution, tiers
from stt_load.search.outcome import binding_of, in_doubt
from stt_load.search.rates import concurrency_of, first_rate
from stt_load.search.steps import Steps
from stt_load.search.strategy import Spent, Tried
from stt_load.slo.model import Slo

MORE_TRIES = 4
"""Levels that are tested for long, beside the first one, before an end is given up."""
HALVINGS = 6
"""How often a rate that was not asked for is halved before nothing is said to be carried."""

MOST_USERS = 512
"""With which a search of a rate looks for where to begin."""

Plan = Generator[Trial, Tried, None]


class CapacitySearch:
    """The strategy of a search. levels: what was asked for. slos: all of them.

    Doubling, then halving between (as shares), with short looks; then long tests of both ends, each moved outwards as
    long as it isn't confirmed. A rate that no `from` begins comes after a few levels of users, which tell what the
    service does at most. A level that passes, or can't be told, while the load generator is in doubt is tried once
    more; in doubt again, it ends the search. So does a level at which no request succeeds, where as much was carried:
    the service is gone, and when it went is not known.
    """

    def __init__(self, levels: Levels, search: Search, slos: Sequence[Slo]) -> None:
        self._axis: Axis = levels.axis
        self._asked = search
        self._slos = slos
        self._rarest = rarest(slos)
        self._mode: Mode = search.mode
        self._tried: list[Tried] = []
        self._known: dict[float, Known] = {}
        self._limited: Limited | None = None
        self._doubted: Trial | None = None
        self._begun_at = 0.0
        self._plan = self._all()
        self._pending = next(self._plan, None)

    def next(self, spent: Spent) -> Trial | None:
        """See `Strategy`."""
        if self._pending is not None and self._spent(spent):
            self._limited, self._pending = self._spent(spent), None
        return self._pending

    def is_spent(self, spent: Spent) -> bool:
        """See `Strategy`."""
        return self._spent(spent) is not None

    def took(self, tried: Tried) -> None:
        """See `Strategy`."""
        self._tried.append(tried)
        if self._mode == "auto" and (mean_s := tried.summary.metrics.response_time_s.mean) is not None:
            self._mode = chosen(self._axis, self._rarest, mean_s, self._asked.max_time_s)
        of_axis, found = tried.trial.axis == self._axis, known(tried)
        if of_axis and self._is_gone(tried):
            self._known = {
                value: one for value, one in self._known.items() if one.tried.summary.metrics.requests.succeeded
            }
            self._limited, self._pending = "gone", None
            return
        if of_axis and found is not None:
            self._known[found.value] = found
        if in_doubt(tried.summary) and (tried.outcome != "fail" or (of_axis and self._ends_by(tried))):
            if self._doubted != tried.trial:  # it may have been a moment's doubt: fresh requests tell
                self._doubted = tried.trial
                return
            if of_axis:
                self._limited, self._pending = "generator", None
                return
        self._doubted = None
        try:
            self._pending = self._plan.send(tried)
        except StopIteration:
            self._pending = None

    def answer(self, limited: Limited | None = None) -> Capacity:
        """See `Strategy`."""
        ends = self.bracket
        mode = self.mode
        carries, fails_at = ends.carries, ends.fails_at
        pair = None if carries is None or fails_at is None else (carries.tried, fails_at.tried)
        binding = None if fails_at is None else binding_of(fails_at.tried, self._slos)
        levels = [(one.trial.value, one.summary) for one in self._tried if one.trial.axis == self._axis]
        return Capacity(
            axis=self._axis,
            carries=None if carries is None else carries.value,
            fails_at=None if fails_at is None else fails_at.value,
            confirmed=Confirmed(_is_confirmed(carries), _is_confirmed(fails_at)),
            binding=binding,
            boundary=None if pair is None else boundary(*pair, binding),
            mode=mode,
            resolution=resolution(mode, self._asked.resolution),
            limited=limited or self._limited,
            monotone=ends.monotone,
            knee=knee(points(levels, self._axis)),
        )

    @property
    def mode(self) -> Mode:
        """What is done to be right; as long as that depends on the first level, the one it is begun with."""
        return "default" if self._mode == "auto" else self._mode

    @property
    def bracket(self) -> Bracket:
        """The ends so far."""
        return bracket(self._known)

    def _all(self) -> Plan:
        """Every level, one after the other."""
        first = self._asked.start
        if first is None:
            first = 1.0 if self._axis == "users" else (yield from self._first_rate())
        if first is None:
            return
        first = min(first, self._asked.to or first)
        low, high = yield from self._screened(first)
        if low is not None:
            high = yield from self._confirm_low(low, high)
        if high is not None and not self._fails_for_certain(high):
            yield from self._confirm_high(high)
        yield from self._try_at_least()

    def _first_rate(self) -> Generator[Trial, Tried, float | None]:
        """Where a rate begins: after a short search over users. Where not even one is carried, at what that one comes
        to, which tells that no rate is, either; None where nothing tells."""
        looks = tiers("quick", "users", self._rarest).screen
        users, carried = 1.0, None
        while users <= MOST_USERS:
            tried = yield Trial(axis="users", value=users, tier="screen", looks=looks)
            found = known(tried)
            if carried is None and (found is None or found.doubtful):
                self._limited = "generator" if in_doubt(tried.summary) else self._limited
                return None
            if carried is None:
                carried = tried
            if found is None or not found.leans:
                break
            carried, users = tried, users * 2
        first = None if carried is None else first_rate(carried, self._axis)
        if users > 1:
            self._begun_at = first or 0.0
        return first

    def _screened(self, first: float) -> Generator[Trial, Tried, tuple[float | None, float | None]]:
        """The highest level that seems to be carried, the lowest that seems not to be; None: there is none."""
        low, high, value = None, None, first
        halved = HALVINGS if self._asked.start is None and self._axis != "users" else 0
        while high is None or low is None:
            carried = yield from self._is_carried(value)
            low, high = (value, high) if carried else (low, value)
            if carried and high is None:
                value = self._steps.doubled(value)
                if value <= (low or 0):
                    self._limited = "to"
                    return low, None
            elif not carried and low is None:
                if not halved:
                    return None, high
                halved -= 1
                value = float(f"{value / 2:.3g}")
        while (between := self._steps.between(low, high)) is not None:
            carried = yield from self._is_carried(between)
            low, high = (between, high) if carried else (low, between)
        return low, high

    def _is_carried(self, value: float) -> Generator[Trial, Tried, bool]:
        """As far as a short look tells."""
        yield self._trial(value, "screen")
        return value in self._known and self._known[value].leans

    def _confirm_low(self, low: float, high: float | None) -> Generator[Trial, Tried, float | None]:
        """Lower and lower until one is carried for certain; the lowest one that fails, where that is another now."""
        value: float | None = low
        for times in range(1 + MORE_TRIES):
            if value is None:
                break
            tried = yield self._trial(value, "confirm")
            if tried.outcome == "pass":
                break
            if tried.outcome == "fail":
                high = value
            value = self._steps.below(value, times)
        return high

    def _confirm_high(self, high: float) -> Plan:
        """Higher and higher until one fails for certain."""
        value: float | None = high
        for times in range(1 + MORE_TRIES):
            if value is None:
                return
            tried = yield self._trial(value, "confirm")
            if tried.outcome == "fail":
                return
            value = self._steps.above(value, times)

    def _try_at_least(self) -> Plan:
        """What was asked for, where it is between the ends."""
        wanted, ends = self._asked.at_least, self.bracket
        if wanted is None or ends.carries is None or ends.fails_at is None:
            return
        found = self._known.get(wanted)
        tested = found is not None and found.tried.trial.tier == "confirm"
        if ends.carries.value < wanted < ends.fails_at.value and not tested:
            yield self._trial(wanted, "confirm")

    def _fails_for_certain(self, value: float) -> bool:
        found = self._known.get(value)
        return found is not None and found.confirmed and not found.leans

    def _is_gone(self, tried: Tried) -> bool:
        """Whether no request succeeds any more, where as much load was carried before."""
        requests = tried.summary.metrics.requests
        carried = max([self._begun_at, *(one.value for one in self._known.values() if one.leans)])
        dead = requests.failed > 0 and not requests.succeeded and not in_doubt(tried.summary)
        return dead and tried.trial.value <= carried

    def _ends_by(self, tried: Tried) -> bool:
        """Whether a level that failed while the load generator is in doubt ends it: there is none below, or it was
        to confirm one."""
        return tried.trial.tier == "confirm" or not any(one.leans for one in self._known.values())

    def _trial(self, value: float, tier: Tier) -> Trial:
        looks = of_tier(self._tiers, tier)
        together = None if self._axis == "users" else concurrency_of(value, self._axis, self._tried)
        return Trial(axis=self._axis, value=value, tier=tier, looks=looks, concurrency=together)

    @property
    def _tiers(self) -> Tiers:
        return tiers(self.mode, self._axis, self._rarest)

    @property
    def _steps(self) -> Steps:
        return Steps(self._axis, resolution(self.mode, self._asked.resolution), self._asked.to)

    def _spent(self, spent: Spent) -> Limited | None:
        if spent.seconds >= self._asked.max_time_s:
            return "max_time"
        if self._asked.max_requests is not None and spent.requests >= self._asked.max_requests:
            return "max_requests"
        return None


def _is_confirmed(end: Known | None) -> bool:
    return end is not None and end.confirmed
