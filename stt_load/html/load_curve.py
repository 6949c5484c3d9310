"""What a run of levels came to at each load, as plots: P95, what was done in a second, and how much was wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from stt_load.html.blocks import Table
from stt_load.html.plot import Axis, Form, Line, Plot, Quantity, Role, Scale, Series
from stt_load.report import accuracy, level_table
from stt_load.report.asked_load import number
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.samples.levels import Axis as LoadAxis
from stt_load.samples.levels import Outcome
from stt_load.stats.blocks import Unit
from stt_load.stats.model import SloVerdict
from stt_load.storage.levels_record import LevelsRecord, TriedLevel

Value = Callable[[TriedLevel], float | None]
"""A figure of a level; infinite where it is beyond all that succeeded, None where it has none."""
WIDE = 8.0
"""From so many times the lowest load on, loads are drawn by their logarithm, as the levels of a search are chosen."""
NOTHING_SEEN = 0.1
OUTCOMES: dict[Outcome, Role] = {"measured": "main", "pass": "main", "fail": "bad", "open": "quiet"}
QUANTITIES: dict[Unit, Quantity] = {"s": "s", "rps": "rps", "bytes": "count", "share": "share", "count": "count"}
"""A ratio is one."""


def curves(say: Messages, record: LevelsRecord) -> tuple[Plot, ...]:
    """Of each axis of which two loads were tried, that of the answer first: load against P95, the figure that binds
    where that is another one, the achieved rate, and the rate of errors where answers were scored."""
    first = None if record.capacity is None else record.capacity.axis
    axes = sorted(dict.fromkeys(level.trial.axis for level in record.levels), key=lambda axis: axis != first)
    found: list[Plot] = []
    for axis in axes:
        levels = by_load(one for one in record.levels if one.trial.axis == axis)
        if len({level.trial.value for level in levels}) > 1:
            one = _Curves(say, record, axis, levels, is_one_of_several=len(axes) > 1)
            found += (one.p95(), *one.binding(), one.rate(), *one.errors())
    return tuple(found)


def by_load(levels: Iterator[TriedLevel] | Sequence[TriedLevel]) -> list[TriedLevel]:
    """Lowest load first; of one load in the order in which it was tried."""
    return sorted(levels, key=lambda one: (one.trial.axis != "users", one.trial.value, one.number))


def best(levels: Sequence[TriedLevel]) -> list[TriedLevel]:
    """One level for each load: that of the longest test, and of several of these the last."""
    found: dict[float, TriedLevel] = {}
    for level in levels:
        before = found.get(level.trial.value)
        if before is None or level.trial.tier == "confirm" or before.trial.tier != "confirm":
            found[level.trial.value] = level
    return [found[value] for value in sorted(found)]


class _Curves:
    """The plots of one axis. levels: all that were tried there, lowest load first. is_one_of_several: their titles
    have to say of which."""

    def __init__(
        self,
        say: Messages,
        record: LevelsRecord,
        axis: LoadAxis,
        levels: Sequence[TriedLevel],
        *,
        is_one_of_several: bool,
    ) -> None:
        self._say, self._record, self._axis, self._levels = say, record, axis, levels
        self._is_one_of_several = is_one_of_several
        self._best = best(levels)

    def p95(self) -> Plot:
        say = self._say
        limits = [limit for limit in self._best[0].run.gate.limits if limit.term.path == "response_time_s"]
        lines = [Line(name=plain(one.expression), at=one.value) for one in limits if one.function == "p95"]
        name = say("tables.p95_ok")
        series = [self._line(name, _p95, "main")]
        columns: dict[str, Value] = {name: _p95}
        if any(_p95_of_all(level) != _p95(level) for level in self._levels):
            columns[say("tables.p95_all")] = _p95_of_all
            series.append(self._line(say("tables.p95_all"), _p95_of_all, "second"))
        return self._plot("p95", "s", [*series, *self._points(_p95)], columns, lines)

    def rate(self) -> Plot:
        """What was done in a second, in the unit of the load where that is one of audio."""
        say, is_audio = self._say, self._axis == "audio_rate"
        value: Value = level_table.audio if is_audio else _done
        name = say("tables.done_audio" if is_audio else "tables.done")
        series = [self._line(name, value, "main")]
        if self._axis != "users":
            series.append(self._line(say("tables.offered"), _offered, "quiet"))
        return self._plot("rate_audio" if is_audio else "rate", "rps", [*series, *self._points(value)], {name: value})

    def errors(self) -> Iterator[Plot]:
        """Nothing where no answer was scored."""
        say, rate = self._say, accuracy.leading(self._best[0].run)

        def wrong(level: TriedLevel) -> float | None:
            found: float | None = getattr(level.run.summary.metrics.accuracy, rate)
            return found

        def end(which: str) -> Value:
            def known(level: TriedLevel) -> float | None:
                interval = getattr(level.run.summary.metrics.accuracy, f"{rate}_interval")
                return None if interval is None else float(getattr(interval, which))

            return known

        if all(wrong(level) is None for level in self._levels):
            return
        name = say(f"accuracy.{rate}")
        columns: dict[str, Value] = {name: wrong}
        limits = [one for one in self._best[0].run.gate.limits if one.term.path == f"accuracy.{rate}"]
        lines = [Line(name=plain(one.expression), at=one.value) for one in limits]
        series = [self._line(name, wrong, "main"), *self._points(wrong)]
        if any(end("low")(level) is not None for level in self._levels):
            columns |= {say("tables.low"): end("low"), say("tables.high"): end("high")}
            series += [self._line(say("html.interval"), end(which), "quiet") for which in ("low", "high")]
        yield self._plot(rate, "share", series, columns, lines)

    def binding(self) -> Iterator[Plot]:
        """Of the figure that ends the search, where it is in none of the others."""
        capacity = self._record.capacity
        expression = None if capacity is None or capacity.axis != self._axis else capacity.binding
        limit = next((one for one in self._best[0].run.gate.limits if one.expression == expression), None)
        if expression is None or limit is None:
            return
        drawn = f"accuracy.{accuracy.leading(self._best[0].run)}"
        if (limit.term.path, limit.function) == ("response_time_s", "p95") or limit.term.path == drawn:
            return

        def observed(level: TriedLevel) -> float | None:
            found = _of(level, expression)
            return None if found is None else math.inf if found.beyond else found.observed

        is_share = limit.term.path.startswith(("accuracy.", "stability."))
        quantity = "share" if is_share else QUANTITIES.get(limit.term.unit, "ratio")
        figure = plain(limit.term.path if limit.function is None else f"{limit.function}({limit.term.path})")
        lines = [Line(name=plain(expression), at=limit.value)]
        series = [self._line(figure, observed, "main"), *self._points(observed)]
        yield self._plot("binding", quantity, series, {figure: observed}, lines, figure=figure)

    def _plot(
        self,
        name: str,
        quantity: Quantity,
        series: Sequence[Series],
        columns: dict[str, Value],
        lines: Sequence[Line] = (),
        **texts: str,
    ) -> Plot:
        say = self._say
        title, axis = say(f"tables.curve_{name}", **texts), say(f"tables.axis_{self._axis}")
        title = say("tables.curve_of", title=title, axis=axis) if self._is_one_of_several else title
        return Plot(
            id=f"levels-{self._axis}-{name}".replace("_", "-"),
            title=title,
            about=say(f"tables.about_{name}", **texts),
            x=Axis(label=axis, quantity="count", scale=self._scale()),
            y=Axis(label=self._label(name, texts), quantity=quantity, least=0.0, most=_most(series, lines)),
            series=tuple(series),
            table=self._table(title, quantity, columns),
            lines=(*lines, *self._edges()),
        )

    def _label(self, name: str, texts: Mapping[str, str]) -> str:
        """Of the y axis."""
        if name in accuracy.RATES:
            return self._say(f"accuracy.{name}")
        return texts["figure"] if name == "binding" else self._say(f"tables.label_{name}")

    def _scale(self) -> Scale:
        lowest, highest = self._levels[0].trial.value, self._levels[-1].trial.value
        return "log" if lowest > 0 and highest >= WIDE * lowest else "linear"

    def _edges(self) -> Iterator[Line]:
        """Both ends of the answer, and the knee."""
        say, found = self._say, self._record.capacity
        if found is not None and found.axis == self._axis:
            ends: tuple[tuple[str, Role], ...] = (("carries", "edge"), ("fails_at", "bad"))
            for name, role in ends:
                value = getattr(found, name)
                if value is not None:
                    sure = say("answer.confirmed" if getattr(found.confirmed, name) else "answer.screened")
                    text = say(f"tables.edge_{name}", load=number(value), sure=sure)
                    yield Line(name=text, at=value, stands=True, role=role)
        knee = found.knee if found is not None and self._record.knee is None else self._record.knee
        if knee is not None and (found is None or found.axis == self._axis):
            yield Line(name=say("tables.knee_at", load=number(knee)), at=knee, stands=True, role="quiet")

    def _line(self, name: str, value: Value, role: Role) -> Series:
        """Through the best known level of each load."""
        return _series(name, "line", self._best, value, role)

    def _points(self, value: Value) -> Iterator[Series]:
        """Every test there was, by what came of it."""
        drawn = [level for level in self._levels if not math.isnan(_drawn(value(level)))]
        for outcome, role in OUTCOMES.items():
            some = [level for level in drawn if level.outcome == outcome]
            if some:
                yield _series(self._say(f"tables.point_{outcome}"), "points", some, value, role)

    def _table(self, caption: str, quantity: Quantity, columns: dict[str, Value]) -> Table:
        say = self._say
        judged = any(level.outcome != "measured" for level in self._levels)
        heads = [say(f"tried.of_{self._axis}"), say("tried.tier"), say("tried.n"), *columns]
        rows = []
        for level in self._levels:
            cells = [_written(say, value(level), quantity) for value in columns.values()]
            n = str(level.run.summary.metrics.requests.total)
            row = [number(level.trial.value), say(f"tried.tier_{level.trial.tier}"), n, *cells]
            rows.append((*row, *([level_table.outcome(say, level)] if judged else ())))
        return Table(caption, (*heads, *([say("tried.outcome")] if judged else ())), tuple(rows))


def _series(name: str, form: Form, levels: Sequence[TriedLevel], value: Value, role: Role) -> Series:
    x = np.array([level.trial.value for level in levels], dtype=float)
    y = np.array([_drawn(value(level)) for level in levels], dtype=float)
    return Series(name=name, form=form, x=x, y=y, role=role)


def _most(series: Sequence[Series], lines: Sequence[Line]) -> float | None:
    """The upper end of the y axis: as the values have it, but where all are 0 and nothing says what is much."""
    values = [*(float(one) for some in series for one in some.y), *(line.at for line in lines)]
    return NOTHING_SEEN if not any(value > 0 for value in values) else None


def _drawn(value: float | None) -> float:
    """There is no place for what is not known, or beyond all."""
    return math.nan if value is None or math.isinf(value) else value


def _written(say: Messages, value: float | None, quantity: Quantity) -> str:
    if value is None:
        return say("none")
    if math.isinf(value):
        return say("latency.beyond")
    match quantity:
        case "s" | "ratio":
            return say.number(value, 3)
        case "share":
            return say.share(value)
        case "count":
            return say.number(value, 0)
    return say.number(value, 2)


def _p95(level: TriedLevel) -> float | None:
    return level.run.summary.metrics.response_time_s.p95


def _p95_of_all(level: TriedLevel) -> float | None:
    found = level.run.summary.metrics.all.response_time_s
    return math.inf if found.p95 is None and found.n else found.p95


def _done(level: TriedLevel) -> float | None:
    return level.done_rps


def _offered(level: TriedLevel) -> float | None:
    return level.trial.value


def _of(level: TriedLevel, expression: str) -> SloVerdict | None:
    return next((one for one in level.run.summary.slo if one.expression == expression), None)
