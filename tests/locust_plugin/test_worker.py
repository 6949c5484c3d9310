"""What a worker does when its master speaks, and how it ends. No process, no connection: the test holds the wire."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent
import pytest
from gevent.event import Event
from locust.stats import RequestStats

from stt_load.clock import clock
from stt_load.cluster import messages, protocol
from stt_load.cluster.protocol import Data
from stt_load.load.iteration import Iteration
from stt_load.locust_plugin import handshake, quirks, worker
from stt_load.locust_plugin.user_starts import _next_context, context_of
from stt_load.locust_plugin.worker import Worker
from stt_load.run.waiting import Retired
from stt_load.samples.sample import Phase
from tests.cluster.conversation import sample_of
from tests.cluster.test_worker_run import order_of
from tests.locust_plugin.test_user_stop import Slow
from tests.worker_process import Process, until

BEAT = {"run": "the-run", "epoch": 1, "granted": 0, "open": None, "others": 0, "age_s": 0.0, "sent_s": 1.0}


class Scene(Process):
    """A worker in its process."""

    def __init__(self) -> None:
        super().__init__()
        self.worker = Worker(self.environment)

    @property
    def dispatcher(self) -> Any:
        assert self.worker._worker_run is not None
        return self.worker._worker_run.dispatcher

    @property
    def spools(self) -> list[Path]:
        return list(Path().glob("*.partial.jsonl"))

    def finish(self, seq: int) -> None:
        iteration = Iteration(seq, 0, Phase.MEASURED)
        self.dispatcher._leases._started.add(iteration)
        self.dispatcher.finish(iteration, sample_of(iteration, clock() - 2, clock() - 1), None)

    def acknowledge(self) -> None:
        """The master has everything, the last row included."""
        self.hears(protocol.ACK, {"run": "the-run", "rows": len(self.dispatcher.table), "ended": True})

    def leave(self) -> int | None:
        """Fires what Locust fires on its way out; the exit code."""
        self.environment.events.quitting.fire(environment=self.environment, reverse=True)
        return self.environment.process_exit_code


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> dict[int, Callable[[], None]]:
    """The handlers that are registered, by signal."""
    handlers: dict[int, Callable[[], None]] = {}
    monkeypatch.setattr(gevent, "signal_handler", handlers.__setitem__)
    return handlers


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signals: dict[int, Callable[[], None]]) -> Iterator[Scene]:
    assert signals == {}
    monkeypatch.chdir(tmp_path)
    for quirk in "settle", "quicken":
        monkeypatch.setattr(quirks, quirk, lambda **_: None)
    monkeypatch.setattr(worker, "LAST_WORD_S", 0.05)
    made = Scene()
    yield made
    if made.worker._worker_run is not None:
        made.worker._worker_run.saved(9)


def test_it_is_ready_once_it_listens(scene: Scene) -> None:
    assert scene.said(protocol.HELLO)[-1]["ready"] is True
    kinds = {value for name, value in vars(protocol).items() if name.isupper() and isinstance(value, str)}
    from_workers = {protocol.HELLO, protocol.FIT, protocol.WANT, protocol.ECHO, protocol.SAMPLES, protocol.BYE}
    assert set(scene.runner.custom_messages) == kinds - from_workers


def test_a_run_begins_for_its_users_with_the_masters_message(scene: Scene) -> None:
    context = _next_context(scene.environment)
    assert not context.ready()
    scene.hears(protocol.RUN, order_of())
    assert context.get(timeout=60) is scene.worker._worker_run.context  # type: ignore[union-attr]
    worker_run = scene.worker._worker_run
    scene.hears(protocol.RUN, order_of())
    assert scene.worker._worker_run is worker_run, "told twice, it is one"


def test_what_belongs_to_another_run_is_left_alone(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of())
    scene.hears(protocol.LEASE, {"run": "another", "epoch": 1, "iterations": [[0, 0, 1]], "others": 9})
    scene.hears(protocol.SAVED, {"run": "another", "rows": 9})
    assert scene.dispatcher.users == 3
    assert len(scene.spools) == 1


def test_a_worker_that_cannot_take_part_says_so(scene: Scene) -> None:
    """Its users would wait for ever, and the run for them."""
    scene.hears(protocol.RUN, order_of(config="{}", url=None, info={}))
    (told,) = scene.said(protocol.FIT)
    assert "it can't take part: " in told["trouble"]
    assert scene.worker._worker_run is None


def test_beats_are_answered_with_and_without_a_run(scene: Scene) -> None:
    scene.hears(protocol.BEAT, BEAT)
    scene.hears(protocol.RUN, order_of())
    scene.hears(protocol.BEAT, BEAT)
    assert [(echo.get("run"), echo["errors"]) for echo in scene.said(protocol.ECHO)] == [(None, 0), ("the-run", 0)]


def test_its_masters_first_beat_ends_its_introduction(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "HELLO_S", 0.005)
    scene.worker._handshake.begin()
    count = len(scene.said(protocol.HELLO))
    until(lambda: len(scene.said(protocol.HELLO)) > count)
    scene.hears(protocol.BEAT, BEAT)
    count = len(scene.said(protocol.HELLO))
    gevent.sleep(0.03)
    assert len(scene.said(protocol.HELLO)) <= count + 1


def test_an_exception_in_a_message_is_an_error_of_the_run_a_broken_connection_is_not(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.hears(protocol.RUN, order_of())
    scene.hears(protocol.LEASE, {"run": "the-run"})
    assert "the message stt_load.lease failed: KeyError" in caplog.text
    scene.dispatcher._post = lambda *_: (_ for _ in ()).throw(ConnectionError("mended"))
    scene.hears(protocol.BEAT, BEAT)
    assert scene.dispatcher.errors == 1


def test_its_end_tells_locusts_figures_and_then_the_last_row(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of())
    scene.finish(0)
    scene.hears(protocol.DRAIN, {"run": "the-run", "limit_s": 1.0, "goes_on": False})
    until(lambda: scene.dispatcher.rows.ended)
    kinds = [kind for kind, _ in scene.sent]
    assert kinds.index("stats") < len(kinds) - 1 - kinds[::-1].index(protocol.SAMPLES)
    assert scene.said(protocol.SAMPLES)[-1]["last"] is True
    scene.hears(protocol.SAVED, {"run": "the-run", "rows": 1})
    assert scene.spools == []


def test_what_users_do_in_their_on_stop_is_no_load_and_a_cut_interrupts_it(scene: Scene) -> None:
    """It was part of the measured time; and nothing ended it, nor the worker."""
    scene.hears(protocol.RUN, order_of())
    scene.dispatcher.monitor.start(clock())
    scene.runner.user_greenlets.spawn(Slow.run, user := Slow())
    gevent.sleep(0)
    scene.hears(protocol.DRAIN, {"run": "the-run", "limit_s": 1.0, "goes_on": False})
    until(lambda: user.stopping)
    assert scene.dispatcher.monitor.looked_s == math.inf, "nobody looks any more"
    assert not scene.dispatcher.rows.ended
    scene.hears(protocol.CUT, {"run": "the-run"})
    until(lambda: scene.dispatcher.rows.ended)
    assert user.left == 0


GOES_ON = {"run": "the-run", "limit_s": 1.0, "goes_on": True}


def test_users_stay_at_the_end_of_a_level_and_are_there_for_the_next_one(scene: Scene) -> None:
    scene.environment.stop_timeout = 7
    scene.hears(protocol.RUN, order_of(level=0))
    first = scene.worker._worker_run
    assert first is not None
    users = [scene.runner.user_greenlets.spawn(asks, scene, name) for name in "ab"]
    gevent.sleep(0)
    scene.hears(protocol.DRAIN, GOES_ON)
    until(lambda: scene.dispatcher.rows.ended)
    scene.hears(protocol.CUT, {"run": "the-run"})
    gevent.sleep(0.01)
    assert len(scene.runner.user_greenlets) == 2, "nothing is in flight, and they are for the next level"
    assert scene.environment.stop_timeout == 7
    scene.hears(protocol.SAVED, {"run": "the-run", "rows": 0})
    assert scene.spools == []
    scene.hears(protocol.RUN, order_of(run="the next", result="next", level=1))
    until(lambda: scene.dispatcher._leases.slots.present == 2)
    scene.hears(protocol.BEAT, BEAT | {"run": "the next"})
    scene.hears(protocol.LEASE, first_lease(run="the next"))
    assert [one.get(timeout=60) for one in users] == [(scene.dispatcher, 0), (scene.dispatcher, 1)]
    assert first.dispatcher.in_flight == 0


def test_a_stop_between_two_levels_does_not_wait_for_users_that_stayed(scene: Scene) -> None:
    """They have nothing in flight, and nobody tells them of another end."""
    scene.hears(protocol.RUN, order_of())
    scene.environment.stop_timeout = 7
    scene.environment.events.test_stopping.fire(environment=scene.environment)
    assert scene.environment.stop_timeout == 7, "a run is on, whose end is told"
    scene.hears(protocol.DRAIN, GOES_ON)
    until(lambda: scene.dispatcher.rows.ended)
    scene.environment.events.test_stopping.fire(environment=scene.environment)
    assert scene.environment.stop_timeout == 0


def test_what_is_in_flight_when_the_time_of_a_level_is_over_is_cut_off(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of(level=0))
    scene.dispatcher._leases._started.add(Iteration(0, 0, Phase.MEASURED))
    scene.runner.user_greenlets.spawn(Event().wait)
    gevent.sleep(0)
    scene.hears(protocol.DRAIN, GOES_ON | {"limit_s": 0.05})
    until(lambda: scene.dispatcher.rows.ended)
    assert not scene.runner.user_greenlets


def test_an_end_of_a_level_that_is_waited_for_can_be_cut_off(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of(level=0))
    scene.dispatcher._leases._started.add(Iteration(0, 0, Phase.MEASURED))
    scene.runner.user_greenlets.spawn(Event().wait)
    gevent.sleep(0)
    scene.hears(protocol.DRAIN, GOES_ON | {"limit_s": 60.0})
    gevent.sleep(0)
    scene.hears(protocol.CUT, {"run": "the-run"})
    until(lambda: not scene.runner.user_greenlets)


@pytest.mark.parametrize(("level", "resets"), [(None, 1), (0, 1), (1, 0)])
def test_locusts_statistics_begin_anew_with_a_run_and_with_the_first_of_its_levels(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, level: int | None, resets: int
) -> None:
    """All levels together are one test of Locust's."""
    reset: list[str] = []
    monkeypatch.setattr(scene.environment.stats, "reset_all", lambda: reset.append("reset"))
    scene.hears(protocol.RUN, order_of(level=level))
    scene.hears(protocol.OPEN, {"run": "the-run", "open": [clock(), clock()], "others": 0})
    assert len(reset) == resets


