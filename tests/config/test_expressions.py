"""Which JMESPath expressions a configuration may have: those whose work has a bound."""

from __future__ import annotations

import time

import jmespath
import pytest

from stt_load.config.expressions import expression


@pytest.mark.parametrize(
    "text",
    [
        "text",
        "results.channels[0].alternatives[0].transcript",
        "join(' ', segments[*].text)",
        "segments[?type=='speech'].[speaker, text][]",
        "results[].{a: x, b: y} | [0].a",
        "choices[0].message.content || text",
        ".".join(["a"] * 400),
    ],
)
def test_what_an_answer_needs_is_taken(text: str) -> None:
    assert expression(text) == text
    jmespath.search(text, {"segments": [], "results": []})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no JMESPath expression"),
        ("a[", "is no JMESPath expression"),
        ("a" * 1_001, "is longer than 1,000 characters"),
        ("(" * 400 + "a" + ")" * 400, "is nested"),
        ("!" * 900 + "a", "is nested"),
        ("a" + "[]" * 300, "is nested in more than 100 levels"),
        ("a" + "|a" * 300, "is nested in more than 100 levels"),
        ("|".join(["[@,@]"] * 40) + "|to_string(@)", "copies"),
        ("|".join(["[@,@][]"] * 40), "copies"),
        ("|".join(["{a: @, b: @}"] * 40), "copies"),
    ],
)
def test_what_has_no_bound_is_refused_at_once_with_what_would_be_right(text: str, said: str) -> None:
    started_s = time.process_time()
    with pytest.raises(ValueError, match=said) as error:
        expression(text)
    assert "choose one such as text or results.channels[0]" in str(error.value)
    assert time.process_time() - started_s < 1
