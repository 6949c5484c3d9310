"""The offset of another machine's clock is known to within half of the shortest round trip."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stt_load.cluster.clocks import RoundTrips

delays = st.floats(0.0001, 2.0)


@given(
    offset_s=st.floats(-1e6, 1e6),
    trips=st.lists(st.tuples(delays, delays), min_size=1, max_size=RoundTrips.KEPT),
)
def test_the_truth_is_within_the_error(offset_s: float, trips: list[tuple[float, float]]) -> None:
    """Whatever the delays on the way there and back, and however unlike each other."""
    estimate = RoundTrips()
    now_s = 100.0
    for there_s, back_s in trips:
        estimate.add(now_s, now_s + there_s + offset_s, now_s + there_s + back_s)
        now_s += 1.0
    known = estimate.clock
    assert known is not None
    assert abs(known.offset_s - offset_s) <= known.error_s + 1e-6
    assert known.error_s <= min(there + back for there, back in trips) / 2 + 1e-9


def test_a_clock_that_was_set_is_followed() -> None:
    estimate = RoundTrips()
    assert estimate.clock is None
    estimate.add(0.0, 5.0, 0.001)
    for second in range(1, RoundTrips.KEPT + 1):
        estimate.add(second, second + 8.0, second + 0.01)
    assert estimate.clock is not None
    assert abs(estimate.clock.offset_s - 8.0) < 0.01


@given(
    offset_s=st.floats(-1e6, 1e6),
    jump_s=st.floats(4.5, 1e4) | st.floats(-1e4, -4.5),
    before=st.lists(st.tuples(delays, delays), min_size=1, max_size=RoundTrips.KEPT),
    there_s=delays,
    back_s=delays,
)
def test_after_a_clock_has_jumped_the_first_round_trip_knows_it(
    offset_s: float, jump_s: float, before: list[tuple[float, float]], there_s: float, back_s: float
) -> None:
    """What is known from before is wrong from then on, however short the round trips were."""
    estimate = RoundTrips()
    now_s = 100.0
    for there, back in before:
        estimate.add(now_s, now_s + there + offset_s, now_s + there + back)
        now_s += 1.0
    assert estimate.jumped_s == 0.0
    estimate.add(now_s, now_s + there_s + offset_s + jump_s, now_s + there_s + back_s)
    known = estimate.clock
    assert known is not None
    assert abs(known.offset_s - offset_s - jump_s) <= known.error_s + 1e-6
    assert estimate.jumped_s >= abs(jump_s) - 1e-6
