"""What CI systems are told of a run: files that they read, and lines in their log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stt_load.report.annotations import commands
from stt_load.report.cases import Case, cases
from stt_load.report.messages import Messages
from stt_load.storage.files import replaced, utf8
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file whose Markdown GitHub shows on the page of a workflow's run; steps append to it."""
ON_GITHUB = "GITHUB_ACTIONS"


def cases_of(say: Messages, run: RunRecord | LevelsRecord, *, failures_fail: bool = True) -> tuple[Case, ...]:
    """What of a run has passed, and what has not. failures_fail: as for `cases`; nothing of levels goes by it."""
    if isinstance(run, LevelsRecord):
        from stt_load.report import level_cases

        return level_cases.cases(say, run)
    return cases(say, run, failures_fail=failures_fail)


def write_junit(path: Path, run: RunRecord | LevelsRecord, found: Sequence[Case]) -> None:
    """The cases of `run` as JUnit XML, in the place of what was there: a CI system reads it by its name, and an older
    one would pass for this run's. Raises OSError; then the older one is still there."""
    from stt_load.report.junit import junit  # not before it is asked for: each start waits for what is imported

    with replaced(path) as file:
        file.write(utf8(junit(run, found)))


def append_markdown(path: Path, say: Messages, run: RunRecord | LevelsRecord, found: Sequence[Case]) -> None:
    """The summary of `run`, behind whatever others have written there. Raises OSError."""
    with path.open("ab") as file:
        file.write(utf8(_markdown(say, run, found)))


def _markdown(say: Messages, run: RunRecord | LevelsRecord, found: Sequence[Case]) -> str:
    if isinstance(run, LevelsRecord):
        from stt_load.report import levels_markdown

        return levels_markdown.markdown(say, run, found)
    from stt_load.report.markdown import markdown

    return markdown(say, run, found)


def log_lines(found: Sequence[Case], environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """What GitHub is to mark, where it is GitHub that reads the log."""
    if is_github(environ):
        yield from commands(found)


def is_github(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether GitHub reads the log, and does what a line of it may say."""
    return environ.get(ON_GITHUB) == "true"


def step_summary(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where GitHub wants a summary, if anywhere."""
    return Path(environ[STEP_SUMMARY]) if environ.get(STEP_SUMMARY) else None
