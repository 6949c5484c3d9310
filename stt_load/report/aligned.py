"""Two texts below each other, word by word, with a mark below each word that differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from stt_load.report.width import ELLIPSIS, columns, plain, shorten, wrap

MOST_WORDS = 120
"""Of either text that are looked at: the table of two has their product as many cells."""
MOST_ROWS = 3
"""Of words below each other that are shown of one pair."""
AROUND = 2
"""Words that are shown on either side of what differs, where not all have room."""
FEWEST_ALIKE = 0.3
"""Of the words of the longer text: below, what little is alike is so by chance, and nobody sees anything."""
EDIT, UNLIKE = 1_000, 8
OTHER, LACKING, ADDED, ALIKE = "~", "-", "+", " "

Pair: TypeAlias = tuple[str, str]
"""A word of the one text and what the other has in its place; "" for nothing."""
_SKIPPED: Pair = (ELLIPSIS, ELLIPSIS)


def compared(said: str, heard: str, width: int, labels: Pair, indent: str) -> Iterator[str]:
    """Lines of at most `width` columns: `said` above `heard`, whose words stand below those they were made of, and
    marks. labels: what stands left of the two, equally wide.

    Where hardly a word is alike the texts follow each other as they are.
    """
    first, second = plain(said), plain(heard)
    pairs = word_by_word(first, second)
    room = width - len(indent) - columns(labels[0]) - 2
    alike = sum(mark_of(pair) == ALIKE for pair in pairs)
    widest = max((columns(word) for pair in pairs for word in pair), default=0)
    if widest > room or alike < FEWEST_ALIKE * max(1, len(pairs)):
        for label, text in zip(labels, (first, second), strict=True):
            yield from _below_each_other(label, text, width, indent)
        return
    rows = _rows(pairs, room)
    if len(rows) > MOST_ROWS:
        rows = _rows(_around_what_differs(pairs), room)
    differing = [number for number, row in enumerate(rows, start=1) if any(mark_of(pair) != ALIKE for pair in row)]
    last = min(max(differing, default=1), MOST_ROWS)
    for number, row in enumerate(rows[:last], start=1):
        cut = number == last < len(rows) and row[-1] != _SKIPPED
        yield from _lines([*row, _SKIPPED] if cut else row, labels, indent)


def word_by_word(said: str, heard: str) -> list[Pair]:
    """The words of both texts, `aligned`; of either the first ones, where it has very many."""
    return aligned(_words(said), _words(heard))


def aligned(said: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """The words of both in their order, paired with the fewest edits (Wagner and Fischer, *The String-to-String
    Correction Problem*, 1974), and among these so that words stand together that look alike. Case and punctuation
    make no difference."""
    one, two = [_key(word) for word in said], [_key(word) for word in heard]
    costs = [[EDIT * column for column in range(len(two) + 1)]]
    for row, word in enumerate(one, start=1):
        above, line = costs[-1], [EDIT * row]
        for column, other in enumerate(two, start=1):
            line.append(min(above[column] + EDIT, line[column - 1] + EDIT, above[column - 1] + _cost(word, other)))
        costs.append(line)
    pairs: list[Pair] = []
    row, column = len(one), len(two)
    while row or column:
        here = costs[row][column]
        if row and column and here == costs[row - 1][column - 1] + _cost(one[row - 1], two[column - 1]):
            row, column = row - 1, column - 1
            pairs.append((said[row], heard[column]))
        elif row and here == costs[row - 1][column] + EDIT:
            row -= 1
            pairs.append((said[row], ""))
        else:
            column -= 1
            pairs.append(("", heard[column]))
    return pairs[::-1]


def _cost(word: str, other: str) -> int:
    """Of one word in place of another: an edit, and a little for how unlike they are, in sum never an edit."""
    if word == other:
        return 0
    one, two = set(word), set(other)
    return EDIT + UNLIKE - UNLIKE * len(one & two) // max(1, len(one | two))


def mark_of(pair: Pair) -> str:
    """What stands below a pair of words."""
    said, heard = pair
    if not said or not heard:
        return ADDED if heard else LACKING
    return ALIKE if _key(said) == _key(heard) else OTHER


def _words(text: str) -> list[str]:
    """What has letters or digits, each with what follows it and has none: that is shown with it, and is no word. All
    of a text without any is one."""
    words: list[str] = []
    for one in text.split():
        if words and not (_key(one) and _key(words[-1])):
            words[-1] += f" {one}"
        else:
            words.append(one)
    return words[:MOST_WORDS]


def _key(word: str) -> str:
    return "".join(one for one in word.casefold() if one.isalnum())


def _rows(pairs: Sequence[Pair], room: int) -> list[list[Pair]]:
    """`pairs` in rows of at most `room` columns; in what the last one leaves there is room for an ellipsis."""
    rows: list[list[Pair]] = [[]]
    used = len(ELLIPSIS) + 1
    for pair in pairs:
        needed = _width(pair) + 1
        if rows[-1] and used + needed > room + 1:
            rows.append([])
            used = len(ELLIPSIS) + 1
        rows[-1].append(pair)
        used += needed
    return rows


def _around_what_differs(pairs: Sequence[Pair]) -> list[Pair]:
    """`pairs` with an ellipsis in place of stretches that are alike."""
    differing = [place for place, pair in enumerate(pairs) if mark_of(pair) != ALIKE]
    near = {place + by for place in differing for by in range(-AROUND, AROUND + 1)}
    shown: list[Pair] = []
    for place, pair in enumerate(pairs):
        if place in near:
            shown.append(pair)
        elif not shown or shown[-1] != _SKIPPED:
            shown.append(_SKIPPED)
    return shown


def _lines(row: Sequence[Pair], labels: Pair, indent: str) -> Iterator[str]:
    texts = (
        " ".join(_filled(word, _width(pair)) for pair, word in ((pair, pair[which]) for pair in row))
        for which in (0, 1)
    )
    for label, text in zip(labels, texts, strict=True):
        yield f"{indent}{label}  {text}".rstrip()
    marks = " ".join(_filled(mark_of(pair) * columns(max(pair, key=columns)), _width(pair)) for pair in row)
    if marks.strip():
        yield f"{indent}{' ' * columns(labels[0])}  {marks}".rstrip()


def _below_each_other(label: str, text: str, width: int, indent: str) -> list[str]:
    begin = f"{indent}{label}  "
    room = max(1, width - columns(begin))
    return wrap(shorten(text, MOST_ROWS * room - room // 4), width, begin, " " * columns(begin))


def _width(pair: Pair) -> int:
    return max(map(columns, pair))


def _filled(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
