"""What a run of levels will cost at most."""

from __future__ import annotations

from stt_load.samples.levels import Axis, Levels, Mode, Search
from stt_load.search.estimate import estimate
from tests.search.trying import SLOS


def asked(axis: Axis = "users", mode: Mode = "auto", max_requests: int | None = None) -> Levels:
    found = Search(
        start=None, to=None, resolution=0.1, max_time_s=600, max_requests=max_requests, at_least=None, mode=mode
    )
    return Levels(axis=axis, search=found)


def test_before_the_first_level_the_time_is_not_known() -> None:
    found = estimate(asked(), SLOS, audio_s=10)
    assert (found.levels, found.seconds, found.requests, found.units) == (16, None, 9_600, 530)
    assert found.audio_s == 96_000
    assert (found.mode, found.enough) == (None, None)


def test_then_it_is_and_what_fits_is_chosen() -> None:
    found = estimate(asked(), SLOS, service_s=0.9)
    assert (found.seconds, found.mode, found.enough) == (477, "default", True)
    quick = estimate(asked(), SLOS, service_s=2)
    assert (quick.seconds, quick.mode, quick.enough) == (500, "quick", True)


def test_what_does_not_fit_says_so() -> None:
    found = estimate(asked(), SLOS, service_s=5)
    assert (found.seconds, found.mode, found.enough, found.units) == (600, "coarse", False, 200)


def test_it_makes_no_more_requests_than_it_may() -> None:
    assert estimate(asked(max_requests=500), SLOS).requests == 500


def test_of_a_sweep_it_is_known() -> None:
    found = estimate(Levels(axis="users", values=(1, 2, 4), requests=200), (), audio_s=10)
    assert (found.levels, found.requests, found.seconds, found.audio_s) == (3, 600, None, 6_000)
    timed = estimate(Levels(axis="rate", values=(1, 2), seconds=60), ())
    assert (timed.requests, timed.seconds) == (180, 120)
    heard = estimate(Levels(axis="audio_rate", values=(10, 20), seconds=60), (), audio_s=5)
    assert (heard.requests, heard.audio_s) == (360, 1_800)
