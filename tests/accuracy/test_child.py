"""Answers scored in a process of its own, of clips as they are sent; and all the ways in which that ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

from stt_load.accuracy.child import score
from stt_load.accuracy.scores import ScoringError
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, texts_of
from tests import inside
from tests.accuracy.speech import write

SPEC = AudioSpec("speech", 10.0, 16_000)
SEED = 11


def nobody(done: int, of: int) -> None:
    assert 0 <= done <= of


@pytest.fixture
def transcripts(tmp_path: Path) -> Path:
    """Forty answers, all right but the one to the third clip, which is the fourth's; the last has no end."""
    texts = texts_of(SPEC, SEED)
    said = [" ".join(texts(seq, 0)) for seq in range(41)]
    said[2] = said[3]
    path = write(tmp_path / "t.jsonl", [(seq, 0, seq / 4, text) for seq, text in enumerate(said)])
    path.write_bytes(path.read_bytes()[:-9])
    return path


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many answers that it takes seconds to score them."""
    return write(
        tmp_path / "many.jsonl", [(seq, 0, seq / 4, "The old boat drifts past. " * 4) for seq in range(20_000)]
    )


def test_files_that_lie_about_are_no_modules_of_it(
    transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("jiwer", "random"):
        Path(f"{name}.py").write_text("raise SystemExit('not meant for this')")
    assert score(transcripts, SPEC, SEED, "auto", nobody).accuracy.scored == 40


def test_it_tells_how_far_it_is_and_what_came_out(transcripts: Path) -> None:
    told: list[tuple[int, int]] = []
    scores = score(transcripts, SPEC, SEED, "auto", lambda *one: told.append(one))
    assert told[0] == (0, 40)
    assert told[-1] == (40, 40)
    assert scores.rows["seq"].tolist() == list(range(40))
    assert scores.rows["flaw"].tolist() == [0, 0, 1] + [0] * 37
    edits = scores.rows["substitutions"].astype(int) + scores.rows["deletions"] + scores.rows["insertions"]
    assert edits.nonzero()[0].tolist() == [2]
    accuracy = scores.accuracy
    assert (accuracy.normalisation, accuracy.language, accuracy.scored, accuracy.unscored) == ("english", "en", 40, 0)
    assert accuracy.examples == accuracy.worst
    assert accuracy.examples[0].other_seq == 3
    assert accuracy.examples[0].heard == " ".join(texts_of(SPEC, SEED)(3, 0))


def test_the_normalisation_is_the_one_that_was_asked_for(transcripts: Path) -> None:
    accuracy = score(transcripts, SPEC, SEED, "korean", nobody).accuracy
    assert accuracy.normalisation == "korean"
    assert accuracy.spaced_characters


def test_noise_is_not_scored_and_no_process_needed(transcripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(subprocess, "Popen")
    scores = score(transcripts, replace(SPEC, source="noise"), SEED, "auto", nobody)
    assert len(scores.rows) == 0
    assert scores.accuracy.reason == "The clips were noise, in which there are no words."


def test_answers_to_clips_that_were_said_again_are_held_against_each_other_and_not_against_texts(
    transcripts: Path,
) -> None:
    said = " ".join(texts_of(SPEC, SEED)(7, 0))
    with transcripts.open("a") as file:
        file.write("\n")
    again = [(7, REPEAT, 0.0, said), (7, REPEAT + 1, 0.1, said), (7, REPEAT + 2, 0.2, said + " nobody")]
    both = transcripts.with_name("both.jsonl")
    whole = transcripts.read_text().splitlines()[:40]
    both.write_text("\n".join(whole) + "\n" + write(transcripts.with_name("a.jsonl"), again).read_text())
    told: list[tuple[int, int]] = []
    scores = score(both, SPEC, SEED, "auto", lambda *one: told.append(one), [7, 9])
    assert (scores.accuracy.scored, scores.accuracy.unscored) == (40, 0)
    assert told[-1] == (40, 40)
    assert scores.rows["attempt"].max() == 0
    repeats = scores.accuracy.repeats
    assert repeats is not None
    assert (repeats.asked, repeats.unit) == (2, "words")
    (clip,) = repeats.clips
    assert (clip.seq, clip.control, clip.measured, clip.repeated) == (7, 0, 0, 1)


def test_of_noise_only_what_was_said_again_is_compared(tmp_path: Path) -> None:
    answers = [(2, attempt, 0.0, "a hum") for attempt in (REPEAT, REPEAT + 1)] + [(2, 0, 1.0, "a hiss")]
    path = write(tmp_path / "t.jsonl", answers)
    scores = score(path, replace(SPEC, source="noise"), SEED, "auto", nobody, [2])
    assert len(scores.rows) == 0
    assert scores.accuracy.reason == "The clips were noise, in which there are no words."
    assert scores.accuracy.repeats is not None
    assert [(one.control, one.measured) for one in scores.accuracy.repeats.clips] == [(0, 1)]


def test_a_fault_in_the_file_is_a_sentence(transcripts: Path) -> None:
    transcripts.write_text('{"seq": 1}\n')
    with pytest.raises(ScoringError, match=r"t\.jsonl, line 1: attempt is no whole number"):
        score(transcripts, SPEC, SEED, "auto", nobody)


def test_a_pack_that_is_gone_is_a_sentence(transcripts: Path, tmp_path: Path) -> None:
    with pytest.raises(ScoringError, match=r"gone\.jsonl"):
        score(transcripts, replace(SPEC, pack=str(tmp_path / "gone.jsonl")), SEED, "auto", nobody)


def test_an_exception_there_is_a_sentence_here(transcripts: Path) -> None:
    with pytest.raises(
        ScoringError, match=r"broke off \(exit code 1\): ValueError: there is no normalisation 'ours'"
    ):
        score(transcripts, SPEC, SEED, "ours", nobody)


def test_one_that_can_not_be_started_is_a_sentence(transcripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ScoringError, match="could not be started: No such file or directory"):
        score(transcripts, SPEC, SEED, "auto", nobody)


def test_one_that_is_killed_is_a_sentence(many: Path) -> None:
    def kill(*_: int) -> None:
        for one in psutil.Process().children():
            if "stt_load.accuracy" in one.cmdline():
                one.kill()

    with pytest.raises(ScoringError, match=r"broke off \(exit code -9\)"):
        score(many, SPEC, SEED, "auto", kill)


class GivenUpError(Exception):
    """Nobody wants to know any more."""


@pytest.mark.parametrize("reason", [GivenUpError, KeyboardInterrupt])
def test_who_gives_up_leaves_no_process(many: Path, reason: type[BaseException]) -> None:
    seen: list[psutil.Process] = []

    def give_up(*_: int) -> None:
        seen.extend(one for one in psutil.Process().children() if "stt_load.accuracy" in one.cmdline())
        raise reason

    with pytest.raises(reason):
        score(many, SPEC, SEED, "auto", give_up)
    assert seen
    assert not any(one.is_running() for one in seen)


def test_it_is_in_a_session_of_its_own(transcripts: Path) -> None:
    sessions = set[int]()
    us = os.getsid(0)

    def look(*_: int) -> None:
        for one in psutil.Process().children():
            if "stt_load.accuracy" in one.cmdline():
                sessions.add(os.getsid(one.pid))

    score(transcripts, SPEC, SEED, "auto", look)
    assert sessions
    assert us not in sessions


def test_it_ends_when_its_parent_does(many: Path) -> None:
    order = {"transcripts": str(many), "spec": asdict(SPEC), "seed": SEED, "normalise": "auto"}
    command = [sys.executable, "-m", "stt_load.accuracy"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as scoring:
        assert scoring.stdin
        scoring.stdin.write(json.dumps(order).encode() + b"\n")
        scoring.stdin.close()
        assert scoring.wait(60) == 1


def test_it_works_where_gevent_has_patched_all() -> None:
    inside.check("scoring")
