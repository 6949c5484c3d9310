"""Rows of a worker, held against what is known of its run: times, sizes and texts that can't be are no rows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stt_load.api.names import DIALECTS
from stt_load.cluster import protocol
from stt_load.cluster.checks import InvalidMessage, shown
from stt_load.cluster.clocks import LONGEST_JUMP_S
from stt_load.cluster.protocol import Data
from stt_load.load.iteration import AFTER_WARMUP, Iteration
from stt_load.run.monitor import COUNT_PERIOD_S
from stt_load.samples.fields import INSTANTS, SCORED, TEXTS
from stt_load.samples.keeping import in_order, out_of_range
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import KINDS, Samples, absent
from stt_load.storage import transcripts

SLACK_S = 1.0
"""So far beyond the run an instant may be, and the error of its clock further: a stall lies between any two looks."""
WATCH_SLACK_S = 10.0
"""The same for what a worker has seen of itself, which is told on its own clock."""
DROP_SLACK_S = 1e-3
"""An arrival is dropped when it has been due for a time that each worker knows: rounding alone may make it less."""
LONGEST_ERROR = 10_000
"""Characters of what an error says."""
_PHASES = {int(phase) for phase in Phase}


@dataclass(frozen=True, slots=True)
class RunBounds:
    """What is known of the run that rows are from. Instants count from its origin.

    barrier_s: infinite before it is open. now_s: when the rows have come. error_s: of the clock that they were placed
    with, its jumps so far included. audio_s: tells how long the clip of an iteration is. most_users: no more there
    can have been. slack_s: so far beyond the run an instant may be. due_s: tells when an iteration after the warm-up
    is due, None where that is when it is ready; max_lag_s: of such a one that is dropped.
    """

    barrier_s: float
    now_s: float
    error_s: float
    audio_s: Callable[[int], float]
    most_users: int
    slack_s: float = SLACK_S
    due_s: Callable[[int], float | None] = lambda _: None
    max_lag_s: float = 0.0


class OutsideRun(InvalidMessage):
    """Instants beyond the run, which a clock that has jumped since it was looked at would explain."""


def readable(samples: Samples) -> list[Sample]:
    """The rows as samples; raises `InvalidMessage` where a code stands for nothing."""
    rows = samples.rows
    if not len(rows):
        return []
    if not set(np.unique(rows["phase"]).tolist()) <= _PHASES:
        raise InvalidMessage("its rows are of a phase that there is not")
    if rows["error_kind"].max() > len(KINDS):
        raise InvalidMessage("its rows have errors of a kind that there is not")
    if not all(absent(rows, name).all() for name in SCORED):
        raise InvalidMessage("its rows say how well they were heard, which no worker knows")
    if any(rows[name].min() < -1 or rows[name].max() >= len(samples.texts) for name in TEXTS):
        raise InvalidMessage("its rows point to texts that there are not")
    return list(samples)


def check_texts(samples: Iterable[Sample], known: set[str]) -> None:
    """What errors, dialects and headers say can be shown. known: headers that were looked at before, and these from
    now on."""
    for sample in samples:
        if sample.error is not None and len(sample.error) > LONGEST_ERROR:
            raise InvalidMessage(f"a row's error is a text of {len(sample.error)} characters")
        if sample.dialect is not None and sample.dialect not in DIALECTS:
            raise InvalidMessage(f"a row's stream is in a dialect that there is not: {shown(sample.dialect)}")
        if sample.headers is not None and sample.headers not in known:
            if not _are_headers(sample.headers):
                raise InvalidMessage(f"a row's headers are none: {shown(sample.headers)}")
            known.add(sample.headers)


def transcripts_of(data: Data, samples: Sequence[Sample], known: int) -> dict[int, str]:
    """The transcripts that a message brings, by the place of their row in `samples`, which are those of its rows that
    are new: all but the first `known`. Raises `InvalidMessage` for one of a row that can have none."""
    found: dict[int, str] = {}
    last = -1
    for place, text in data["transcripts"]:
        if not last < place < known + len(samples):
            raise InvalidMessage(f"it sends a transcript of a row that there is not, or a second one (row {place})")
        last = place
        if place >= known:
            if not transcripts.counts(sample := samples[place - known]):
                raise InvalidMessage(f"it sends a transcript of a row that has none (seq {sample.seq})")
            found[place - known] = text
    return found


def check(samples: Sequence[Sample], run: RunBounds) -> None:
    """Raises `InvalidMessage` for the first row that can't be."""
    earliest_s = -run.slack_s - run.error_s
    latest_s = run.now_s + run.slack_s + run.error_s
    barrier_s = run.barrier_s + earliest_s
    for sample in samples:
        fault = out_of_range(sample)
        if fault:
            raise InvalidMessage(f"a row is out of range: {fault}")
        start_s, done_s = sample.start_s, sample.done_s
        if not earliest_s <= start_s or not done_s <= latest_s:
            said = f"a row is from {start_s:.6g} s to {done_s:.6g} s of a run that is at {run.now_s:.6g} s"
            raise InvalidMessage(said) if _is_absurd(sample, run) else OutsideRun(said)
        if sample.phase in AFTER_WARMUP and start_s < barrier_s:
            said = f"a measured row began at {start_s:.6g} s, before the warm-up was over"
            raise InvalidMessage(said) if math.isinf(barrier_s) else OutsideRun(said)
        _check_due(sample, run)
        longest_s = (done_s - start_s) * (1 + 1e-6) + SLACK_S  # what lasted is no longer than the whole
        if (
            not in_order(sample)
            or max(sample.late_s, sample.connect_s or 0.0, sample.tcp_connect_s or 0.0) > longest_s
        ):
            raise InvalidMessage(f"a row's instants are not in their order (seq {sample.seq})")
        if (users := max(sample.users, sample.slot + 1)) > run.most_users:
            raise InvalidMessage(f"a row says that there were {users} users")
        audio_s = run.audio_s(sample.seq)
        if not math.isclose(sample.audio_s, audio_s, rel_tol=1e-5, abs_tol=1e-5):
            raise InvalidMessage(
                f"a row's clip (seq {sample.seq}) is {sample.audio_s:.6g} s long, where it has {audio_s:.6g} s"
            )


