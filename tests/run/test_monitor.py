"""The generator watching itself: a real loop, really kept from its work. Asserted is what holds on any machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import gevent
import numpy as np
import pytest
from gevent import monkey, socket

from stt_load.clock import clock
from stt_load.run.monitor import LAG_PERIOD_S, Monitor, Watch
from stt_load.samples.table import SampleTable
from tests.factory import table

block = monkey.get_original("time", "sleep")
"""Locust, where a test beside this one has loaded it, makes sleeping a way to let others work."""
LENGTHS_S = [0.05, 0.3, 1.0, pytest.param(8.0, marks=pytest.mark.slow)]
ROUGHLY_S = 1e-5
"""Of the digits that a column of 32 bits has."""


def monitor() -> Monitor:
    return Monitor(lambda: 3, lambda: 5, lambda what, error: pytest.fail(f"{what}: {error}"))


def late_s(watching: Monitor, *rows: tuple[float, float]) -> list[float]:
    """Of rows (sent, done) on the host's clock."""
    table_of = SampleTable()
    sent_s, done_s = np.array(rows).T
    table_of.extend(table(sent_s, done_s - sent_s).rows, ())
    assert watching.settle(table_of, 0.0) == len(rows)
    return [float(value) for value in table_of.snapshot()["late_s"]]


def until_it_has_looked(watching: Monitor, at_s: float) -> None:
    """A sleep would do on a machine that is not busy: after a standstill the loop counts from before it."""
    with gevent.Timeout(30):
        while watching.looked_s <= at_s:
            gevent.sleep(0.005)


def test_nothing_is_known_before_the_start() -> None:
    idle = monitor()
    assert idle.watch() is None
    assert late_s(idle, (1.0, 2.0)) == [0.0]


@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_a_stall_is_seen_however_long_it_is(length_s: float) -> None:
    watching = monitor()
    barrier_s = clock() - 100
    watching.start(barrier_s)
    gevent.sleep(0.05)
    from_s = clock()
    block(length_s)
    to_s = clock()
    until_it_has_looked(watching, to_s)
    watching.stop()
    watch = watching.watch()
    assert watch is not None
    assert watch.lag_mean_s is not None
    assert watch.lag_mean_s >= min(0.05, length_s - LAG_PERIOD_S) / (0.2 / LAG_PERIOD_S), "one look of some ten"
    if length_s > 0.06:
        seen_from_s, seen_to_s = max(watch.stalls, key=lambda stall: stall[1] - stall[0])
        assert seen_from_s <= from_s - barrier_s + LAG_PERIOD_S, "counted from the barrier"
        assert seen_to_s >= to_s - barrier_s
        assert seen_to_s - seen_from_s >= to_s - from_s - LAG_PERIOD_S
        assert (watch.stalled_s or 0) >= to_s - from_s - LAG_PERIOD_S


def test_a_stall_that_begins_while_a_short_one_is_caught_up_with_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def caught_up_s(_: float, __: float) -> float:
        block(0.3)
        return clock()

    watching = monitor()
    watching.start(clock())
    gevent.sleep(0.05)
    monkeypatch.setattr("stt_load.run.monitor._caught_up_s", caught_up_s)
    block(0.05)
    until_it_has_looked(watching, clock() + 0.1)
    watching.stop()
    watch = watching.watch()
    assert watch is not None
    assert (watch.stalled_s or 0) >= 0.3
    assert max(to_s - from_s for from_s, to_s in watch.stalls) >= 0.3


@pytest.mark.alone
@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_answers_that_come_in_a_stall_are_late_by_what_they_waited(length_s: float) -> None:
    """Sixty come in the middle of it; each takes its reader 2 ms, so that the last ones wait for the others."""
    watching = monitor()
    pairs = [socket.socketpair() for _ in range(60)]
    sent_s = clock()
    done_s: list[float] = []

    def read(one: socket.socket) -> None:
        one.recv(1)
        until_s = clock() + 0.002
        while clock() < until_s:
            pass
        done_s.append(clock())

    watching.start(clock())
    readers = [gevent.spawn(read, here) for here, _ in pairs]
    gevent.sleep(0.05)
    block(length_s / 2)
    for _, there in pairs:
        os.write(there.fileno(), b"x")
    came_s = clock()
    block(length_s / 2)
    gevent.joinall(readers)
    gevent.sleep(0.05)
    watching.stop()
    found = late_s(watching, *((sent_s, one) for one in done_s))
    waited = [one - came_s - ROUGHLY_S for one in done_s]
    short = [(is_s, was_s) for is_s, was_s in zip(found, waited, strict=True) if is_s < was_s]
    assert short == [], "never less than what it waited for"
    for here, there in pairs:
        here.close()
        there.close()


STOPPED = """
import json, sys
import gevent
from gevent import socket
from stt_load.run.monitor import Monitor
from stt_load.clock import clock
from tests.run.test_monitor import late_s

done_s = []

def read(number):
    socket.socket(fileno=number).recv(1)
    until_s = clock() + 0.0003
    while clock() < until_s:
        pass
    done_s.append(clock())

watching, sent_s = Monitor(lambda: 0, lambda: 0, print), clock()
watching.start(sent_s)
readers = [gevent.spawn(read, int(number)) for number in sys.argv[1:]]
gevent.sleep(0.03)
print("waiting", flush=True)
gevent.joinall(readers)
watching.stop()
print(json.dumps([done_s, late_s(watching, *((sent_s, one) for one in done_s))]))
"""


