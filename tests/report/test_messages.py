"""The two catalogues say the same things, and quantities are written so that nobody is misled."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import stt_load
from stt_load.report.messages import Language, Messages, catalogue
from stt_load.samples.run_info import EndReason
from stt_load.samples.sample import ErrorKind

ENGLISH, KOREAN = catalogue("en"), catalogue("ko")
HANGUL = re.compile("[가-힣]")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    assert list(ENGLISH) == list(KOREAN)
    assert {key: places(text) for key, text in ENGLISH.items()} == {key: places(text) for key, text in KOREAN.items()}


def test_english_is_english_and_korean_is_korean() -> None:
    assert not [key for key, text in ENGLISH.items() if HANGUL.search(text)]
    words = {key: re.sub(r"\{.*?\}", "", text) for key, text in KOREAN.items()}
    plain = {
        "progress.of",
        "levels.p95",
        "backends.p95",
        "levels.p99",
        "lengths.p95",
        "lengths.p99",
        "lengths.rtf",
        "latency.p90",
        "latency.p95",
        "latency.p99",
    }
    plain |= {"latency.p999", "latency.interval", "report.of", "start.ramp", "levels.ramp"}
    plain |= {
        "asked.max_time",
        "answer.bare",
        "answer.n",
        "answer.n_alone",
        "answer.wer",
        "tried.at",
        "tried.n",
        "tried.doubted",
        "tried.sweep",
        "tried.DEGRADED",
        "tried.INVALID",
        "tried.line_outcome",
    }
    plain |= {f"html.name_{name}" for name in ("p90", "p95", "p99", "p999")}
    plain |= {"html.p95", "html.slos", "html.axis_and_tier"}
    plain |= {"accuracy.wer", "accuracy.cer", "accuracy.rate", "accuracy.interval"}
    assert {key for key, text in words.items() if not HANGUL.search(text)} <= plain


def test_one_thing_has_one_word_in_korean() -> None:
    """부하 생성기, 전사 결과, 형식, 최댓값, 알아 둘, 응답: not one of these."""
    other = "부하 발생기|전사문|방언|최대값|알아둘|(^| )답[ 을은이의]"
    assert not [key for key, text in KOREAN.items() if re.search(other, text)]


def test_no_korean_particle_goes_by_a_last_sound_that_is_not_known() -> None:
    """A place may hold any word: only those that always end in the same one are followed by such a particle."""
    known = {"requests", "reported", "without", "sent_mean", "told_mean", "value"}
    named = [
        name
        for text in KOREAN.values()
        for name in re.findall(r"\{(\w+)\}(?:을|를|이|가|은|는|과|와|으로|로)\b", text)
    ]
    assert set(named) <= known


def test_every_text_is_used() -> None:
    """A key that no module asks for, whole or by its first part, is dead."""
    folder = Path(stt_load.__file__).parent
    files = [*folder.rglob("*.py"), *folder.rglob("*.j2")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    asked = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', code)) | set(re.findall(r'f"([a-z]+)\.\{', code))
    assert not [key for key in ENGLISH if key not in asked and key.partition(".")[0] not in asked]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_failure_and_every_ending_has_words(language: Language) -> None:
    say = Messages(language)
    assert all(f"kind.{kind}" in say for kind in ErrorKind)
    endings = set(EndReason.__args__) - {"finished"}  # type: ignore[attr-defined]
    assert all(f"end.{reason}" in say for reason in endings)


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0.0%"),
        (1.0, "100.0%"),
        (0.5, "50.0%"),
        (1e-9, "<0.1%"),
        (1 - 1e-9, ">99.9%"),
        (0.0006, "0.1%"),
        (None, "n/a"),
    ],
)
def test_a_little_is_never_nothing_and_almost_all_is_not_all(share: float | None, written: str) -> None:
    assert Messages("en").share(share) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0.00 s"),
        (1.019, "1.02 s"),
        (59.994, "59.99 s"),
        (59.999, "1 min 0 s"),
        (61.2, "1 min 1 s"),
        (3599.6, "1 h 0 min"),
        (7384, "2 h 3 min"),
        (None, "n/a"),
    ],
)
def test_durations(seconds: float | None, written: str) -> None:
    assert Messages("en").duration(seconds) == written


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes(size: int, written: str) -> None:
    assert Messages("en").size(size) == written


def test_one_is_singular() -> None:
    assert [Messages("en").requests(n) for n in (0, 1, 2)] == ["0 requests", "1 request", "2 requests"]


def test_what_is_rounded_to_nothing_has_no_sign() -> None:
    say = Messages("en")
    assert [say.number(value, 1) for value in (-0.04, -0.06, 0.0, -1.0)] == ["0.0", "-0.1", "0.0", "-1.0"]


def test_a_rate_has_one_form_in_korean() -> None:
    say = Messages("ko")
    said = (say.rate(9.5), say("html.per_second", value="9.50"), say("compare.rate", value="9.50"))
    assert set(said) == {"초당 9.50건"}
    assert say("plots.stage_rate", number=1, load="8") == "1단계: 초당 8건"
    assert not [key for key, text in KOREAN.items() if "요청/초" in text or "건/초" in text or "Warm-up" in text]
