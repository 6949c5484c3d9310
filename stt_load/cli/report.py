"""`stt-load report`: the report of a run that was saved, or of one that was killed, again."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from stt_load.config.slo_values import parsed, slo, slo_text, slos_in
from stt_load.report import ci, levels_report
from stt_load.report.annotations import inert
from stt_load.report.console import report
from stt_load.report.exit_code import SLO_MISSED
from stt_load.report.messages import Language, Messages
from stt_load.report.opening import note
from stt_load.report.output import messages_for, shown_in
from stt_load.report.series import summary
from stt_load.run.scoring import scored, unjudgeable
from stt_load.samples.accuracy import Accuracy
from stt_load.samples.escaping import harmless
from stt_load.slo.parse import problems
from stt_load.storage import result_file, series, transcripts
from stt_load.storage.document import as_text, document
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.merge import merge
from stt_load.storage.run_record import ReportError, RunRecord
from stt_load.storage.spool import SUFFIX

DESCRIPTION = (
    "Make the report of a run again, from its result (.json) or, when it was killed, from what it left behind "
    "(.partial.jsonl). The figures are computed anew from the requests. Several files are what the master and the "
    "workers of one run have left: they are read as one. Each level of a sweep or a search that was "
    "killed has left a file of its own, which is read alone. NAME.summary.json is of the runs of `repeat`."
)
NO_REPORT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="file",
        type=Path,
        nargs="+",
        help="the result, or the .partial.jsonl of a run that was killed",
    )
    parser.add_argument("--language", choices=get_args(Language), help="default: the one of the run")
    parser.add_argument(
        "--slo",
        metavar="TEXT",
        action="append",
        help="hold the run against this in place of its own SLOs, such as 'p95(response_time_s) < 2'; may be given "
        "again. Exit code 3 when one is missed",
    )
    parser.add_argument(
        "--junit", metavar="FILE", type=Path, help="write the verdicts as JUnit XML; an existing file is replaced"
    )
    parser.add_argument(
        "--markdown",
        metavar="FILE",
        type=Path,
        help="append a summary as Markdown; $GITHUB_STEP_SUMMARY is such a file",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, without the requests")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the report on stdout, 3 when an SLO that is asked for is missed, 2 with the reason on stderr
    when there can be none."""
    try:
        if len(args.files) == 1 and series.is_summary(args.files[0]):
            _report_series(args, args.files[0])
            return 0
        files = [_or_what_is_left(path) for path in _runs(args.files)]
        saved = _record(files, args.slo)
        _write_for_ci(args, saved)
        if args.json:
            print(as_text(document(saved)))
        else:
            language = args.language or saved.config["report"]["language"]
            _print(messages_for(language, sys.stdout), language, saved, files)
    except ReportError as error:
        return _refuse(str(error))
    except _UNFIT as error:
        names = ", ".join(map(str, args.files))
        return _refuse(f"{names}: damaged, no report can be made of it ({type(error).__name__}: {error})")
    return SLO_MISSED if args.slo is not None and _misses_one(saved) else 0


def _record(files: Sequence[Path], slos: Sequence[str] | None) -> RunRecord | LevelsRecord:
    """What `files` have, held against `slos` if there are any. Raises `ReportError`."""
    if len(files) == 1 and isinstance(found := result_file.load(files[0]), LevelsRecord):
        if slos is not None:
            raise ReportError(
                f"{files[0]} is of {len(found.levels)} levels, which --slo can't hold against anything: a search has "
                "judged each by its own test"
            )
        return found
    run = merge([result_file.load_run(path) for path in files])
    return _judged(_scored(run, files), slos)


def _print(say: Messages, language: Language, saved: RunRecord | LevelsRecord, files: Sequence[Path]) -> None:
    """The report for a person."""
    found = levels_report.report(say, saved, files) if isinstance(saved, LevelsRecord) else report(say, saved, files)
    lines = list(map(harmless, found))
    if shown_in(language, sys.stdout) != language:
        lines = [*note(say, say("in_english")), *lines]
    print(*(map(inert, lines) if ci.is_github() else lines), sep="\n")


def _misses_one(saved: RunRecord | LevelsRecord) -> bool:
    """Whether a run has missed an SLO that it is held against now."""
    return isinstance(saved, RunRecord) and any(one.verdict == "missed" for one in saved.summary.slo)


