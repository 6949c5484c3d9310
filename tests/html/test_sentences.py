"""What the console says, as sentences for a page."""

from __future__ import annotations

from stt_load.html.sentences import joined, listed, unbroken, unmarked
from stt_load.report.messages import Messages


def test_lines_become_one_sentence_without_its_mark() -> None:
    assert unmarked(joined(["", "❗ Not complete: stopped", "   after 3 requests."])) == (
        "Not complete: stopped after 3 requests."
    )
    assert joined([]) == ""


def test_the_same_texts_are_not_broken() -> None:
    say = unbroken(Messages("ko", 40))
    assert say.language == "ko"
    assert say.width > 10_000


def test_a_list_of_the_console_is_sentences_with_what_stands_below_each() -> None:
    lines = ["", "Heading:", "  - One.", "    at 1.0 s", "    at 2.0 s", "  - Two."]
    assert list(listed(lines)) == [("One.", ("at 1.0 s", "at 2.0 s")), ("Two.", ())]
    assert list(listed(["no list"])) == []
