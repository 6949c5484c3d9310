"""What Locust's runner says of users, with a runner of its own."""

from __future__ import annotations

from collections.abc import Iterator

import gevent
import pytest
from locust import User, task
from locust.env import Environment
from locust.runners import LocalRunner

from stt_load.locust_plugin.user_counts import NO_TROUBLE, UserCounts, sends_audio
from stt_load.locust_plugin.users import SttUser, on_user_error
from tests.patched.playing import until


class Other(User):
    weight = 3

    @task
    def work(self) -> None:
        gevent.sleep(0.01)


class Mine(SttUser):
    def play(self) -> None:
        gevent.sleep(60)


class Dead(SttUser):
    def on_start(self) -> None:
        raise RuntimeError("no token")


class Idle(SttUser):
    pass


Idle.tasks = []


@pytest.fixture
def runners() -> Iterator[list[LocalRunner]]:
    made: list[LocalRunner] = []
    yield made
    for runner in made:
        runner.quit()


def counts_of(runners: list[LocalRunner], *classes: type[User], users: int = 4) -> UserCounts:
    environment = Environment(user_classes=list(classes))
    environment.events.user_error.add_listener(on_user_error)
    runner = environment.create_local_runner()
    runners.append(runner)
    counts = UserCounts(runner)
    assert counts.wanted is None, "nothing is asked for yet"
    runner.start(users, users)
    until(lambda: counts.wanted is not None, "all are spawned")
    return counts


def test_users_of_other_classes_count_for_nothing(runners: list[LocalRunner]) -> None:
    counts = counts_of(runners, Mine, Other)
    assert (counts.wanted, counts.running) == (1, 1)
    assert runners[0].user_count == 4


def test_users_that_died_are_not_running_and_locust_knows_why(runners: list[LocalRunner]) -> None:
    counts = counts_of(runners, Dead)
    until(lambda: counts.running == 0, "they are dead")
    assert counts.trouble == "no token"


def test_users_without_a_task_stop_and_the_tags_are_to_blame(runners: list[LocalRunner]) -> None:
    counts = counts_of(runners, Idle)
    until(lambda: counts.running == 0, "they have stopped")
    assert counts.trouble == "with Locust's tags there is no task for Idle"


@pytest.mark.parametrize(("total", "ours"), [(0, 0), (4, 1), (8, 2)])
def test_how_many_will_be_ours_is_known_before_any_is_there(total: int, ours: int) -> None:
    counts = UserCounts(Environment(user_classes=[Mine, Other]).create_local_runner())
    assert counts.planned(total) == ours
    alone = UserCounts(Environment(user_classes=[Mine]).create_local_runner())
    assert alone.planned(total) == total


def test_a_run_is_ours_where_one_class_sends_audio() -> None:
    assert sends_audio([Other, Mine])
    assert not sends_audio([Other])


def test_users_of_other_classes_alone_are_none(runners: list[LocalRunner]) -> None:
    counts = counts_of(runners, Other)
    assert (counts.wanted, counts.running) == (0, 0)


def test_users_that_were_killed_gave_no_trouble(runners: list[LocalRunner]) -> None:
    counts = counts_of(runners, Mine)
    runners[0].user_greenlets.kill()
    assert (counts.wanted, counts.running) == (4, 0)
    assert counts.trouble == NO_TROUBLE
