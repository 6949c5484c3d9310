"""Text on a terminal, where Hangul and emoji take two columns."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "..."
MOST_QUOTED = 10
"""Lines of somebody else's text."""


def columns(text: str) -> int:
    """How many columns `text`, one line, takes."""
    return sum(map(_columns, text))


def right(text: str, width: int) -> str:
    """`text` at the right end of `width` columns."""
    return " " * (width - columns(text)) + text


def plain(text: str) -> str:
    """Somebody else's text as one harmless line: no line ends, no control sequences, Hangul composed."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(one if one.isprintable() else " " for one in composed).split())


def shorten(text: str, width: int) -> str:
    """`text`, cut to `width` columns if it has more; what is cut ends in three dots where there is room for them."""
    if columns(text) <= width:
        return text
    dots = ELLIPSIS if width > 2 * len(ELLIPSIS) else ""
    used, kept = len(dots), ""
    for one in text:
        used += _columns(one)
        if used > width:
            break
        kept += one
    return kept + dots


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """`text` as lines of at most `width` columns, broken at spaces, the first after `first`, others after `rest`.

    A word that is longer than a line stays whole, and where it is: an address is still there to be copied.
    """
    lines = [first]
    empty = True
    for word in text.split():
        over = not empty and columns(lines[-1]) + 1 + columns(word) > width
        if over and columns(rest) + columns(word) <= width:
            lines.append(rest)
            empty = True
        lines[-1] += word if empty else f" {word}"
        empty = False
    return lines


def fit(line: str, width: int) -> list[str]:
    """`line` as it is, or broken into lines of at most `width` columns that stand two further in."""
    if columns(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")))
    return wrap(line, width, indent, f"{indent}  ")


def quote(text: str, width: int, indent: str) -> list[str]:
    """Somebody else's text as lines behind `indent`: whole, but for one that would fill a screen. Words that are
    longer than a line are cut, as such texts may be without a space."""
    room = max(1, width - len(indent))
    words = [part for word in shorten(plain(text), MOST_QUOTED * room).split() for part in _cut(word, room)]
    return wrap(" ".join(words), width, indent, indent)


def _cut(word: str, width: int) -> list[str]:
    parts = [""]
    for one in word:
        if parts[-1] and columns(parts[-1]) + _columns(one) > width:
            parts.append("")
        parts[-1] += one
    return parts


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
