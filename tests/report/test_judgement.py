"""What the console says of what was found, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.report.judgement import findings
from stt_load.report.messages import Language, Messages
from stt_load.stats.model import Finding
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
