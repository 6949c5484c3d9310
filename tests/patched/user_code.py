"""Users whose own code raises where they are made, and users that end the run, with a runner of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gevent
import pytest
from locust import User
from locust.env import Environment
from locust.runners import STATE_RUNNING, STATE_STOPPED, LocalRunner

from stt_load.locust_plugin.user_code import end_from_anywhere, keep_hosts, spawn_who_can
from stt_load.locust_plugin.user_counts import UserCounts
from stt_load.locust_plugin.users import SttUser, on_user_error
from tests.patched.playing import until

spawn_who_can()


class Playing(SttUser):
    def play(self) -> None:
        gevent.sleep(60)


class Broken(Playing):
    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        raise RuntimeError("no token in __init__")


class Bare(Playing):
    def __init__(self, _: Environment) -> None:
        """It forgets the base's."""


class Half(Playing):
    made = 0

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        Half.made += 1
        if Half.made % 2 == 0:
            raise RuntimeError("no token for this one")


@pytest.fixture
def runners() -> Iterator[list[LocalRunner]]:
    made: list[LocalRunner] = []
    yield made
    for runner in made:
        runner.quit()


def runner_of(runners: list[LocalRunner], *classes: type[User], users: int = 4) -> LocalRunner:
    environment = Environment(user_classes=list(classes))
    environment.events.user_error.add_listener(on_user_error)
    runner = environment.create_local_runner()
    runners.append(runner)
    runner.start(users, users)
    return runner


@pytest.mark.parametrize(
    ("kind", "left", "said"),
    [
        (Broken, 0, "no token in __init__"),
        (Bare, 0, "its __init__ does not call super().__init__(environment)"),
        (Half, 2, "no token for this one"),
    ],
)
def test_a_user_that_cannot_be_made_is_one_that_is_not_there(
    runners: list[LocalRunner], kind: type[User], left: int, said: str
) -> None:
    """The runner was at its spawning for ever."""
    runner = runner_of(runners, kind)
    until(lambda: runner.state == STATE_RUNNING, "all are spawned")
    counts = UserCounts(runner)
    assert (counts.wanted, counts.running, counts.trouble) == (left, left, said)


def test_those_of_other_classes_are_spawned_all_the_same(runners: list[LocalRunner]) -> None:
    runner = runner_of(runners, Broken, Playing)
    until(lambda: runner.state == STATE_RUNNING, "all are spawned")
    assert runner.user_classes_count == {"Broken": 0, "Playing": 2}


@pytest.mark.parametrize("how", ["stop", "quit"])
@pytest.mark.parametrize("where", ["on_start", "play"])
def test_a_user_can_end_the_run(runners: list[LocalRunner], where: str, how: str) -> None:
    """It waited for its own end."""
    ended: list[str] = []

    def end(user: Any) -> None:
        getattr(user.environment.runner, how)()

    kind: Any = type("Ending", (Playing,), {where: end, "abstract": False})
    environment = Environment(user_classes=[kind])
    runner = environment.create_local_runner()
    runners.append(runner)
    end_from_anywhere(runner, lambda: ended.append("ended"))
    environment.events.test_stop.add_listener(lambda **_: ended.append("test_stop"))
    runner.start(3, 3)
    until(lambda: runner.state == STATE_STOPPED and len(ended) >= 2, "it has ended")
    assert ended == ["test_stop", "ended"], "once, and after all listeners"
    assert runner.user_count == 0
    assert (len(runner.greenlet) == 0) is (how == "quit")


def test_a_users_quit_is_another_one_where_there_is_one(runners: list[LocalRunner]) -> None:
    instead: list[str] = []

    class Ending(Playing):
        def play(self) -> None:
            assert self.environment.runner is not None
            self.environment.runner.quit()
            gevent.sleep(60)

    environment = Environment(user_classes=[Ending])
    runner = environment.create_local_runner()
    runners.append(runner)
    end_from_anywhere(runner, quit_instead=lambda: instead.append("instead"))
    runner.start(1, 1)
    until(lambda: instead, "it was called")
    assert runner.state == STATE_RUNNING


class Visiting(User):
    host = "http://127.0.0.1:1"
    tasks = [lambda _: gevent.sleep(60)]  # noqa: RUF012


class Homeless(Visiting):
    host = None


class Elsewhere(Playing):
    host = "http://me:secret@127.0.0.1:2"


@pytest.mark.parametrize(("kind", "host"), [(Visiting, "http://127.0.0.1:1"), (Homeless, "http://127.0.0.1:9")])
def test_a_class_beside_ours_keeps_its_host_and_gets_the_services_where_it_has_none(
    runners: list[LocalRunner], kind: type[User], host: str
) -> None:
    environment = Environment(user_classes=[kind], host="http://127.0.0.1:9")
    keep_hosts(environment)
    runner = environment.create_local_runner()
    runners.append(runner)
    runner.start(2, 2)
    until(lambda: runner.state == STATE_RUNNING, "all are spawned")
    assert {one.args[0].host for one in runner.user_greenlets} == {host}


def test_a_host_of_one_of_ours_that_is_not_asked_is_named(caplog: pytest.LogCaptureFixture) -> None:
    keep_hosts(Environment(user_classes=[Elsewhere], host="http://127.0.0.1:9"))
    assert "Elsewhere sends no audio to its host http://***@127.0.0.1:2: -H or api.base_url says where" in caplog.text
