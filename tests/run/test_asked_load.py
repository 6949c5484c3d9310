"""From a configuration to the load that it asks for."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from stt_load.audio.sources import seconds_of
from stt_load.config import Config, load
from stt_load.load.timetable import ZERO_S, timetable_of
from stt_load.run.asked_load import levels_asked
from stt_load.run.context import spec_of
from stt_load.run.order import Order
from stt_load.samples.levels import Levels, Search
from stt_load.samples.run_info import ClosedLoop, OpenLoop, Stage, Trace

SEED = 11


def order(folder: Path, text: str) -> Order:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return Order(load(file, environ={}).config, {}, "http://service.test")


def asked(folder: Path, text: str, seed: int = SEED) -> Any:
    return order(folder, text).load(7, seed)


def stage(first: float, last: float, for_s: float | None) -> Stage:
    return Stage(first=first, last=last, for_s=for_s)


def test_users_who_wait_are_as_many_as_locust_was_asked_for(tmp_path: Path) -> None:
    assert asked(tmp_path, "request_delay: 0.5") == ClosedLoop(users=7, request_delay_s=0.5)


def test_a_profile_of_users_has_its_own(tmp_path: Path) -> None:
    found = asked(tmp_path, "load: {stages: 'users 2 for 10, 2..9 for 20'}\nrequest_delay: 0.5")
    assert found == ClosedLoop(users=9, request_delay_s=0.5, stages=(stage(2, 2, 10), stage(2, 9, 20)))


def test_a_rate_is_one_stage_that_goes_on(tmp_path: Path) -> None:
    assert asked(tmp_path, "load: {rate: 12}\nconcurrent_requests: 3") == OpenLoop(
        stages=(stage(12, 12, None),),
        staged=False,
        audio_rate=None,
        arrivals="poisson",
        burstiness=1.0,
        trace=None,
        planned=90,
        warmup_users=3,
        max_in_flight=1000,
        max_lag_s=1.0,
    )


def test_what_is_said_of_it_is_taken_over(tmp_path: Path) -> None:
    more = "arrivals: gamma, burstiness: 0.5, max_in_flight: 9, max_lag: 3"
    found = asked(tmp_path, f"load: {{rate: 12, {more}}}\ntotal_requests: 500\nwarmup_requests: 20")
    assert (found.arrivals, found.burstiness, found.max_in_flight, found.max_lag_s) == ("gamma", 0.5, 9, 3.0)
    assert found.planned == 480


@pytest.mark.parametrize("arrivals", ["poisson", "constant", "gamma"])
def test_a_time_is_the_length_of_the_timetable(tmp_path: Path, arrivals: str) -> None:
    found = asked(tmp_path, f"load: {{rate: 12, arrivals: {arrivals}}}\nmeasure_for: 30")
    assert found.stages == (stage(12, 12, 30),)
    timetable = timetable_of(found, SEED)
    last, after = (timetable.due_s(number) or 0.0 for number in (found.planned - 1, found.planned))
    assert last < ZERO_S + 30 <= after
    assert found.planned == 360 or arrivals != "constant"


def test_stages_end_by_themselves(tmp_path: Path) -> None:
    found = asked(tmp_path, "load: {stages: '5 for 60, 5..20 for 120, 20 for 60', arrivals: constant}")
    assert found.stages == (stage(5, 5, 60), stage(5, 20, 120), stage(20, 20, 60))
    assert (found.staged, found.planned) == (True, 300 + 1500 + 1200)


def test_without_an_end_there_is_no_number(tmp_path: Path) -> None:
    assert asked(tmp_path, "load: {rate: 12}\ntotal_requests: null").planned is None
    assert asked(tmp_path, "load: {rate: 12}\nstop_when: p95(response_time_s) within 5%").planned is None


def test_a_trace_has_its_own_end(tmp_path: Path) -> None:
    trace = tmp_path / "arrivals.csv"
    trace.write_text("offset_s,audio_s\n0,1\n1,2\n4,2\n", encoding="utf-8")
    found = asked(tmp_path, f"load: {{trace: '{trace}', speed: 2}}")
    assert (found.trace, found.planned, found.stages) == (Trace(file=str(trace), speed=2.0), 3, ())


def test_a_rate_of_audio_is_one_of_clips_of_their_mean_length(tmp_path: Path) -> None:
    """Of just those that are measured, where it is known which they are."""
    found = asked(tmp_path, "load: {audio_rate: 100}\naudio: {duration: 8}")
    assert (found.stages, found.audio_rate) == ((stage(12.5, 12.5, None),), 100)
    text = "load: {audio_rate: 100}\naudio: {duration: {lognormal: {median: 8, sigma: 0.6, max: 60}}}"
    found, lasts_s = asked(tmp_path, text), seconds_of(spec_of(order(tmp_path, text).config), SEED)
    delivered = found.stages[0].first * fmean(lasts_s(seq) for seq in range(10, 100))
    assert delivered == pytest.approx(100)
    assert asked(tmp_path, text, SEED + 1).stages != found.stages


def test_no_more_clips_are_looked_at_than_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def lasts(_: object, __: int) -> Any:
        return lambda seq: float(seen.append(seq) or 2.0)

    monkeypatch.setattr("stt_load.run.order.seconds_of", lasts)
    assert asked(tmp_path, "load: {audio_rate: 100}\nmeasure_for: 10").stages == (stage(50, 50, 10),)
    assert seen == list(range(10, 10_010))


def test_the_same_seed_plans_the_same(tmp_path: Path) -> None:
    text = "load: {rate: 12}\nmeasure_for: 60"
    numbers = [asked(tmp_path, text, seed).planned for seed in (1, 1, 2, 3)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) > 1


def test_what_a_worker_is_told_asks_for_the_same(tmp_path: Path) -> None:
    whole = order(tmp_path, "load: {stages: '5 for 60, 5..20 for 2.5'}\nslo: [wer < 15%]").config
    told = Order(Config.model_validate_json(whole.model_dump_json()), {}, "http://service.test")
    assert told.config == whole
    assert told.load(7, SEED) == asked(tmp_path, "load: {stages: '5 for 60, 5..20 for 2.5'}")


LIMIT = "slo: [p95(response_time_s) < 2]"


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("users 1, 2, 8", Levels(axis="users", values=(1, 2, 8), requests=200)),
        ("users 8 for 30", Levels(axis="users", values=(8,), seconds=30)),
        ("rate 0.5, 2", Levels(axis="rate", values=(0.5, 2), seconds=60)),
        ("audio_rate 20 for 300 requests", Levels(axis="audio_rate", values=(20,), requests=300)),
    ],
)
def test_levels_are_those_that_are_written(tmp_path: Path, levels: str, expected: Levels) -> None:
    config = order(tmp_path, f"load: {{levels: '{levels}'}}").config
    found = levels_asked(config.model_dump())
    assert found == expected
    assert levels_asked(config.model_dump(mode="json")) == expected, "as a result has it"


@pytest.mark.parametrize(
    ("search", "start", "to", "at_least"),
    [
        ("users", None, 1000, None),
        ("users to 64 from 2", 2, 64, None),
        ("users at_least 3000", None, 3000, 3000),
        ("users from 2000", 2000, 2000, None),
        ("rate", None, None, None),
        ("audio_rate from 2.5 at_least 20 to 90", 2.5, 90, 20),
    ],
)
def test_a_search_over_users_goes_no_further_than_a_thousand_unless_it_is_told_to(
    tmp_path: Path, search: str, start: float | None, to: float | None, at_least: float | None
) -> None:
    found = levels_asked(order(tmp_path, f"{LIMIT}\nload: {{search: '{search}'}}").config.model_dump())
    assert found is not None
    assert (found.axis, found.values) == (search.split()[0], ())
    assert found.search == Search(
        start=start,
        to=to,
        resolution=0.1,
        max_time_s=600,
        max_requests=20_000,
        at_least=at_least,
        mode="auto",
    )


def test_all_that_a_search_is_told_arrives(tmp_path: Path) -> None:
    search = "rate resolution 5% max_time 90 max_requests null mode careful"
    found = levels_asked(order(tmp_path, f"{LIMIT}\nload: {{search: '{search}'}}").config.model_dump())
    assert found is not None
    assert found.search is not None
    asked = (found.search.resolution, found.search.max_time_s, found.search.max_requests, found.search.mode)
    assert asked == (0.05, 90, None, "careful")


@pytest.mark.parametrize("text", ["", "load: {rate: 5}", "load: {stages: users 5 for 60}"])
def test_another_load_has_no_levels(tmp_path: Path, text: str) -> None:
    assert levels_asked(order(tmp_path, text).config.model_dump()) is None
