"""Whether a result, and the rows beside it, can be written: found out before anything is sent."""

from __future__ import annotations

import tempfile
from pathlib import Path

from stt_load.config.faults import Fault, KeyPath
from stt_load.config.layers import Layer, Origin
from stt_load.config.model import AUTO, Config

KEY, ROWS_KEY, JUNIT_KEY, HTML_KEY = ("save_path",), ("report", "rows"), ("report", "junit"), ("report", "html")
# What a run puts beside NAME.json while and after it runs has longer names; they must fit as well.
LONGEST_SUFFIX = ".requests.jsonl.gz"


def check_save_path(config: Config, directory: Path, origin: Origin | None = None) -> list[Fault]:
    """Faults of `save_path`, a relative one taken from `directory`, by creating and removing a file beside it.

    origin: where save_path was given, for the faults; None when it was not.
    """
    given = config.save_path
    if given is not None:
        problem = _problem(given, directory / given)
    elif problem := _refusal(directory):
        problem = f"puts the result into {directory}, where nothing can be written ({problem})"
    return [] if problem is None else [_fault(KEY, given, problem, origin)]


def check_rows_path(config: Config, directory: Path, origin: Origin | None = None) -> list[Fault]:
    """The same of `report.rows`."""
    given = config.report.rows
    problem = None if given is None else _problem(given, directory / given)
    return [] if problem is None else [_fault(ROWS_KEY, given, problem, origin)]


def check_junit_path(config: Config, directory: Path, origin: Origin | None = None) -> list[Fault]:
    """The same of `report.junit`."""
    given = config.report.junit
    problem = None if given is None else _problem(given, directory / given)
    return [] if problem is None else [_fault(JUNIT_KEY, given, problem, origin)]


def check_html_path(config: Config, directory: Path, origin: Origin | None = None) -> list[Fault]:
    """The same of `report.html`; `auto` is beside the result, which is tried anyway."""
    given = config.report.html
    problem = None if given is None or given == AUTO else _problem(given, directory / given)
    return [] if problem is None else [_fault(HTML_KEY, given, problem, origin)]


def _fault(key: KeyPath, given: str | None, problem: str, origin: Origin | None) -> Fault:
    origin = origin or Origin(Layer.DEFAULT, "default", "null" if given is None else given)
    return origin.fault(key, f"{problem}; choose a file in a directory that can be written to")


def _problem(given: str, path: Path) -> str | None:
    try:
        if given.endswith(("/", "\\")) or path.is_dir():
            return "is a directory"
        if path.exists() and not path.is_file():
            return "is not an ordinary file"
        if not path.parent.exists():
            return f"is in a directory that doesn't exist ({path.parent})"
    except (OSError, ValueError) as error:
        return f"can't be written ({_reason(error)})"
    refusal = _refusal(path.parent, path.stem)
    return refusal and f"can't be written ({refusal})"


def _refusal(directory: Path, stem: str = "") -> str | None:
    """Permission bits say little (root ignores them, /proc and mounts have rules of their own): so it is tried."""
    try:
        with tempfile.NamedTemporaryFile(dir=directory, prefix=stem, suffix=LONGEST_SUFFIX):
            return None
    except (OSError, ValueError) as error:
        return _reason(error)


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
