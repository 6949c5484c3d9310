"""Runs that were saved, several of them, as commands take them that look at many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from stt_load.storage import result_file, series
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import ReportError, RunRecord
from stt_load.storage.spool import SUFFIX

UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What values of another type than a result's come to, wherever they are first used."""


def runs_of(paths: Sequence[Path]) -> list[RunRecord]:
    """The runs in `paths`, each with its figures; NAME.summary.json stands for those of its series that are not named
    beside it. Raises `ReportError` for anything else than results of runs of one load, and for one named twice."""
    found = [_run(path) for path in _files(paths)]
    _check_distinct(found)
    return found


def check_apart(baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]) -> None:
    """Raises `ReportError` where a run is on both sides, also under two names."""
    known = {_identity(run): run for run in baseline}
    for run in candidate:
        if (other := known.get(_identity(run))) is not None:
            names = f"{run.path}" if _same(other, run) else f"{other.path} and {run.path} are one run, which"
            raise ReportError(f"{names} is on both sides; a run can't be compared with itself")


def _files(paths: Sequence[Path]) -> list[Path]:
    """`paths`, in the place of each summary the runs of its series."""
    named = {path.resolve() for path in paths}
    found: list[Path] = []
    for path in paths:
        if series.is_summary(path):
            found += [one for one in _of_series(path) if one.resolve() not in named]
        else:
            found.append(path)
    return found


def _of_series(path: Path) -> Iterator[Path]:
    """The results of the runs that the summary at `path` is of."""
    for run in series.load(path).runs:
        if run.file is None:
            raise ReportError(f"{path}: run {run.number} was never written; name the results of the others")
        if Path(run.file).name != run.file or run.file in ("", ".", ".."):
            raise ReportError(f"{path} is damaged: {run.file!r} is no name of a file beside it")
        yield path.with_name(run.file)


def _run(path: Path) -> RunRecord:
    if path.name.endswith(SUFFIX):
        raise ReportError(f"{path} is what a killed run has left: name results of runs that came to their end")
    try:
        run = result_file.load(path)
        if isinstance(run, LevelsRecord):
            raise ReportError(
                f"{path} is of {len(run.levels)} levels: name results of runs that had one load from beginning to end"
            )
        run.summary  # noqa: B018 - what is wrong with its values shows here, and the file has a name here
    except ReportError:
        raise
    except UNFIT as error:
        raise ReportError(f"{path}: damaged, it can't be used ({type(error).__name__}: {error})") from None
    return run


def _check_distinct(runs: Sequence[RunRecord]) -> None:
    known: dict[tuple[object, ...], RunRecord] = {}
    for run in runs:
        other = known.setdefault(_identity(run), run)
        if other is not run:
            same = f"{run.path} is named twice" if _same(other, run) else f"{other.path} and {run.path} are one run"
            raise ReportError(f"{same}; name each run once")


def _identity(run: RunRecord) -> tuple[object, ...]:
    """What no two runs have in common, and a copy of a result has."""
    info = run.info
    return info.started_at, info.barrier_s, info.seed, info.host.get("name"), info.target


def _same(one: RunRecord, other: RunRecord) -> bool:
    """Whether both are in one file, by one name or another."""
    return one.path is not None and other.path is not None and one.path.resolve() == other.path.resolve()
