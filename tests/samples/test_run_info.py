"""What is known of a run besides its samples."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from datetime import datetime

from stt_load.samples.run_info import ClosedLoop, host, now, now_utc, versions


def test_a_load_is_data_that_names_its_model() -> None:
    load = ClosedLoop(users=5, request_delay_s=0.5)
    assert asdict(load) == {"model": "closed", "users": 5, "request_delay_s": 0.5}


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
    assert machine.pop("cpus") == os.cpu_count()
    assert all(isinstance(text, str) and text for text in (*versions().values(), *machine.values()))
