"""What load a run is asked for, in words."""

from __future__ import annotations

import pytest

from stt_load.report.asked_load import MOST_STAGES, lines, number
from stt_load.report.messages import Messages
from stt_load.samples.run_info import ClosedLoop, Load, Trace
from tests.load.timetables import open_loop, stages_of

SAY, KO = Messages("en"), Messages("ko")


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (ClosedLoop(users=5, request_delay_s=0.0), []),
        (
            ClosedLoop(users=8, request_delay_s=0.0, stages=stages_of([(5, 5, 60.0), (1, 8, None)])),
            ["   Concurrent requests, in stages:", "     5 for 1 min 0 s", "     1 to 8 to the end"],
        ),
        (
            open_loop((12.0, 12.0, None), arrivals="poisson", planned=90, max_in_flight=50),
            ["   Arrivals: 12/s, Poisson", "   Planned arrivals: 90", "   In flight: 50 at most (slots)"],
        ),
        (
            open_loop((1 / 3, 1 / 3, 30.0), arrivals="gamma", burstiness=0.5, audio_rate=3.5),
            [
                "   Arrivals: 0.3333/s (3.5 s of audio per second), gamma with shape 0.5",
                "   In flight: 1000 at most (slots)",
            ],
        ),
        (
            open_loop((5.0, 5.0, 60.0), (5.0, 20.0, 30.0), planned=675),
            [
                "   Arrivals per second, in stages, evenly spaced:",
                "     5 for 1 min 0 s",
                "     5 to 20 for 30 s",
                "   Planned arrivals: 675",
                "   In flight: 1000 at most (slots)",
            ],
        ),
        (
            open_loop(trace=Trace(file="day\x1b.csv", speed=2.0), planned=7),
            [
                "   Arrivals: as recorded in day .csv, 2 times as fast",
                "   Planned arrivals: 7",
                "   In flight: 1000 at most (slots)",
            ],
        ),
    ],
    ids=["closed", "stages of users", "rate", "audio rate", "stages", "trace"],
)
def test_each_load_is_told(load: Load, said: list[str]) -> None:
    assert list(lines(SAY, load)) == said
    assert len(list(lines(KO, load))) == len(said)


def test_stages_of_less_than_a_second_have_a_length() -> None:
    told = list(lines(SAY, open_loop((5.0, 5.0, 0.15), (5.0, 5.0, 0.004), (5.0, 5.0, 1.5), (5.0, 5.0, 2.0))))
    assert told[1:5] == ["     5 for 0.15 s", "     5 for 0.004 s", "     5 for 1.50 s", "     5 for 2 s"]


def test_of_many_stages_the_first_are_told() -> None:
    load = open_loop(*((5.0, 5.0, 1.0) for _ in range(MOST_STAGES)))
    assert list(lines(SAY, load)).count("     5 for 1 s") == MOST_STAGES
    more = list(lines(SAY, open_loop(*((5.0, 5.0, 1.0) for _ in range(100)))))
    assert more.count("     5 for 1 s") == MOST_STAGES - 1
    assert "     and 89 more" in more
    users = ClosedLoop(users=8, request_delay_s=0.0, stages=stages_of([(5, 5, 60.0)] * 20))
    assert list(lines(SAY, users))[-1] == "     and 9 more"


def test_a_rate_has_the_digits_that_say_anything() -> None:
    assert [number(value) for value in (12.0, 0.5, 12.345678, 2000.0, 12345.6)] == [
        "12",
        "0.5",
        "12.35",
        "2000",
        "12346",
    ]
