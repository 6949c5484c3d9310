"""What made these figures: the configuration, the machine, versions, times, files; and what the console has said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from stt_load.html.blocks import Folded, Table
from stt_load.html.page import Section
from stt_load.html.sentences import unbroken
from stt_load.report import console, levels_report
from stt_load.report.asked_load import lines as asked_load
from stt_load.report.messages import WIDTH, Messages
from stt_load.report.opening import subject
from stt_load.report.width import plain
from stt_load.samples.run_info import LOCAL
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

_OF_FILE = "📁"
"""What the line with the configuration file begins with on the console."""
_MARKS = f"{_OF_FILE}🎵🌐 "


def provenance(say: Messages, record: RunRecord | LevelsRecord) -> Section:
    """Of a run, or of one of levels."""
    wide = unbroken(say)
    config = yaml.safe_dump(record.config, allow_unicode=True, sort_keys=False, width=100)
    narrow = Messages(say.language, WIDTH)
    blocks = (
        _table(wide, record),
        Folded(say("html.config"), code=config),
        Folded(say("html.console"), code="\n".join(_console(narrow, record))),
    )
    return Section("provenance", say("html.provenance"), blocks)


def files(record: RunRecord | LevelsRecord) -> Sequence[Path]:
    """Those of the result."""
    return [path for path in (record.path, record.rows_path) if path is not None]


def _console(say: Messages, record: RunRecord | LevelsRecord) -> Iterator[str]:
    paths = [] if record.path is None else [record.path]
    if isinstance(record, LevelsRecord):
        return levels_report.report(say, record, paths)
    return console.report(say, record, paths)


def _table(say: Messages, record: RunRecord | LevelsRecord) -> Table:
    """Name and value of each; what is not known is left out."""
    rows = tuple((say(f"html.of_{name}"), plain(text)) for name, text in _facts(say, record) if text)
    return Table(say("html.provenance_caption"), (say("html.what"), say("html.value")), rows, stacks=True)


def _facts(say: Messages, record: RunRecord | LevelsRecord) -> Iterator[tuple[str, str]]:
    info = record.info
    yield "target", info.target
    yield "subject", "; ".join(_said(say, record))
    yield "load", "; ".join(line.strip() for line in asked_load(say, info.load))
    if isinstance(record, RunRecord):
        yield "users", f"{info.users:,}"
    yield "started", info.started_at
    yield "ended", info.ended_at or say("none")
    yield "barrier", info.barrier_at or ""
    yield "seed", say("html.seed_given", seed=info.seed) if info.seed_given else str(info.seed)
    yield "host", ", ".join(str(value) for value in (info.host.get("name"), info.host.get("platform")) if value)
    yield "cpus", str(info.host.get("cpus") or "")
    if info.workers != LOCAL:
        yield "workers", ", ".join(info.workers)
    yield "user_class", info.user_class
    yield "versions", ", ".join(f"{name} {version}" for name, version in _versions(record).items())
    yield "config_file", info.config_file or say("start.no_file")
    yield "pack", info.pack_digest or ""
    yield "files", ", ".join(map(str, files(record))) or say("report.not_saved")


def _said(say: Messages, record: RunRecord | LevelsRecord) -> Iterator[str]:
    """What is measured, as the console says, without what other rows say."""
    for line in subject(say, record.config, record.info):
        text = line.strip(_MARKS)
        if record.info.target not in text and not line.startswith(_OF_FILE):
            yield text


def _versions(record: RunRecord | LevelsRecord) -> dict[str, str]:
    return {"stt-load": record.info.version} | record.info.versions
