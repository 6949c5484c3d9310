"""Where texts stand in a JSON answer, as JMESPath expressions that `api.response.text` and its like may be set to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from stt_load.api.places import look
from stt_load.config.scalars import scalar

MOST_LOOKED_AT = 10_000
"""Values of an answer; what comes after so many is no transcript's place any more."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKELY = re.compile(r"text|transcri|utterance|sentence|display|lexical|result", re.IGNORECASE)
_UNLIKELY = re.compile(
    r"(^|_)(id|uuid|lang(uage)?|model|task|status|state|type|created|date|time|version|url|uri|object|name|code)(_|$)",
    re.IGNORECASE,
)
_INDEX = re.compile(r"\[\d+\]")


class Found(NamedTuple):
    """A text of an answer, and the expression that finds it."""

    place: str
    text: str


def texts_in(document: Any, most: int) -> list[Found]:
    """The texts of `document` that are not blank, the likeliest transcripts first, at most `most` of them.

    Texts at the same place of several items of a list are told as one, joined.
    """
    places: dict[str, list[str]] = {}
    for place in _places(document):
        places.setdefault(_INDEX.sub("[]", place), []).append(place)
    found = []
    for whole, single in places.items():
        place = single[0] if len(single) == 1 else f"join(' ', {whole})"
        text = look(place)(document)
        if isinstance(text, str) and text.strip():
            found.append(Found(place, text))
    return sorted(found, key=_unlikeliness)[:most]


def as_yaml(place: str) -> str:
    """The expression as a value in YAML, quoted where it must be."""
    is_plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", place) is not None and scalar(place) == place
    return place if is_plain else json.dumps(place, ensure_ascii=False)


def _places(document: Any) -> Iterator[str]:
    """Of each text, the expression for it."""
    rest: list[tuple[str, Any]] = [("", document)]
    for _ in range(MOST_LOOKED_AT):
        if not rest:
            return
        place, value = rest.pop()
        if isinstance(value, dict):
            rest += [(_below(place, str(name)), one) for name, one in reversed(value.items())]
        elif isinstance(value, list):
            rest += [(f"{place}[{index}]", one) for index, one in reversed(list(enumerate(value)))]
        elif isinstance(value, str) and value.strip():
            yield place or "@"


def _below(place: str, name: str) -> str:
    key = name if _NAME.fullmatch(name) else json.dumps(name)
    return f"{place}.{key}" if place else key


def _unlikeliness(found: Found) -> tuple[bool, bool, int]:
    name = found.place.rpartition(".")[2]
    return bool(_UNLIKELY.search(name)), not _LIKELY.search(name), -len(found.text)
