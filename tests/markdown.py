"""What stands in the documents of this project: their blocks, headings and links."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ko.md")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.is_file()
)

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document: str, language: str) -> list[str]:
    return [block for _, named, block in _BLOCK.findall(text_of(document)) if named == language]


def languages(document: str) -> set[str]:
    return {named for _, named, _ in _BLOCK.findall(text_of(document))}


def prose(document: str) -> str:
    """All but its blocks, whose `#` are comments, and whose brackets are code."""
    return _BLOCK.sub("", text_of(document))


def links(document: str) -> list[str]:
    return _LINK.findall(prose(document))


def anchors(document: str) -> set[str]:
    """What a link may have behind its `#`, as GitHub makes it of headings."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(document)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def commands(block: str) -> list[str]:
    """The lines of a shell block; a backslash at the end of one goes on with the next."""
    return [line for line in block.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