def asks(scene: Scene, slot: str) -> tuple[Any, int]:
    """A user of which there is only what it asks for: the dispatcher that had something, and the number of that."""
    while True:
        with suppress(Retired):
            dispatcher = context_of(scene.environment).dispatcher
            return dispatcher, dispatcher.take(slot).seq


def first_lease(**words: Any) -> Data:
    return {"epoch": 1, "iterations": [[0, 0, Phase.WARMUP], [1, 0, Phase.WARMUP]], "open": None, "others": 0} | words


def test_a_user_that_quits_takes_its_worker_the_way_of_a_signal(scene: Scene) -> None:
    """It waited for its own end."""
    scene.hears(protocol.RUN, order_of())
    scene.finish(0)
    scene.runner.user_greenlets.spawn(scene.runner.quit)
    until(lambda: scene.dispatcher.rows.ended)
    scene.acknowledge()
    until(lambda: scene.quits == 1)
    assert scene.spools == []


def test_an_end_that_is_told_twice_is_concluded_once(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of())
    scene.finish(0)
    held, send = Event(), scene.runner.send_message
    scene.worker._cut = held.wait  # type: ignore[method-assign]
    scene.runner.send_message = lambda *words: (gevent.sleep(0.005), send(*words))  # type: ignore[method-assign]
    for _ in range(2):
        scene.hears(protocol.DRAIN, {"run": "the-run", "limit_s": 1.0, "goes_on": False})
    gevent.sleep(0.03)
    held.set()
    until(lambda: scene.dispatcher.rows.ended)
    gevent.sleep(0.03)
    assert [kind for kind, _ in scene.sent].count("stats") == 1
    assert sum(told["last"] for told in scene.said(protocol.SAMPLES)) == 1


