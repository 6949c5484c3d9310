"""Several files of one run as one: what a master that died and its workers have left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from stt_load.samples.fields import INSTANTS, TEXTS
from stt_load.samples.generator import Generator, Stall, WorkerHealth
from stt_load.samples.run_info import RunInfo
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import ReportError, RunRecord

MOST_TEXTS = 2**15 - 1
"""As many as the columns have numbers for; of any more, only the kind of failure is left."""


def merge(runs: Sequence[RunRecord]) -> RunRecord:
    """The one run that `runs`, each from a file of its own, are parts of.

    A request that is in several of them is there once. Of several results of one iteration the one counts that
    counted for the master, if it was told of one, else the first; the others are `outside`. What a worker measured
    before it was told of the barrier ended before that, and is put there.

    Raises `ReportError` when they are not of one run.
    """
    if len(runs) == 1:
        return runs[0]
    first = runs[0]
    for other in runs[1:]:
        if _identity(other) != _identity(first):
            if first.info.levels is not None and first.info.levels == other.info.levels:
                raise ReportError(
                    f"{first.path} and {other.path} are different levels of a run, which are read one by one"
                )
            raise ReportError(f"{first.path} and {other.path} are not of the same run")
    # What has seen most workers is the master's: it knows best.
    ordered = sorted(runs, key=lambda run: len(run.info.workers), reverse=True)
    names = tuple(dict.fromkeys(name for run in ordered for name in run.info.workers))
    measured = any(run.info.barrier_s is not None for run in runs)
    parts = [_part(run, names, before_barrier=measured and run.info.barrier_s is None) for run in ordered]
    texts = tuple(dict.fromkeys(text for part in parts for text in part.texts))[:MOST_TEXTS]
    rows = np.concatenate([_pointing_into(texts, part) for part in parts])
    known = len(parts[0]) if len(ordered[0].info.workers) > 1 else 0
    rows = rows[np.lexsort((rows["done_s"], np.arange(len(rows)) >= known))]
    accuracy = next((run.accuracy for run in ordered if run.accuracy is not None), None)
    samples = Samples(_each_once(rows), texts)
    return RunRecord(_info(ordered, names), first.config, samples, first.path, accuracy=accuracy)


def _identity(run: RunRecord) -> tuple[object, ...]:
    info = run.info
    return info.seed, info.started_at, info.host, info.target


def _part(run: RunRecord, names: tuple[str, ...], *, before_barrier: bool) -> Samples:
    """The samples of `run` with their workers as in `names`."""
    rows = run.samples.rows.copy()
    index = np.array([names.index(name) for name in run.info.workers] or [0])
    rows["worker"] = index[rows["worker"]]
    if before_barrier and len(rows):
        last_s = rows["done_s"].max()
        for name in INSTANTS:
            rows[name] -= last_s
    return Samples(rows, run.samples.texts)


def _pointing_into(texts: tuple[str, ...], part: Samples) -> npt.NDArray[np.void]:
    """The rows of `part`, whose codes of texts are those of `texts`."""
    places = {text: place for place, text in enumerate(texts)}
    code = np.array([*(places.get(text, -1) for text in part.texts), -1], dtype=np.int16)
    rows = part.rows
    for name in TEXTS:
        rows[name] = code[rows[name]]
    return rows


def _each_once(rows: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Rows, the best informed first, without those that say the same again; one of each iteration counts."""
    tries = rows[["seq", "attempt", "worker"]]
    _, places = np.unique(tries, return_index=True)
    rows = rows[np.sort(places)]
    counting = np.flatnonzero(rows["phase"] != Phase.OUTSIDE)
    _, places = np.unique(rows["seq"][counting], return_index=True)
    again = np.delete(counting, places)
    rows["phase"][again] = Phase.OUTSIDE
    return rows


def _info(runs: Sequence[RunRecord], names: tuple[str, ...]) -> RunInfo:
    infos = [run.info for run in runs]
    ended = next((info for info in infos if info.end_reason != "crashed"), infos[0])
    barriers = (info.barrier_s for info in infos if info.barrier_s is not None)
    times = (info.barrier_at for info in infos if info.barrier_at is not None)
    heard = next((info for info in infos if info.first_transcript is not None), infos[0])
    return replace(
        ended,
        workers=names,
        barrier_s=next(barriers, None),
        barrier_at=next(times, None),
        first_transcript=heard.first_transcript,
        first_said=heard.first_said,
        generator=_generator(runs, names),
    )


def _generator(runs: Sequence[RunRecord], names: tuple[str, ...]) -> Generator:
    """What was in flight can't be added up from their means; of the rest, the first word on each worker counts."""
    health: dict[int, WorkerHealth] = {}
    stalls: dict[int, list[Stall]] = {}
    for run in runs:
        generator = run.info.generator
        for one in generator.workers:
            number = names.index(run.info.workers[one.worker])
            health.setdefault(number, replace(one, worker=number))
            of_worker = [replace(stall, worker=number) for stall in generator.stalls if stall.worker == one.worker]
            stalls.setdefault(number, of_worker)
    best = runs[0].info.generator
    return replace(
        best,
        workers=tuple(health[number] for number in sorted(health)),
        stalls=tuple(sorted((stall for some in stalls.values() for stall in some), key=lambda stall: stall.from_s)),
        in_flight_mean=None,
        in_flight_stdev=None,
        listener_errors=max(run.info.generator.listener_errors for run in runs),
    )
