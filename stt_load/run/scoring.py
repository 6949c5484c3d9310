"""A run's answers, from the moment they are there until it is known how many of their words are right."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import numpy as np
import numpy.typing as npt
from gevent.event import Event

from stt_load.accuracy import child
from stt_load.accuracy.scores import Scores, ScoringError, wordless
from stt_load.audio import sources
from stt_load.audio.sources import AudioSpec, digest_of, texts_of
from stt_load.load.repeats import chosen
from stt_load.run.faults import Faults
from stt_load.run.spooling import give_way
from stt_load.samples.accuracy import Accuracy
from stt_load.samples.fields import SCORED
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.storage import transcripts
from stt_load.storage.run_record import RunRecord
from stt_load.storage.transcripts import Transcripts, Wanted

logger = logging.getLogger(__name__)

NO_ANSWERS = "No measured request was answered."
NO_ROOM = "The clips were too short for the recordings of the pack: none of them has words."
NO_TRANSCRIPTS = "The words of the answers, which stand beside the rows while a run lasts, are not there."
OTHERS = "{what} is another one now than in the run, so it is not known what the clips said."
_OPTIONAL = ("format", "pack", "files", "vary", "skip_broken", "cache_mb")
GIVEN_UP = "Scoring was given up: a signal asked for the end while answers were being scored."

Progress = Callable[[int, int], None]
"""Told how many answers have been scored, of how many."""


class Scoring:
    """Keeps the words of one run's answers until they are scored.

    path: where the result is to be. config: as the result has it. given_up: set when somebody wants the result now.
    wanted: of which answers the words are. transcripts: None where they are of none: the clips say nothing, so that
    no answer can be right or wrong, and none of them is said again.
    """

    def __init__(
        self,
        path: Path,
        config: Mapping[str, Any],
        hide: Callable[[str], str],
        faults: Faults,
        progress: Progress,
        given_up: Event,
    ) -> None:
        self.wanted = wanted_of(config)
        self.transcripts = Transcripts(path, hide) if self.wanted else None
        self._path = path
        self._hide = hide
        self._faults = faults
        self._progress = progress
        self._given_up = given_up

    def write(self, pause: Callable[[], None] = lambda: None) -> None:
        """Answers that are new go to the disk. pause: called between slices."""
        if self.transcripts is not None:
            self.transcripts.write(pause)

    def score(self, run: RunRecord) -> RunRecord:
        """`run` with how well it was heard. Whatever breaks is a sentence there, and costs the run nothing else."""
        answers = self.transcripts
        if answers is not None and answers.trouble is not None:
            return _unscored(run, answers.trouble)
        found = None if answers is None or not answers.written else answers.path
        run = scored(run, found, lambda score: _unless(self._given_up, score), self._told, self._hide)
        if found is None or not run.config["accuracy"]["save_transcripts"]:
            return run
        try:
            said = texts_of(spec_of(run.config), run.info.seed)
            return replace(run, transcripts=transcripts.keep(self._path, found, said, give_way))
        except Exception as error:
            self._faults.note("The transcripts that were to be kept could not be written", error)
            return run

    def close(self) -> None:
        """Nothing more is kept; what was written stays, beside the spool."""
        if self.transcripts is not None:
            self.transcripts.close()

    def remove(self) -> None:
        """Nobody needs them any more. Raises `OSError`."""
        if self.transcripts is not None:
            self.transcripts.remove()

    def _told(self, done: int, total: int) -> None:
        with self._faults.caught("How far scoring has come was not shown"):
            self._progress(done, total)


def has_words(config: Mapping[str, Any]) -> bool:
    """Whether it is known what the clips of a run say. config: as its result has it."""
    return sources.has_words(spec_of(config))


def repeated(config: Mapping[str, Any]) -> tuple[int, ...]:
    """The seqs whose clips are said again; none in runs of before there was such a thing."""
    count = config["accuracy"].get("repeat_check", 0)
    return chosen(count, config["total_requests"], config["warmup_requests"]) if count else ()


def wanted_of(config: Mapping[str, Any]) -> Wanted:
    """Of which answers of a run the words are kept."""
    return Wanted(has_words(config), frozenset(repeated(config)))


def spec_of(config: Mapping[str, Any]) -> AudioSpec:
    """What the clips of a run are made of. config: as its result has it; of a former version without keys that there
    were not then."""
    audio = config["audio"]
    known = {name: audio[name] for name in _OPTIONAL if name in audio}
    if (trace := config.get("load", {}).get("trace")) is not None:
        known |= {"trace": trace, "warmup": config["warmup_requests"]}
    return AudioSpec(audio.get("source", "noise"), audio.get("duration"), audio["sample_rate"], **known)


def scored(
    run: RunRecord,
    found: Path | None,
    call: Callable[[Callable[[], Scores]], Scores],
    progress: Progress,
    hide: Callable[[str], str] = str,
) -> RunRecord:
    """`run` with its answers held against what its clips say, their counts in its rows; where they can't be, with the
    reason.

    found: the file of its transcripts, None where there are none. call: what calls the scoring. hide: takes secrets
    out of a text.
    """
    if not wanted_of(run.config):
        return _unscored(run, wordless(run.config["audio"].get("source", "noise")))
    try:
        if found is None:
            return _unscored(run, _why_none(run))
        normalise, again = run.config["accuracy"]["normalise"], repeated(run.config)
        scores = call(lambda: child.score(found, spec_of(run.config), run.info.seed, normalise, progress, again))
        fill(run.samples, scores.rows)
        silent = _silent(run, again) if has_words(run.config) else 0
    except ScoringError as error:
        return _unscored(run, hide(str(error)))
    except Exception as error:
        logger.error("stt-load: the answers could not be scored: %s", hide(repr(error)), exc_info=error)
        return _unscored(run, hide(f"Scoring failed ({type(error).__name__}: {error})."))
    return replace(run, accuracy=replace(scores.accuracy, unscored=scores.accuracy.unscored + silent))


def _silent(run: RunRecord, again: Sequence[int]) -> int:
    """How many answers are to clips that say nothing, but for those to `again`, which have been counted.

    They are the shortest ones: a clip has room for whatever a shorter one says something with.
    """
    rows = _answered(run)
    rows = rows[~np.isin(rows["seq"], again)]
    return bisect_left(rows[np.argsort(rows["audio_s"])], True, key=_speaks(run))


def _answered(run: RunRecord) -> npt.NDArray[np.void]:
    return run.samples.where((run.samples["phase"] == Phase.MEASURED) & run.samples.ok).rows


def _speaks(run: RunRecord) -> Callable[[Any], bool]:
    """What tells of a row whether its clip says something."""
    texts = texts_of(spec_of(run.config), run.info.seed)
    return lambda row: bool(texts(int(row["seq"]), int(row["attempt"])))


def _why_none(run: RunRecord) -> str:
    """Why there are no transcripts. Raises `PackError`."""
    if not has_words(run.config):
        return wordless(run.config["audio"].get("source", "noise"))
    answered = _answered(run)
    if not len(answered):
        return NO_ANSWERS
    return NO_TRANSCRIPTS if _speaks(run)(answered[np.argmax(answered["audio_s"])]) else NO_ROOM


def unjudgeable(run: RunRecord) -> str | None:
    """Why it is not known any more what the clips of a run of before said, a sentence; None where it is."""
    if not has_words(run.config) or run.info.pack_digest is None:
        return None
    spec = spec_of(run.config)
    try:
        same = digest_of(spec) == run.info.pack_digest
    except (ValueError, OSError) as error:
        return f"{_made_of(spec)} can't be read any more: {str(error).splitlines()[0]}"
    return None if same else OTHERS.format(what=_made_of(spec))


def _made_of(spec: AudioSpec) -> str:
    """What decides on what clips say, as it begins a sentence."""
    what = "The pack of recordings" if spec.source == "speech" else f"What audio.files names ({spec.files})"
    if spec.trace is not None:
        return f"{what}, or the trace,"
    drawn = isinstance(spec.duration, Mapping) and "empirical" in spec.duration
    return f"{what}, or the file of lengths," if drawn else what


def fill(samples: Samples, scores: npt.NDArray[np.void]) -> None:
    """Writes the counts of `scores` (see `stt_load.accuracy.scores.ROW`, by seq and attempt) into those of the
    rows of `samples` that they belong to. Nothing is copied: a million rows have 158 MB."""
    rows = samples.rows
    counted = np.flatnonzero((rows["phase"] == Phase.MEASURED) & samples.ok)
    if len(counted) and len(scores):
        known, wanted = _numbers(scores), _numbers(rows[counted])
        places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        there = known[places] == wanted
        for name in SCORED:
            rows[name][counted[there]] = scores[name][places[there]]


def _numbers(rows: npt.NDArray[np.void]) -> npt.NDArray[np.int64]:
    """Iteration and attempt as one number."""
    return np.asarray(rows["seq"].astype(np.int64) << 16 | rows["attempt"])


def _unscored(run: RunRecord, reason: str) -> RunRecord:
    return replace(run, accuracy=Accuracy.unjudged(reason))


def _unless(given_up: Event, score: Callable[[], Scores]) -> Scores:
    """What `score` returns, or raises. Raises `ScoringError` when somebody gives it up."""

    def guarded() -> Scores | Exception:
        try:
            return score()
        except Exception as error:  # it is for who waits, and no greenlet's own
            return error

    greenlet = gevent.spawn(guarded)
    try:
        either: list[Any] = [greenlet, given_up]
        gevent.wait(either, count=1)
        if not greenlet.ready():
            raise ScoringError(GIVEN_UP)
    finally:
        greenlet.kill()
    outcome = greenlet.value
    if isinstance(outcome, Exception):
        raise outcome
    if not isinstance(outcome, Scores):  # it was ended from elsewhere
        raise ScoringError(GIVEN_UP)
    return outcome
