"""Characters that no text of a configuration may have, whatever the key."""

from __future__ import annotations

import re

_NONE_OF_A_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def problem(text: str) -> str | None:
    """What is wrong with `text`, and what would be right, reading on from it; None where all is well.

    Half of a surrogate pair is no Unicode text, and nothing can be done with it but to fail. Control characters but
    tab and line ends come from a slip, or from who wants to hide something. Each key has rules of its own beside.
    """
    found = _NONE_OF_A_TEXT.search(text)
    if found is None:
        return None
    if found[0] >= "\ud800":
        return "is not Unicode text (it has half of a surrogate pair); choose a text in UTF-8"
    return f"has the control character U+{ord(found[0]):04X}; take it out"
