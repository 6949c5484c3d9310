"""The result of a run as one JSON file: written whole or not at all, and read back."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from stt_load.samples.accuracy import Accuracy
from stt_load.samples.escaping import escaped
from stt_load.samples.rounding import rounded
from stt_load.samples.rows import RowError, slices, table
from stt_load.samples.run_info import RunInfo
from stt_load.storage import json_lines, spool, transcripts
from stt_load.storage.files import numbered, open_ordinary, published, utf8
from stt_load.storage.json_lines import LineError
from stt_load.storage.run_record import Record, ReportError, RunRecord, TranscriptsFile, read_as
from stt_load.storage.versions import SCHEMA_VERSION, current

MOST_ROWS_INSIDE = 100_000
GZIP_LEVEL = 5
"""At 9, which is Python's default, it takes five times as long for 7% less; at 6 half as long again for 5% less."""
ROWS_SUFFIX = ".requests.jsonl.gz"
DEFAULT_NAME = "stt_load_test_results_%Y%m%d_%H%M%S.json"


def reserve(save_path: str | None, now: datetime) -> Path:
    """The path for a result that overwrites nothing: `save_path`, or one with `_2`, `_3`, ... before its suffix.

    None: a name made of `now`, in the working directory. A name is taken as well while its spool, its rows or its
    transcripts exist. The run makes it its own by creating the spool.
    """
    wanted = Path(now.strftime(DEFAULT_NAME) if save_path is None else save_path)
    return next(path for path in numbered(wanted) if not _taken(path))


def elsewhere(path: Path) -> Path:
    """Where a result can be that was to be at `path`, whose folder is gone: in the working directory, and if that is
    gone as well, among the temporary files."""
    here = Path() if _exists_still() else Path(tempfile.gettempdir())
    return reserve(str(here / path.name), datetime.now())


def rows_path(result: Path) -> Path:
    """Where the rows of a long run are, beside its result."""
    return result.with_suffix(ROWS_SUFFIX)


def document(run: RunRecord) -> dict[str, Any]:
    """The result without its requests, as JSON values. Figures are rounded, the configuration is as it was given;
    what is not finite is None."""
    summary = rounded(run.summary)
    values = {
        "schema_version": SCHEMA_VERSION,
        "run": asdict(rounded(run.info)),
        "config": run.config,
        "warmup": asdict(summary.warmup),
        "metrics": asdict(summary.metrics),
        "validity": asdict(summary.validity),
        "accuracy": None if run.accuracy is None else asdict(rounded(run.accuracy)),
        "transcripts": None if run.transcripts is None else asdict(run.transcripts),
        "findings": [asdict(finding) for finding in summary.findings],
        "levels": [asdict(level) for level in summary.levels],
        "durations": [asdict(one) for one in summary.durations],
        "backends": [asdict(backend) for backend in summary.backends],
        "slo": None,
    }
    finite: dict[str, Any] = _finite(values)
    return finite


def as_text(values: Mapping[str, Any]) -> str:
    """`document` as indented JSON."""
    return escaped(json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False))


def write(path: Path, run: RunRecord) -> None:
    """Writes the result to `path`: under another name, then renamed, so that nobody meets half a file.

    Above `MOST_ROWS_INSIDE` the rows go to a file of their own beside it.
    Raises `FileExistsError` rather than overwrite anything, `OSError` when it can't be written; then nothing is left.
    """
    samples, workers = run.samples, run.info.workers
    head = as_text(document(run)).removesuffix("\n}")
    if len(samples) <= MOST_ROWS_INSIDE:
        with published(path) as file:
            _write_with_rows(file, head, slices(samples, workers))
        return
    rows = rows_path(path)
    with published(rows) as file:
        _write_compressed(file, slices(samples, workers))
    try:
        with open_ordinary(rows) as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        reference = {"file": rows.name, "rows": len(samples), "sha256": digest}
        with published(path) as file:
            file.write(utf8(f'{head},\n  "requests": {json.dumps(reference)}\n}}\n'))
    except OSError:
        rows.unlink()
        raise


