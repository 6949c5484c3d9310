"""What a value in a message can be: checks that are put together to the shape of a whole message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from typing import Any, NoReturn, TypeAlias

Check: TypeAlias = Callable[[str, Any], None]
"""Gets the place of a value in its message, and the value; raises `InvalidMessage` where it can't be."""

MOST_WHOLE = 2**53
"""Whole numbers beyond this are no counts of anything."""
LONGEST_S = 1e12
"""No instant on anybody's clock is later, or earlier than minus this."""
_SHOWN = 100


class InvalidMessage(ValueError):  # noqa: N818 - as what somebody did, it is no error of ours
    """Somebody says what no worker of this suite says, can know, or may do. The message is for people."""


def wrong(place: str, value: Any, right: str) -> NoReturn:
    """Raises. right: what would stand there."""
    raise InvalidMessage(f"{place} is {shown(value)}, not {right}")


def shown(value: Any, longest: int = _SHOWN) -> str:
    """`value` as a line can show it, whatever it is: short, and without what a terminal obeys."""
    text = value if isinstance(value, str) else _briefly(value)
    cut = text if len(text) <= longest else text[:longest] + "..."
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in cut)


def _briefly(value: Any) -> str:
    """Numbers as they are; of others, which may be of any size, the type."""
    if value is None or isinstance(value, bool | float):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if abs(value) <= 2**64 else "a huge number"
    return f"of type {type(value).__name__}"


def anything(place: str, value: Any) -> None:
    """Nobody reads it."""


def _sound(is_sound: Callable[[Any], bool], right: str) -> Check:
    def check(place: str, value: Any) -> None:
        if not is_sound(value):
            wrong(place, value, right)

    return check


def _sized(kind: type[Sized], right: str, most: int, has: str) -> Check:
    """has: what is said of one with more than `most` parts, with a place for their number."""

    def check(place: str, value: Any) -> None:
        if not isinstance(value, kind):
            wrong(place, value, right)
        if len(value) > most:
            raise InvalidMessage(f"{place} {has.format(len(value))}, where {most} are the most")

    return check


flag = _sound(lambda value: isinstance(value, bool), "true or false")


def whole(least: int = 0, most: int = MOST_WHOLE) -> Check:
    right = f"a whole number from {least} to {most}"
    return _sound(lambda value: type(value) is int and least <= value <= most, right)


def number(least: float, most: float) -> Check:
    right = f"a number from {least:g} to {most:g}"
    return _sound(lambda value: type(value) in (int, float) and least <= value <= most, right)


instant = number(-LONGEST_S, LONGEST_S)


def text(longest: int) -> Check:
    return _sized(str, "a text", longest, "is a text of {} characters")


def packed(longest: int) -> Check:
    return _sized(bytes, "bytes", longest, "has {} bytes")


def name(longest: int) -> Check:
    """A text that people get to see in a line."""
    is_text = text(longest)

    def check(place: str, value: Any) -> None:
        is_text(place, value)
        if not value or not value.isprintable():
            wrong(place, value, "a name without control characters")

    return check


def one_of(*values: Any) -> Check:
    right = " or ".join(map(repr, values))
    return _sound(lambda value: any(type(value) is type(one) and value == one for one in values), right)


def optional(check: Check) -> Check:
    def check_it(place: str, value: Any) -> None:
        if value is not None:
            check(place, value)

    return check_it


def either(first: Check, second: Check) -> Check:
    """As `second` has it, where `first` has it otherwise."""

    def check(place: str, value: Any) -> None:
        try:
            first(place, value)
        except InvalidMessage:
            second(place, value)

    return check


def listed(check: Check, most: int) -> Check:
    is_list = _sized(list, "a list", most, "has {} items")

    def check_all(place: str, value: Any) -> None:
        is_list(place, value)
        for item in value:
            check(f"an item of {place}", item)

    return check_all


def items(*checks: Check) -> Check:
    """A list of as many items, each of its own kind."""

    def check(place: str, value: Any) -> None:
        if not isinstance(value, list) or len(value) != len(checks):
            wrong(place, value, f"a list of {len(checks)}")
        for one, item in zip(checks, value, strict=True):
            one(f"an item of {place}", item)

    return check


def mapping(keys: Check, values: Check, most: int) -> Check:
    """Any keys, as long as they are of one kind."""
    is_mapping = _sized(dict, "a mapping", most, "has {} keys")

    def check(place: str, value: Any) -> None:
        is_mapping(place, value)
        for key, item in value.items():
            keys(f"a key of {place}", key)
            values(f"a value of {place}", item)

    return check


def fields(required: Mapping[str, Check], others: Mapping[str, Check] | None = None, *, open_: bool = False) -> Check:
    """A mapping with these keys. others: may be missing. open_: there may be more, of which nobody reads any."""
    known = {**required, **(others or {})}

    def check(place: str, value: Any) -> None:
        if not isinstance(value, dict):
            wrong(place, value, "a mapping")
        missing = [key for key in required if key not in value]
        if missing:
            raise InvalidMessage(f"{place} lacks {missing[0]}")
        for key, item in value.items():
            if key in known:
                known[key](f"{place}.{key}", item)
            elif not open_:
                raise InvalidMessage(f"{place} has a key that is none: {shown(key)}")

    return check