def _check_due(sample: Sample, run: RunBounds) -> None:
    """Raises `InvalidMessage` where it is not from the time at which it was due, or dropped though it was sent, or
    before it was time to. Which are lost only a master knows."""
    if sample.error_kind is ErrorKind.LOST:
        raise InvalidMessage(f"a row says of itself that it was lost (seq {sample.seq})")
    due_s = run.due_s(sample.seq) if sample.phase in AFTER_WARMUP else None
    if due_s is None:
        if sample.error_kind is ErrorKind.DROPPED:
            raise InvalidMessage(f"a row says that it was dropped, where none is due (seq {sample.seq})")
        return
    if not abs(sample.start_s - due_s) <= run.slack_s + run.error_s:
        said = f"a row (seq {sample.seq}) was due at {sample.start_s:.6g} s, where that was at {due_s:.6g} s"
        raise InvalidMessage(said) if _is_absurd(sample, run) else OutsideRun(said)
    too_early = sample.done_s - sample.start_s < run.max_lag_s - DROP_SLACK_S
    if sample.error_kind is ErrorKind.DROPPED and (sample.sent_s is not None or too_early):
        raise InvalidMessage(f"a row says that it was dropped, and could be sent (seq {sample.seq})")


def check_wants(wants: Data, most_users: int) -> None:
    """Locust spawns the users: a worker has no more than it was asked for, and those that are on their way out."""
    said = max(wants["present"], wants["starting"], wants["waiting"])
    if said > most_users:
        raise InvalidMessage(f"it says to have {said} users, where there can be no more than {most_users}")
    if wants["present"] > wants["joined"]:
        raise InvalidMessage(f"it says that {wants['present']} users are there, of {wants['joined']} that have come")


def check_taken(wants: Data, granted: int) -> None:
    """It starts nothing that it has not been given. granted: iterations, since its lease was renewed."""
    if wants["taken"] > granted:
        raise InvalidMessage(f"it says to have started {wants['taken']} of {granted} iterations")


def held(data: Data) -> set[Iteration]:
    """The iterations that a worker says it has, where it has to."""
    if data["held"] is None:
        raise InvalidMessage("it does not say which iterations it has")
    return set(protocol.unpack_iterations(data["held"]))


def check_watch(watch: Data | None, elapsed_s: float, most_users: int) -> None:
    """What a worker says to have seen of itself since the barrier, `elapsed_s` ago: no more than was to be seen."""
    if watch is None:
        return
    longest_s = elapsed_s + WATCH_SLACK_S
    if any(not -WATCH_SLACK_S <= from_s <= to_s <= longest_s for from_s, to_s in watch["stalls"]):
        raise InvalidMessage("it says to have stood still when there was no run")
    if any((watch[name] or 0) > longest_s for name in ("lag_p99_s", "lag_mean_s", "stalled_s")):
        raise InvalidMessage("it says to have been late for longer than the run has gone on")
    looks = watch["looks"]
    if looks > 2 * longest_s / COUNT_PERIOD_S:
        raise InvalidMessage(f"it says to have looked at itself {looks} times")
    if max(watch["in_flight_sum"], watch["users_sum"], watch["in_flight_squares"] / most_users) > looks * most_users:
        raise InvalidMessage("it says to have seen more users than there are")


def move_into(rows: npt.NDArray[np.void], run: RunBounds, jumped_s: float) -> bool:
    """Moves `rows` that lie beyond the run, by no more than their clock has jumped, to the nearest place in it.

    Returns whether there are any. What a row lasted stays as it is: one in which a clock stood may end in what is to
    come.
    """
    measured = np.isin(rows["phase"], AFTER_WARMUP)
    earliest_s = np.where(measured & math.isfinite(run.barrier_s), run.barrier_s, 0.0)
    late = _move(rows, rows["done_s"] - run.now_s, -1, jumped_s)
    early = _move(rows, earliest_s - rows["start_s"], 1, jumped_s)
    return late or early


def _move(rows: npt.NDArray[np.void], beyond_s: npt.NDArray[np.float64], sign: int, jumped_s: float) -> bool:
    odd = (beyond_s > SLACK_S) & (beyond_s <= jumped_s + SLACK_S)
    for name in INSTANTS:
        rows[name][odd] += sign * beyond_s[odd]
    return bool(odd.any())


def _is_absurd(sample: Sample, run: RunBounds) -> bool:
    """No machine stood that long."""
    return sample.start_s <= -LONGEST_JUMP_S or sample.done_s - run.now_s >= LONGEST_JUMP_S


def _are_headers(text: str) -> bool:
    """A JSON object of texts."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and all(value is None or isinstance(value, str) for value in found.values())