def load(path: Path) -> RunRecord:
    """A run from its result, or from the spool of one that never got there.

    Raises `ReportError` for anything else, and when the rows beside the result are not those that belong to it.
    """
    try:
        if path.name.endswith(spool.SUFFIX):
            return spool.read(path)
        return _loaded(path)
    except UnicodeDecodeError:
        raise ReportError(f"{path} is not a result of stt-load: it is not text") from None
    except OSError as error:
        raise ReportError(f"{error.filename or path}: {error.strerror or error}") from None


def _loaded(path: Path) -> RunRecord:
    try:
        with open_ordinary(path) as file:
            values = json.loads(file.read().decode("utf-8"))
    except json.JSONDecodeError as error:
        raise ReportError(f"{path} is not JSON (line {error.lineno}: {error.msg})") from None
    except RecursionError:
        raise ReportError(f"{path} is not a result of stt-load: it is nested too deeply") from None
    if not isinstance(values, dict):
        raise ReportError(f"{path} is not a result of stt-load: it is no JSON object")
    values = current(values, path)
    info = read_as(RunInfo, values["run"], path)
    requests = values.get("requests")
    rows = iter(requests) if isinstance(requests, list) else _rows_beside(path, requests)
    index = {name: number for number, name in enumerate(info.workers)}
    try:
        run = RunRecord(info, values["config"], table(rows, index), path)
    except RowError as error:
        raise ReportError(f"{path} is damaged: {error}") from None
    return replace(
        run,
        accuracy=_optional(Accuracy, values.get("accuracy"), path),
        transcripts=_optional(TranscriptsFile, values.get("transcripts"), path),
    )


def _optional(record: type[Record], values: object, path: Path) -> Record | None:
    return None if values is None else read_as(record, values, path)


def _rows_beside(path: Path, reference: Any) -> Iterator[Any]:
    """The rows in the file that `reference` names, once its checksum has been found right."""
    if not isinstance(reference, dict) or not all(isinstance(reference.get(one), str) for one in ("file", "sha256")):
        raise ReportError(f"{path} is damaged: its requests are neither rows nor the name of a file")
    rows = path.parent / Path(reference["file"]).name
    with open_ordinary(rows) as file, gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        if hashlib.file_digest(file, "sha256").hexdigest() != reference["sha256"]:
            raise ReportError(f"{rows} is not the file that {path.name} was written with: its checksum differs")
        file.seek(0)
        try:
            yield from json_lines.read(unpacked)
        except LineError as error:
            raise ReportError(f"{rows}: {error}") from None
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ReportError(f"{rows} can't be unpacked: {error}") from None


def _write_with_rows(file: IO[bytes], head: str, rows: Iterator[list[str]]) -> None:
    file.write(utf8(f'{head},\n  "requests": ['))
    separator = "\n"
    for some in rows:
        file.write(utf8(separator + ",\n".join([f"    {line}" for line in some])))
        separator = ",\n"
    file.write(b"]\n}\n" if separator == "\n" else b"\n  ]\n}\n")


def _write_compressed(file: IO[bytes], rows: Iterator[list[str]]) -> None:
    """No name and no time in the header: the same rows make the same bytes."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=GZIP_LEVEL) as packed:
        for some in rows:
            packed.write(utf8("\n".join(some) + "\n"))


def _taken(path: Path) -> bool:
    """Also by a link to nowhere, which nothing can be created over."""
    own = (path, path.with_suffix(spool.SUFFIX), rows_path(path))
    return any(map(os.path.lexists, own)) or transcripts.taken(path)


def _finite(value: Any) -> Any:
    """`value` with None for every number that JSON doesn't have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value


def _exists_still() -> bool:
    """Whether the working directory does. Of one that was deleted only its name is gone."""
    try:
        return Path.cwd().is_dir()
    except FileNotFoundError:
        return False
