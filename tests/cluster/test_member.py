"""One worker process: its clock, and what it is called."""

from __future__ import annotations

import pytest

from stt_load.cluster.member import SAME_CLOCK, Member, called


@pytest.mark.parametrize(
    ("same_boot", "ahead_s", "same"), [(True, 0.0, True), (True, 50.0, False), (False, 0.0, False)]
)
def test_on_the_same_machine_it_has_the_same_clock_unless_round_trips_say_otherwise(
    same_boot: bool, ahead_s: float, same: bool
) -> None:
    member = Member("a", "a", same_boot, 0.0)
    assert member.clock == SAME_CLOCK, "before the first round trip"
    member.trips.add(1.0, 1.05 + ahead_s, 1.1)
    assert (member.clock == SAME_CLOCK) == same
    member.trips.add(2.0, 500.0, 2.1)
    assert member.jumped_s > 0


def test_it_is_called_by_its_identity_beside_what_it_calls_itself() -> None:
    assert called("a", None) == called("a", "a") == "a"
    assert called("a\x1b", "host:1") == "a\\x1b (calls itself host:1)"
