"""Characters that no text may have."""

from __future__ import annotations

import pytest

from stt_load.config.characters import problem


@pytest.mark.parametrize("text", ["", "가 é", "a\tb\r\nc", "\U0001f600"])
def test_all_others_may_stand_in_a_text(text: str) -> None:
    assert problem(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\x00", "has the control character U+0000; take it out"),
        ("\x9b", "has the control character U+009B; take it out"),
        ("a\udcff", "is not Unicode text (it has half of a surrogate pair); choose a text in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(text: str, said: str) -> None:
    assert problem(text) == said
