"""Characters that do something to whoever looks at a text, out of sight: escaped in files, replaced on a terminal."""

from __future__ import annotations

import json
import re

_CONTROLS = "\x7f-\x9f"  # DEL, and C1: 0x9B begins a control sequence on its own
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # UAX #9, section 2: the text reads in another order
_LINE_ENDS = "\u2028\u2029"  # end a line for some readers and not for others
_OUT_OF_SIGHT = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_LINE_ENDS}]")
_NOT_FOR_A_TERMINAL = re.compile(f"[\x00-\x1f{_CONTROLS}{_DIRECTIONS}{_LINE_ENDS}]")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def encode(value: object) -> str:
    """`value` as JSON on one line, `escaped`."""
    return escaped(_encode(value))


def escaped(text: str) -> str:
    r"""The JSON `text` with what is out of sight as `\\uXXXX`, which means the same. Other characters stay.

    Outside of its strings JSON has none of these characters.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return _OUT_OF_SIGHT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def harmless(line: str) -> str:
    """`line` with a replacement character for each that would do something to a terminal. A line has no line end."""
    return line if line.isprintable() else _NOT_FOR_A_TERMINAL.sub("\ufffd", line)
