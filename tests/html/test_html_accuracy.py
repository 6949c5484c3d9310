"""How right the answers are, on a page: rates, flaws, and what was said beside what was heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.html.accuracy import LONGEST, accuracy, pair_of
from stt_load.html.blocks import Facts, Folded, Items, Pairs, Table, Text
from stt_load.html.document import document
from stt_load.html.page import Page, Section
from stt_load.report.aligned import MOST_WORDS
from stt_load.report.messages import Messages
from stt_load.samples.accuracy import LONGEST_TEXT, Example
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.report.test_accuracy import BIRD, BOAT, ENGLISH, GOAT, KOREAN, heard
from tests.report.test_stability import WORSE, said_again

EN, KO = Messages("en"), Messages("ko")


def of(section: Section | None, kind: type) -> list:  # type: ignore[type-arg]
    assert section is not None
    return [block for block in section.blocks if isinstance(block, kind)]


def shown(said: str, answer: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    pair = pair_of(EN, Example(1, 0, said, answer, 0.5))
    return list(pair.said), list(pair.heard)


def test_each_word_has_what_became_of_it() -> None:
    said, answer = shown("the old boat drifts past the harbour", "The old goat past the big harbour")
    assert said == [
        ("the", "same"),
        ("old", "same"),
        ("boat", "substituted"),
        ("drifts", "deleted"),
        ("past", "same"),
        ("the", "same"),
        ("harbour", "same"),
    ]
    assert answer == [
        ("The", "same"),
        ("old", "same"),
        ("goat", "substituted"),
        ("past", "same"),
        ("the", "same"),
        ("big", "inserted"),
        ("harbour", "same"),
    ]


def test_what_looks_like_markup_is_words() -> None:
    said, answer = shown("one two", "<b>one</b> <script>two</script>")
    assert [word for word, _ in answer] == ["<b>one</b>", "<script>two</script>"]
    assert {change for _, change in [*said, *answer]} == {"substituted"}


def test_an_empty_answer_says_so_and_all_that_was_said_is_missing() -> None:
    said, answer = shown("one two", "  ")
    assert said == [("one", "deleted"), ("two", "deleted")]
    assert answer == [("(empty)", "same")]


def test_what_has_no_letters_is_shown_as_it_came_with_the_word_before_it() -> None:
    said, answer = shown("abc red", "« abc %} red 🎉 —")
    assert answer == [("« abc %}", "same"), ("red 🎉 —", "same")]
    assert {change for _, change in said} == {"same"}


def test_the_last_word_of_a_text_that_was_cut_is_not_called_wrong() -> None:
    said = "sentence " * 44 + "seen…"
    assert len(said) > LONGEST_TEXT
    said = said[-LONGEST_TEXT:]
    first, second = shown(said, said[:-5] + "seem…")
    assert first[-1] == ("seen…", "same")
    assert second[-1] == ("seem…", "same")
    whole, _ = shown(f"{'sentence ' * 44}seen and more", said)
    assert whole[-2:] == [("and", "same"), ("more", "same")], "what was cut off may have had them"


@pytest.mark.parametrize("text", ["word " * (MOST_WORDS + 1), "x" * (LONGEST + 1)])
def test_of_a_text_that_is_far_too_long_the_beginning_is_shown(text: str) -> None:
    said, answer = shown("one two", text)
    assert answer[-1] == ("...", "same")
    assert sum(len(word) for word, _ in answer) <= LONGEST + 3
    assert len(answer) <= MOST_WORDS + 1
    assert len(said) == 2, "of the other one all"


def test_rates_have_their_intervals_and_flaws_their_numbers() -> None:
    (facts,) = of(accuracy(EN, heard(flaws=("swapped", "swapped", "looping"))), Facts)
    found = {fact.name: fact for fact in facts.facts}
    assert list(found) == ["WER", "CER", "Swapped", "Repeated", "Cut short", "Looping"]
    figures = heard().summary.metrics.accuracy
    assert figures.wer is not None
    assert found["WER"].value == f"{figures.wer:.1%}"
    assert found["WER"].about.startswith("95% CI ")
    assert [found[name].value for name in ("Swapped", "Repeated", "Looping")] == ["2", "0", "1"]
    assert [found[name].tone for name in ("Swapped", "Repeated", "Looping")] == ["bad", "plain", "bad"]


def test_korean_has_characters_first_and_says_how_spaces_were_counted() -> None:
    section = accuracy(KO, heard(scoring=KOREAN))
    (facts,) = of(section, Facts)
    assert [fact.name for fact in facts.facts[:2]] == ["CER", "WER"]
    assert any("5.0%" in block.text for block in of(section, Text)), "200 edits in 4,000 characters with spaces"


def test_the_worst_answers_are_there_and_examples_of_flaws_that_are_not_among_them_folded() -> None:
    section = accuracy(EN, heard())
    (worst,) = of(section, Pairs)
    assert [pair.about for pair in worst.pairs] == [
        "Request 17: WER 93%, the answer to request 19",
        "Request 12: WER 13%",
    ]
    assert (worst.said, worst.heard) == ("said", "heard")
    assert [word for word, _ in worst.pairs[1].said] == BOAT.split()
    assert [word for word, _ in worst.pairs[1].heard] == GOAT.split()
    (folded,) = of(section, Folded)
    assert folded.summary == "Cut short: more examples (1)"
    (pairs,) = folded.blocks
    assert isinstance(pairs, Pairs)
    assert pairs.pairs[0].about == "Request 23: WER 60%, cut short"
    assert BIRD.split()[0] not in [word for word, _ in pairs.pairs[0].heard]


def test_of_right_answers_none_is_shown() -> None:
    right = replace(ENGLISH, worst=(Example(1, 0, BOAT, BOAT, 0.0),), examples=())
    section = accuracy(EN, heard(0, scoring=right, character_edits=0))
    assert of(section, Pairs) == of(section, Folded) == []


def test_lengths_have_a_table_where_there_are_several() -> None:
    samples = table(range(30), 0.5, audio_s=[4.0] * 15 + [12.0] * 15)
    (found,) = of(accuracy(EN, heard(samples=samples)), Table)
    assert [row[:2] for row in found.rows] == [("0–5 s", "15"), ("10–20 s", "15")]
    assert found.caption == "By length of audio"


def test_why_there_are_no_rates_is_said() -> None:
    section = accuracy(EN, run_of(steady()))
    assert section is not None
    (text,) = section.blocks
    assert isinstance(text, Text)
    assert text.text.startswith("Accuracy: ")


def test_how_far_answers_to_the_same_clip_differ_is_said_also_where_none_has_a_text() -> None:
    section = accuracy(EN, said_again(*WORSE))
    ((heading, below),) = of(section, Items)[0].items
    assert heading.startswith("The same clips again (20;")
    assert below == (
        "In the run, answers differ from the first one in 25.0% of its words",
        "Before the run, the second one in 0.0% (p < 0.001 by chance)",
    )


def test_where_nothing_was_answered_there_is_nothing_to_say() -> None:
    assert accuracy(EN, run_of(steady().where(steady()["seq"] < 0))) is None


def test_hostile_words_are_text_in_the_file() -> None:
    hostile = replace(ENGLISH, worst=(Example(1, 0, BOAT, "the <script>alert(1)</script> \"'&", 0.9),), examples=())
    section = accuracy(EN, heard(scoring=hostile))
    assert section is not None
    written = document(EN, Page("en", "t", "s", (section,)))
    assert "<script>alert" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
