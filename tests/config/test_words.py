"""Texts with a form of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stt_load.config import words


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (words.base_url, "embedded"),
        (words.base_url, "https://me:pw@h:8000/base"),
        (words.base_url, "http://[::1]:80"),
        (words.proxy_url, "http://${USER}:${PASSWORD}@h:3128"),
        (words.job_path, "/jobs/{id}/state"),
        (words.job_path, "{urls.get}"),
        (words.job_path, "{links[0].files}?format=json&of={id}"),
        (words.absolute_path, "/v1?x=%20"),
        (words.variable_name, "OPENAI_API_KEY"),
        (words.header_name, "X-Api-Key"),
        (words.media_type, "audio/wav; codecs=1"),
        (words.call_name, "calls/mine.py:transcribe"),
    ],
)
def test_a_right_one_is_taken_as_it_is(check: Callable[[str], str], text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize(
    ("check", "text", "said"),
    [
        (words.base_url, "h:8000", "has no scheme; did you mean `http://h:8000`?"),
        (words.base_url, "embeded", "did you mean `embedded`?"),
        (words.base_url, "http://h:0", "choose a port from 1 to 65535"),
        (words.base_url, "http://é", "write it as `xn--9ca`"),
        (words.proxy_url, "https://h", "choose http://"),
        (words.job_path, "/jobs", "choose one such as /jobs/{id}"),
        (words.job_path, "/jobs/{id", "does not have `{id}` in it"),
        (
            words.job_path,
            "/jobs/{}",
            "has `{}` in it, which is no JMESPath expression; choose one such as /jobs/{id}",
        ),
        (words.job_path, "/jobs/{a b}", "has `{a b}` in it, which is no JMESPath expression"),
        (words.job_path, "https://h/jobs/{id}", "does not begin with a slash; choose a path such as"),
        (words.job_path, "jobs/{id}", "does not begin with a slash"),
        (words.job_path, "/jobs /{id}", "has a character that no path may have"),
        (words.absolute_path, "v1", "choose `/v1`"),
        (words.absolute_path, "v1?key=pony", r"choose `/v1?key=***`"),
        (words.variable_name, "sk-abcdefghijk", "choose the name of the environment variable"),
        (words.header_name, "Host", "leave it out"),
        (words.header_text, "a\nb", "choose printable ASCII"),
        (words.bare_text, " a", "take that out"),
        (words.media_type, "wav", "choose one such as audio/wav"),
        (words.call_name, "mine", "choose one such as my_calls.py:transcribe"),
    ],
)
def test_a_wrong_one_is_refused_with_what_would_be_right(check: Callable[[str], str], text: str, said: str) -> None:
    with pytest.raises(ValueError, match="; ") as error:
        check(text)
    assert said in str(error.value)


@pytest.mark.parametrize("text", ["", "가 é", "a\tb\r\nc", "\U0001f600"])
def test_all_others_may_stand_in_a_text(text: str) -> None:
    assert words.character_problem(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\x00", "has the control character U+0000; take it out"),
        ("\x9b", "has the control character U+009B; take it out"),
        ("a\udcff", "is not Unicode text (it has half of a surrogate pair); choose a text in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(text: str, said: str) -> None:
    assert words.character_problem(text) == said
