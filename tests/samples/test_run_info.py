"""What is known of a run besides its samples."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from stt_load.samples.run_info import ClosedLoop, host, now, versions


def test_a_load_is_data_that_names_its_model() -> None:
    load = ClosedLoop(users=5, request_delay_s=0.5)
    assert asdict(load) == {"model": "closed", "users": 5, "request_delay_s": 0.5}


def test_the_time_of_day_has_its_offset() -> None:
    assert datetime.fromisoformat(now()).utcoffset() is not None


def test_versions_and_host_are_texts() -> None:
    assert set(versions()) == {"python", "locust", "gevent", "numpy"}
    assert set(host()) == {"name", "platform", "cpus"}
    assert all(isinstance(text, str) and text for text in (versions() | host()).values())
