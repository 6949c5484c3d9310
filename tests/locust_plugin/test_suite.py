"""Locust's events as the suite hears them, without a process, a user or a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from locust import HttpUser, LoadTestShape
from locust.exception import StopTest

from stt_load.locust_plugin import process_exit as process_exits
from stt_load.locust_plugin import web
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.suite import Suite
from stt_load.run.lifecycle import Ending
from stt_load.server.process import StartError
from tests.locusts import command_line, local_environment

CONFIG = "api: {base_url: 'http://127.0.0.1:1'}\nreport: {language: en}\n"
Ended = list[str]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Suite]]:
    """Makes a suite of the command line's words; its runner is told to end, and only says so."""
    made: list[Suite] = []
    monkeypatch.setattr(gevent, "signal_handler", lambda *_: None)

    def suite_of(*words: str, config: str = CONFIG) -> Suite:
        ours, options = command_line(monkeypatch, tmp_path, config, *words)
        environment = local_environment(options)
        suite = Suite(environment, None, ours, Reports())
        made.append(suite)
        return suite

    yield suite_of
    for suite in made:
        if suite._run is not None:
            gevent.killall(suite._run._greenlets)
            suite._run.result._spool.close()
        suite._runner.greenlet.kill()


def fire(suite: Suite, event: str, **words: Any) -> None:
    getattr(suite._environment.events, event).fire(environment=suite._environment, **words)


def started(suite: Suite) -> Suite:
    fire(suite, "test_start")
    assert suite._run is not None
    return suite


