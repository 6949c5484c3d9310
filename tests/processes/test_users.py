"""Users that do nothing, users that go away, and users of other classes: the run ends, and counts its own."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.processes.running import check_code, check_verdict, finish, quick, rows, run, saved, start, until_said

pytestmark = pytest.mark.locust

HEAD = """
import gevent
from locust import User, between, constant_pacing, task
from locust.exception import StopUser
from stt_load import install
from stt_load import users  # Locust would spawn every class that it finds in here
"""
DEAD = """
class Mine(users.SttUser):
    def on_start(self):
        raise RuntimeError("no token today")
"""
UNMADE = """
class Mine(users.SttUser):
    def __init__(self, environment):
        super().__init__(environment)
        raise RuntimeError("no token in __init__")
"""
STOPPED = """
class Mine(users.SttUser):
    def play(self):
        super().play()
        raise StopUser
"""
OTHERS = """
class Other(User):
    {how}

    @task
    def work(self):
        gevent.sleep(0.01)


class Mine(users.FastSttUser):
    pass
"""


def locustfile(folder: Path, classes: str) -> Path:
    path = folder / "mine.py"
    path.write_text(f"{HEAD}\n{classes}\n\ninstall()\n")
    return path


@pytest.mark.parametrize(
    ("classes", "words", "said"),
    [
        (DEAD, [], "no token today"),
        pytest.param(UNMADE, [], "no token in __init__", marks=pytest.mark.slow),
        pytest.param(UNMADE, ["-t", "5s"], "no token in __init__", marks=pytest.mark.slow),
        pytest.param(STOPPED, [], "ended by themselves", marks=pytest.mark.slow),
        pytest.param(
            "class Mine(users.SttUser):\n    pass\n",
            ["--tags", "nothing"],
            "with --tags nothing there is no task for Mine",
            marks=pytest.mark.slow,
        ),
    ],
    ids=[
        "dead in on_start",
        "dead in __init__",
        "dead in __init__, -t",
        "stopped",
        "filtered out",
    ],
)
def test_a_run_that_nobody_works_on_ends_and_says_why(
    tmp_path: Path, classes: str, words: list[str], said: str
) -> None:
    ran = run(tmp_path, quick(20, 2, 2), *words, locustfile=locustfile(tmp_path, classes))
    assert ran.code == 1, ran.err
    assert (ran.result["run"]["end_reason"], ran.result["run"]["complete"]) == ("no_users", False)
    assert said in ran.result["run"]["detail"]
    assert said in " ".join(ran.out.split())
    assert len(ran.err) < 30_000, "a task that fails at once is not tried again at once"


@pytest.mark.slow
@pytest.mark.parametrize(
    "classes",
    [DEAD, *(pytest.param(one, marks=pytest.mark.slow) for one in (STOPPED, UNMADE))],
    ids=["dead in on_start", "stopped", "dead in __init__"],
)
def test_a_run_that_nobody_works_on_ends_with_workers_too(tmp_path: Path, classes: str) -> None:
    ran = run(tmp_path, quick(20, 2, 2), "--processes", "2", locustfile=locustfile(tmp_path, classes))
    assert ran.code == 1, ran.err
    assert ran.result["run"]["end_reason"] == "no_users"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        pytest.param("fixed_count = 3", [], marks=pytest.mark.slow, id="a fixed count"),
        pytest.param("weight = 3", [], id="weights"),
        pytest.param("fixed_count = 3", ["--processes", "2"], id="a fixed count, workers"),
        pytest.param("weight = 3", ["--processes", "2"], marks=pytest.mark.slow, id="weights, workers"),
    ],
)
def test_users_of_other_classes_run_along_and_are_not_waited_for(tmp_path: Path, how: str, words: list[str]) -> None:
    """The barrier waited for four users of ours, of which there never were more than one."""
    classes = OTHERS.format(how=how)
    ran = run(tmp_path, quick(24, 4, 4), *words, locustfile=locustfile(tmp_path, classes))
    check_code(ran, 0)
    result = ran.result
    assert result["run"]["complete"]
    assert result["run"]["users"] == 1
    assert {row["users"] for row in rows(result, "measured")} == {1}
    assert len(rows(result, "measured")) == 20
    check_verdict(result, "VALID")


def test_users_that_die_while_others_go_on_are_a_change_of_the_load(tmp_path: Path) -> None:
    classes = """
class Mine(users.FastSttUser):
    asked = 0

    def play(self):
        super().play()
        Mine.asked += 1
        if Mine.asked == 12:
            raise StopUser