def _judged(saved: RunRecord, texts: Sequence[str] | None) -> RunRecord:
    """`saved`, held against the SLOs that `texts` say; against its own where they are None. Raises `ReportError`."""
    if texts is None:
        return saved
    entries: list[dict[str, Any]] = []
    for text in texts:
        try:
            entries += map(slo, slos_in(text))
        except ValueError as error:
            raise ReportError(f"--slo: `{text}` {error}") from None
    for place, problem in problems(map(parsed, entries)):
        raise ReportError(f"--slo: `{slo_text(entries[place : place + 1])}` {problem}")
    return replace(saved, config=saved.config | {"slo": entries}, figures=None)


def _report_series(args: argparse.Namespace, path: Path) -> None:
    """How far apart the runs of a series are, from its summary. Raises `ReportError`."""
    if args.junit is not None or args.markdown is not None or args.slo is not None:
        raise ReportError(f"{path} is of several runs: name one of them for --junit, --markdown or --slo")
    record = series.load(path)
    if args.json:
        print(as_text(series.document(record)))
        return
    say = messages_for(args.language or record.language, sys.stdout)
    print(*map(harmless, summary(say, record, None)), sep="\n")


def _write_for_ci(args: argparse.Namespace, saved: RunRecord | LevelsRecord) -> None:
    """The files that are asked for. Raises `ReportError` for one that can't be written."""
    say = Messages(args.language or saved.config["report"]["language"])
    found = ci.cases_of(say, saved)
    files: dict[Path | None, Callable[[Path], None]] = {
        args.junit: lambda path: ci.write_junit(path, saved, found),
        args.markdown: lambda path: ci.append_markdown(path, say, saved, found),
    }
    for path, write in files.items():
        try:
            if path is not None:
                write(path)
        except OSError as error:
            raise ReportError(f"{path} can't be written: {error.strerror or error}") from None


def _runs(files: Sequence[Path]) -> list[Path]:
    """`files` without those of transcripts, which `*.partial*` names, too: they are read with their spools."""
    runs = [path for path in files if not transcripts.is_spool(path)]
    if not runs:
        raise ReportError(
            f"{files[0]} has the words of a run's answers; its rows are in the file without .transcripts"
        )
    return runs


def _scored(saved: RunRecord, files: Sequence[Path]) -> RunRecord:
    """`saved`, the answers that its spools have left held against what was said; as it is where there is no spool.

    Whatever is wrong with them is a sentence there: the times are to be had all the same.
    """
    spools = [path for path in files if path.name.endswith(SUFFIX)]
    if not spools or saved.accuracy is not None:
        return saved
    if (reason := unjudgeable(saved)) is not None:
        return replace(saved, accuracy=Accuracy.unjudged(reason))
    found = [path for path in map(transcripts.beside, spools) if path.exists()]
    try:
        with tempfile.NamedTemporaryFile(prefix="stt-load-", suffix=".jsonl") as file:
            count = transcripts.combine(found, saved.samples, file)
            file.flush()
            return scored(saved, Path(file.name) if count else None, lambda score: score(), _tell)
    except ReportError as error:
        return replace(saved, accuracy=Accuracy.unjudged(str(error)))
    except OSError as error:
        reason = f"{error.filename or 'the temporary folder'}: {error.strerror or error}"
        return replace(saved, accuracy=Accuracy.unjudged(f"The words of the answers could not be read. {reason}"))


def _tell(done: int, total: int) -> None:
    """What takes long shows on a terminal how far it is."""
    if sys.stderr.isatty():
        print(
            f"\r\x1b[Kstt-load: {done:,} of {total:,} answers" if done < total else "\r\x1b[K",
            end="",
            file=sys.stderr,
        )
        sys.stderr.flush()


def _or_what_is_left(path: Path) -> Path:
    """`path`; what its run has left there where it never got to write it, which is then said."""
    left = path.with_suffix(SUFFIX)
    if path.exists():
        return path
    if not left.exists():
        if levels := result_file.level_spools(path):
            names = ", ".join(map(str, levels))
            raise ReportError(f"{path} was never written; name one of the levels that are left: {names}")
        return path
    print(harmless(f"stt-load: {path} was never written; read instead: {left}"), file=sys.stderr)
    return left


_UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What values of another type than a result's come to, wherever they are first used."""


def _refuse(reason: str) -> int:
    """On one line, whatever a file has put into the reason."""
    print(harmless(f"stt-load: {reason}"), file=sys.stderr)
    return NO_REPORT
