"""What is done to both texts before they are compared, so that ways of writing the same words are no errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal, cast, get_args

Name = Literal["english", "korean", "none"]
_LONG = 2_000
"""Characters from which on a text is prepared for the English normaliser."""
_MARKS = ".,!?;:"
_EDGE = re.compile(rf"[^\W\d_]+('[^\W\d_]+)*[{_MARKS}]?")
"""A word at the beginning or end of a sentence, with no more than one mark after it."""


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Text to text, words with one blank between them.

    name: as it is chosen. version: of what does it; the figures of two runs can be compared where it is the same.
    spaced: blanks are characters when characters are counted. joins: of two texts that it is safe to normalise apart,
    one blank between the results is the result of both with a blank between them.
    """

    name: Name
    version: str
    spaced: bool
    joins: Callable[[str], bool]
    apply: Callable[[str], str]

    def __call__(self, text: str) -> str:
        return self.apply(text)


def chosen(name: str, language: str | None) -> Name:
    """The normalisation that `name` (auto, english, korean, none) asks for, of speech in `language` (BCP 47).

    Raises ValueError for another name.
    """
    if name == "auto":
        spoken = (language or "").lower().replace("_", "-").partition("-")[0]
        return "english" if spoken in ("en", "eng") else "korean" if spoken in ("ko", "kor") else "none"
    for known in get_args(Name):
        if name == known:
            return cast(Name, known)
    raise ValueError(f"there is no normalisation {name!r}")


def normaliser(name: Name) -> Normaliser:
    """What does it.

    english: OpenAI's for English, as the Open ASR Leaderboard uses it (lower case, no punctuation, contractions
    in full, numbers in digits, American spelling, no hesitations, nothing in brackets). korean: the same characters
    for the same syllables (NFC), no punctuation or symbols, Latin letters in lower case; characters are counted
    without the blanks, as where they go is a matter of taste. none: the text as it is, but for how many blanks.
    """
    if name == "english":
        return _english()
    if name == "korean":
        return Normaliser("korean", f"korean 1, Unicode {unicodedata.unidata_version}", False, _always, korean)
    return Normaliser("none", "none 1", True, _always, _as_it_is)


def korean(text: str) -> str:
    """NFC, lower case; punctuation and symbols are blanks, and what has no shape of its own (zero-width joints, byte
    order marks, soft hyphens) is nothing."""
    text = unicodedata.normalize("NFC", text).lower()
    return " ".join("".join(map(_korean_character, text)).split())


def _korean_character(character: str) -> str:
    if character.isalnum():
        return character
    category = unicodedata.category(character)
    return " " if category[0] in "PS" else "" if category == "Cf" else character


def _as_it_is(text: str) -> str:
    return " ".join(text.split())


def _always(_: str) -> bool:
    return True


def _english() -> Normaliser:
    from whisper_normalizer.basic import BasicTextNormalizer
    from whisper_normalizer.english import EnglishTextNormalizer

    whole, simple = EnglishTextNormalizer(), BasicTextNormalizer(remove_diacritics=True)
    numbers = frozenset(whole.standardize_numbers.words)

    def apply(text: str) -> str:
        if len(text) > _LONG:
            text = _prepared(text)
        try:
            words = whole(text)
        except Exception:  # of thousands of digits in a row, say, it makes no number
            words = simple(text)
        return " ".join(words.split())

    return Normaliser(
        "english",
        f"whisper-normalizer {version('whisper-normalizer')}",
        True,
        lambda text: _stands_alone(text, numbers),
        apply,
    )


def _stands_alone(text: str, numbers: frozenset[str]) -> bool:
    """Whether nothing before or after `text` can change what becomes of it: numbers grow together with their
    neighbours ("two. Five" is 25), an apostrophe joins what is before it, brackets swallow what is between them."""
    words = text.lower().split()
    if not words or any(mark in text for mark in "<>[]()"):
        return False
    return all(_EDGE.fullmatch(edge) and edge.rstrip(_MARKS) not in numbers for edge in (words[0], words[-1]))


def _prepared(text: str) -> str:
    """A long text that means the same to the English normaliser, whose patterns would take minutes for some: an
    opening bracket that none closes is no bracket, and a blank is enough."""
    for openers, closers in (("<[", ">]"), ("(", ")")):
        from_here = 1 + max(map(text.rfind, closers))
        rest = text[from_here:].translate(dict.fromkeys(map(ord, openers), " "))
        text = text[:from_here] + rest
    return " ".join(text.split())
