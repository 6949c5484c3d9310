"""What is asked for in one level: a plain run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.config import Config, masked
from stt_load.run.level_order import OWN, level_order
from stt_load.run.order import Order
from stt_load.samples.levels import Levels, Trial
from stt_load.samples.run_info import ClosedLoop, OpenLoop

URL = "http://127.0.0.1:1/v1/audio/transcriptions"
PATH = Path("folder/name.json")


def whole(**keys: Any) -> Order:
    config = Config(**keys)
    return Order(config, masked(config), URL)


def level(trial: Trial, number: int = 1, service_s: float | None = 0.5, **keys: Any) -> Order:
    asked = Levels(axis=trial.axis, values=(trial.value,))
    return level_order(whole(**keys), asked, trial, number, seed=7, service_s=service_s, path=PATH)


def test_users_are_a_closed_loop_that_is_warmed_up_by_each_of_them_once() -> None:
    order = level(Trial(axis="users", value=8, tier="sweep", requests=200), warmup_requests=10)
    assert order.config.locust_users == 8
    assert (order.config.total_requests, order.config.warmup_requests) == (208, 8)
    assert order.load(8, 1) == ClosedLoop(users=8, request_delay_s=0.0)
    assert order.settles


def test_before_the_first_level_as_many_warm_it_up_as_were_asked_for() -> None:
    first = level(Trial(axis="users", value=1, tier="screen"), 0, warmup_requests=10, wait_ready=3)
    assert (first.config.warmup_requests, first.config.wait_ready) == (10, 3)
    assert not first.config.continue_on_dead_warmup
    given = {"max_consecutive_failures": 5}
    trial = Trial(axis="users", value=1, tier="screen")
    assert [level(trial, number, **given).config.max_consecutive_failures for number in (0, 1)] == [5, None]
    later = level(Trial(axis="users", value=1, tier="screen"), 1, warmup_requests=10, wait_ready=3)
    assert (later.config.warmup_requests, later.config.wait_ready) == (1, 0)
    assert later.config.continue_on_dead_warmup, "what a service answers to a load that is too much is what there is"


def test_a_search_goes_on_until_it_is_ended() -> None:
    order = level(Trial(axis="users", value=4, tier="screen"), total_requests=100)
    assert (order.config.total_requests, order.config.measure_for) == (None, None)


def test_a_rate_is_an_open_loop_whose_warm_up_has_in_flight_what_it_keeps_there() -> None:
    trial = Trial(axis="rate", value=12, tier="sweep", seconds=60)
    order = level(trial, request_delay=2.0, load={"max_in_flight": 50})
    assert order.config.locust_users == 50
    load = order.load(50, 1)
    assert isinstance(load, OpenLoop)
    assert (load.stages[0].first, load.warmup_users, order.config.warmup_requests) == (12, 6, 6)
    assert load.planned is not None
    assert 500 < load.planned < 950
    assert order.config.request_delay == 0, "nobody pauses in an open loop"
    assert level(trial, service_s=None, concurrent_requests=3).config.concurrent_requests == 3
    assert level(trial, service_s=9, load={"max_in_flight": 50}).config.concurrent_requests == 50


def test_a_rate_of_audio_is_one_of_requests_by_the_clips_of_the_level() -> None:
    keys = {"audio": {"source": "noise", "duration": 4}}
    order = level(Trial(axis="audio_rate", value=48, tier="screen"), **keys)
    load = order.load(50, 1)
    assert isinstance(load, OpenLoop)
    assert load.stages[0].first == pytest.approx(12)
    assert order.config.concurrent_requests == 6


def test_each_level_has_clips_and_files_of_its_own() -> None:
    trial = Trial(axis="users", value=1, tier="screen")
    seeds = [level(trial, number, seed=3).seed() for number in range(5)]
    assert len(set(seeds)) == 5
    assert seeds == [level(trial, number).seed() for number in range(5)], "they follow from the whole's seed"
    assert level(trial, 3).save_path == "folder/name.level_3.json"


def test_what_is_shown_of_a_level_is_what_it_is_run_with() -> None:
    order = level(Trial(axis="rate", value=3, tier="screen"), load={"max_in_flight": 9})
    assert order.shown["load"]["rate"] == 3
    assert set(order.shown) == set(whole().shown)
    changed = {name for name, value in order.shown.items() if value != whole().shown[name]}
    assert changed <= OWN
