"""`stt-load report`: the report of a run that was saved, or of one that was killed, again."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from stt_load.report.console import report
from stt_load.report.messages import Language
from stt_load.report.opening import note
from stt_load.report.output import messages_for, shown_in
from stt_load.run.scoring import scored, unjudgeable
from stt_load.samples.accuracy import Accuracy
from stt_load.samples.escaping import harmless
from stt_load.storage import result_file, transcripts
from stt_load.storage.merge import merge
from stt_load.storage.run_record import ReportError, RunRecord
from stt_load.storage.spool import SUFFIX

DESCRIPTION = (
    "Make the report of a run again, from its result (.json) or, when it was killed, from what it left behind "
    "(.partial.jsonl). The figures are computed anew from the requests. Several files are what the master and the "
    "workers of one run have left: they are read as one."
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
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, without the requests")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the report on stdout, 2 with the reason on stderr when there can be none."""
    try:
        files = [_or_what_is_left(path) for path in _runs(args.files)]
        saved = _scored(merge([result_file.load(path) for path in files]), files)
        if args.json:
            print(result_file.as_text(result_file.document(saved)))
        else:
            language = args.language or saved.config["report"]["language"]
            say = messages_for(language, sys.stdout)
            lines = [harmless(line) for line in report(say, saved, files)]
            if shown_in(language, sys.stdout) != language:
                lines = [*note(say, say("in_english")), *lines]
            print(*lines, sep="\n")
    except ReportError as error:
        return _refuse(str(error))
    except _UNFIT as error:
        names = ", ".join(map(str, args.files))
        return _refuse(f"{names}: damaged, no report can be made of it ({type(error).__name__}: {error})")
    return 0


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
    if path.exists() or not left.exists():
        return path
    print(harmless(f"stt-load: {path} was never written; read instead: {left}"), file=sys.stderr)
    return left


_UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What values of another type than a result's come to, wherever they are first used."""


def _refuse(reason: str) -> int:
    """On one line, whatever a file has put into the reason."""
    print(harmless(f"stt-load: {reason}"), file=sys.stderr)
    return NO_REPORT