@pytest.mark.alone
def test_what_a_process_that_was_stopped_finds_when_it_wakes_is_late_by_what_it_waited() -> None:
    """It wakes from its wait for sockets before it has looked at them, and can't look at two hundred at once."""
    pairs = [socket.socketpair() for _ in range(200)]
    numbers = [there.fileno() for _, there in pairs]
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED, *map(str, numbers)],
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=numbers,
        cwd=Path(__file__).parents[2],
    )
    with process:
        assert process.stdout
        process.stdout.readline()
        os.kill(process.pid, signal.SIGSTOP)
        block(0.1)
        for here, _ in pairs:
            os.write(here.fileno(), b"x")
        came_s = clock()
        block(0.1)
        os.kill(process.pid, signal.SIGCONT)
        done_s, found = json.loads(process.stdout.read())
    for one in pairs:
        one[0].close()
        one[1].close()
    assert len(found) == 200
    waited = [one - came_s - ROUGHLY_S for one in done_s]
    assert [(is_s, was_s) for is_s, was_s in zip(found, waited, strict=True) if is_s < was_s] == []


def test_a_stall_that_the_watch_begins_in_is_seen() -> None:
    watching = monitor()
    sent_s = clock()
    watching.start(sent_s)
    block(0.2)
    done_s = clock()
    until_it_has_looked(watching, done_s)
    watching.stop()
    assert late_s(watching, (sent_s, done_s))[0] >= 0.2 - LAG_PERIOD_S - ROUGHLY_S


def test_a_row_is_settled_once_the_stall_that_it_was_done_in_is_known() -> None:
    watching = monitor()
    watching.start(clock())
    until_it_has_looked(watching, clock())
    rows = SampleTable()
    sent_s = clock()
    block(0.1)
    done_s = clock()
    rows.extend(table([sent_s - 0.5, sent_s], [0.4, done_s - sent_s]).rows, ())
    assert watching.looked_s <= sent_s + LAG_PERIOD_S
    assert watching.settle(rows, 0.0) == 1, "of what was done before, all is known"
    until_it_has_looked(watching, done_s)
    assert watching.settle(rows, 0.0) == 2
    assert rows.snapshot()["late_s"][1] >= 0.1 - LAG_PERIOD_S - ROUGHLY_S
    watching.stop()


def test_a_quiet_loop_holds_no_row_back() -> None:
    watching = monitor()
    watching.start(clock())
    at_once = 0
    for _ in range(50):
        gevent.sleep(0.003)
        at_once += watching.looked_s > clock() - 0.0001
    watching.stop()
    assert at_once > 25


def test_a_stall_that_the_watch_ends_in_is_seen() -> None:
    watching = monitor()
    watching.start(clock())
    gevent.sleep(0.02)
    sent_s = clock()
    block(0.2)
    done_s = clock()
    watching.stop()
    watching.stop()
    before = watching.watch()
    gevent.sleep(0.05)
    assert watching.looked_s > clock()
    watch = watching.watch()
    assert watch == before, "what comes later is not seen"
    assert watch is not None
    assert (watch.stalled_s or 0) >= 0.2 - LAG_PERIOD_S
    assert late_s(watching, (sent_s, done_s))[0] >= 0.2 - LAG_PERIOD_S - 1e-6


def test_rows_count_from_an_origin_of_their_own() -> None:
    watching = monitor()
    origin_s = clock() - 1000
    watching.start(clock())
    gevent.sleep(0.02)
    block(0.1)
    done_s = clock() - origin_s
    watching.stop()
    rows = SampleTable()
    rows.extend(table([done_s - 1], [1.0]).rows, ())
    watching.settle(rows, origin_s)
    assert rows.snapshot()["late_s"][0] >= 0.1 - LAG_PERIOD_S - ROUGHLY_S


def test_requests_in_flight_and_users_are_looked_at() -> None:
    watching = monitor()
    watching.start(clock())
    gevent.sleep(0.35)
    watching.stop()
    watch = watching.watch()
    assert watch is not None
    assert watch.looks >= 1
    seen = watch.generator(2)
    assert (seen.in_flight_mean, seen.users_mean, seen.listener_errors) == (3.0, 5.0, 2)
    assert seen.workers[0].loop_lag_mean_s is not None


def test_a_watch_can_be_sent() -> None:
    """What a message makes of it: lists in place of tuples."""
    watch = Watch(lag_p99_s=0.1, stalled_s=1.0, stalls=((0.5, 1.5),), looks=2)
    sent = asdict(watch) | {"stalls": [[0.5, 1.5]]}
    assert Watch.of(sent) == watch
    assert Watch.of(asdict(replace(watch, stalls=()))) == replace(watch, stalls=())


def test_a_watch_that_breaks_is_told_and_holds_no_row_back() -> None:
    told: list[str] = []
    broken = Monitor(lambda: 1 // 0, lambda: 5, lambda what, error: told.append(f"{what}: {error}"))
    broken.start(clock())
    gevent.sleep(0.2)
    assert len(told) == 1
    assert "by zero" in told[0]
    now_s = clock()
    assert broken.looked_s > now_s
    assert late_s(broken, (now_s - 1, now_s)) == [0.0]
    assert broken.watch() is not None, "what was seen until then is known"
