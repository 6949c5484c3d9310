"""Which iterations settle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.settling import Settling, connections
from stt_load.load.timetable import timetable_of
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop
from stt_load.samples.sample import Phase
from tests.load.timetables import open_loop

STAGED = open_loop((5, 5, 60), (5, 20, 120), (20, 20, 60), planned=3_000)


def settled_by(load: Load, numbers: range, median_s: float | None, *, settles: bool = False) -> list[int]:
    """Those of `numbers` that settle, where the median is always the same."""
    settling = Settling(load, timetable_of(load, 7), settles=settles)
    settling.begin(lambda: median_s)
    return [number for number in numbers if settling.phase(number, lambda: median_s) is Phase.SETTLING]


def test_nothing_settles_in_a_plain_run() -> None:
    assert settled_by(open_loop((5, 5, None), planned=200), range(200), 1.0) == []
    assert settled_by(ClosedLoop(users=3, request_delay_s=0.0), range(200), 1.0) == []


def test_a_stage_settles_as_long_as_ten_medians_take() -> None:
    # 4 s at 5 a second; 4 s of a ramp from 5 by 0.125 a second: 20 and 1; 4 s at 20.
    found = settled_by(STAGED, range(3_000), 0.4)
    assert found == [*range(20), *range(300, 321), *range(1_800, 1_880)]


def test_half_of_a_stage_settles_at_most() -> None:
    assert settled_by(STAGED, range(3_000), 99.0) == [*range(150), *range(300, 1_050), *range(1_800, 2_400)]


def test_without_an_answer_nothing_settles() -> None:
    assert settled_by(STAGED, range(3_000), None) == []


def test_the_median_counts_that_is_known_when_the_first_of_a_stage_is_handed_out() -> None:
    settling = Settling(STAGED, timetable_of(STAGED, 7))
    medians = iter([1.0, 0.1])
    phases = [settling.phase(number, lambda: next(medians)) for number in range(420)]
    assert phases.count(Phase.SETTLING) == 50 + 6
    assert phases[300 + 5] is Phase.SETTLING
    assert phases[300 + 6] is Phase.MEASURED


def test_a_run_that_is_one_of_several_settles_and_what_does_is_more_than_was_planned() -> None:
    plain = open_loop((5, 5, None), planned=200)
    assert settled_by(plain, range(300), 0.4, settles=True) == list(range(20))
    assert settled_by(plain, range(300), 4.0, settles=True) == list(range(200))
    assert settled_by(plain, range(300), None, settles=True) == []
    timed = open_loop((5, 5, 30.0), planned=150)
    assert settled_by(timed, range(300), 0.4, settles=True) == list(range(20))
    settling = Settling(plain, timetable_of(plain, 7), settles=True)
    assert (settling.begin(lambda: 0.4), settling.extra) == (20, 20)
    assert settled_by(STAGED, range(300), 0.4, settles=True) == list(range(20)), "stages settle anyway, and end"
    assert Settling(STAGED, timetable_of(STAGED, 7), settles=True).begin(lambda: 0.4) == 0
    closed = ClosedLoop(users=3, request_delay_s=0.0)
    assert settled_by(closed, range(200), None, settles=True) == list(range(6))
    assert Settling(closed, timetable_of(closed, 1), settles=True).extra == 6
    assert Settling(closed, timetable_of(closed, 1)).extra == 0


@given(st.sampled_from(["poisson", "constant", "gamma"]), st.integers(0, 2**32), st.floats(0.001, 30))
def test_what_settles_comes_first_in_its_stage_and_is_no_more_than_half(
    arrivals: str, seed: int, median_s: float
) -> None:
    load = open_loop((5, 5, 10), (5, 20, 10), arrivals=arrivals, burstiness=0.3)
    timetable = timetable_of(load, seed)
    planned = timetable.first_of(2)
    settling = Settling(open_loop((5, 5, 10), (5, 20, 10), planned=planned), timetable)
    for first, after in ((0, timetable.first_of(1)), (timetable.first_of(1), planned)):
        phases = [settling.phase(number, lambda: median_s) for number in range(first, after)]
        count = phases.count(Phase.SETTLING)
        assert phases == [Phase.SETTLING] * count + [Phase.MEASURED] * (after - first - count)
        assert count <= (after - first) // 2


@pytest.mark.parametrize(
    ("load", "median_s", "count"),
    [
        (open_loop((12, 12, None)), 0.5, 12),
        (open_loop((12, 12, None)), 0.51, 13),
        (open_loop((12, 12, None)), None, 0),
        (open_loop((5, 20, 10), (100, 100, 10)), 0.5, 20),
        (open_loop((12, 12, None), max_in_flight=4), 0.5, 4),
        (ClosedLoop(users=5, request_delay_s=0.0), 0.5, 0),
    ],
)
def test_so_many_slots_open_their_connection_in_advance(load: Load, median_s: float | None, count: int) -> None:
    assert connections(load, timetable_of(load, 7), median_s) == count


def test_of_a_trace_the_first_ten_seconds_say_how_many() -> None:
    trace = open_loop((3, 3, None))
    without_rate = OpenLoop(
        **{name: getattr(trace, name) for name in OpenLoop.__dataclass_fields__ if name not in ("stages", "model")},
        stages=(),
    )
    assert connections(without_rate, timetable_of(trace, 7), 1.0) == 6
