"""What the console says, for a page: not broken into lines, without its marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stt_load.report.messages import Messages

UNBROKEN = 100_000
"""Columns of a line: a browser breaks it where it has to."""
BULLET = "  - "
"""Of a sentence in a list on the console."""


def unbroken(say: Messages) -> Messages:
    """The same texts, whose lines go on to their ends."""
    return Messages(say.language, UNBROKEN)


def joined(lines: Iterable[str]) -> str:
    """Lines as one text."""
    return " ".join(" ".join(lines).split())


def unmarked(text: str) -> str:
    """A sentence without the mark that it begins with on a console: in a page its place and its tone say so."""
    return " ".join(text.replace("\N{HEAVY EXCLAMATION MARK SYMBOL}", "").split())


def listed(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Lines of the console as sentences, each with those that stand further in below it; what stands before the first
    is their heading there."""
    text, more = None, list[str]()
    for line in lines:
        if line.startswith(BULLET):
            if text is not None:
                yield text, tuple(more)
            text, more = line.removeprefix(BULLET).strip(), []
        elif text is not None and line.strip():
            more.append(line.strip())
    if text is not None:
        yield text, tuple(more)
