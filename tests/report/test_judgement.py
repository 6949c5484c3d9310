"""What the console says of what was found, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.report.judgement import findings, trouble
from stt_load.report.messages import Language, Messages
from stt_load.stats.model import Check, Finding, TooFew
from tests.report.runs import run_of, steady


def said(language: Language, found: Finding) -> str:
    run = run_of(steady(5))
    run = replace(run, figures=replace(run.summary, findings=(found,)))
    return " ".join(" ".join(findings(Messages(language), run)).split())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["6 of 19 texts came in JSON", "response.text"]), ("ko", ["전사 결과 19건 중 6건", "response.text"])],
)
def test_texts_in_json(language: Language, words: list[str]) -> None:
    found = Finding("json_for_text", {"in_json": 6, "answers": 19})
    text = said(language, found)
    assert all(one in text for one in words), text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["In 6 of 19 answers", "(tokens, server_audio_s)", "left out"]),
        ("ko", ["응답 19건 중 6건", "(tokens, server_audio_s)"]),
    ],
)
def test_numbers_that_no_row_can_hold(language: Language, words: list[str]) -> None:
    found = Finding("out_of_range", {"said": 6, "answers": 19, "tokens": 5, "server_audio_s": 1})
    text = said(language, found)
    assert all(one in text for one in words), text


@pytest.mark.parametrize(
    ("one", "en", "ko"),
    [
        (TooFew("p95(rtf)", 90, 200, "rows", None), "found in 90, and it takes 200 at least.", "최소 200건"),
        (TooFew("p95(rtf)", 818, 900, "users", None), "takes 900 at least, 30 for each", "30건씩 최소 900건"),
        (TooFew("p95(rtf)", 818, 200, "dependent", 64), "worth only 64 independent", "독립적인 요청 64건"),
    ],
)
def test_why_a_quantile_cant_be_trusted(one: TooFew, en: str, ko: str) -> None:
    check = Check("slo_samples", 1.0, 0, None, "DEGRADED", too_few=(one,))
    said_en, said_ko = trouble(Messages("en"), check), trouble(Messages("ko"), check)
    assert "p95(rtf)" in said_en
    assert en in said_en
    assert "p95(rtf)" in said_ko
    assert ko in said_ko
