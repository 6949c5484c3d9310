"""For how long a service asks to be left alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_tz

from stt_load.api.numbers import number

LONGEST_WAIT_S = 60.0
"""A service that wants to be left alone for an hour would end the run with it."""


def retry_after_s(value: str | None, now_s: float, milliseconds: str | None = None) -> float:
    """The seconds that an answer asks for, LONGEST_WAIT_S at most; 0 where nothing can be understood.

    value: of the header Retry-After, a number of seconds or an HTTP date (RFC 9110, section 10.2.3); services send
    fractions, too. milliseconds: of retry-after-ms (OpenAI, Azure), which comes first where both are there, as in
    openai-python (`_parse_retry_after_header` in src/openai/_base_client.py). Of several values the longest counts:
    all are kept to then. now_s: since the epoch.
    """
    told_ms = [wait for wait in map(number, (milliseconds or "").split(",")) if wait is not None and wait >= 0]
    if told_ms:
        return min(LONGEST_WAIT_S, max(told_ms) / 1_000)
    waits = (_wait_s(one.strip(), now_s) for one in _SEPARATOR.split(value or ""))
    return min(LONGEST_WAIT_S, max(0.0, *waits))


def _wait_s(value: str, now_s: float) -> float:
    """Negative, or 0, for nothing."""
    wait_s = number(value)
    return (_instant_s(value) or now_s) - now_s if wait_s is None else wait_s


def _instant_s(date: str) -> float | None:
    """An HTTP date in one of its three forms (RFC 9110, section 5.6.7), in seconds since the epoch; None for what is
    none. Without a zone it is UTC, as it has to be; a second may be a leap one."""
    try:
        found = parsedate_tz(date)
        if found is None:
            return None
        year, month, day, hour, minute, second = found[:6]
        there = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return there.timestamp() - (found[9] or 0)


_SEPARATOR = re.compile(r",(?<!mon,)(?<!tue,)(?<!wed,)(?<!thu,)(?<!fri,)(?<!sat,)(?<!sun,)(?<!day,)", re.IGNORECASE)
"""A comma, but for the one behind the name of a day."""
