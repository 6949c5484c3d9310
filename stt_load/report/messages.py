"""What is said to a person, by key: the catalogue of each language is a file beside this one."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, get_args

from stt_load.report.width import fit

Language = Literal["en", "ko"]
WIDTH = 80
"""Columns of a line, where nobody knows better."""

_SMALLEST_SHARE = 0.001


@functools.cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All texts of `language`, in the order of its file. Raises KeyError for one that there is not: it may come out
    of a saved result, and names a file."""
    if language not in get_args(Language):
        raise KeyError(language)
    found = tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))
    groups = ((group, texts if isinstance(texts, dict) else {"": texts}) for group, texts in found.items())
    return {f"{group}.{name}".rstrip("."): text for group, texts in groups for name, text in texts.items()}


class Messages:
    """The catalogue of one language, and how quantities are written in it. None is "no data" for every quantity.

    width: the columns that there are for a line.
    """

    def __init__(self, language: Language, width: int = WIDTH) -> None:
        self._texts = catalogue(language)
        self.language = language
        self.width = width

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __call__(self, key: str, /, **values: Any) -> str:
        """The text of `key` with `values` in its places. Raises KeyError for a key or a value that is not there."""
        return self._texts[key].format(**values)

    def number(self, value: float | None, decimals: int) -> str:
        """What is rounded to 0 has no sign."""
        return self("none") if value is None else f"{value:z.{decimals}f}"

    def seconds(self, value: float | None) -> str:
        """A latency, to the millisecond."""
        return self("none") if value is None else self("seconds", value=f"{value:.3f}")

    def duration(self, value_s: float | None, decimals: int = 2) -> str:
        """How long something took; `decimals` below a minute."""
        if value_s is None:
            return self("none")
        if round(value_s, decimals) < 60:
            return self("seconds", value=f"{value_s:.{decimals}f}")
        minutes, seconds = divmod(round(value_s), 60)
        if minutes < 60:
            return self("minutes", minutes=minutes, seconds=seconds)
        return self("hours", hours=minutes // 60, minutes=minutes % 60)

    def share(self, value: float | None) -> str:
        """A share in percent. A little is never written as nothing, nor almost all as all."""
        if value is None:
            return self("none")
        if 0 < value < _SMALLEST_SHARE / 2:
            return f"<{_SMALLEST_SHARE:.1%}"
        if 1 - _SMALLEST_SHARE / 2 < value < 1:
            return f">{1 - _SMALLEST_SHARE:.1%}"
        return f"{value:.1%}"

    def rate(self, value: float | None, *, of_ok: bool = False) -> str:
        """Requests per second; of_ok: it is to be said that only those that succeeded are in it."""
        return self("none") if value is None else self("rate_ok" if of_ok else "rate", value=f"{value:.2f}")

    def size(self, value_bytes: int) -> str:
        """An amount of data in decimal units."""
        value = float(value_bytes)
        for unit in ("B", "kB", "MB", "GB"):
            if value < 999.95:
                return f"{value:.1f} {unit}" if unit != "B" else f"{value_bytes} B"
            value /= 1000
        return f"{value:.1f} TB"

    def requests(self, n: int) -> str:
        """So many requests, as a noun."""
        return self("requests.one" if n == 1 else "requests.many", n=n)


P = ParamSpec("P")
Lines = Callable[Concatenate[Messages, P], Iterator[str]]


def fitted(lines: Lines[P]) -> Lines[P]:
    """`lines` with each that is too long broken where its words allow it."""

    @functools.wraps(lines)
    def within(say: Messages, /, *args: P.args, **more: P.kwargs) -> Iterator[str]:
        for line in lines(say, *args, **more):
            yield from fit(line, say.width)

    return within
