"""What was said beside what was heard, in Chromium: what differs is seen without colours, and without scripts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.html.accuracy import accuracy
from stt_load.html.document import document
from stt_load.html.page import Page
from stt_load.report.messages import Messages
from stt_load.samples.accuracy import Example
from tests.html.browser import PHONE, needs_browser, shown
from tests.report.test_accuracy import ENGLISH, heard

pytestmark = [pytest.mark.slow, needs_browser]
SAY = Messages("en")
WORST = Example(12, 0, "the old boat drifts past the harbour", "the old goat past the big harbour", 0.43)
SCORING = replace(ENGLISH, worst=(WORST,))


@pytest.mark.parametrize("dark", [False, True])
def test_words_that_differ_have_the_lines_that_the_text_above_them_names(tmp_path: Path, *, dark: bool) -> None:
    section = accuracy(SAY, heard(scoring=SCORING))
    assert section is not None
    path = tmp_path / "page.html"
    path.write_text(document(SAY, Page("en", "title", "source", (section,))), encoding="utf-8")
    with shown(path, width=PHONE, dark=dark, scripts=False) as page:
        pair = page.tab.locator(".pair").first
        assert pair.locator("mark").all_inner_texts() == ["boat", "goat"]
        assert pair.locator("del").all_inner_texts() == ["drifts"]
        assert pair.locator("ins").all_inner_texts() == ["big"]
        lines = {
            name: str(pair.locator(name).first.evaluate("one => getComputedStyle(one).textDecoration"))
            for name in ("mark", "del", "ins")
        }
        assert "wavy" in lines["mark"]
        assert "line-through" in lines["del"]
        assert "double" in lines["ins"]
        assert not page.is_too_wide
        folded = page.tab.locator("details", has_text="Cut short: more examples (1)")
        folded.locator("summary").first.click()
        assert folded.locator(".pair").first.is_visible()
