"""`stt-load report`: the report of a run that was saved, or of one that was killed, again."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from stt_load.cli.other_slos import judged
from stt_load.config.model import AUTO
from stt_load.gates.twice import over
from stt_load.report import ci, levels_report
from stt_load.report.annotations import inert
from stt_load.report.console import report
from stt_load.report.exit_code import CANT_TELL, SLO_MISSED
from stt_load.report.messages import Language, Messages
from stt_load.report.opening import note
from stt_load.report.output import messages_for, shown_in
from stt_load.report.series import summary
from stt_load.run.scoring import scored, unjudgeable
from stt_load.samples.accuracy import Accuracy
from stt_load.samples.escaping import harmless
from stt_load.storage import result_file, series, transcripts
from stt_load.storage.document import as_text, document
from stt_load.storage.files import beside
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
        help="hold the run against this in place of its own SLOs, such as 'p95(response_time_s) < 2', or a gate, "
        "'file: gate.json'; may be given again. Exit code 3 when one is missed, 6 when a limit of the gate is passed",
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
    parser.add_argument(
        "--html",
        metavar="FILE",
        help="write the report as one HTML page that needs no network; an existing file is replaced. auto: beside "
        "the result, under a name that is free",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, without the requests")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the report on stdout, 3 when an SLO that is asked for is missed, 6 when it is over a limit of
    a gate, 2 with the reason on stderr when there can be none."""
    try:
        if len(args.files) == 1 and series.is_summary(args.files[0]):
            _report_series(args, args.files[0])
            return 0
        files = [_or_what_is_left(path) for path in _runs(args.files)]
        saved = _record(files, args.slo)
        _write_files(args, saved, files)
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
    return 0 if args.slo is None else _code(saved)


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
    return judged(_scored(run, files), slos)


def _print(say: Messages, language: Language, saved: RunRecord | LevelsRecord, files: Sequence[Path]) -> None:
    """The report for a person."""
    found = levels_report.report(say, saved, files) if isinstance(saved, LevelsRecord) else report(say, saved, files)
    lines = list(map(harmless, found))
    if shown_in(language, sys.stdout) != language:
        lines = [*note(say, say("in_english")), *lines]
    print(*(map(inert, lines) if ci.is_github() else lines), sep="\n")


def _code(saved: RunRecord | LevelsRecord) -> int:
    """By what a run is held against now."""
    if not isinstance(saved, RunRecord):
        return 0
    if any(one.verdict == "missed" for one in saved.summary.slo):
        return SLO_MISSED
    return CANT_TELL if over(saved.summary.gate) else 0


def _report_series(args: argparse.Namespace, path: Path) -> None:
    """How far apart the runs of a series are, from its summary. Raises `ReportError`."""
    if any(one is not None for one in (args.junit, args.markdown, args.html, args.slo)):
        raise ReportError(f"{path} is of several runs: name one of them for --junit, --markdown, --html or --slo")
    record = series.load(path)
    if args.json:
        print(as_text(series.document(record)))
        return
    say = messages_for(args.language or record.language, sys.stdout)
    print(*map(harmless, summary(say, record, None)), sep="\n")


def _write_files(args: argparse.Namespace, saved: RunRecord | LevelsRecord, files: Sequence[Path]) -> None:
    """The files that are asked for. files: what `saved` was read from. Raises `ReportError` for one that can't be
    written."""
    say = Messages(args.language or saved.config["report"]["language"])
    found = ci.cases_of(say, saved)
    writers: dict[str, Callable[[Path], None]] = {
        "junit": lambda path: ci.write_junit(path, saved, found),
        "markdown": lambda path: ci.append_markdown(path, say, saved, found),
        "html": lambda path: _write_page(path, say, saved),
    }
    given = {"junit": args.junit, "markdown": args.markdown, "html": _page(args.html, files[0])}
    asked: dict[str, Path] = {name: path for name, path in given.items() if path is not None}
    if len(set(map(os.path.realpath, asked.values()))) < len(asked):
        names = ", ".join(f"--{name}" for name in asked)
        raise ReportError(f"{names}: two of them name the same file; choose one for each")
    sources = [*args.files, *files, *map(result_file.rows_path, files)]
    for name, path in asked.items():
        if path.exists() and any(one.exists() and path.samefile(one) for one in sources):
            raise ReportError(f"{path} is what the report is made of; choose another file to write")
        try:
            writers[name](path)
        except OSError as error:
            raise ReportError(f"{path} can't be written: {error.strerror or error}") from None
    if args.html == AUTO:
        print(harmless(f"stt-load: the page is in {asked['html']}"), file=sys.stderr)


def _page(given: str | None, source: Path) -> Path | None:
    """Where the page is to be, if anywhere. source: what the report is made of. Raises `ReportError`."""
    if given is None:
        return None
    if given == AUTO:
        is_left = source.name.endswith(SUFFIX)
        return beside(source.with_name(source.name.removesuffix(SUFFIX) + ".json" if is_left else source.name))
    if not given.strip():
        raise ReportError(f"--html has an empty name; name a file, or {AUTO} for one beside the result")
    if given == "-":
        raise ReportError(f"--html -: standard output has the report itself; name a file, or {AUTO}")
    return Path(given)


def _write_page(path: Path, say: Messages, saved: RunRecord | LevelsRecord) -> None:
    """Raises OSError."""
    from stt_load.html.writing import write_report  # not before it is asked for: what it imports takes its time

    write_report(path, say, saved)


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
