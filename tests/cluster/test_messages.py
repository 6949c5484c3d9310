"""What messages may say, and what is left of a report that Locust could not show."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.cluster import messages, protocol
from tests.cluster.test_message_filter import ENTRY, INF, NAN, STATS, message_filter, packed, take

NAME = "host_0123456789abcdef"


def test_each_message_of_ours_to_a_master_has_its_kind() -> None:
    to_workers = {"WELCOME", "REFUSED", "RUN", "LEASE", "VOID", "OPEN", "BEAT", "ACK", "DRAIN", "CUT", "SAVED"}
    kinds = {name: kind for name, kind in vars(protocol).items() if str(kind).startswith("stt_load.")}
    kinds = {name: kind for name, kind in kinds.items() if name.isupper()}
    assert messages.OURS.keys() == {kind for name, kind in kinds.items() if name not in to_workers}


ODD_ENTRIES: list[dict[str, Any]] = [
    {"total_response_time": NAN},
    {"max_response_time": INF},
    {"min_response_time": -1e300},
    {"total_content_length": NAN},
    {"start_time": NAN},
    {"num_requests": -1},
    {"response_times": {"a": 1}},
    {"name": ["a", "tuple"]},
    {"name": "x" * 20_000},
]


@pytest.mark.parametrize("how", ODD_ENTRIES)
def test_figures_of_a_users_own_requests_that_are_none_are_left_out_and_the_worker_stays(how: dict[str, Any]) -> None:
    one = message_filter(NAME)
    said = STATS | {"stats": [ENTRY, ENTRY | how], "stats_total": ENTRY | how}
    heard = take(packed("stats", said), one=one)
    assert heard.trimmed
    assert heard.data["stats"] == [ENTRY]
    total = heard.data["stats_total"]
    assert total["num_requests"] in (0, 1)
    assert total["total_response_time"] in (0, 1)


def test_errors_that_are_none_are_left_out_too() -> None:
    error = STATS["errors"]["key"]
    said = STATS | {"errors": {"a": error, "b": error | {"occurrences": -1}, "c": error | {"first_seen": NAN}}}
    heard = take(packed("stats", said))
    assert (heard.trimmed, heard.data["errors"]) == (True, {"a": error})


def test_of_more_names_than_screens_show_the_first_are_left_and_the_worker_stays() -> None:
    entries = [ENTRY | {"name": str(number)} for number in range(messages.MOST_NAMES + 1_000)]
    heard = take(packed("stats", STATS | {"stats": entries}))
    assert heard.trimmed
    assert heard.data["stats"] == entries[: messages.MOST_NAMES]
    assert not take(packed("stats", STATS | {"stats": entries[: messages.MOST_NAMES]})).trimmed


def test_a_name_that_no_message_can_bear_is_left_out_at_its_source() -> None:
    said = STATS | {"stats": [ENTRY | {"name": "\ud800"}, ENTRY]}
    assert messages.trim(said)
    assert said["stats"] == [ENTRY]


def test_a_report_that_was_trimmed_fits_in_a_message_whatever_its_names_are() -> None:
    error = STATS["errors"]["key"]
    entries = [ENTRY | {"name": f"{number} " + "\U0001f600" * 9_000} for number in range(1_000)]
    errors = {str(number): error | {"error": "\U0001f600" * 5_000} for number in range(2_000)}
    said = STATS | {"stats": entries, "errors": errors}
    assert messages.trim(said)
    assert len(packed("stats", said)) < messages.LARGEST
    assert not take(packed("stats", said)).trimmed
