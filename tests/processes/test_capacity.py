"""Searches for an edge that arithmetic gives, by real processes: on slots and batches, by users and by rate."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from stt_load.selftest.capacity import search
from stt_load.selftest.cases import Subject
from stt_load.selftest.edges import Edge
from stt_load.selftest.searches import LIMIT_S, Planted, by_rate, by_sheds, by_users, planted, steady, wrong
from tests.processes.running import finish, start
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

ALONE, TWO_WORKERS = Subject("FastSttUser"), Subject("FastSttUser", workers=2)
USERS = by_users(steady(slots=2, overhead_s=0.16), limit_s=0.84, **{"from": 3})
OF_FOUR = by_users(steady(slots=4, overhead_s=0.32), limit_s=1.0, **{"from": 3})
RATE = by_rate(steady(slots=4, overhead_s=0.2), limit_s=0.4, mode="default", **{"from": 8})
RATE_OF_USERS = by_rate(steady(slots=4, overhead_s=0.2), limit_s=0.4, mode="default")
"""It begins where a short search over users ends."""
BATCHES = by_users(steady(model="batch", slots=16, batch_growth=0.5, overhead_s=0.16), limit_s=0.84, **{"from": 3})
SHEDS = by_sheds(steady(slots=2, queue_limit=6, overhead_s=0.2))
SHORT = by_users(steady(slots=2, overhead_s=0.06), limit_s=0.15, mode="quick", resolution="100%", **{"from": 4})
"""Four users, and eight who are too many, both tested for long."""


def check(of: Planted, result: dict[str, Any]) -> None:
    """An answer that is right; on a machine that is busy with something else, one that says no more than it knows."""
    capacity = result["capacity"]
    levels = [(one["trial"]["value"], one["trial"]["tier"], one["outcome"]) for one in result["levels"]]
    assert list(wrong(of, capacity)) == [], (capacity, levels)
    if capacity["limited"] is None:
        assert capacity["confirmed"] == {"carries": True, "fails_at": True}, (capacity, levels)


def test_a_short_search_finds_the_edge_between_its_levels(tmp_path: Path) -> None:
    """On whatever machine it says nothing that is too much; on one that leaves the server its time, it finds it."""
    outcome = search(SHORT, ALONE, tmp_path)
    capacity = outcome.result["capacity"]
    assert capacity["carries"] in (None, 2, 4)
    assert capacity["fails_at"] in (None, 4, 8)
    if capacity["limited"] is None and capacity["carries"] == 4:
        assert (outcome.code, capacity["fails_at"]) == (0, 8)
        assert capacity["confirmed"] == {"carries": True, "fails_at": True}
        assert capacity["binding"] == "p95(response_time_s) < 0.15"


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("subject", [ALONE, TWO_WORKERS], ids=["alone", "two workers"])
@pytest.mark.parametrize(
    "of", [USERS, OF_FOUR, RATE, RATE_OF_USERS], ids=["users", "users of four slots", "rate", "rate that users begin"]
)
def test_the_edge_is_found_to_within_a_tenth_in_five_minutes(tmp_path: Path, of: Planted, subject: Subject) -> None:
    begun_s = time.monotonic()
    outcome = search(of, subject, tmp_path)
    assert time.monotonic() - begun_s < LIMIT_S
    check(of, outcome.result)
    assert outcome.code == 0
    assert outcome.result["capacity"]["limited"] is None


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("of", [BATCHES, SHEDS], ids=["batches", "sheds"])
def test_of_a_server_that_batches_and_of_one_that_sheds(tmp_path: Path, of: Planted) -> None:
    outcome = search(of, ALONE, tmp_path)
    check(of, outcome.result)
    assert outcome.code == 0


LOCUSTFILE = """
import time

import gevent
from locust import events

from stt_load import FastSttUser, install

__all__ = ["FastSttUser"]

install()


def burn(seconds):
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
"""
ALWAYS = """

@events.init.add_listener
def begin(**_):
    def work():
        while True:
            burn(0.03)
            gevent.sleep(0.01)

    gevent.spawn(work)
"""
EACH = """

@events.request.add_listener
def count(**_):
    burn(0.002)
"""
STARVED = {"stopped": "", "always burning": ALWAYS, "burning for each answer": EACH}
STOPPED_S, GOES_S = 0.15, 0.15


@contextmanager
def stopping(process: subprocess.Popen[str]) -> Iterator[None]:
    """Half of the time it gets no processor."""
    over = threading.Event()

    def stop_and_go() -> None:
        while not over.wait(GOES_S) and process.poll() is None:
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(STOPPED_S)
            os.kill(process.pid, signal.SIGCONT)

    thread = threading.Thread(target=stop_and_go)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("how", STARVED)
def test_a_starved_generator_never_says_more_than_at_least(tmp_path: Path, how: str) -> None:
    """The service could do far more than what is asked of it; what is slow here is not the service."""
    service = steady(slots=100, overhead_s=0.1)
    of = planted("a large service", service, 0.15, Edge(100, 101), "nobody waits", axis="users")
    locustfile = tmp_path / "locustfile.py"
    locustfile.write_text(LOCUSTFILE + STARVED[how])
    with logged_server(tmp_path, **service.model_dump(exclude_none=True)) as server:
        process = start(tmp_path, of.case.load | {"api": {"base_url": server.url}}, locustfile=locustfile)
        with stopping(process) if how == "stopped" else nullcontext():
            ran = finish(process, tmp_path, LIMIT_S)
    capacity = ran.result["capacity"]
    assert capacity["fails_at"] is None, (capacity, ran.out)
    assert capacity["limited"] == "generator"
    assert list(wrong(of, capacity)) == []
    assert ran.code in (0, 4, 6)
