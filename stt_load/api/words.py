"""What is said, and what only stands where words should be: blanks, markup, broken JSON, that of other languages."""

from __future__ import annotations

import re

first_ink = re.compile(
    "[^\\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
).search
"""The first character that can be seen: no blank, no control character, none that is ignored by default
(Unicode, DerivedCoreProperties.txt, Default_Ignorable_Code_Point). None where there is none."""


def is_blank(text: str) -> bool:
    """Whether there is nothing in it that can be seen."""
    return first_ink(text) is None


def begins_markup(text: str, content_type: str = "") -> bool:
    """Whether it begins as a page does, as a part of one, or as XML. Some words begin with `<`: `<unk>`, `<s>`.

    text: without blanks before it. content_type: may say that it is XML, whatever it is called in there.
    """
    if not text.startswith("<"):
        return False
    if _PAGE.match(text) or _SAYS_XML.search(content_type):
        return True
    element = _ELEMENT.match(text)
    if element is None or element[1].lower() in _TOKENS:
        return False
    return _ATTRIBUTE.search(element[2] or "") is not None or _CLOSING.search(text, element.end()) is not None


def is_markup(text: str) -> bool:
    """Whether it begins so, or has what only pages have anywhere in it. text: without blanks before it."""
    return "<" in text and (begins_markup(text) or _OF_PAGES.search(text) is not None)


def is_like_json(text: str, goes_on: bool = False) -> bool:
    """Whether what is no JSON begins as an object or a list does: broken, cut off, or as Python and others write it.

    No words in brackets do: `[Music]`, `[laughter] yes`, `[1] one`, `{inaudible}`. text: without blanks before it.
    goes_on: it is the beginning of something longer, in which a brace may be closed yet.
    """
    if text.startswith("{"):
        return (_OPEN_BRACES if goes_on else _BRACES).match(text) is None
    return text.startswith("[") and _LIST.match(text) is not None


_PAGE = re.compile(
    r"<(!doctype|!--|!\[cdata|\?xml|\?php|(html|head|body|title|meta|link|script|noscript|style|center|div|span|table|"
    r"form|iframe|pre|font|ul|h[1-6]|p|br|hr|svg|img|error|exception|fault|response)\b)",
    re.IGNORECASE,
)
_OF_PAGES = re.compile(
    r"<(html|!doctype)\b|</?(head|body|title|meta|script|style|center|div|span|table|pre|h[1-6]|p|br|hr)\b[^<>]*+>",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<([A-Za-z_][\w:.\-]*+)(\s[^<>]*+|/)?>")
_ATTRIBUTE = re.compile(r"""=\s*["']|/$""")
_CLOSING = re.compile(r"</(?!s>)[A-Za-z_]")
_TOKENS = frozenset({"s", "unk", "pad"})
"""What recognisers with a vocabulary of tokens leave in a text."""
_SAYS_XML = re.compile(r"[/+]xml\b", re.IGNORECASE)
_BRACES = re.compile(r'\{\s*\w[^{}\[\]":=]*+\}')
_OPEN_BRACES = re.compile(r'\{\s*\w[^{}\[\]":=]*+(\}|$)')
_LIST = re.compile(
    r"""\[[\s\[]*+($|["'{\]]|-?\d[\d.eE+\-]*+\s*+(,|$)|(true|false|null|None|True|False)\s*+(,|\]|$)|object \w++\]|"""
    r"""\w++\([^\])=]*+=)"""
)