def ends_of(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Ended:
    """What Locust's runner is told from now on."""
    ended: Ended = []
    monkeypatch.setattr(suite._runner, "quit", lambda: ended.append("quit"))
    monkeypatch.setattr(suite._runner, "stop", lambda: ended.append("stop"))
    return ended


def test_while_a_run_is_being_started_the_state_says_so_and_no_other_may_start(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = make("--headless")
    seen: list[tuple[str, str | None]] = []
    run = suite._launcher.run

    def slow_start(*args: Any, **kwargs: Any) -> Any:
        seen.append((suite._runner.state, suite._not_now()))
        return run(*args, **kwargs)

    monkeypatch.setattr(suite._launcher, "run", slow_start)
    started(suite)
    assert seen == [("spawning", web.STILL_STARTING)]
    assert suite._not_now() is None


def test_a_start_without_users_of_ours_is_locusts_alone(make: Callable[..., Suite]) -> None:
    """Also after a run of ours, as when other classes are picked on the page."""
    suite = make("--headless")
    fire(started(suite), "test_stop")
    assert suite.outcome is not None
    suite._environment.user_classes = [HttpUser]
    fire(suite, "test_start")
    assert (suite._run, suite.outcome, suite._not_now()) == (None, None, None)
    fire(suite, "test_stop")
    fire(suite, "quitting")
    assert suite._environment.process_exit_code is None, "Locust knows"


@pytest.mark.parametrize(
    ("error", "code"), [(StartError("no such machine"), 2), (OSError("no such file"), 2), (RuntimeError("a bug"), 4)]
)
def test_a_run_that_can_not_start_is_called_off(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    suite = make("--headless")

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(suite._launcher, "run", fail)
    with pytest.raises(StopTest, match=str(error)):
        fire(suite, "test_start")
    assert suite._not_now() is None, "another one may be tried"
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == code


@pytest.mark.parametrize(("error", "code"), [(OSError("no such screen"), 2), (RuntimeError("a bug"), 4)])
def test_of_a_start_that_breaks_when_all_was_made_ready_nothing_stays(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, code: int
) -> None:
    suite = make("--headless")
    before = sorted(tmp_path.iterdir())
    with monkeypatch.context() as broken:

        def fail(*_: Any) -> None:
            raise error

        broken.setattr("stt_load.locust_plugin.display.Display.started", fail)
        with pytest.raises(StopTest, match=str(error)):
            fire(suite, "test_start")
    assert sorted(tmp_path.iterdir()) == before
    assert suite._not_now() is None, "another one may be tried"
    with gevent.Timeout(60):
        fire(suite, "quitting")
    assert suite._environment.process_exit_code == code
    fire(started(suite), "test_stop")
    assert suite.outcome is not None
    assert suite.outcome.info.faults == (), "the next one is none the worse for it"


@pytest.mark.parametrize(("passed_s", "reason"), [(0.0, "stopped"), (61.0, "time_limit")])
def test_who_stops_a_run_is_told_by_the_clock(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, passed_s: float, reason: str
) -> None:
    suite = started(make("--headless", "-t", "60s"))
    now = suite._process_exit.started_s + passed_s
    monkeypatch.setattr(process_exits, "clock", lambda: now)
    assert suite._process_state().time_limit_s == max(0.0, 60.0 - passed_s)
    fire(suite, "test_stopping")
    assert suite._run is not None
    assert suite._run.lifecycle.ending is not None
    assert suite._run.lifecycle.ending.reason == reason
    left_s = suite._process_state().drain_s
    assert left_s is not None
    assert 29 < left_s <= 30, "the screen says how long what is in flight gets"


def test_a_run_without_a_measured_answer_ends_with_1(make: Callable[..., Suite]) -> None:
    suite = started(make("--headless", "-t", "60s"))
    fire(suite, "test_stopping")
    fire(suite, "test_stop")
    assert suite.outcome is not None
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 1


def test_a_signal_while_a_run_is_on_is_5(make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch) -> None:
    suite = started(make("--headless"))
    ended = ends_of(suite, monkeypatch)
    suite._on_ctrl_c()
    gevent.sleep(0)
    assert ended == ["quit"]
    fire(suite, "test_stopping")
    fire(suite, "test_stop")
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 5


def test_a_signal_before_there_is_a_run_is_5_and_none_starts_any_more(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = make("--headless")
    ended = ends_of(suite, monkeypatch)
    suite._on_ctrl_c()
    gevent.sleep(0)
    assert ended == ["quit"]
    with pytest.raises(gevent.GreenletExit):
        fire(suite, "test_start")
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 5


@pytest.mark.parametrize(("words", "told"), [(["--headless"], "quit"), ([], "stop")])
def test_a_planned_end_tells_locust_once_all_is_in(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    suite = started(make(*words))
    ended = ends_of(suite, monkeypatch)
    waited: list[float] = []
    monkeypatch.setattr(suite._executors, "finish", waited.append)
    assert suite._run is not None
    suite._run.lifecycle.end("finished")
    gevent.sleep(0.05)
    assert (len(waited), ended) == (1, [told])
    assert suite._not_now() == web.STILL_ENDING


def test_a_stop_in_the_wait_of_a_planned_end_is_the_only_one(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless"))
    ended = ends_of(suite, monkeypatch)
    monkeypatch.setattr(suite._executors, "finish", lambda _: fire(suite, "test_stopping"))
    assert suite._run is not None
    suite._run.lifecycle.end("finished")
    gevent.sleep(0.05)
    assert ended == []


def broken(*_: Any) -> None:
    raise RuntimeError("broken")


def test_an_exception_in_the_wait_of_a_planned_end_counts_and_the_run_ends(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless"))
    ended = ends_of(suite, monkeypatch)
    monkeypatch.setattr(suite._executors, "finish", broken)
    assert suite._run is not None
    suite._run.lifecycle.end("finished")
    gevent.sleep(0.05)
    assert ended == ["quit"]
    assert suite._run.faults.count == 1
    assert not suite._process_exit.failed, "the run carries it"


def test_what_breaks_when_locust_ends_after_the_result_is_the_exit_code(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless"))
    run = suite._run
    assert run is not None

    def end_and_break() -> None:
        fire(suite, "test_stopping")
        fire(suite, "test_stop")
        raise RuntimeError("the connection is gone")

    monkeypatch.setattr(suite._controls, "end", end_and_break)
    run.lifecycle.end("gave_up")
    gevent.sleep(0.05)
    assert run.lifecycle.concluded.is_set()
    assert suite._process_exit.failed, "there is no run any more that could carry it"


def test_a_run_that_was_to_end_before_its_start_failed_stops_nobody(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless"))
    ended = ends_of(suite, monkeypatch)
    assert suite._run is not None
    suite._run.lifecycle.end("workers_lost")
    suite._abandon(2)
    gevent.sleep(0.05)
    assert ended == [], "the next run's users are not this one's to stop"


def test_a_watch_that_can_not_be_ended_does_not_hold_up_a_planned_end(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless"))
    ended = ends_of(suite, monkeypatch)
    assert suite._run is not None
    monkeypatch.setattr(suite._run.executor, "rest", broken)
    suite._run.lifecycle.end("finished")
    gevent.sleep(0.05)
    assert ended == ["quit"]
    assert suite._run.faults.count > 0


def test_a_stop_in_the_same_turn_as_a_planned_end_gives_what_a_stop_gives(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless", "-t", "60s"))
    ended = ends_of(suite, monkeypatch)
    did: list[str] = []
    monkeypatch.setattr(suite._executors, "finish", lambda _: did.append("finish"))
    monkeypatch.setattr(suite._executors, "cut", lambda: did.append("cut"))
    assert suite._run is not None
    barrier = suite._run.barrier
    barrier.release()
    barrier.budget.slots.join("a user")  # type: ignore[attr-defined]
    assert barrier.budget.take("a user") is not None  # type: ignore[attr-defined]
    barrier.lifecycle.end("finished")
    fire(suite, "test_stopping")
    gevent.sleep(0.05)
    assert (did, ended) == ([], []), "what is in flight has its time"
    fire(suite, "test_stop")
    assert suite.outcome is not None
    assert (suite.outcome.info.end_reason, suite.outcome.info.complete) == ("stopped", False)


def test_what_broke_before_a_run_is_in_its_verdict_and_in_no_later_one(make: Callable[..., Suite]) -> None:
    suite = make("--headless")
    suite.failed("a message", RuntimeError("broken"))
    verdicts = []
    for _ in range(2):
        started(suite)
        fire(suite, "test_stopping")
        fire(suite, "test_stop")
        assert suite.outcome is not None
        verdicts.append((suite.outcome.summary.validity.verdict, len(suite.outcome.info.faults)))
    assert verdicts[0] == ("INVALID", 1)
    assert verdicts[1][1] == 0
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 1, "nothing was measured, and nothing broke"


def test_an_exception_while_locust_quits_counts_and_its_main_greenlet_goes_on(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless"))
    monkeypatch.setattr(suite._runner, "quit", broken)
    assert suite._run is not None
    suite._run.lifecycle.end("gave_up")
    suite._runner.greenlet.join(5)
    assert len(suite._runner.greenlet) == 0, "Locust's main greenlet waits for these"
    assert suite._run.faults.count == 1
    monkeypatch.setattr("stt_load.run.lifecycle.PATIENCE_S", 0.01 - suite._run.order.config.drain)
    with gevent.Timeout(60):
        fire(suite, "quitting")
    assert suite.outcome is not None, "there is a result, though Locust never said that its users are gone"
    assert len(suite.outcome.info.faults) == 2
    assert suite._environment.process_exit_code == 4


@pytest.mark.parametrize("event", ["test_stopping", "spawning_complete"])
def test_an_exception_in_a_listener_counts_and_is_not_bad_configuration(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    suite = started(make("--headless"))
    monkeypatch.setattr(suite._executors, "drain", broken)
    assert suite._run is not None
    monkeypatch.setattr(suite._run.barrier, "await_users", broken)
    words = {"user_count": 3} if event == "spawning_complete" else {"environment": suite._environment}
    getattr(suite._environment.events, event).fire(**words)
    assert suite._run.faults.count == 1
    fire(suite, "test_stopping")
    fire(suite, "test_stop")
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 4


@pytest.mark.parametrize(
    "place", ["stt_load.locust_plugin.launcher.Launcher.close", "stt_load.locust_plugin.quirks.write_last_csv"]
)
def test_what_breaks_on_the_way_out_costs_no_exit_code(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    suite = started(make("--headless", "--csv=out"))
    fire(suite, "test_stopping")
    fire(suite, "test_stop")
    monkeypatch.setattr(place, broken)
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 4


def ended_as_planned(suite: Suite) -> None:
    """The run that is on, by whoever stops Locust's users then."""
    assert suite._run is not None
    suite._run.lifecycle.ending = Ending("finished")
    fire(suite, "test_stop")


def test_of_a_series_each_start_is_the_next_run_and_all_of_them_have_one_time_limit(
    make: Callable[..., Suite], tmp_path: Path
) -> None:
    suite = make("--headless", "--repeat", "2", "--save-path", "x.json", "--seed", "5", "-t", "60s")
    seeds, began_s = [], 0.0
    for number in (1, 2):
        run = started(suite)._run
        assert run is not None
        seeds.append(run.info.seed)
        began_s = began_s or suite._process_exit.started_s
        assert suite._process_exit.started_s == began_s
        assert run.result.path.name == f"x_{number}.json"
        ended_as_planned(suite)
        assert suite._series.goes_on is (number == 1)
    assert seeds[0] == 5 != seeds[1]
    fire(suite, "quitting")
    assert sorted(path.name for path in tmp_path.glob("x*")) == ["x.summary.json", "x_1.json", "x_2.json"]
    assert suite._environment.process_exit_code == 1, "nothing was measured in either"


def test_a_process_that_ends_between_two_runs_was_interrupted(make: Callable[..., Suite], tmp_path: Path) -> None:
    """As by SIGTERM: Locust goes its way out at once, and no run is there to be told."""
    suite = started(make("--headless", "--repeat", "3", "--save-path", "x.json"))
    ended_as_planned(suite)
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 5
    assert json.loads((tmp_path / "x.summary.json").read_text(encoding="utf-8"))["exit_code"] == 5
    with pytest.raises(gevent.GreenletExit):
        fire(suite, "test_start")
    assert suite._run is None


def test_a_time_limit_that_is_over_between_two_runs_is_no_interruption(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = started(make("--headless", "--repeat", "3", "--save-path", "x.json", "-t", "60s"))
    ended_as_planned(suite)
    now_s = suite._process_exit.started_s + 60.0
    assert suite._goes_on()
    monkeypatch.setattr(process_exits, "clock", lambda: now_s)
    assert not suite._goes_on()
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 1, "nothing was measured"


def test_with_a_page_each_start_is_a_single_run(make: Callable[..., Suite]) -> None:
    suite = started(make("--repeat", "3"))
    assert suite._series.is_one


def test_a_shape_is_not_repeated(make: Callable[..., Suite]) -> None:
    class Shape(LoadTestShape):
        def tick(self) -> None:
            return None

    suite = make("--headless", "--repeat", "3")
    suite._environment.shape_class = Shape()
    with pytest.raises(StopTest, match="LoadTestShape"):
        fire(suite, "test_start")
    fire(suite, "quitting")
    assert suite._environment.process_exit_code == 2


def test_while_an_open_loop_is_on_the_page_changes_no_users(make: Callable[..., Suite]) -> None:
    suite = started(make("--headless", "--rate", "3"))
    said = suite._not_now()
    assert said is not None
    assert "load.rate" in said


LEVELS = ("--headless", "--levels", "users 1,2 for 9")


def test_a_signal_ends_all_levels(make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch) -> None:
    suite = started(make(*LEVELS))
    ends_of(suite, monkeypatch)
    assert suite._levels is not None
    suite._on_ctrl_c()
    assert suite._levels.levels.ending == Ending("interrupted")


def test_what_ended_all_levels_says_whether_others_follow_and_not_what_ended_the_last_one(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite, asked = started(make(*LEVELS)), list[str]()
    ends_of(suite, monkeypatch)
    assert suite._levels is not None
    assert suite._run is not None
    monkeypatch.setattr(suite._series, "is_followed", lambda reason: bool(asked.append(reason)))
    suite._run.lifecycle.ending = Ending("finished")
    suite._levels.end("interrupted")
    suite._end()
    assert asked == ["interrupted"]


@pytest.mark.parametrize("closed", [False, True])
def test_between_two_levels_no_worker_has_a_run_and_none_is_lost(
    make: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    suite = started(make(*LEVELS))
    monkeypatch.setattr(type(suite._executors), "all_lost", property(lambda _: True))
    assert suite._levels is not None
    assert suite._run is not None
    if closed:
        suite._run.barrier.budget.close()
    fire(suite, "test_stopping")
    ending = suite._levels.levels.ending
    assert ending is not None
    assert ending.reason == ("stopped" if closed else "workers_lost")
