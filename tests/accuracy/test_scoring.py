"""A run's answers, from the file to the scores."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import jiwer
import numpy as np
import pytest

from stt_load.accuracy.answers import Answers
from stt_load.accuracy.normalise import Name, normaliser
from stt_load.accuracy.references import Texts
from stt_load.accuracy.scores import ROW, Scores
from stt_load.accuracy.scoring import Scoring, number_of
from stt_load.samples.accuracy import Flaw
from stt_load.samples.fields import BY_NAME
from tests.accuracy.speech import independent, sentences, texts_from, write

POOL = sentences(120)
TEXTS = texts_from(POOL, 3, 5)


def said(seq: int, attempt: int = 0, texts: Texts = TEXTS) -> str:
    return " ".join(texts(seq, attempt))


def scored(
    path: Path,
    answers: Sequence[tuple[int, int, float, str]],
    texts: Texts = TEXTS,
    name: Name = "english",
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Scores:
    with Answers(write(path, answers)) as read:
        return Scoring(read, texts, normaliser(name), progress).scores("en", "ours")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.jsonl"


def flaw_of(scores: Scores, seq: int) -> int:
    return int(scores.rows["flaw"][scores.rows["seq"] == seq][0])


def test_the_sums_are_jiwer_s(path: Path) -> None:
    hear, chance = independent(0.2, " ".join(POOL).split()), random.Random(4)
    heard = {seq: " ".join(hear(chance, said(seq).split())) for seq in range(450)}
    scores = scored(path, [(seq, 0, seq / 4, text) for seq, text in heard.items()])
    english = normaliser("english")
    pairs = [(english(said(seq)), english(text)) for seq, text in heard.items()]
    words = jiwer.process_words(*map(list, zip(*pairs, strict=True)))
    characters = jiwer.process_characters(*map(list, zip(*pairs, strict=True)))
    sums = {name: int(scores.rows[name].sum(dtype=np.int64)) for name in ROW.names or ()}
    edits = (sums["substitutions"], sums["deletions"], sums["insertions"])
    assert edits == (words.substitutions, words.deletions, words.insertions)
    assert sum(edits) / sums["words"] == pytest.approx(words.wer)
    assert sums["character_edits"] / sums["characters"] == pytest.approx(characters.cer)


def test_rows_are_in_order_whatever_the_file_s(path: Path) -> None:
    keys = [(seq, attempt) for seq in (5, 1, 300, 2) for attempt in (1, 0)]
    answers = [(seq, attempt, 9.0 - number, said(seq, attempt)) for number, (seq, attempt) in enumerate(keys)]
    rows = scored(path, answers).rows
    assert list(zip(rows["seq"].tolist(), rows["attempt"].tolist(), strict=True)) == sorted(keys)
    assert not rows["substitutions"].any()


def test_what_can_not_be_held_against_anything_is_counted(path: Path) -> None:
    texts: Texts = lambda seq, _: {0: (), 1: ("Um.",), 2: ("The boat is old.",), 3: ("word " * 65_536,)}[seq]  # noqa: E731
    answers = [(seq, 0, 0.0, "The boat is old.") for seq in (0, 1, 2, 2, 3)]
    scores = scored(path, answers, texts)
    assert scores.rows["seq"].tolist() == [2]
    assert (scores.accuracy.scored, scores.accuracy.unscored, scores.accuracy.reason) == (1, 4, None)


def test_of_two_answers_to_one_request_the_first_counts(path: Path) -> None:
    scores = scored(path, [(1, 0, 0.0, said(1)), (1, 0, 0.0, "no"), (1, 1, 0.0, said(1, 1))])
    assert scores.accuracy.unscored == 1
    assert not scores.accuracy.worst


def test_where_no_clip_has_words_there_is_a_reason(path: Path) -> None:
    for answers in ([], [(1, 0, 0.0, "Hello.")]):
        accuracy = scored(path, answers, lambda *_: ()).accuracy
        assert accuracy.reason == "None of the answers is to a clip with words."
        assert accuracy.scored == 0


def test_an_empty_answer_lacks_every_word_and_has_no_other_flaw(path: Path) -> None:
    scores = scored(path, [(seq, 0, 0.0, "") for seq in range(4)])
    rows = scores.rows
    assert rows["deletions"].tolist() == rows["words"].tolist()
    assert rows["character_edits"].tolist() == rows["characters"].tolist()
    assert not rows["flaw"].any()
    assert [one.wer for one in scores.accuracy.worst] == [1.0] * 4


def test_words_beyond_what_a_row_counts_are_many_and_not_none(path: Path) -> None:
    one_sign_is_three_words = "\ufdfa "
    scores = scored(path, [(3, 0, 0.0, one_sign_is_three_words * 25_000)])
    assert scores.rows["insertions"].tolist() == [BY_NAME["insertions"].most]


def test_two_that_are_swapped_name_each_other_by_when_they_were_sent(path: Path) -> None:
    heard = {seq: said(seq) for seq in range(0, 500, 5)}
    heard[20], heard[400] = heard[400], heard[20]
    sent = dict.fromkeys(heard, 0.0) | {20: 5.0, 400: 5.1}
    scores = scored(path, [(seq, 0, sent[seq], text) for seq, text in heard.items()])
    assert scores.rows["seq"][scores.rows["flaw"] == number_of("swapped")].tolist() == [20, 400]
    assert [(one.seq, one.other_seq) for one in scores.accuracy.examples] == [(20, 400), (400, 20)]
    assert scores.accuracy.examples[0].heard == said(400)


def test_an_answer_that_one_gets_too_is_another_s_for_one_of_them(path: Path) -> None:
    heard = {seq: said(seq) for seq in range(60)} | {7: said(30)}
    scores = scored(path, [(seq, 0, seq, text) for seq, text in heard.items()])
    assert (flaw_of(scores, 7), flaw_of(scores, 30)) == (number_of("swapped"), 0)


@pytest.mark.parametrize(
    ("flaw", "heard"),
    [
        ("truncated", lambda text: " ".join(text.split()[:6])),
        ("looping", lambda text: text + " and so on" * 12),
        ("looping", lambda _: "word " * 80),
        (None, lambda text: text.replace("a", "o")),
    ],
)
def test_flaws_of_one_answer(path: Path, flaw: Flaw | None, heard: Callable[[str], str]) -> None:
    answers = [(seq, 0, seq, said(seq)) for seq in range(30)]
    answers[12] = (12, 0, 12, heard(said(12)))
    scores = scored(path, answers)
    assert np.flatnonzero(scores.rows["flaw"]).tolist() == ([] if flaw is None else [12])
    assert flaw_of(scores, 12) == (0 if flaw is None else number_of(flaw))


def test_the_same_long_text_for_many_is_repeated_even_if_one_said_it(path: Path) -> None:
    answers = [(seq, 0, seq, said(2) if seq % 5 == 2 else said(seq)) for seq in range(400)]
    scores = scored(path, answers)
    flawed = np.flatnonzero(scores.rows["flaw"] == number_of("repeated")).tolist()
    assert flawed == list(range(7, 400, 5))
    assert not (scores.rows["flaw"] == number_of("swapped")).any()
    assert len(scores.accuracy.examples) == 3


def test_a_text_that_fits_nobody_is_repeated_when_two_have_it(path: Path) -> None:
    text = "thank you for watching and please do not forget to subscribe"
    answers = [(seq, 0, seq, text if seq in (3, 390) else said(seq)) for seq in range(400)]
    scores = scored(path, answers)
    assert np.flatnonzero(scores.rows["flaw"]).tolist() == [3, 390]
    assert [(one.flaw, one.other_seq) for one in scores.accuracy.examples] == [("repeated", 390), ("repeated", 3)]


def test_short_clips_are_not_judged_and_said_to_be_short(path: Path) -> None:
    texts = texts_from(POOL, 1, 1)
    answers = [(seq, 0, seq, said(seq ^ 1, texts=texts)) for seq in range(100)]
    scores = scored(path, answers, texts)
    short = scores.rows["words"] < 9
    assert scores.accuracy.too_short == np.count_nonzero(short) > 90
    assert not scores.rows["flaw"][short].any()


def test_the_worst_are_shown_as_they_are(path: Path) -> None:
    answers = [(seq, 0, seq, said(seq)) for seq in range(40)]
    for seq in (3, 9, 11, 20, 21, 22):
        answers[seq] = (
            seq,
            0,
            seq,
            said(seq).replace(" ", " x " if seq == 9 else " ", 3).replace("The", "A") + " Yes.",
        )
    worst = scored(path, answers).accuracy.worst
    assert len(worst) == 5
    assert [one.wer for one in worst] == sorted((one.wer for one in worst), reverse=True)
    assert (worst[0].seq, worst[0].said, worst[0].heard) == (9, said(9), answers[9][3])


def test_long_texts_are_cut_where_they_are_shown(path: Path) -> None:
    worst = scored(path, [(1, 0, 0.0, "word " * 9_000)]).accuracy.worst[0]
    assert len(worst.heard) == 400
    assert worst.heard.endswith("word…")
    assert worst.flaw == "looping"


def test_korean_is_counted_both_ways(path: Path) -> None:
    texts: Texts = lambda *_: ("아버지가 방에 들어가신다.",)  # noqa: E731
    scores = scored(
        path, [(1, 0, 0.0, "아버지 가방에 들어가신다"), (2, 0, 0.0, "아버지가 방에 들어가신다")], texts, "korean"
    )
    assert (scores.rows["characters"].tolist(), scores.rows["character_edits"].tolist()) == ([11, 11], [0, 0])
    assert (scores.accuracy.spaced_characters, scores.accuracy.spaced_character_edits) == (26, 2)
    assert scores.rows["substitutions"].tolist() == [2, 0]
    assert scored(path, [(1, 0, 0.0, "a")], texts, "none").accuracy.spaced_characters is None


def test_digits_for_words_are_counted(path: Path) -> None:
    texts: Texts = lambda *_: ("회의는 세 시에 시작합니다.",)  # noqa: E731
    scores = scored(path, [(1, 0, 0.0, "회의는 3시에 시작합니다"), (2, 0, 0.0, "회의는 네 시에")], texts, "korean")
    assert scores.accuracy.numerals == 1


def test_progress_is_told_from_none_to_all(path: Path) -> None:
    told: list[tuple[int, int]] = []
    scored(path, [(seq, 0, 0.0, said(seq)) for seq in range(450)], progress=lambda *one: told.append(one))
    assert told == [(0, 450), (200, 450), (400, 450), (450, 450)]


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_hundred_thousand_answers_of_thirty_words_take_no_two_minutes(path: Path, count: int) -> None:
    """CPU time, of which a busy machine takes up to twice as much; a quiet one needs a third of this."""
    texts = texts_from(POOL, 5, 5)
    hear, chance = independent(0.4, " ".join(POOL).split()), random.Random(4)
    write(path, [(seq, 0, seq, " ".join(hear(chance, said(seq, texts=texts).split()))) for seq in range(count)])
    with Answers(path) as answers:
        began_s = time.process_time()
        scores = Scoring(answers, texts, normaliser("english"), lambda *_: None).scores("en", "ours")
        took_s = time.process_time() - began_s
    assert scores.rows["words"].mean() > 28
    assert took_s < max(10, 120 * count / 100_000)
