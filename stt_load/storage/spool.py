"""The spool: what a run has measured so far, on disk, so that a crash loses one second.

A file of JSON lines. The first one is the header: schema version, the run and its configuration. Then one row a
line as in the result, and events, of which the last of a kind counts:

    {"event": "workers", "names": ["..."]}              of those whose rows follow, all there have been so far
    {"event": "barrier", "at_s": 1.9, "barrier_s": 4711.0, "barrier_at": "..."}     zero: on the clock of the rows,
                                                                                    of the host, and on the wall
    {"event": "first_transcript", "text": "...", "said": "..."}             said: null where its clip has no words
    {"event": "generator", "generator": {...}}

Rows count from the run's origin, as the barrier is not known when the first are written; `read` counts from the
barrier.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from stt_load.samples.escaping import encode
from stt_load.samples.generator import Generator
from stt_load.samples.rows import RowError, as_saved, lines, table
from stt_load.samples.run_info import RunInfo
from stt_load.samples.table import Samples
from stt_load.storage import json_lines
from stt_load.storage.files import create_private, open_ordinary
from stt_load.storage.json_lines import LineError
from stt_load.storage.run_record import ReportError, RunRecord, read_as
from stt_load.storage.versions import SCHEMA_VERSION, current

SUFFIX = ".partial.jsonl"


class Spool:
    """Writes the rows of one run beside its result while it lasts.

    result: path of the result to come; `path` is the spool's own. Raises `FileExistsError` when it is there already:
    another run has the same name. The methods that write raise it too, or another `OSError` of the disk's.
    """

    def __init__(self, result: Path, info: RunInfo, config: Mapping[str, Any]) -> None:
        self.path = result.with_suffix(SUFFIX)
        self._workers: Sequence[str] = info.workers
        self._barrier: float | None = None
        # A lone surrogate in an error text becomes its JSON escape: UTF-8 has no other way to say it.
        self._file = io.TextIOWrapper(
            create_private(self.path), encoding="utf-8", errors="backslashreplace", newline="\n"
        )
        try:
            self._put({"schema_version": SCHEMA_VERSION, "run": asdict(info), "config": dict(config)})
            self.flush()
        except OSError as error:
            self.remove()
            error.filename = str(self.path)  # of a full disk the system says no name
            raise

    def write(self, samples: Samples) -> None:
        """Adds the rows of `samples`, whose instants count from the run's origin: all of them, or none."""
        self._file.write("".join([f"{line}\n" for line in lines(samples, self._workers)]))

    def workers(self, names: Sequence[str]) -> None:
        """Rows that follow may be those of workers with these names, by their index. Told again, changes nothing."""
        if tuple(names) != tuple(self._workers):
            self._workers = tuple(names)
            self._put({"event": "workers", "names": self._workers})

    def barrier(self, at_s: float, barrier_s: float, barrier_at: str | None = None) -> None:
        """The barrier opened `at_s` after the run's origin, at `barrier_s` on the host's monotonic clock, at
        `barrier_at` by the wall clock.

        To be told again changes nothing.
        """
        if self._barrier is None:
            self._barrier = at_s
            self._put({"event": "barrier", "at_s": at_s, "barrier_s": barrier_s, "barrier_at": barrier_at})

    def first_transcript(self, text: str, said: str | None = None) -> None:
        """The first text that the service answered, and what its clip said."""
        self._put({"event": "first_transcript", "text": text, "said": said})

    def generator(self, seen: Generator) -> None:
        """What the load generator has seen of itself so far."""
        self._put({"event": "generator", "generator": asdict(seen)})

    def flush(self) -> None:
        """Hands everything to the operating system: from here on it outlives this process."""
        self._file.flush()

    def close(self) -> None:
        """Ends the writing. What a full disk didn't take stays outside."""
        with suppress(OSError):
            self._file.close()

    def remove(self) -> None:
        """The result is written: the spool has done its work."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _put(self, value: Mapping[str, Any]) -> None:
        self._file.write(encode(value) + "\n")


def read(path: Path) -> RunRecord:
    """The run that left the spool `path`. What a kill cut off in the middle of a line is left out.

    Raises `ReportError` when the file is not a spool or broken elsewhere, `OSError` when it can't be read.
    """
    with open_ordinary(path) as file:
        found = json_lines.read(file)
        try:
            header = next(found, None)
        except LineError as error:
            raise ReportError(f"{path}: {error}") from None
        if header is None:
            raise ReportError(f"{path} has no complete line: the run ended before anything was written")
        header = current(header, path)
        info = read_as(RunInfo, header["run"], path)
        events: dict[str, Any] = {}
        index = {name: number for number, name in enumerate(info.workers)}
        try:
            samples = table(_rows(found, events, index), index)
            info = replace(info, workers=tuple(index))
            return _told(info, header["config"], samples, events, path)
        except LineError as error:
            raise ReportError(f"{path}: {error}") from None
        except (RowError, KeyError, TypeError) as error:
            raise ReportError(f"{path} is damaged: {error}") from None


def count_rows(path: Path) -> int:
    """How many whole rows the spool `path` has. Raises `OSError` when it can't be read."""
    with open_ordinary(path) as file:
        file.readline()  # the header
        return sum(line.endswith(b"\n") and not line.startswith(b'{"event"') for line in file)


def _told(
    info: RunInfo, config: dict[str, Any], samples: Samples, events: Mapping[str, Any], path: Path
) -> RunRecord:
    """The run as the events tell it."""
    if "barrier" in events:
        opened = events["barrier"]
        samples = samples.since(opened["at_s"])
        info = replace(info, barrier_s=opened["barrier_s"], barrier_at=opened.get("barrier_at"))
    if "first_transcript" in events:
        first = events["first_transcript"]
        info = replace(info, first_transcript=first["text"], first_said=first.get("said"))
    if "generator" in events:
        info = replace(info, generator=read_as(Generator, events["generator"]["generator"], path))
    return RunRecord(info, config, as_saved(samples), path)


def _rows(found: Iterator[Any], events: dict[str, Any], index: dict[str, int]) -> Iterator[Any]:
    """The rows among the lines; the events go into `events`, by their kind, names of new workers into `index`."""
    for value in found:
        if "event" in value:
            events[value["event"]] = value
            if value["event"] == "workers":
                index.update((name, number) for number, name in enumerate(value["names"]))
        else:
            yield value
