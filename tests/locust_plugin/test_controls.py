"""What Locust is told, by a runner that only notes it."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import gevent
import gevent.event
import pytest
from gevent.pool import Group
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import LocalRunner, MasterRunner

from stt_load.locust_plugin import controls
from stt_load.locust_plugin.controls import Controls


class Told:
    """Controls of a runner of class `kind` whose page and calls are kept in `calls`."""

    def __init__(self, kind: type, *, headless: bool = True, autoquit: int = -1) -> None:
        self.calls: list[str] = []
        self.errors: list[str] = []
        self.runner = Mock(spec=kind)
        self.runner.state = "ready"
        self.runner.user_greenlets = Group()
        self.runner.greenlet = Mock()
        self.runner.start.side_effect = lambda users, rate: self.calls.append(f"start {users} at {rate}")
        self.quit = self.runner.quit
        self.quit.side_effect = lambda: self.calls.append("quit")
        self.runner.stop.side_effect = lambda: self.calls.append("stop")
        self.runner.update_state.side_effect = lambda state: setattr(self.runner, "state", state)
        page = SimpleNamespace(stop=lambda: self.calls.append("page"))
        options = SimpleNamespace(headless=headless, autoquit=autoquit, num_users=4, spawn_rate=2.0)
        environment: Any = SimpleNamespace(
            runner=self.runner, parsed_options=options, web_ui=None if headless else page
        )
        self.controls = Controls(
            cast(Environment, environment), lambda what, error: self.errors.append(f"{what}: {error}")
        )


def test_a_start_that_is_called_off_ends_as_locust_has_it_or_leaves_a_master_as_it_was() -> None:
    local, master = Told(LocalRunner), Told(MasterRunner)
    for told in (local, master):
        told.controls.start()
        assert told.runner.state == "spawning"
    with pytest.raises(StopTest, match="no server"):
        local.controls.call_off("no server")
    with pytest.raises(gevent.GreenletExit):
        master.controls.call_off("no server")
    gevent.sleep(0)
    assert (master.runner.state, master.calls, local.calls) == ("ready", ["quit"], [])


def test_a_start_that_somebody_stops_leaves_a_master_as_it_was() -> None:
    local, master = Told(LocalRunner), Told(MasterRunner)
    for told in (local, master):
        told.controls.start()
        told.controls.withdraw()
    assert (local.runner.state, master.runner.state) == ("spawning", "ready"), "Locust itself stops a local one"


def test_a_masters_page_stays_when_a_start_is_called_off() -> None:
    master = Told(MasterRunner, headless=False)
    master.controls.start()
    with pytest.raises(gevent.GreenletExit):
        master.controls.call_off("no server")
    gevent.sleep(0)
    assert (master.runner.state, master.calls) == ("ready", [])


@pytest.mark.parametrize(
    ("headless", "autoquit", "calls"),
    [(True, -1, ["quit"]), (False, -1, ["stop"]), (False, 0, ["stop", "quit", "page"])],
)
def test_the_end_of_a_run_is_the_process_where_nobody_may_start_another(
    headless: bool, autoquit: int, calls: list[str]
) -> None:
    told = Told(LocalRunner, headless=headless, autoquit=autoquit)
    told.controls.end()
    assert told.calls == calls


def test_an_exception_in_a_greenlet_is_told_and_locusts_main_greenlet_goes_on() -> None:
    told = Told(LocalRunner)
    told.quit.side_effect = RuntimeError("broken")
    told.controls.spawn(told.controls.quit)
    gevent.sleep(0)
    assert told.errors == ["quit: broken"]
    told.runner.greenlet.kill.assert_called_once_with(block=False)


@pytest.mark.parametrize(("headless", "calls"), [(True, ["stop", "quit"]), (False, ["stop"])])
def test_where_nobody_can_start_another_run_the_process_ends_whoever_has_stopped_it(
    headless: bool, calls: list[str]
) -> None:
    """A listener's `runner.stop()` left a process that did nothing any more."""
    told = Told(LocalRunner, headless=headless)
    told.controls.start()
    told.runner.stop()
    gevent.sleep(0)
    assert told.calls == calls


def test_what_a_later_step_asks_to_die_is_done_to_its_end() -> None:
    """As Locust's own runner does: it kills whoever is starting users, and waits for that."""
    told, done, begun = Told(LocalRunner), gevent.event.Event(), gevent.event.Event()
    told.controls.start()

    def work() -> None:
        begun.set()
        done.wait()
        told.calls.append("done")

    starting = gevent.spawn(told.controls.through, work)
    begun.wait()
    killer = gevent.spawn(starting.kill)
    gevent.sleep(0)
    assert not killer.ready(), "the step waits until the run is there"
    done.set()
    assert starting.get() is True
    assert told.calls == ["done"]
    assert told.controls.through(lambda: told.calls.append("again")) is False


@pytest.mark.parametrize(("kind", "state"), [(LocalRunner, "cleanup"), (MasterRunner, "spawning")])
def test_what_is_stopped_is_not_done_to_its_end(kind: type, state: str) -> None:
    told, begun = Told(kind), gevent.event.Event()
    told.controls.start()

    def work() -> None:
        begun.set()
        gevent.sleep(60)
        told.calls.append("done")

    starting = gevent.spawn(told.controls.through, work)
    begun.wait()
    told.runner.state = state
    starting.kill(timeout=60)
    assert isinstance(starting.value, gevent.GreenletExit)
    assert told.calls == []


def test_what_fails_on_the_way_is_raised_to_whoever_asked() -> None:
    told = Told(LocalRunner)
    with pytest.raises(ZeroDivisionError):
        told.controls.through(lambda: print(1 / 0))


def test_after_a_run_another_one_begins_with_the_users_that_locust_was_asked_for() -> None:
    told = Told(LocalRunner)
    told.runner.state = "running"
    assert told.controls.again(lambda: True)
    gevent.sleep(0)
    assert told.calls == ["stop", "start 4 at 2.0"], "the process goes on, which ends after a stop otherwise"
    told.runner.state = "running"
    told.runner.stop()
    gevent.sleep(0)
    assert told.calls[2:] == ["stop", "quit"]


def test_no_other_run_begins_once_somebody_wants_the_end() -> None:
    told = Told(LocalRunner)
    assert not told.controls.again(lambda: not told.calls)
    assert told.calls == ["stop"]


@pytest.mark.parametrize(("back", "begun"), [(2, True), (1, True), (0, False)])
def test_workers_are_waited_for_between_two_runs_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, back: int, begun: bool
) -> None:
    """The clock is the test's: each look takes a second."""
    told, now = Told(MasterRunner), itertools.count()
    told.runner.worker_count, told.runner.clients = 2, SimpleNamespace(ready=["a worker"] * back)
    monkeypatch.setattr(controls, "clock", lambda: next(now))
    monkeypatch.setattr(controls, "LOOK_S", 0)
    assert told.controls.again(lambda: True) is begun
    assert told.calls == (["stop", "start 4 at 2.0"] if begun else ["stop"])
    assert next(now) == (1 if back == 2 else controls.WORKERS_BACK_S + 1)
