"""Answers that are held against what was said: their counts in their rows, and whatever goes wrong in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import numpy as np
import pytest

from stt_load.accuracy.scores import ROW, Scores, ScoringError
from stt_load.audio.sources import AudioSpec, seconds_of, texts_of
from stt_load.config import Config
from stt_load.run import context, scoring
from stt_load.run.scoring import fill, repeated, scored, wanted_of
from stt_load.samples.accuracy import Accuracy, Repeats
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import Samples, SampleTable
from stt_load.storage import result_file
from stt_load.storage.run_record import RunRecord
from stt_load.storage.transcripts import Wanted
from tests.report.runs import run_of, steady
from tests.run.trial import Trial, written

SPEECH = {"source": "speech", "duration": 5.0, "sample_rate": 16_000, "format": "wav", "pack": None}
KEEP = {"normalise": "auto", "save_transcripts": False}


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def rows_of(*samples: Sample) -> Samples:
    table = SampleTable()
    for sample in samples:
        table.append(sample)
    return table.snapshot()


def row(seq: int, attempt: int = 0, phase: Phase = Phase.MEASURED, error: ErrorKind | None = None) -> Sample:
    return Sample(seq, attempt, phase, 0, 1, 1.0, 1.5, None, 2.0, 0.0, 1.0, 1, 1, 200, error, None, 1)


def scores_of(*counts: tuple[int, int, int, int, int, int, int, int, int], **known: Any) -> Scores:
    return Scores(np.array(list(counts), ROW), Accuracy(scored=len(counts), **known))


def heard(transcripts: Path, *_: Any, **__: Any) -> Scores:
    """As if each answer had a word too many, but for those of even iterations, which were swapped."""
    found = sorted((one["seq"], one["attempt"]) for one in map(json.loads, transcripts.read_text().splitlines()))
    return scores_of(*((seq, attempt, 5, 0, 0, 1, 20, 4, 1 if seq % 2 == 0 else 0) for seq, attempt in found))


def test_counts_go_into_the_rows_that_they_are_of() -> None:
    samples = rows_of(row(1, 1), row(0), row(3), row(2, 0, Phase.OUTSIDE), row(4, error=ErrorKind.SHED))
    scores = scores_of(
        (0, 0, 9, 1, 2, 3, 40, 5, 4), (1, 1, 8, 0, 0, 0, 30, 0, 0), *((seq, 0, 1, 1, 1, 1, 1, 1, 1) for seq in (2, 4))
    )
    before = samples.rows.tobytes()
    fill(samples, scores.rows[:0])
    fill(samples.where(np.zeros(5, bool)), scores.rows)
    assert samples.rows.tobytes() == before
    fill(samples, scores.rows)
    found = {sample.seq: sample for sample in samples}
    counts = ("words", "substitutions", "deletions", "insertions", "characters", "character_edits", "flaw")
    assert [getattr(found[0], name) for name in counts] == [9, 1, 2, 3, 40, 5, "looping"]
    assert [getattr(found[1], name) for name in counts] == [8, 0, 0, 0, 30, 0, None]
    for seq in (2, 3, 4):
        assert [getattr(found[seq], name) for name in counts] == [None] * 7


def run_with(samples: Samples, **audio: Any) -> RunRecord:
    run = run_of(steady())
    return replace(run, samples=samples, config=run.config | {"audio": SPEECH | audio, "accuracy": KEEP})


def call(score: Callable[[], Scores]) -> Scores:
    return score()


def test_the_clips_of_a_result_are_those_of_its_run_in_every_way() -> None:
    """Each key has another value than it has by default."""
    audio = {
        "source": "files",
        "duration": "3..20",
        "sample_rate": 8_000,
        "format": "flac",
        "pack": "pack.jsonl",
        "files": "recordings",
        "vary": {"snr_db": 12.0},
        "skip_broken": True,
        "cache_mb": 17,
    }
    config = Config.model_validate({"audio": audio})
    wanted = AudioSpec(
        "files", "3..20", 8_000, "flac", "pack.jsonl", "recordings", {"snr_db": 12.0}, skip_broken=True, cache_mb=17
    )
    assert context.spec_of(config) == scoring.spec_of(config.model_dump(mode="json")) == wanted
    traced = Config.model_validate({"audio": audio, "warmup_requests": 3, "load": {"trace": "t.csv"}})
    wanted = replace(wanted, trace="t.csv", warmup=3)
    assert context.spec_of(traced) == scoring.spec_of(traced.model_dump(mode="json")) == wanted


@pytest.mark.parametrize(
    ("audio", "found", "reason"),
    [
        ({"source": "noise"}, Path("there"), "The clips were noise, in which there are no words."),
        ({}, None, scoring.NO_TRANSCRIPTS),
        ({"duration": 0.5}, None, scoring.NO_ROOM),
    ],
)
def test_without_words_or_answers_there_is_nothing_to_score(
    audio: dict[str, Any], found: Path | None, reason: str
) -> None:
    run = run_with(rows_of(row(0)), **audio)
    assert scored(run, found, call, lambda *_: None).accuracy == Accuracy.unjudged(reason)


def test_clips_that_are_too_short_for_words_are_counted_among_what_is_not_scored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = AudioSpec("speech", "0.1..4", 16_000)
    run = run_with(rows_of(), duration="0.1..4")
    seconds, texts = seconds_of(spec, run.info.seed), texts_of(spec, run.info.seed)
    run = replace(run, samples=rows_of(*(replace(row(seq), audio_s=seconds(seq)) for seq in range(100))))
    silent = [seq for seq in range(100) if not texts(seq, 0)]
    assert 10 < len(silent) < 60
    monkeypatch.setattr(scoring.child, "score", lambda *_: scores_of((1, 0, 5, 0, 0, 1, 20, 4, 0), unscored=3))
    found = scored(run, Path("transcripts"), call, print).accuracy
    assert found is not None
    assert found.unscored == 3 + len(silent)
    monkeypatch.setattr(scoring, "repeated", lambda _: (silent[0], silent[1]))
    again = scored(run, Path("transcripts"), call, print).accuracy
    assert again is not None
    assert again.unscored == found.unscored - 2


def test_where_nobody_was_answered_it_says_so() -> None:
    run = run_with(rows_of(row(0, error=ErrorKind.SHED), row(1, phase=Phase.WARMUP)))
    reason = "No measured request was answered."
    assert scored(run, None, call, lambda *_: None).accuracy == Accuracy.unjudged(reason)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ScoringError("the pack is gone, says swordfish"), "the pack is gone, says ***"),
        (RuntimeError("boom"), "Scoring failed (RuntimeError: boom)."),
    ],
)
def test_a_scorer_that_breaks_is_a_sentence(error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Scores:
        raise error

    monkeypatch.setattr(scoring.child, "score", broken)
    run = run_with(rows_of(row(0)))
    after = scored(run, Path("x"), call, lambda *_: None, lambda text: text.replace("swordfish", "***"))
    assert after.accuracy == Accuracy.unjudged(reason)
    assert after.samples is run.samples


class Speaking(Trial):
    """A run whose clips say something."""

    def __init__(self, **keys: Any) -> None:
        super().__init__(audio={"source": "speech", "duration": 5.0}, **keys)


def leftovers() -> list[str]:
    return sorted(path.name for path in Path.cwd().iterdir() if path.suffix != ".json")


def test_a_run_ends_with_its_answers_scored_and_none_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring.child, "score", heard)
    trial = Speaking()
    trial.go()
    run = trial.finish()
    result = written()
    assert [one["words"] for one in result["requests"]] == [None, None, 5, 5, 5, 5]
    assert [one["flaw"] for one in result["requests"]] == [None, None, "swapped", None, "swapped", None]
    assert result["accuracy"]["scored"] == 4
    assert (result["transcripts"], result["run"]["faults"]) == (None, [])
    assert leftovers() == []
    assert run.path is not None
    again = result_file.load(run.path)
    assert (again.accuracy, list(again.samples)) == (run.accuracy, list(run.samples))
    assert again.summary.metrics == run.summary.metrics


def test_transcripts_stay_beside_the_result_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring.child, "score", heard)
    monkeypatch.setattr(scoring, "texts_of", lambda *_: lambda *which: ("said", str(which[0])))
    trial = Speaking(accuracy={"save_transcripts": True})
    trial.go()
    run = trial.finish()
    (kept,) = leftovers()
    assert run.transcripts is not None
    assert (written()["transcripts"]["file"], written()["transcripts"]["rows"]) == (kept, 4)
    found = [json.loads(line) for line in Path(kept).read_text().splitlines()]
    assert found == [{"seq": seq, "attempt": 0, "said": f"said {seq}", "heard": f"text {seq}"} for seq in range(2, 6)]


def test_transcripts_that_can_not_be_kept_are_missing_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scoring.child, "score", heard)
    monkeypatch.setattr(scoring.transcripts, "keep", full)
    trial = Speaking(accuracy={"save_transcripts": True})
    trial.go()
    trial.finish()
    result = written()
    assert (result["transcripts"], result["accuracy"]["scored"]) == (None, 4)
    assert "transcripts that were to be kept" in result["run"]["faults"][0]


def test_a_disk_that_takes_no_transcripts_costs_the_accuracy_and_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    trial = Speaking()
    monkeypatch.setattr("stt_load.storage.transcripts.create_private", full)
    trial.go()
    run = trial.finish()
    result = written()
    assert len(result["requests"]) == 6
    assert "No space left on device" in result["accuracy"]["reason"]
    assert result["run"]["faults"] == []
    assert run.info.generator.listener_errors == 0
    assert leftovers() == []


def test_a_broken_scorer_costs_the_run_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Scores:
        raise ScoringError("the pack is gone")

    monkeypatch.setattr(scoring.child, "score", broken)
    trial = Speaking()
    trial.go()
    trial.finish()
    result = written()
    assert result["accuracy"]["reason"] == "the pack is gone"
    assert (result["run"]["faults"], len(result["requests"])) == ([], 6)
    assert leftovers() == []


def test_a_signal_gives_up_scoring_and_the_result_is_written_without(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    trial = Speaking()

    def endless(*_: Any, **__: Any) -> Scores:
        gevent.spawn(trial.run.lifecycle.interrupt)
        try:
            gevent.sleep(600)
        finally:
            ended.append("the child")
        raise AssertionError

    monkeypatch.setattr(scoring.child, "score", endless)
    trial.go()
    gevent.sleep(0)
    trial.run.lifecycle.stop("stopped")
    trial.run.lifecycle.over()
    trial.run.finish()
    result = written()
    assert ended == ["the child"]
    assert result["accuracy"]["reason"] == scoring.GIVEN_UP
    assert (len(result["requests"]), result["run"]["faults"]) == (6, [])
    assert leftovers() == []


def test_rows_that_can_not_be_read_leave_their_transcripts_beside_the_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: Any) -> Any:
        raise MemoryError

    trial = Speaking()
    trial.go()
    monkeypatch.setattr("stt_load.run.result.as_saved", no_memory)
    trial.finish()
    assert [name.split(".", 1)[1] for name in leftovers()] == ["partial.jsonl", "partial.transcripts.jsonl"]


def test_what_the_first_clip_said_is_in_the_result_beside_its_answer() -> None:
    trial = Trial()
    trial.run.barrier.first_heard("a bout", "a boat")
    trial.go()
    trial.finish()
    info = written()["run"]
    assert (info["first_transcript"], info["first_said"]) == ("a bout", "a boat")


def test_how_far_it_is_shows_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(transcripts: Path, *parts: Any) -> Scores:
        for done in (0, 50_000, 100_000):
            parts[3](done, 100_000)
        return heard(transcripts)

    monkeypatch.setattr(scoring.child, "score", slow)
    trial = Speaking()
    trial.go()
    trial.finish()
    assert trial.err.getvalue().count("Holding answers against what was said") == 1
    assert "0 of 100,000" in trial.err.getvalue()


@pytest.mark.parametrize(
    ("audio", "accuracy", "total", "wanted"),
    [
        (SPEECH, KEEP, 20, Wanted(scored=True)),
        (SPEECH, KEEP | {"repeat_check": 0}, 20, Wanted(scored=True)),
        (SPEECH, KEEP | {"repeat_check": 2}, 20, Wanted(True, frozenset([6, 15]))),
        (SPEECH | {"source": "noise"}, KEEP, 20, Wanted()),
        (SPEECH | {"source": "noise"}, KEEP | {"repeat_check": 2}, None, Wanted(False, frozenset([4, 14]))),
    ],
)
def test_words_are_wanted_of_speech_and_of_what_is_said_again(
    audio: dict[str, Any], accuracy: dict[str, Any], total: int | None, wanted: Wanted
) -> None:
    config = {
        "audio": audio,
        "accuracy": accuracy,
        "total_requests": total,
        "warmup_requests": 4 if total is None else 2,
    }
    assert wanted_of(config) == wanted
    assert set(repeated(config)) == wanted.repeated


def test_clips_without_words_are_still_compared_where_they_are_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def compared(*parts: Any) -> Scores:
        asked.extend(parts)
        return Scores(np.zeros(0, ROW), Accuracy(reason="none", repeats=Repeats(1)))

    monkeypatch.setattr(scoring.child, "score", compared)
    run = run_with(rows_of(row(0)), source="noise")
    run = replace(run, config=run.config | {"accuracy": KEEP | {"repeat_check": 1}})
    found = scored(run, Path("there"), call, lambda *_: None)
    assert found.accuracy == Accuracy(reason="none", repeats=Repeats(1))
    assert asked[-1] == repeated(run.config) != ()
    assert scored(run, None, call, lambda *_: None).accuracy == Accuracy.unjudged(
        "The clips were noise, in which there are no words."
    )
