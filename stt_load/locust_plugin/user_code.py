"""What the code of users' own may do without Locust's runner going on for ever: Locust's ways, changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import gevent
from locust import User
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import STATE_RUNNING, STATE_SPAWNING, Runner

from stt_load.config import mask_url
from stt_load.locust_plugin.quirks import replace
from stt_load.locust_plugin.users import SpeechUser

logger = logging.getLogger(__name__)


def spawn_who_can() -> None:
    """To be called once: a user whose `__init__` raises is one that is not there, as after an `on_start` that raises.

    In Locust it ends the spawning, of all others as well, and who spawns stays at it for ever.
    """

    def spawning(spawn: Any) -> Callable[..., list[User]]:
        def spawn_users(runner: Runner, counts: dict[str, int], wait: bool = False) -> list[User]:
            users: list[User] = spawn(runner, {})  # sets the state
            for name, count in counts.items():
                made = [_made(runner, runner.user_classes_by_name[name]) for _ in range(count)]
                users += [user for user in made if user is not None]
            spawn(runner, {}, wait)
            return users

        return spawn_users

    replace(Runner, "spawn_users", spawning)


def keep_hosts(environment: Environment, **_: Any) -> None:
    """For Locust's event `init`: classes beside ours that name a host keep it.

    Locust would give them that of the environment, which here is the speech service's, also where nobody has said -H.
    """
    hosts = {one: one.host for one in environment.user_classes if one.host}
    for ours in [one for one in hosts if issubclass(one, SpeechUser)]:
        if (host := hosts.pop(ours)) != environment.host:
            logger.warning(
                "stt-load: %s sends no audio to its host %s: -H or api.base_url says where",
                ours.__name__,
                mask_url(host),
            )
    environment.stt_hosts = hosts  # type: ignore[attr-defined]


def _made(runner: Runner, user_class: type[User]) -> User | None:
    """A user that has started; None if its `__init__` raised, which is told as Locust tells of `on_start`."""
    environment = runner.environment
    user_class.host = getattr(environment, "stt_hosts", {}).get(user_class, user_class.host)
    try:
        user = user_class(environment)
        if not hasattr(user, "environment"):
            raise TypeError("its __init__ does not call super().__init__(environment)")
    except StopTest:
        raise
    except Exception as error:
        logger.exception("stt-load: a %s could not be made: %s", user_class.__name__, error)
        environment.events.user_error.fire(user_instance=None, exception=error, tb=error.__traceback__)
        return None
    user.start(runner.user_greenlets)
    return user


def end_from_anywhere(
    runner: Runner, ended: Callable[[], None] = lambda: None, quit_instead: Callable[[], None] | None = None
) -> None:
    """Lets users end a run, too: `quit` and `stop` wait in Locust until all users have ended, and so for ever where a
    user calls them. They go on in a greenlet of their own then.

    ended: called when a run has been stopped. quit_instead: what a user's `quit` does.
    """
    quit_, stop = runner.quit, runner.stop

    def stop_and_tell(*args: Any, **kwargs: Any) -> None:
        running = runner.state in (STATE_SPAWNING, STATE_RUNNING)
        stop(*args, **kwargs)
        if running:
            ended()

    runner.quit = _apart(runner, quit_, quit_instead or quit_)  # type: ignore[method-assign]
    runner.stop = _apart(runner, stop_and_tell, stop_and_tell)  # type: ignore[method-assign]


def _apart(runner: Runner, method: Callable[..., None], of_users: Callable[..., None]) -> Callable[..., None]:
    """`method`, but for users `of_users`, which is begun once and not waited for."""
    begun: list[gevent.Greenlet[..., None]] = []

    def call(*args: Any, **kwargs: Any) -> None:
        if not any(user is gevent.getcurrent() for user in runner.user_greenlets):
            method(*args, **kwargs)
        elif not begun or begun[-1].ready():
            begun[:] = [gevent.spawn(of_users, *args, **kwargs)]

    return call
