"""What a person reads of clips that were said again, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.report.console import result
from stt_load.report.messages import Language, Messages
from stt_load.report.stability import lines
from stt_load.report.width import columns
from stt_load.samples.accuracy import NO_TEXTS, Accuracy, Example, RepeatedClip, Repeats
from stt_load.storage.run_record import RunRecord
from tests.report.runs import run_of, steady

EN, KO = Messages("en"), Messages("ko")
BOAT = "The old boat drifts past the quiet harbour. My sister bakes bread on warm mornings."
BIRD = "A yellow bird sings above the garden wall. Children walk slowly home from school today."
WORSE = tuple(RepeatedClip(seq, 20, 0, 4, 6) for seq in range(20))
ALIKE = tuple(RepeatedClip(seq, 20, 1, 1, 1) for seq in range(20))
SWAPPED = (*ALIKE, RepeatedClip(40, 15, 0, 14, 0, measured_flaw="swapped"))
EXAMPLE = Example(40, 0, BOAT, BIRD, 0.93, "swapped", 17)


def said_again(*clips: RepeatedClip, unit: str = "words", examples: tuple[Example, ...] = ()) -> RunRecord:
    repeats = Repeats(len(clips) or 20, unit, clips, examples)  # type: ignore[arg-type]
    run = run_of(steady())
    config = {**run.config, "audio": {**run.config["audio"], "source": "files"}}
    return replace(run, config=config, accuracy=Accuracy(reason=NO_TEXTS, repeats=repeats))


def shown(run: RunRecord, say: Messages = EN) -> list[str]:
    return list(lines(say, run))


def test_how_far_answers_differ_stands_beside_what_they_do_anyway() -> None:
    assert shown(said_again(*WORSE)) == [
        "",
        "The same clips again (20; twice before the run, one at a time, and once in it):",
        "  In the run, answers differ from the first one in 25.0% of its words",
        "  Before the run, the second one in 0.0% (p < 0.001 by chance)",
    ]


def test_where_the_run_is_no_worse_nothing_is_said_of_chance() -> None:
    assert shown(said_again(*ALIKE))[-1] == "  Before the run, the second one in 5.0%"


def test_what_chance_may_have_made_says_how_likely_that_is() -> None:
    few = (RepeatedClip(50, 20, 0, 5, 5), RepeatedClip(51, 20, 0, 5, 5))
    assert shown(said_again(*ALIKE, *few))[-1].endswith("(p = 0.111 by chance)")


def test_where_there_is_nothing_to_compare_it_says_so() -> None:
    assert "nothing to compare, as to none of 20 clips" in " ".join(shown(said_again()))


def test_of_a_run_without_it_nothing_is_said() -> None:
    assert shown(run_of(steady())) == []
    assert shown(replace(run_of(steady()), accuracy=Accuracy(scored=1))) == []


def test_characters_are_named_where_they_are_counted() -> None:
    assert "25.0% of its characters" in shown(said_again(*WORSE, unit="characters"))[2]
    assert "글자 기준 25.0%" in shown(said_again(*WORSE, unit="characters"), KO)[2]


def test_recordings_without_texts_are_named_in_both_languages() -> None:
    run = said_again(*ALIKE)
    assert "Accuracy: n/a. The recordings have no texts to hold answers against." in list(result(EN, run))
    assert "정확도: 해당 없음. 녹음에 텍스트가 없어 응답이 맞는지 판단할 수 없습니다." in list(result(KO, run))


def test_the_finding_says_what_load_does() -> None:
    text = " ".join(" ".join(result(EN, said_again(*WORSE))).split())
    assert "It answers the same clips differently under load: 25.0% of the text is another" in text
    assert "without load 0.0% (20 clips)" in text
    assert "It answers the same clips" not in " ".join(result(EN, said_again(*ALIKE)))


def test_an_answer_that_is_another_clips_is_shown_below_the_first_one() -> None:
    told = list(result(EN, said_again(*SWAPPED, examples=(EXAMPLE,))))
    text = " ".join(" ".join(told).split())
    assert "1 of 42 answers to clips that were sent again are what it had answered to another of them" in text
    assert "Request 40: 93% others, as to request 17" in text
    assert "first:  The old boat" in "\n".join(told)
    assert "then:   A yellow bird" in "\n".join(told)


def test_below_each_finding_are_its_own_answers() -> None:
    cut = replace(SWAPPED[-1], seq=41, measured_flaw="truncated")
    both = said_again(*SWAPPED, cut, examples=(EXAMPLE, replace(EXAMPLE, seq=41, flaw="truncated", other_seq=None)))
    told = "\n".join(result(EN, both))
    assert (told.count("Request 40:"), told.count("Request 41:")) == (1, 1)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("flaw", ["swapped", "repeated", "truncated", "looping"])
def test_every_flaw_has_its_sentence_and_no_line_is_too_long(language: Language, flaw: str) -> None:
    clip = replace(SWAPPED[-1], measured_flaw=flaw)
    example = replace(EXAMPLE, flaw=flaw, other_seq=17 if flaw in ("swapped", "repeated") else None)
    told = list(result(Messages(language), said_again(*WORSE, clip, examples=(example,))))
    assert any("42" in line for line in told)
    assert max(map(columns, told)) <= 80


def test_a_thousand_clips_make_no_line_too_long() -> None:
    many = said_again(*(RepeatedClip(seq, 20, 1, 4, 6) for seq in range(1_000)))
    assert max(map(columns, shown(many))) <= 80
    assert "1000" in shown(many)[1]


def test_requests_of_the_check_stand_beside_the_rates_that_they_lower() -> None:
    run = said_again(*ALIKE)
    rows = run.samples.rows.copy()
    rows["phase"][-3:], rows["attempt"][-3:] = 3, 0xFF02
    rows["phase"][0], rows["attempt"][0], rows["start_s"][0] = 3, 0xFF00, -1  # the control lowers none
    again = replace(run, samples=type(run.samples)(rows))
    assert "  and 3 of the repeat check beside these, without which it would be higher" in list(result(EN, again))
    assert not any("repeat check" in line for line in result(EN, run))
