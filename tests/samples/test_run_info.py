"""What is known of a run besides its samples."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import asdict
from datetime import datetime

from stt_load.samples.run_info import ClosedLoop, OpenLoop, Stage, Trace, host, now, now_utc, versions


def test_a_load_is_data_that_names_its_model() -> None:
    load = ClosedLoop(users=5, request_delay_s=0.5)
    assert asdict(load) == {"model": "closed", "users": 5, "request_delay_s": 0.5, "stages": ()}


def test_an_open_load_names_its_stages_or_its_trace() -> None:
    load = OpenLoop(
        stages=(Stage(first=5.0, last=20.0, for_s=60.0),),
        staged=True,
        audio_rate=None,
        arrivals="gamma",
        burstiness=0.5,
        trace=Trace(file="day.csv", speed=2.0),
        planned=750,
        warmup_users=5,
        max_in_flight=1000,
        max_lag_s=1.0,
    )
    assert load.model == "open"
    assert asdict(load)["stages"] == ({"first": 5.0, "last": 20.0, "for_s": 60.0},)
    assert asdict(load)["trace"] == {"file": "day.csv", "speed": 2.0}


def test_the_time_of_day_has_its_offset() -> None:
    assert datetime.fromisoformat(now()).utcoffset() is not None


def test_the_time_of_day_elsewhere_is_utc_to_the_microsecond() -> None:
    then = now_utc()
    assert then.endswith("+00:00")
    assert len(then) == len("2024-01-01T12:00:00.000000+00:00")
    assert abs(datetime.fromisoformat(then).timestamp() - time.time()) < 5


def test_versions_and_host_are_texts_and_a_number_is_a_number() -> None:
    assert set(versions()) == {"python", "locust", "gevent", "numpy"}
    machine = host()
    assert set(machine) == {"name", "platform", "cpus"}
    assert machine["platform"] == platform.platform()
    assert machine.pop("cpus") == os.cpu_count()
    assert all(isinstance(text, str) and text for text in (*versions().values(), *machine.values()))
