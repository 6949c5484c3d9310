"""The result of a run as one JSON file: written whole or not at all, and read back."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from stt_load.storage import json_lines, spool, transcripts
from stt_load.storage.document import as_text, document
from stt_load.storage.files import numbered, open_ordinary, published, utf8
from stt_load.storage.json_lines import LineError
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.levels_rows import row_slices
from stt_load.storage.reading import of_levels, read_levels, read_run
from stt_load.storage.run_record import ReportError, RunRecord
from stt_load.storage.versions import current

MOST_ROWS_INSIDE = 100_000
GZIP_LEVEL = 5
"""At 9, which is Python's default, it takes five times as long for 7% less; at 6 half as long again for 5% less."""
ROWS_SUFFIX = ".requests.jsonl.gz"
LEVEL = ".level_"
DEFAULT_NAME = "stt_load_test_results_%Y%m%d_%H%M%S.json"


def reserve(save_path: str | None, now: datetime) -> Path:
    """The path for a result that overwrites nothing: `save_path`, or one with `_2`, `_3`, ... before its suffix.

    None: a name made of `now`, in the working directory. A name is taken as well while its spool, its rows or its
    transcripts exist, or those of one of its levels. The run makes it its own by creating the spool.
    """
    wanted = Path(now.strftime(DEFAULT_NAME) if save_path is None else save_path)
    return next(path for path in numbered(wanted) if not taken(path))


def level_path(result: Path, number: int) -> Path:
    """The name that the files of a level go by. There is no result of this name: `result` has all levels."""
    return result.with_name(f"{result.stem}{LEVEL}{number}.json")


def level_spools(result: Path) -> list[Path]:
    """The spools that levels of `result` have left, in their order."""
    found = [path for path in _of_its_levels(result) if path.name.endswith(spool.SUFFIX)]
    return sorted(found, key=lambda path: (len(path.name), path.name))


def _of_its_levels(result: Path) -> Iterator[Path]:
    """Whatever there is of levels of `result`, links to nowhere included."""
    begins = f"{result.stem}{LEVEL}"
    with suppress(OSError), os.scandir(result.parent) as entries:
        names = [entry.name for entry in entries if entry.name.startswith(begins)]
        yield from (result.with_name(name) for name in names if name[len(begins) :].partition(".")[0].isdecimal())


def elsewhere(path: Path) -> Path:
    """Where a result can be that was to be at `path`, whose folder is gone: in the working directory, and if that is
    gone as well, among the temporary files."""
    here = Path() if _exists_still() else Path(tempfile.gettempdir())
    return reserve(str(here / path.name), datetime.now())


def rows_path(result: Path) -> Path:
    """Where the rows of a long run are, beside its result."""
    return result.with_suffix(ROWS_SUFFIX)


def write(path: Path, run: RunRecord) -> None:
    """Writes the result to `path`: under another name, then renamed, so that nobody meets half a file.

    Above `MOST_ROWS_INSIDE` the rows go to a file of their own beside it.
    Raises `FileExistsError` rather than overwrite anything, `OSError` when it can't be written; then nothing is left.
    """
    _write(path, run, len(run.samples))


def write_levels(path: Path, record: LevelsRecord) -> None:
    """Writes all levels of a sweep or a search as one result, just as `write` does that of one run."""
    _write(path, record, sum(len(level.run.samples) for level in record.levels))


def _write(path: Path, record: RunRecord | LevelsRecord, count: int) -> None:
    head = as_text(document(record)).removesuffix("\n}")
    if count <= MOST_ROWS_INSIDE:
        with published(path) as file:
            _write_with_rows(file, head, row_slices(record))
        return
    rows = rows_path(path)
    with published(rows) as file:
        _write_compressed(file, row_slices(record))
    try:
        with open_ordinary(rows) as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        reference = {"file": rows.name, "rows": count, "sha256": digest}
        with published(path) as file:
            file.write(utf8(f'{head},\n  "requests": {json.dumps(reference)}\n}}\n'))
    except OSError:
        rows.unlink()
        raise


def load(path: Path) -> RunRecord | LevelsRecord:
    """A run, or a run of levels, from its result, or from the spool of one that never got there.

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


def load_run(path: Path) -> RunRecord:
    """`load` of what is to be of one load. Raises `ReportError` for a run of levels, too."""
    record = load(path)
    if isinstance(record, LevelsRecord):
        raise ReportError(f"{path} is of {len(record.levels)} levels: it is read alone")
    return record


def _loaded(path: Path) -> RunRecord | LevelsRecord:
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
    requests = values.pop("requests", None)
    rows = iter(requests) if isinstance(requests, list) else _rows_beside(path, requests)
    return read_levels(values, rows, path) if of_levels(values) else read_run(values, rows, path)


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


def taken(path: Path) -> bool:
    """Whether the name of a result is. Also by a link to nowhere, which nothing can be created over."""
    own = (path, path.with_suffix(spool.SUFFIX), rows_path(path))
    return any(map(os.path.lexists, own)) or transcripts.taken(path) or any(_of_its_levels(path))


def _exists_still() -> bool:
    """Whether the working directory does. Of one that was deleted only its name is gone."""
    try:
        return Path.cwd().is_dir()
    except FileNotFoundError:
        return False
