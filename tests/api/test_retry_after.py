"""For how long a service asks to be left alone, in the forms in which services say it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.retry_after import LONGEST_WAIT_S, retry_after_s

NOW_S = 1_792_000_000.0  # Wed, 14 Oct 2026 17:46:40 GMT


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        (None, 0),
        ("3", 3),
        (" 3 ", 3),
        ("0", 0),
        ("0.6", 0.6),
        (".5", 0.5),
        ("3.5", 3.5),
        ("100000", 60),
        ("1234567890", 60),
        ("9" * 400, 60),
        ("9" * 5_000, 60),
        ("1e3", 60),
        ("-3", 0),
        ("1, 1", 1),
        ("1,2", 2),
        ("1, soon", 1),
        ("soon", 0),
        ("nan", 0),
        ("inf", 0),
        ("1_0", 0),
        ("٣", 0),
        ("0x10", 0),
        ("3 s", 0),
        ("", 0),
        (",", 0),
        ("Wed, 14 Oct 2026 17:46:45 GMT", 5),
        ("Wed, 14 Oct 2026 17:46:30 GMT", 0),
        ("Wed, 14 Oct 2026 19:46:40 GMT", 60),
        ("Wed, 14 Oct 2026 17:46:45 -0000", 5),
        ("Wed, 14 Oct 2026 17:46:45", 5),
        ("Wed, 14 Oct 2026 19:46:45 +0200", 5),
        ("Wednesday, 14-Oct-26 17:46:45 GMT", 5),
        ("Wed Oct 14 17:46:45 2026", 5),
        ("Wed Oct  7 17:46:45 2026", 0),
        ("wed, 14 oct 2026 17:46:45 gmt", 5),
        ("Wed, 14 Oct 2026 17:46:60 GMT", 19),
        ("Wed, 14 Oct 2026 17:46:45 GMT, Wed, 14 Oct 2026 17:46:50 GMT", 10),
        ("Wednesday, 14-Oct-26 17:46:45 GMT, 7", 7),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 60),
        ("Fri, 31 Dec 99999 23:59:59 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Mon, 01 Jan 0001 00:00:00 +1400", 0),
        ("Wed, 99 Oct 2026 17:46:45 GMT", 0),
        ("Wed, 14 Oct 2026 99:99:99 GMT", 0),
    ],
)
def test_how_long_a_service_asks_to_be_left_alone(value: str | None, wait_s: float) -> None:
    assert retry_after_s(value, NOW_S) == wait_s


@pytest.mark.parametrize(
    ("milliseconds", "value", "wait_s"),
    [
        ("600", None, 0.6),
        ("600", "9", 0.6),
        ("0.5", "9", 0.0005),
        ("600, 700", "9", 0.7),
        ("0", "9", 0),
        ("99999999999", None, LONGEST_WAIT_S),
        ("soon", "9", 9),
        ("-1", "9", 9),
        ("", "9", 9),
        ("nan", None, 0),
    ],
)
def test_the_milliseconds_come_first_where_they_can_be_understood(
    milliseconds: str, value: str | None, wait_s: float
) -> None:
    assert retry_after_s(value, NOW_S, milliseconds) == wait_s


@pytest.mark.parametrize("zone", ["UTC-9", "UTC+5", "Asia/Seoul"])
def test_a_date_without_a_zone_is_not_the_machines(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert retry_after_s("Wed Oct 14 17:46:45 2026", NOW_S) == 5
        assert retry_after_s("Wed, 14 Oct 2026 17:46:45 -0000", NOW_S) == 5
    finally:
        monkeypatch.undo()
        time.tzset()


DATES = st.tuples(
    st.sampled_from(["Wed, ", "Wednesday, ", "Wed ", "", ","]),
    st.text("0123456789-: OctGMT+,", max_size=30),
).map("".join)


@given(value=st.text(max_size=30) | DATES, milliseconds=st.none() | st.text(max_size=30))
def test_whatever_it_says_it_is_a_time_or_nothing(value: str, milliseconds: str | None) -> None:
    assert 0 <= retry_after_s(value, NOW_S, milliseconds) <= LONGEST_WAIT_S
