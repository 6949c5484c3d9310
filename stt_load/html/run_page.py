"""The page of a run, and that of a run of levels: their sections, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Callable

from stt_load.html.accuracy import accuracy
from stt_load.html.capacity import capacity
from stt_load.html.distribution import distribution
from stt_load.html.failures import failures
from stt_load.html.findings import findings
from stt_load.html.gate import gate
from stt_load.html.headline import headline
from stt_load.html.latency_time import latency_time
from stt_load.html.length_plot import length_plot
from stt_load.html.levels_verdict import levels_verdict
from stt_load.html.page import Page, Section
from stt_load.html.provenance import provenance
from stt_load.html.rates_time import rates_time
from stt_load.html.streaming import streaming
from stt_load.html.tables import tables
from stt_load.html.tried_levels import tried_levels
from stt_load.html.verdict import verdict
from stt_load.html.warmup import warmup
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

RUN_SECTIONS: tuple[Callable[[Messages, RunRecord], Section | None], ...] = (
    verdict,
    gate,
    headline,
    # capacity: of levels alone
    latency_time,
    distribution,
    length_plot,
    rates_time,
    streaming,
    failures,
    tables,
    accuracy,
    warmup,
    findings,
    provenance,
)
"""Each with what it says of a run; None: nothing."""
LEVELS_SECTIONS: tuple[Callable[[Messages, LevelsRecord], Section | None], ...] = (
    levels_verdict,
    capacity,
    tried_levels,
    provenance,
)


def run_page(say: Messages, run: RunRecord) -> Page:
    """All there is to say of one run."""
    found = tuple(section for make in RUN_SECTIONS if (section := make(say, run)) is not None)
    return Page(say.language, say("html.title_run", target=plain(run.info.target)), _source(say, run), found)


def levels_page(say: Messages, record: LevelsRecord) -> Page:
    """All there is to say of a sweep, or of a search."""
    found = tuple(section for make in LEVELS_SECTIONS if (section := make(say, record)) is not None)
    asked = record.info.levels
    kind = "sweep" if asked is None or asked.search is None else "search"
    title = say(f"html.title_{kind}", target=plain(record.info.target))
    return Page(say.language, title, _source(say, record), found)


def page_of(say: Messages, record: RunRecord | LevelsRecord) -> Page:
    """Whichever it is."""
    return levels_page(say, record) if isinstance(record, LevelsRecord) else run_page(say, record)


def _source(say: Messages, record: RunRecord | LevelsRecord) -> str:
    """When it was, and the file."""
    started = record.info.started_at.replace("T", " ", 1)
    when = started[:19] + (f" ({started[23:]})" if started[23:] else "")
    name = say("report.not_saved") if record.path is None else record.path.name
    return plain(f"{name} · {when}")
