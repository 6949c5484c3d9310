"""What a person reads of right and wrong answers, in both languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from stt_load.config import Config
from stt_load.config.audio import AudioConfig
from stt_load.report import accuracy, opening
from stt_load.report.console import report, result
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.samples.accuracy import FLAWS, Accuracy, Example, Flaw
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.stats.summary import warmup
from stt_load.storage.run_record import RunRecord
from tests.report.runs import run_of, steady

EN, KO = Messages("en"), Messages("ko")
SPEECH = Config(audio=AudioConfig(source="speech"))
BOAT = "The old boat drifts past the quiet harbour. My sister bakes bread on warm mornings."
BIRD = "A yellow bird sings above the garden wall. Children walk slowly home from school today."
GOAT = BOAT.replace("boat", "goat").replace("bread ", "")
ENGLISH = Accuracy(
    normalisation="english",
    normaliser="whisper-normalizer 0.1.15",
    language="en",
    pack="english-1",
    scored=30,
    worst=(Example(17, 0, BOAT, BIRD, 0.93, "swapped", 19), Example(12, 0, BOAT, GOAT, 0.13)),
    examples=(Example(17, 0, BOAT, BIRD, 0.93, "swapped", 19), Example(23, 0, BOAT, BOAT[:30], 0.6, "truncated")),
)
KOREAN = replace(
    ENGLISH,
    normalisation="korean",
    normaliser="NFC",
    language="ko",
    pack="우리말",
    spaced_characters=4_000,
    spaced_character_edits=200,
    worst=(Example(11, 0, "동생은 아침마다 빵을 굽는다.", "동생은 아침에 굽는다.", 0.5),),
    examples=(),
)


def heard(
    substitutions: npt.ArrayLike = 1,
    words: npt.ArrayLike = 15,
    scoring: Accuracy | None = ENGLISH,
    flaws: tuple[Flaw | None, ...] = (),
    samples: Samples | None = None,
    config: Config = SPEECH,
    character_edits: npt.ArrayLike = 4,
    **info: object,
) -> RunRecord:
    """30 answers, each with so many words heard as others."""
    found = (samples or steady(30)).rows.copy()
    measured = np.flatnonzero(found["phase"] == Phase.MEASURED)
    for name, value in {"words": words, "substitutions": substitutions, "character_edits": character_edits}.items():
        found[name][measured] = value
    found["deletions"][measured] = found["insertions"][measured] = 0
    found["characters"][measured] = 80
    for place, flaw in zip(measured, flaws, strict=False):
        found["flaw"][place] = 0 if flaw is None else 1 + FLAWS.index(flaw)
    return replace(run_of(Samples(found), config, **info), accuracy=scoring)  # type: ignore[arg-type]


def text(run: RunRecord, language: Language = "en", width: int = 80) -> str:
    return "\n".join(result(Messages(language, width), run))


def block(run: RunRecord, say: Messages = EN) -> list[str]:
    return list(accuracy.lines(say, run))


def flowing(lines: list[str] | str) -> str:
    """Without the ends of lines."""
    return " ".join((lines if isinstance(lines, str) else "\n".join(lines)).split())


def test_the_block_in_english() -> None:
    wrong = [0] * 15 + [2] * 15
    lines = block(heard(wrong, flaws=("swapped", "truncated")))
    assert lines[:5] == [
        "",
        "Accuracy, what was heard against what was said:",
        "  WER: 6.7% (95% CI 4.0%–9.3%)",
        "  CER: 5.0% (95% CI 5.0%–5.0%)",
        "  450 words said, in 30 answers: 30 heard as others, 0 not heard, 0 added",
    ]
    assert lines[5:] == [
        "  Swapped 1, repeated 0, cut short 1, looping 0, of 30 answers long enough to",
        "    tell",
        "  Normalisation: english (whisper-normalizer 0.1.15); spoken: english-1",
        "  The worst answers, as they came (~ another word, - not heard, + added):",
        "    Request 17: WER 93%, the answer to request 19",
        "      said   The old boat drifts past the quiet harbour. My sister bakes bread",
        "             on warm mornings.",
        "      heard  A yellow bird sings above the garden wall. Children walk slowly",
        "             home from school today.",
        "    Request 12: WER 13%",
        "      said   The old boat drifts past the quiet harbour. My sister bakes",
        "      heard  The old goat drifts past the quiet harbour. My sister bakes",
        "                     ~~~~",
        "      said   bread on warm mornings.",
        "      heard        on warm mornings.",
        "             -----",
    ]


def test_of_korean_the_characters_come_first_and_without_spaces() -> None:
    lines = block(heard([0] * 15 + [5] * 15, scoring=KOREAN), KO)
    assert lines[1:6] == [
        "정확도 (말한 내용과 인식 결과 비교):",
        "  CER: 5.0% (95% CI 5.0%–5.0%), 공백 제외",
        "  WER: 16.7% (95% CI 10.0%–23.3%)",
        "  CER(공백 포함): 5.0%",
        "  응답 30건, 단어 450개 중: 대체 75, 삭제 0, 삽입 0",
    ]
    assert lines[-3:] == [
        "      정답  동생은 아침마다 빵을 굽는다.",
        "      인식  동생은 아침에        굽는다.",
        "                   ~~~~~~~~ ----",
    ]


def test_the_headline_has_the_rate_and_what_is_wrong_as_a_whole() -> None:
    run = heard(flaws=("swapped", "swapped", "looping", "truncated", "repeated"))
    assert list(accuracy.headline(EN, run)) == [
        "  WER: 6.7% (95% CI 6.7%–6.7%), 2 swapped, 1 repeated, 1 cut short, 1 looping"
    ]
    assert "".join(accuracy.headline(KO, heard(scoring=KOREAN))).startswith("  CER: 5.0%")


@pytest.mark.parametrize(
    ("scoring", "said"),
    [
        (ENGLISH, "❗ WER 93%: the service hears something else than is said. Language? Sample rate? Model?"),
        (KOREAN, "❗ CER 75%: the service hears something else than is said. Language? Sample rate? Model?"),
    ],
)
def test_that_most_is_wrong_is_said_before_all_counts(scoring: Accuracy, said: str) -> None:
    whole = flowing(text(heard(14, character_edits=60, scoring=scoring)))
    assert said in whole.partition("Requests: 30")[0]
    assert whole.count("something else than is said") == 1


@pytest.mark.parametrize("flaw", FLAWS)
@pytest.mark.parametrize("say", [EN, KO])
def test_that_most_answers_are_wrong_as_a_whole_is_said_before_all_counts(flaw: Flaw, say: Messages) -> None:
    (line,) = accuracy.alarm(say, heard(14, character_edits=60, flaws=(flaw,) * 16))
    assert line == say(f"accuracy.mostly_{flaw}", n=16, of=30)
    assert line.startswith("❗")
    assert not list(accuracy.alarm(say, heard(1, flaws=(flaw,) * 15)))


def test_that_nothing_is_heard_is_said_once() -> None:
    samples = steady(30)
    samples.rows["text_length"] = 0
    whole = flowing(text(heard(15, samples=samples, character_edits=80)))
    assert "❗ All 30 transcripts are empty, although there is speech in the clips" in whole
    assert "something else than is said" not in whole
    assert "Noise holds no words" not in whole
    assert "Worth knowing" not in whole


def test_findings_name_the_request_and_show_what_is_not_above() -> None:
    whole = text(heard(flaws=("swapped", "truncated"))).partition("Worth knowing")[2]
    assert "1 of 30 answers swapped" in flowing(whole)
    assert "      Request 17: WER 93%, the answer to request 19 (above)\n" in whole
    assert "      Request 23: WER 60%, cut short\n        said   The old boat drifts past" in whole
    assert whole.count("yellow bird") == 0


@pytest.mark.parametrize(
    ("flaw", "other", "english", "korean"),
    [
        ("swapped", 19, "the answer to request 19", "요청 19의 응답"),
        ("swapped", None, "another request's answer", "다른 요청의 응답"),
        ("repeated", 19, "the same as request 19's", "요청 19의 응답과 같음"),
        ("repeated", None, "the same as others'", "다른 요청과 같은 응답"),
        ("truncated", None, "cut short", "중간에 잘림"),
        ("looping", None, "looping", "무한 반복"),
    ],
)
def test_each_flaw_has_words(flaw: Flaw, other: int | None, english: str, korean: str) -> None:
    run = heard(scoring=replace(ENGLISH, worst=(Example(9, 0, BOAT, BIRD, 0.9, flaw, other),)))
    assert f"    Request 9: WER 90%, {english}" in block(run)
    assert f"    요청 9: WER 90%, {korean}" in block(run, KO)


def test_what_can_not_be_judged_is_said() -> None:
    run = heard(words=[8] * 10 + [15] * 20, scoring=replace(ENGLISH, unscored=2, numerals=3))
    whole = flowing(block(run))
    assert "of 20 answers long enough to tell" in whole
    assert "In 10 of 30 clips fewer than 9 words are said: whether such an answer is swapped" in whole
    assert "Not scored: 2 (" in whole
    assert "Digits where other words were said, in 3 answers" in whole


def test_digits_are_no_matter_where_most_is_wrong() -> None:
    assert "Digits" not in flowing(block(heard(14, scoring=replace(ENGLISH, numerals=30))))


def test_where_no_clip_is_long_enough_no_flaw_is_counted() -> None:
    whole = flowing(block(heard(words=8)))
    assert "Swapped" not in whole
    assert "In 30 of 30 clips fewer than 9 words" in whole


@pytest.mark.parametrize(("source", "word"), [("noise", "in noise"), ("silence", "in silence")])
def test_without_words_accuracy_can_not_be_judged(source: str, word: str) -> None:
    config = Config(audio=AudioConfig(source=source))  # type: ignore[arg-type]
    run = run_of(steady(), config)
    whole = flowing(text(run))
    assert f"Accuracy: can't be judged, as nothing is said {word}." in whole
    assert "these times say little of speech (--audio-source speech)" in whole
    assert "판단할 수 없습니다" in text(run, "ko")


def test_why_nothing_was_scored() -> None:
    run = replace(run_of(steady(), SPEECH), accuracy=Accuracy.unjudged("The file is\x1b[31m gone."))
    assert block(run) == ["", "Accuracy: n/a. The file is [31m gone."]
    assert block(run_of(steady(), SPEECH)) == ["", "Accuracy: n/a (no answer was held against what was said)"]


def test_clips_of_several_lengths_make_a_table() -> None:
    samples = steady(30)
    samples.rows["audio_s"][-10:] = 70.0
    lines = block(heard([1] * 20 + [3] * 10, samples=samples))
    place = lines.index("  By length of audio:")
    assert lines[place + 1 : place + 4] == [
        "  length  answers  words    WER   CER",
        "  5–10 s       20    300   6.7%  5.0%",
        "  > 60 s       10    150  20.0%  5.0%",
    ]


def test_each_level_has_its_rate() -> None:
    samples = steady(30)
    samples.rows["users"][-20:] = 6
    run = heard([0] * 10 + [3] * 20, samples=samples)
    assert [line.split()[-1] for line in text(run).splitlines() if line.split()[:1] in (["users"], ["5"], ["6"])] == [
        "WER",
        "0.0%",
        "20.0%",
    ]
    assert "CER" in text(replace(run, accuracy=KOREAN)).partition("By number of users")[2].splitlines()[1]


def test_the_first_answer_is_shown_beside_what_was_said() -> None:
    run = heard(first_transcript="the old goat", first_said="The old boat.")
    told = list(opening.measuring(EN, run.config, warmup(run.samples), "the old goat", "The old boat."))
    pair = ["   First answer, said: The old boat.", "                heard: the old goat"]
    assert [line for line in told if line in pair] == pair
    assert [line for line in report(EN, run, []) if line in pair] == pair
    korean = list(opening.measuring(KO, run.config, warmup(run.samples), "", "The old boat."))
    assert "                 인식: (빈 텍스트)" in korean


def test_the_start_says_whether_there_are_words() -> None:
    speech, noise = (
        "\n".join(opening.subject(EN, run.config, run.info))
        for run in (heard(), heard(config=Config(audio=AudioConfig(source="noise"))))
    )
    assert "Speech with known words" in speech
    assert "Noise, without words, WAV" in noise


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    run = heard([14] * 15 + [3] * 15, character_edits=70, flaws=("swapped", "truncated", "looping", "repeated"))
    words = text(run, language, width).splitlines()
    assert [line for line in words if columns(line) > width and len(line.split()) > 1] == []


def test_a_result_without_accuracy_is_reported() -> None:
    run = run_of(steady())
    del run.config["audio"]["source"]
    assert "can't be judged" in flowing(text(run))
