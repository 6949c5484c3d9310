"""What a file of answers may have wrong is found when it is read, and named with its line."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from stt_load.accuracy.answers import Answer, Answers, Part
from stt_load.accuracy.scores import ScoringError
from stt_load.samples.accuracy import LONGEST_ANSWER
from tests.accuracy.speech import write


def read(path: Path) -> list[Answer]:
    with Answers(path) as answers:
        found = list(answers)
        assert answers.count() == len(found)
        assert [answers.text_at(one.place) for one in found] == [one.text for one in found]
        return found


def line(**changes: object) -> str:
    return json.dumps({"seq": 1, "attempt": 0, "sent_s": 0.5, "text": "a"} | changes) + "\n"


def test_each_line_is_an_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "t", [(7, 0, 1, "Hello."), (2**32 - 1, 65_535, -0.25, "안녕 \ud800 \n"), (0, 0, 2.5, "")])
    assert [one[:4] for one in read(path)] == [
        (7, 0, 1.0, "Hello."),
        (2**32 - 1, 65_535, -0.25, "안녕 \ud800 \n"),
        (0, 0, 2.5, ""),
    ]


def test_what_a_later_version_adds_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text(line(worker=3))
    assert [one.seq for one in read(path)] == [1]


def test_the_longest_text_is_read_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text(line(text="\U0001f600" * LONGEST_ANSWER))
    assert len(read(path)[0].text) == LONGEST_ANSWER


@pytest.mark.parametrize("rest", ["", '{"seq": 2, "att', line(seq=2).rstrip(), "\x00"])
def test_a_last_line_without_its_end_is_left_out(tmp_path: Path, rest: str) -> None:
    path = tmp_path / "t"
    path.write_text(line() + rest)
    assert [one.seq for one in read(path)] == [1]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("\n", "not JSON"),
        ("{]\n", "not JSON"),
        ("[" * 100_000 + "\n", "not JSON"),
        ("[1]\n", "not a JSON object"),
        (line(seq=-1), "seq is no whole number from 0 to 4294967295"),
        (line(seq=2**32), "seq is no whole number"),
        (line(seq=True), "seq is no whole number"),
        (line(seq=1.0), "seq is no whole number"),
        (line(attempt=65_536), "attempt is no whole number from 0 to 65535"),
        (line(attempt=None), "attempt is no whole number"),
        (line(sent_s="1"), "sent_s is no number"),
        (line(sent_s=float("nan")), "sent_s is no number"),
        (line(sent_s=float("inf")), "sent_s is no number"),
        (line(sent_s=10**400), "sent_s is no number"),
        (line(text=None), "text is none of at most 100000 characters"),
        (line(text="x" * (LONGEST_ANSWER + 1)), "text is none of at most"),
        (line(text="\U0001f600" * (LONGEST_ANSWER + 90)), "longer than 1201 kB"),
    ],
)
def test_a_line_that_is_no_answer_is_named(tmp_path: Path, wrong: str, what: str) -> None:
    path = tmp_path / "t"
    path.write_text(line() + wrong + line())
    with Answers(path) as answers, pytest.raises(ScoringError, match=f"^{re.escape(f'{path}, line 2: {what}')}"):
        list(answers)


def test_bytes_that_are_no_text_are_no_json(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(b'{"seq": 1, "attempt": 0, "sent_s": 1, "text": "\xff"}\n')
    with Answers(path) as answers, pytest.raises(ScoringError, match="line 1: not JSON"):
        list(answers)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScoringError, match="gone can't be read: No such file or directory"):
        Answers(tmp_path / "gone")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ScoringError, match="pipe can't be read: a named pipe"):
        Answers(tmp_path / "pipe")


def test_a_part_has_those_that_are_meant_however_often_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text(line(seq=1) + line(seq=2, text="two") + line(seq=3))
    with Answers(path) as answers:
        part = Part(answers, lambda one: one.seq == 2)
        assert part.count() == 1
        for _ in range(2):
            (one,) = part
            assert (one.seq, part.text_at(one.place)) == (2, "two")
