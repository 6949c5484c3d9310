"""Words, and what only stands where words should be."""

from __future__ import annotations

import time

import pytest

from stt_load.api.words import begins_markup, is_blank, is_like_json, is_markup

BLANK = ["", " \n", "\0\0", "\u200b", "\ufeff", "\u3000\u00a0\u2060", "\x07\x1b\x85", "\u3164", "\U000e0020"]


@pytest.mark.parametrize("text", BLANK)
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "\0a", "안\u200b", ".", "\ufffd", "❤\ufe0f"])
def test_what_can_be_seen_is_not(text: str) -> None:
    assert not is_blank(text)


MARKUP = [
    "<!DOCTYPE html>",
    "<html>",
    "502\n<html>\n<body>",
    "Bad Gateway</h1>",
    "Error<br>x",
    "Error<br />x",
    "<b>Fatal error</b>: Uncaught",
    "<svg xmlns='x'>",
    "<Error><Code>AccessDenied</Code></Error>",
    "<Error><Code>AccessDenied</Code>",
    "<s:Envelope xmlns:s='x'>",
    "<result/>",
    '<note id="1">hello',
    "<?php echo 1;",
    "<![CDATA[x]]>",
]
WORDS = [
    "<unk>",
    "<unk> hello <unk>",
    "<s> hello </s>",
    "<|en|> hello",
    "<laugh> hello",
    "<noise>",
    "a < b",
    "a < b and c > d",
    "<3",
    "(laughs)",
    "5 <p 6",
]
LIKE_JSON = [
    "[1,2,3",
    "[1, 2,",
    "[1.5e3",
    '["a", "b"',
    "['a', 'b']",
    '[1,2,{"a":',
    "[" * 5_000 + "]" * 5_000,
    "[true, fal",
    "[None, None]",
    "[object Object]",
    "[Segment(id=1, text='a')]",
    "{'error': 'boom'}",
    '{"text": "cut o',
    "{",
    "{1: 2}",
    "{text=hello, code=5}",
    "{broken",
    "{error: boom}",
]
BRACKETED = [
    "[Music]",
    "[laughter] hello",
    "[1] hello",
    "[inaudible",
    "[Speaker 1: hello]",
    "[laughter, applause] yes",
    "[00:00:01.000 --> 00:00:02.000] hello",
    "[0.00 - 1.20] hello",
    "[[Music]]",
    "[Music (loud)]",
    "{inaudible}",
    "{laughs} yes",
    "{don't know}",
]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_no_words(text: str) -> None:
    assert is_markup(text)


@pytest.mark.parametrize("text", [*WORDS, *LIKE_JSON, *BRACKETED])
def test_what_merely_has_angles_is_no_markup(text: str) -> None:
    assert not is_markup(text)
    assert not begins_markup(text)


def test_what_is_labelled_as_xml_and_begins_so_is_some() -> None:
    for label in ("application/xml", "text/xml; charset=utf-8", "application/problem+xml"):
        assert begins_markup("<status>", label)
        assert not begins_markup("hello <status>", label)
    assert not begins_markup("<status>", "text/html")


@pytest.mark.parametrize("text", LIKE_JSON)
def test_json_that_is_broken_or_of_another_language(text: str) -> None:
    assert is_like_json(text)


@pytest.mark.parametrize("text", [*BRACKETED, *WORDS])
def test_words_in_brackets_are_words(text: str) -> None:
    assert not is_like_json(text)


def test_what_goes_on_may_be_closed_yet() -> None:
    assert not is_like_json("{laughs", goes_on=True)
    assert is_like_json("{'a", goes_on=True)


@pytest.mark.parametrize("text", ["<", "<a", "<a ", "[", "[ ", "{a", "[a(", "</", "<br ", "\u200b", "<a></", "[1"])
def test_none_of_it_takes_longer_than_its_length(text: str) -> None:
    body = text + text * (300_000 // len(text)) + "x"
    began_s = time.process_time()
    for of in (is_blank, is_markup, is_like_json):
        of(body)
    assert time.process_time() - began_s < 3