def test_who_leaves_early_takes_its_spool_along_when_the_master_has_everything(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of())
    scene.finish(0)
    leaving = gevent.spawn(scene.leave)
    until(lambda: scene.dispatcher.rows.ended)
    scene.acknowledge()
    leaving.join(5)
    assert leaving.value == 0
    assert scene.spools == []
    assert scene.sent[-1][0] == protocol.BYE


def test_who_leaves_and_is_not_told_that_the_master_has_it_all_leaves_its_spool(scene: Scene) -> None:
    scene.hears(protocol.RUN, order_of())
    scene.finish(0)
    assert scene.leave() == 0
    assert len(scene.spools) == 1


def test_a_worker_that_was_refused_ends_with_2(scene: Scene) -> None:
    scene.hears(protocol.REFUSED, {"reason": "another version"})
    assert scene.leave() == 2


@pytest.mark.parametrize(("processes", "heard", "goes"), [(None, True, True), (2, True, False), (2, False, True)])
def test_ctrl_c_is_the_masters_where_it_has_got_it_too(
    processes: int | None, heard: bool, goes: bool, scene: Scene, signals: dict[int, Callable[[], None]]
) -> None:
    assert scene.environment.parsed_options is not None
    scene.environment.parsed_options.processes = processes
    if heard:
        scene.hears(protocol.BEAT, BEAT)
    signals[signal.SIGINT]()
    gevent.sleep(0.02)
    assert scene.quits == goes


def test_of_a_users_own_requests_those_whose_figures_are_none_do_not_travel(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Locust's own listener has made the report by then; a user's events may have had anything in them."""
    stats, fire = RequestStats(), scene.environment.events.report_to_master.fire
    for number in range(messages.MOST_NAMES + 5):
        stats.log_request("GET", f"own {number}", 5, 1)
    stats.get("own 0", "GET").total_response_time = float("nan")  # type: ignore[assignment]
    for _ in range(2):
        data: Any = {"stats": [entry.serialize() for entry in stats.entries.values()]}
        data |= {"errors": {}, "stats_total": stats.total.serialize(), "user_classes_count": {}, "user_count": 0}
        fire(client_id="a", data=data)
        names = [entry["name"] for entry in data["stats"]]
        assert names[:2] == ["own 1", "own 2"]
        assert len(names) == messages.MOST_NAMES - 1
    assert len([line for line in caplog.messages if "left out of Locust's screens" in line]) == 1
