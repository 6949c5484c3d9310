"""Answers to clips that were said again, held against the first one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from stt_load.accuracy.answers import Answers
from stt_load.accuracy.normalise import normaliser
from stt_load.accuracy.repeated import compared
from stt_load.audio.names import REPEAT
from stt_load.samples.accuracy import RepeatedClip, Repeats
from tests.accuracy.speech import in_bursts, shipped_sentences, write

NONE = normaliser("none")
FIRST, SECOND, AGAIN = REPEAT, REPEAT + 1, REPEAT + 2


def held(path: Path, answers: Iterable[tuple[int, int, str]], seqs: Iterable[int], name: str = "none") -> Repeats:
    lines = [(seq, attempt, float(place), text) for place, (seq, attempt, text) in enumerate(answers)]
    with Answers(write(path / "t.jsonl", lines)) as found:
        return compared(found, list(seqs), normaliser(name))  # type: ignore[arg-type]


def test_each_answer_is_held_against_the_first_one_of_its_clip(tmp_path: Path) -> None:
    found = held(
        tmp_path,
        [
            (4, AGAIN, "one two three five"),  # in the order in which they came, which is none
            (4, FIRST, "one two three four"),
            (4, SECOND, "one two three four"),
            (4, 0, "one two"),
            (8, FIRST, "six seven"),
            (8, 0, "six seven eight"),
            (9, 0, "nobody asks"),
        ],
        [4, 8, 12],
    )
    clips = RepeatedClip(4, 4, 0, 2, 1, between=(1, 2, 2)), RepeatedClip(8, 2, None, 1, None)
    assert found == Repeats(3, "words", clips, found.examples)


def test_what_is_no_answer_to_the_same_clip_counts_for_nothing(tmp_path: Path) -> None:
    found = held(tmp_path, [(4, FIRST, "one two"), (4, 1, "three four"), (4, AGAIN + 1, "five")], [4])
    assert found.clips == (), "another try says another clip"


def test_clips_without_a_first_answer_are_left_out(tmp_path: Path) -> None:
    answers = [(1, SECOND, "one"), (1, 0, "one"), (3, FIRST, "three")]
    assert held(tmp_path, answers, [1, 2, 3]).clips == ()


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_first_answer_is_one_and_every_word_of_the_others_is_one_more(empty: str, tmp_path: Path) -> None:
    answers = [(3, FIRST, "a"), (3, SECOND, ""), (2, FIRST, empty), (2, SECOND, "two words"), (2, 0, "")]
    assert held(tmp_path, answers, [2, 3], "english").clips == (
        RepeatedClip(2, 0, 2, 0, between=(2,)),
        RepeatedClip(3, 1, 1),
    )


def test_what_the_normalisation_evens_out_is_no_difference(tmp_path: Path) -> None:
    answers = [(1, FIRST, "We will go."), (1, SECOND, "we'll go"), (1, 0, "We'll GO!")]
    assert held(tmp_path, answers, [1], "english").clips == (RepeatedClip(1, 3, 0, 0, between=(0,)),)


@pytest.mark.parametrize(
    ("text", "other", "unit", "size", "edits"),
    [
        ("今日は良い天気ですね", "今日は悪い天気ですね", "characters", 10, 1),
        ("我们明天去公园", "我们今天去公园玩", "characters", 7, 2),
        ("วันนี้อากาศดี", "วันนี้อากาศดี", "characters", 13, 0),
        ("el tiempo es bueno", "el tiempo fue malo", "words", 4, 2),
    ],
)
def test_where_no_blanks_part_the_words_characters_are_counted(
    text: str, other: str, unit: str, size: int, edits: int, tmp_path: Path
) -> None:
    found = held(tmp_path, [(1, FIRST, text), (1, SECOND, text), (1, 0, other)], [1])
    assert (found.unit, found.clips) == (unit, (RepeatedClip(1, size, 0, edits, between=(edits,)),))


def test_korean_counts_characters_without_blanks(tmp_path: Path) -> None:
    found = held(tmp_path, [(1, FIRST, "오늘 날씨가 좋다"), (1, SECOND, "오늘 날씨 가 좋다")], [1], "korean")
    assert (found.unit, found.clips) == ("characters", (RepeatedClip(1, 7, 0),))


def misheard(rate: float) -> list[tuple[int, int, str]]:
    """Twenty clips, each answered four times by a service that mishears; the seqs are 10 apart."""
    pool = shipped_sentences()
    vocabulary = sorted({word for sentence in pool for word in sentence.lower().split()})
    chance, hear = random.Random(2), in_bursts(rate, vocabulary)
    found = []
    for attempt in (FIRST, SECOND, 0, AGAIN):
        for number in range(20):
            said = " ".join(random.Random(number).sample(pool, 3)).split()
            found.append((10 * number, attempt, " ".join(hear(chance, said))))
    return found


def test_a_swapped_pair_is_named_though_nobody_knows_what_was_said(tmp_path: Path) -> None:
    answers = misheard(0.1)
    places = [place for place, (seq, attempt, _) in enumerate(answers) if attempt == 0 and seq in (50, 60)]
    one, other = (answers[place] for place in places)
    answers[places[0]], answers[places[1]] = (*one[:2], other[2]), (*other[:2], one[2])
    found = held(tmp_path, answers, range(0, 200, 10), "english")
    flawed = {clip.seq: (clip.measured_flaw, clip.repeated_flaw) for clip in found.clips if clip.measured_flaw}
    assert flawed == {50: ("swapped", None), 60: ("swapped", None)}
    assert {(example.seq, example.other_seq) for example in found.examples} == {(50, 60), (60, 50)}
    assert all(example.said == dict(_firsts(answers))[example.seq] for example in found.examples)


def _firsts(answers: Iterable[tuple[int, int, str]]) -> list[tuple[int, str]]:
    return [(seq, text) for seq, attempt, text in answers if attempt == FIRST]


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_words_misheard_alone_are_no_flaw(rate: float, tmp_path: Path) -> None:
    found = held(tmp_path, misheard(rate), range(0, 200, 10), "english")
    assert len(found.clips) == 20
    assert not any(clip.measured_flaw or clip.repeated_flaw for clip in found.clips)
    assert found.examples == ()


def test_an_answer_cut_short_and_one_that_loops_are_named(tmp_path: Path) -> None:
    text = " ".join(shipped_sentences()[:4])
    answers = [
        (1, FIRST, text),
        (1, SECOND, " ".join(text.split()[:6])),  # the control's own is no flaw of the run
        (1, 0, " ".join(text.split()[:8])),
        (1, AGAIN, " ".join([*text.split()[:5], *["again"] * 40])),
    ]
    found = held(tmp_path, answers, [1], "english")
    assert [(clip.measured_flaw, clip.repeated_flaw) for clip in found.clips] == [("truncated", "looping")]
    assert [example.attempt for example in found.examples] == [0, AGAIN]
