"""Secrets are taken out of texts, also where they stand there in another spelling.

Whoever repeats a secret may write it percent-encoded, escaped for JSON or HTML, one in the other, in base64, or as
UTF-8 that was read as Latin-1. A text is undone one kind of spelling at a time and looked through after each step;
what is found is put out where it stood in the first place.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from html.entities import html5
from typing import NamedTuple
from urllib.parse import quote, unquote

MASK = "***"

FEWEST_CHARACTERS = 4
"""Of a secret, and of a spelling of it: anything shorter stands in ordinary words, too."""
FEWEST_OF_BASE64 = 6
UNDONE_CHARACTERS = 16_384
"""So much of the beginning of a text is looked through in every spelling: whoever sends megabytes of escapes would
stop all users else. Behind it, a secret is found as it is, in JSON and percent-encoded as a whole."""
MOST_STEPS = 3
MOST_TEXTS = 24
"""Ways to read one text: each step of undoing makes up to three of one."""

_PERCENT = re.compile("%([0-9A-Fa-f]{2})")
_BACKSLASH = re.compile(
    r"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"'\\/bfnrt]))"
)
_ENTITY = re.compile("&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,30}));")
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_OF_BASE64 = re.compile("[A-Za-z0-9 /]")
"""As a text is looked through: with blanks for `+` and `-`, a slash for `_`."""


class _Needle(NamedTuple):
    """text: what is looked for. in_base64: the characters beside it hold bits of the secret, too."""

    text: str
    in_base64: bool = False


class _Reading(NamedTuple):
    """A text, and where each of its characters began in the first text; one place more, for its end."""

    text: str
    places: Sequence[int]


class Redactor:
    """Takes `secrets` out of texts. Made once for a run: their spellings are worked out here."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        known = [one for one in dict.fromkeys(secrets) if len(one) >= FEWEST_CHARACTERS]
        plain = list(dict.fromkeys(_canonical(one) for secret in known for one in _as_is(secret)))
        self._plain = [_Needle(one) for one in plain if len(one) >= FEWEST_CHARACTERS]
        in_base64 = dict.fromkeys(_canonical(one) for secret in known for one in _in_base64(secret))
        self._all = [*self._plain, *(_Needle(one, True) for one in in_base64)]

    def text(self, text: str) -> str:
        """`text` without the secrets; the same object where there are none."""
        if not self._all or not text:
            return text
        spans = list(_found(_canonical(text), self._plain if len(text) > UNDONE_CHARACTERS else self._all))
        for reading in _readings(text[:UNDONE_CHARACTERS]):
            for start, end in _found(_canonical(reading.text), self._all):
                # Where the last character ends: one that was spelled with six counts as six.
                spans.append((reading.places[start], reading.places[end]))
        return _without(text, spans) if spans else text

    def data(self, data: bytes) -> bytes:
        """The same for a body; each byte stands for itself, so UTF-8 is found as what Latin-1 shows of it."""
        text = data.decode("latin-1")
        hidden = self.text(text)
        return data if hidden is text else hidden.encode("latin-1")


def _canonical(text: str) -> str:
    """`text`, character by character, without what differs between the blanks of forms and the kinds of base64."""
    return text.replace("+", " ").replace("-", " ").replace("_", "/")


def _as_is(secret: str) -> Iterator[str]:
    """Spellings that are looked for without undoing anything."""
    # A body is looked through as Latin-1, and who sent it may have read UTF-8 so before.
    once = secret.encode(errors="replace").decode("latin-1")
    yield from (secret, once, once.encode().decode("latin-1"))
    # A server that decodes a path decodes what was written encoded there.
    yield from (unquote(secret), unquote(secret, "latin-1"))
    for plain in (True, False):
        in_json = json.dumps(secret, ensure_ascii=plain)[1:-1]
        yield from (in_json, in_json.replace("/", "\\/"))
    yield from (quote(secret, safe=safe, errors="replace") for safe in ("", "/", "!$&'()*+,;=:@/?"))


def _in_base64(secret: str) -> Iterator[str]:
    """The characters that `secret` has in base64 for sure, whatever stands before and behind it (RFC 4648, 4)."""
    content = secret.encode(errors="replace")
    for before in range(3):
        written = b64encode(b"\0" * before + content).decode().rstrip("=")
        first, last = -(-before * 8 // 6), (before + len(content)) * 8 // 6
        if last - first >= FEWEST_OF_BASE64:
            yield written[first:last]
    yield from (one for one in [b64encode(content).decode().rstrip("=")] if len(one) >= FEWEST_OF_BASE64)


def _found(text: str, needles: Sequence[_Needle]) -> Iterator[tuple[int, int]]:
    """From where to where in `text`, which is canonical, something of `needles` stands."""
    for needle in needles:
        start = text.find(needle.text)
        while start >= 0:
            end = start + len(needle.text)
            yield _widened(text, start, end) if needle.in_base64 else (start, end)
            start = text.find(needle.text, end)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """With the character on each side that shares bits with the secret, and the padding."""
    if start and _OF_BASE64.match(text, start - 1) and text[start - 1] != " ":
        start -= 1
    if _OF_BASE64.match(text, end) and text[end] != " ":
        end += 1
    while text.startswith("=", end):
        end += 1
    return start, end


def _readings(text: str) -> Iterator[_Reading]:
    """`text` with its escapes undone, in each order of the kinds, without what was there already."""
    seen = {text}
    now = [_Reading(text, range(len(text) + 1))]
    for _ in range(MOST_STEPS):
        then = []
        for reading in now:
            for pattern, undo in _KINDS:
                undone = _undone(reading, pattern, undo)
                if undone is None or undone.text in seen or len(seen) > MOST_TEXTS:
                    continue
                seen.add(undone.text)
                then.append(undone)
                yield undone
        now = then


def _undone(reading: _Reading, pattern: re.Pattern[str], undo: Callable[[re.Match[str]], str]) -> _Reading | None:
    """`reading` without the escapes of one kind; None where it has none."""
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for found in pattern.finditer(reading.text):
        put = undo(found)
        parts += (reading.text[last : found.start()], put)
        places += reading.places[last : found.start()]
        places += [reading.places[found.start()]] * len(put)
        last = found.end()
    if not parts:
        return None
    return _Reading("".join((*parts, reading.text[last:])), [*places, *reading.places[last:]])


def _letter(found: re.Match[str]) -> str:
    """Of a JSON escape (RFC 8259, 7), or one of C's for a byte."""
    if found[1]:
        return (bytes.fromhex(found[1]) + bytes.fromhex(found[2])).decode("utf-16-be")
    number = found[3] or found[4]
    return chr(int(number, 16)) if number else _LETTERS.get(found[5], found[5])


def _named(found: re.Match[str]) -> str:
    """Of a character reference (WHATWG HTML, 13.2.5.72 on)."""
    if found[3]:
        return html5.get(f"{found[3]};", found[0])
    number = int(found[1]) if found[1] else int(found[2], 16)
    return chr(number) if number < 0x110000 else found[0]


_KINDS = ((_PERCENT, lambda found: chr(int(found[1], 16))), (_BACKSLASH, _letter), (_ENTITY, _named))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with a mask for each of `spans`; those that overlap get one together."""
    parts: list[str] = []
    end = 0
    for first, last in sorted(spans):
        if first >= end:
            parts += (text[end:first], MASK)
        end = max(end, last)
    return "".join((*parts, text[end:]))
