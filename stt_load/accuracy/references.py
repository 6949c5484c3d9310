"""What each clip says, normalised; and words as single characters, which are compared many times as fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from stt_load.accuracy.normalise import Normaliser

Texts: TypeAlias = Callable[[int, int], tuple[str, ...]]
"""The sentences that the clip of (seq, attempt) says."""

_MOST_WORDS = 200_000
_UNKNOWN = "\0"


class Alphabet:
    """One character for each word, so that a text is a string whose edit distance is that of its words.

    Holds _MOST_WORDS of them, those that clips say first of all: what comes after is one word to it. An answer of
    other words than any clip's is as far from all of them as with words of its own.
    """

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def letters(self, words: Iterable[str]) -> str:
        """The string of `words`."""
        return "".join([self._letters.get(word) or self._letter(word) for word in words])

    def _letter(self, word: str) -> str:
        if len(self._letters) >= _MOST_WORDS:
            return _UNKNOWN
        number = 1 + len(self._letters)
        return self._letters.setdefault(word, chr(number if number < 0xD800 else number + 0x800))  # no surrogates


@dataclass(frozen=True, slots=True)
class Reference:
    """What one clip says: as it is, normalised, and as letters of the alphabet."""

    said: str
    normal: str
    letters: str


class References:
    """What clips say, each sentence normalised once.

    texts: the sentences of a clip. Where one cannot be normalised by itself, the clip is normalised as a whole.
    """

    def __init__(self, texts: Texts, normaliser: Normaliser, alphabet: Alphabet) -> None:
        self._texts = texts
        self._normaliser = normaliser
        self._alphabet = alphabet
        self._known: dict[str, tuple[str, str] | None] = {}

    def of(self, seq: int, attempt: int) -> Reference:
        sentences = self._texts(seq, attempt)
        said = " ".join(sentences)
        parts = [self._sentence(one) for one in sentences]
        if len(parts) > 1 and None in parts:
            normal = self._normaliser(said)
            return Reference(said, normal, self._alphabet.letters(normal.split()))
        whole = [part or self._alone(one) for part, one in zip(parts, sentences, strict=True)]
        normal = " ".join([normal for normal, _ in whole if normal])
        return Reference(said, normal, "".join([letters for _, letters in whole]))

    def _sentence(self, text: str) -> tuple[str, str] | None:
        """One sentence, normalised and in letters; None if it can't be taken apart from its neighbours."""
        try:
            return self._known[text]
        except KeyError:
            found = self._alone(text) if self._normaliser.joins(text) else None
            return self._known.setdefault(text, found)

    def _alone(self, text: str) -> tuple[str, str]:
        normal = self._normaliser(text)
        return normal, self._alphabet.letters(normal.split())
