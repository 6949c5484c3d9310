"""A pack of text alone, the clips that are drawn from it, and recognisers that mishear on purpose."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import stt_load

SHIPPED = Path(stt_load.__file__).parent / "audio/english/pack.jsonl"
_ARTICLES = ["the", "a", "my", "our", "your", "their", "his", "her", "this", "that", "some", "every"]
_NOUNS = [
    "boat",
    "river",
    "kettle",
    "garden",
    "window",
    "letter",
    "pepper",
    "hammer",
    "blanket",
    "candle",
    "doctor",
    "farmer",
    "pocket",
    "basket",
    "mirror",
    "carpet",
    "engine",
    "forest",
    "market",
    "bottle",
    "pillow",
    "ticket",
    "camera",
    "pencil",
    "turtle",
    "monkey",
    "rabbit",
    "planet",
    "jacket",
    "cotton",
    "silver",
    "copper",
]
_VERBS = [
    "carried",
    "followed",
    "painted",
    "borrowed",
    "covered",
    "polished",
    "ordered",
    "dropped",
    "finished",
    "opened",
    "lifted",
    "wanted",
    "watched",
    "cleaned",
    "mended",
    "visited",
    "gathered",
    "counted",
    "measured",
    "ignored",
    "admired",
    "forgot",
]
_ENDS = [
    "yesterday",
    "quietly",
    "again",
    "before",
    "lunch",
    "after",
    "dark",
    "near",
    "home",
    "on",
    "monday",
    "in",
    "winter",
    "with",
    "care",
    "by",
    "mistake",
    "at",
    "noon",
    "for",
    "fun",
    "once",
    "more",
    "all",
    "morning",
]


def sentences(count: int, seed: int = 1) -> list[str]:
    """So many sentences of five to eight words, none twice."""
    chance, found = random.Random(seed), set[str]()
    while len(found) < count:
        words = [chance.choice(kind) for kind in (_ARTICLES, _NOUNS, _VERBS, _ARTICLES, _NOUNS)]
        words += chance.sample(_ENDS, chance.randrange(4))
        found.add(" ".join(words).capitalize() + ".")
    return sorted(found)


def shipped_sentences() -> list[str]:
    """Those of the pack that comes with the package, no phrases."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()[1:]
    texts = {str(json.loads(line)["text"]) for line in lines}
    return sorted(text for text in texts if len(text.split()) >= 5)


def texts_from(pool: Sequence[str], fewest: int, most: int, seed: int = 0) -> Callable[[int, int], tuple[str, ...]]:
    """Clips of that many sentences, none twice in one."""

    def texts(seq: int, attempt: int) -> tuple[str, ...]:
        chance = random.Random(seed << 64 | seq << 16 | attempt)
        return tuple(chance.sample(pool, chance.randint(fewest, most)))

    return texts


Recogniser = Callable[[random.Random, Sequence[str]], list[str]]


def independent(rate: float, vocabulary: Sequence[str]) -> Recogniser:
    """Each word is wrong with the same chance: three of five are another word, one is left out, one has one more."""

    def hear(chance: random.Random, words: Sequence[str]) -> list[str]:
        heard: list[str] = []
        for word in words:
            heard += _wrong(chance, word, vocabulary) if chance.random() < rate else [word]
        return heard

    return hear


def in_bursts(rate: float, vocabulary: Sequence[str], length: float = 5) -> Recogniser:
    """As many wrong words, `length` on end in the mean: a chain of two states."""

    def hear(chance: random.Random, words: Sequence[str]) -> list[str]:
        heard: list[str] = []
        wrong = chance.random() < rate
        for word in words:
            heard += _wrong(chance, word, vocabulary) if wrong else [word]
            leaves = 1 / length if wrong else rate / (1 - rate) / length
            wrong ^= chance.random() < leaves
        return heard

    return hear


def _wrong(chance: random.Random, word: str, vocabulary: Sequence[str]) -> list[str]:
    kind = chance.random()
    return [chance.choice(vocabulary)] if kind < 0.6 else [] if kind < 0.8 else [word, chance.choice(vocabulary)]


def write(path: Path, answers: Iterable[tuple[int, int, float, str]]) -> Path:
    """A file of answers: seq, attempt, sent_s, text."""
    keys = ("seq", "attempt", "sent_s", "text")
    path.write_text(
        "".join(json.dumps(dict(zip(keys, one, strict=True))) + "\n" for one in answers), encoding="utf-8"
    )
    return path
