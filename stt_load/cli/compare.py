"""`stt-load compare`: whether runs of a candidate are worse than those of a baseline."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from stt_load.cli.saved_runs import UNFIT, check_apart, runs_of
from stt_load.comparison.compare import compare
from stt_load.comparison.document import document
from stt_load.comparison.model import DEFAULT_METRICS, LEAST_CHANGE, Comparison, Verdict
from stt_load.comparison.names import name_of, path_of
from stt_load.config.shares import share
from stt_load.report import ci
from stt_load.report import comparison as console
from stt_load.report.annotations import inert
from stt_load.report.comparison_markdown import markdown
from stt_load.report.comparison_words import side
from stt_load.report.exit_code import BAD_INPUT, CANT_TELL, SLO_MISSED
from stt_load.report.messages import Language, Messages
from stt_load.report.opening import note
from stt_load.report.output import messages_for, shown_in
from stt_load.samples.escaping import harmless
from stt_load.slo.tokens import SloError
from stt_load.storage.document import as_text
from stt_load.storage.files import utf8
from stt_load.storage.run_record import ReportError, RunRecord

DESCRIPTION = (
    "Hold runs of a candidate against runs of a baseline: each metric's values, how they differ, and whether that is "
    "more than noise. NAME.summary.json stands for the runs of its series (`repeat`). With fewer runs than 5 a side "
    "little can be said; six a side decide on the five metrics that are compared by default."
)
USAGE = "%(prog)s BASELINE... -- CANDIDATE... [options]"
MOST_LEAST_CHANGE = 0.99
"""Nothing that is less the worse can fall by all that it is."""
SPLIT, CANDIDATE = "--", "--candidate"
CODES: Mapping[Verdict, int] = {"no_worse": 0, "worse": SLO_MISSED, "cant_tell": CANT_TELL}
"""With --fail-on-regression; without it any comparison that could be made ends with 0."""


def arranged(words: Sequence[str]) -> list[str]:
    """The words of the command line with `--`, which ends all options for argparse, as an option: behind the
    candidate's runs there may be others."""
    return [CANDIDATE if word == SPLIT else word for word in words]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = USAGE
    parser.add_argument(
        "baseline", metavar="BASELINE", type=Path, nargs="*", help="results of the runs to compare with"
    )
    parser.add_argument(
        CANDIDATE,
        metavar="CANDIDATE",
        type=Path,
        nargs="*",
        action="append",
        default=[],
        help="results of the runs to be judged; `--` says the same",
    )
    names = ", ".join(map(name_of, DEFAULT_METRICS))
    parser.add_argument(
        "--metric",
        metavar="NAME",
        type=_metric,
        action="append",
        help=f"such as 'p95(response_time_s)' or service_time_s.mean; may be given again. Default: {names}",
    )
    parser.add_argument(
        "--fail-on-regression",
        metavar="SHARE",
        type=_least_change,
        help="such as 5%%: exit code 3 when a metric is worse by more than that and more than noise, 6 when that "
        f"can't be told, else 0. Without it a change up to {LEAST_CHANGE * 100:g}%% is none, and the exit code 0",
    )
    parser.add_argument(
        "--force", action="store_true", help="compare runs that differ in more than the service, and say in what"
    )
    parser.add_argument("--language", choices=get_args(Language), help="default: that of the candidate's first run")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    parser.add_argument(
        "--markdown",
        metavar="FILE",
        type=Path,
        help="append it as Markdown; $GITHUB_STEP_SUMMARY is such a file",
    )
    parser.add_argument(
        "--html", metavar="FILE", type=Path, help="write a page with plots of all runs; an existing file is replaced"
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the comparison on stdout, 2 with the reason on stderr where there can be none; with
    --fail-on-regression 3 when the candidate is worse and 6 when that can't be told."""
    try:
        baseline, candidate = _sides(args)
        _check_files([path for path in (args.html, args.markdown) if path is not None], [*baseline, *candidate])
        metrics = tuple(dict.fromkeys(args.metric or DEFAULT_METRICS))
        least = LEAST_CHANGE if args.fail_on_regression is None else args.fail_on_regression
        found = compare(baseline, candidate, metrics, least)
        if found.unlike and not args.force:
            return _refuse_unlike(found, [*baseline, *candidate])
        language = args.language or candidate[0].config["report"]["language"]
        _write(args, Messages(language), found, baseline, candidate)
    except ReportError as error:
        return _refuse(str(error))
    except UNFIT as error:
        return _refuse(f"these runs can't be compared: one of them is damaged ({type(error).__name__}: {error})")
    if args.json:
        print(as_text(document(found)))
    else:
        _print(language, found)
    return 0 if args.fail_on_regression is None else CODES[found.verdict]


def _sides(args: argparse.Namespace) -> tuple[list[RunRecord], list[RunRecord]]:
    """The runs of both. Raises `ReportError`."""
    if len(args.candidate) > 1:
        raise ReportError(f"`{SPLIT}` stands twice: name the runs of the baseline, {SPLIT}, those of the candidate")
    paths = args.baseline, (args.candidate or [[]])[0]
    for name, side_, place in zip(("baseline", "candidate"), paths, ("before", "behind"), strict=True):
        if not side_:
            raise ReportError(f"no run of the {name}: name one or more {place} `{SPLIT}`")
    baseline, candidate = map(runs_of, paths)
    check_apart(baseline, candidate)
    return baseline, candidate


def _check_files(asked: Sequence[Path], runs: Sequence[RunRecord]) -> None:
    """Raises `ReportError` where a file that is to be written is one of the results, or another that is."""
    if len({path.resolve() for path in asked}) < len(asked):
        raise ReportError(f"--html and --markdown both name {asked[0]}; choose a file for each")
    for path in asked:
        if any(run.path is not None and run.path.resolve() == path.resolve() for run in runs):
            raise ReportError(f"{path} is one of the runs that are compared; choose another file to write")


def _refuse(reason: str) -> int:
    """On one line, whatever a file has put into the reason."""
    print(harmless(f"stt-load: {reason}"), file=sys.stderr)
    return BAD_INPUT


def _refuse_unlike(found: Comparison, runs: Sequence[RunRecord]) -> int:
    """Tells what makes the runs incomparable, and which of them are not to be believed."""
    lines = [
        "stt-load: these runs can't be compared, as they differ in more than the service:",
        *(
            f"  - {one.name}: {side(one.baseline)} (baseline), {side(one.candidate)} (candidate)"
            for one in found.unlike
        ),
        *(
            f"  - {run.path} is INVALID: `stt-load report` says why"
            for run in runs
            if run.summary.validity.verdict == "INVALID"
        ),
        "Name runs that have all of this in common, or compare these all the same with --force.",
    ]
    print(*map(harmless, lines), sep="\n", file=sys.stderr)
    return BAD_INPUT


def _write(
    args: argparse.Namespace,
    say: Messages,
    found: Comparison,
    baseline: Sequence[RunRecord],
    candidate: Sequence[RunRecord],
) -> None:
    """The files that are asked for. Raises `ReportError` for one that can't be written."""
    path: Path | None = args.html
    try:
        if path is not None:
            from stt_load.html.comparison import comparison_page  # what draws takes a while to be imported
            from stt_load.html.document import document as html
            from stt_load.html.writing import write

            write(path, html(say, comparison_page(say, found, baseline, candidate)))
        if (path := args.markdown) is not None:
            with path.open("ab") as file:
                file.write(utf8(markdown(say, found)))
    except OSError as error:
        raise ReportError(f"{path} can't be written: {error.strerror or error}") from None


def _print(language: Language, found: Comparison) -> None:
    """The comparison for a person."""
    say = messages_for(language, sys.stdout)
    lines = list(map(harmless, console.report(say, found)))
    if shown_in(language, sys.stdout) != language:
        lines = [*note(say, say("in_english")), *lines]
    print(*(map(inert, lines) if ci.is_github() else lines), sep="\n")


def _metric(text: str) -> str:
    try:
        return path_of(text)
    except SloError as error:
        raise argparse.ArgumentTypeError(f"`{text}` {error}") from None


def _least_change(text: str) -> float:
    try:
        return share(text, "least change", 0, MOST_LEAST_CHANGE)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` {error}") from None
