"""What may end a run before anything else does: rules that are asked after each measured row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import gevent

from stt_load.run.faults import Faults
from stt_load.run.lifecycle import Ending
from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.sample import Phase, Sample
from stt_load.samples.table import Samples, SampleTable
from stt_load.slo.model import Slo
from stt_load.slo.parse import parse
from stt_load.stats.slo_lost import Lost
from stt_load.stats.stop_rule import FEWEST, Look, StopWhen, asked, look


class EndRule(Protocol):
    """Sees each measured row when it is known, in that order."""

    def take_in(self, sample: Sample) -> Ending | None:
        """Why the run is to end now; None where it is to go on. Must not block."""


def rules(
    stop_when: Mapping[str, Any] | None, load: Load, table: SampleTable, faults: Faults, end: Callable[[Ending], None]
) -> tuple[EndRule, ...]:
    """Those that a configuration asks for. stop_when: its key; the rest as for `Precise`."""
    if stop_when is None:
        return ()
    rule = asked(stop_when["metric"], stop_when["within"])
    return (Precise(stop_when["metric"], rule, load, table, faults, end),)


def unmet(entries: Iterable[Mapping[str, Any]], load: Load, requests: int | None) -> tuple[EndRule, ...]:
    """The one that SLOs with `abort` ask for, if there are any. entries: the configuration's `slo`. requests: how
    many a closed loop is to measure, None for no end."""
    planned = load.planned if isinstance(load, OpenLoop) else None if load.stages else requests
    rule = Unmet(tuple(map(parse, entries)), planned)
    return (rule,) if rule else ()


class Unmet:
    """Ends a run as soon as an SLO with `abort` can't be met any more.

    planned: how many measured requests there are to be, at most; None where nobody knows.
    """

    def __init__(self, slos: Sequence[Slo], planned: int | None) -> None:
        self._lost = Lost(slos, planned)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._lost)

    def take_in(self, sample: Sample) -> Ending | None:
        """See `Lost`."""
        limit = self._lost.take_in(sample) if sample.phase is Phase.MEASURED else None
        return None if limit is None else Ending("slo_lost", limit.expression)


class Precise:
    """Ends a run whose figure is known precisely enough: `stop_when`.

    name: of the figure. load: what was asked for. table: the rows so far. end: called with the ending. A look at many
    rows takes a while, so it is taken in a thread, while requests go on.
    """

    def __init__(
        self,
        name: str,
        rule: StopWhen,
        load: Load,
        table: SampleTable,
        faults: Faults,
        end: Callable[[Ending], None],
    ) -> None:
        self._name = name
        self._rule = rule
        self._load = load
        self._table = table
        self._faults = faults
        self._end = end
        self._measured = 0
        self._next = FEWEST
        self._looks = False

    def take_in(self, sample: Sample) -> Ending | None:
        """Never ends it at once: a look does."""
        self._measured += sample.phase is Phase.MEASURED
        if self._measured >= self._next and not self._looks:
            self._looks = True
            self._faults.spawn("Whether a figure is precise enough is not known", self._look, self._table.snapshot())
        return None

    def _look(self, samples: Samples) -> None:
        try:
            seen = gevent.get_hub().threadpool.apply(self._seen, (samples,))
        finally:
            self._looks = False
        self._next = seen.next
        if seen.share is not None and seen.share <= self._rule.within:
            self._end(Ending("precise", f"{self._name} is known to within {seen.share:.1%} of it"))

    def _seen(self, samples: Samples) -> Look:
        return look(self._rule, samples.phase(Phase.MEASURED), self._load)