"""
    ran = run(tmp_path, quick(60, 2, 2), locustfile=locustfile(tmp_path, classes))
    check_code(ran, 0)
    ((from_s, to_s),) = ran.result["run"]["generator"]["load_changes"]
    assert 0 < from_s < 2
    assert to_s - from_s > 2
    check_verdict(ran.result, "DEGRADED")
    assert {row["users"] for row in rows(ran.result, "measured")} == {1, 2}


@pytest.mark.parametrize("user", ["SttUser", pytest.param("FastSttUser", marks=pytest.mark.slow)])
def test_a_wait_time_of_the_users_own_is_an_intended_pause(tmp_path: Path, user: str) -> None:
    """It was the generator's fault: closed_loop_share, INVALID."""
    classes = f"class Mine(users.{user}):\n    wait_time = between(0.2, 0.4)\n"
    ran = run(tmp_path, quick(16, 2, 2), locustfile=locustfile(tmp_path, classes))
    check_code(ran, 0)
    pauses = [row["pause_s"] for row in rows(ran.result, "measured")]
    assert all(0.2 <= pause <= 0.4 for pause in pauses)
    assert len(set(pauses)) > 5
    check_verdict(ran.result, "VALID")


def test_a_folder_that_is_deleted_on_the_way_costs_no_result(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    process = start(tmp_path, quick(40, 2, 2, save_path=str(folder / "run.json")))
    deadline = time.monotonic() + 30
    while not list(folder.glob("*.partial.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    shutil.rmtree(folder)
    ran = finish(process, tmp_path)
    (result,) = saved(tmp_path, "run.json")
    assert len(rows(result, "measured")) == 38
    assert f"The folder {folder} is gone" in ran.err
    assert "Result saved to run.json" in ran.out


LOGIN = """
class Mine(users.FastSttUser):
    def on_start(self):
        gevent.sleep(1.6)
"""


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--processes=2",)], ids=["local", "distributed"])
def test_users_of_a_ramp_that_log_in_first_are_no_change_of_the_load(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Each takes longer for its `on_start` than users may be missing; it was a change with workers only."""
    settings = quick(None, 1, 4, measure_for=9)
    ran = run(tmp_path, settings, "-r", "0.5", *words, locustfile=locustfile(tmp_path, LOGIN))
    check_code(ran, 0)
    assert {row["users"] for row in rows(ran.result, "measured")} == {1, 2, 3, 4}
    assert ran.result["run"]["generator"]["load_changes"] == []
    check_verdict(ran.result, "VALID")


ENDING = """
class Mine(users.FastSttUser):
    asked = 0

    def read_answer(self, answer):
        Mine.asked += 1
        if Mine.asked == 6:
            self.environment.runner.{how}()
        return super().read_answer(answer)
"""
LISTENING = """
from locust import events


class Mine(users.FastSttUser):
    pass


@events.test_start.add_listener
def on_start(environment, **_):
    gevent.spawn(stop_amid_requests, environment)


def stop_amid_requests(environment):
    while environment.stats.total.num_requests < 5:
        gevent.sleep(0.02)
    environment.runner.stop()
"""


@pytest.mark.parametrize(
    "classes",
    [
        ENDING.format(how="quit"),
        pytest.param(ENDING.format(how="stop"), marks=pytest.mark.slow),
        pytest.param(LISTENING, marks=pytest.mark.slow),
    ],
    ids=["quit", "stop", "stop in a listener"],
)
def test_a_run_that_the_users_own_code_ends_is_drained_and_saved_and_the_process_ends(
    tmp_path: Path, classes: str
) -> None:
    """It waited for the user in which it waited; and a listener's `stop` left a process that did nothing."""
    ran = run(tmp_path, quick(4_000, 2, 2), locustfile=locustfile(tmp_path, classes))
    check_code(ran, 0)
    assert ran.result["run"]["end_reason"] == "stopped"
    assert {row["ok"] for row in ran.result["requests"]} == {True}


ENDLESS = """
import sys


class Mine(users.FastSttUser):
    def on_start(self):
        print("a user is here", file=sys.stderr)

    def on_stop(self):
        gevent.sleep(1_000)
"""


def test_a_second_signal_ends_an_on_stop_that_does_not_return(tmp_path: Path) -> None:
    """Neither signal did, and nothing was saved."""
    process = start(tmp_path, quick(4_000, 2, 2), locustfile=locustfile(tmp_path, ENDLESS))
    for _ in range(2):
        until_said(process, "a user is here")
    process.send_signal(signal.SIGTERM)
    until_said(process, "waiting for users to end (2 Mine)")
    process.send_signal(signal.SIGTERM)
    ran = finish(process, tmp_path)
    assert ran.code == 5, ran.err
    assert ran.result["run"]["end_reason"] == "interrupted"


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--processes", "2"]], ids=["one process", "workers"])
def test_an_on_stop_that_does_not_return_is_interrupted_in_the_end(tmp_path: Path, words: list[str]) -> None:
    ran = run(tmp_path, quick(24, 4, 4, drain_s=1), *words, locustfile=locustfile(tmp_path, ENDLESS))
    check_code(ran, 0)
    assert ran.result["run"]["complete"]
    assert "waiting for users to end" in ran.err


@pytest.mark.slow
def test_workers_whose_users_end_them_leave_nobody_waiting(tmp_path: Path) -> None:
    classes = ENDING.format(how="quit")
    ran = run(tmp_path, quick(4_000, 4, 4), "--processes", "2", locustfile=locustfile(tmp_path, classes))
    assert ran.result["run"]["end_reason"] == "workers_lost"
    assert ran.result["run"]["generator"]["rows_lost"] == 0
