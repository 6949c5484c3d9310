"""How many users Locust starts.

In an open loop they are the slots that carry it out, and no number that anybody gave: `-u`, the form's users and
`concurrent_requests` are the requests in flight of the warm-up there. Of stages of users they are the most at a time.
Levels of users have as many as the level: `scale` brings the next one's.
"""

from __future__ import annotations

import functools
import logging
import weakref
from collections.abc import Callable, MutableMapping
from typing import Any

from locust.runners import STATE_RUNNING, STATE_SPAWNING, Runner

from stt_load.config import Config, ConfigError
from stt_load.config.ends import SHAPES
from stt_load.config.faults import Fault
from stt_load.locust_plugin.users import SpeechUser

SHAPE = "Locust's LoadTestShape says how many users there are, and {keys} what load; leave one of them out"
OTHERS = "{names}: other user classes would be started as often as there are slots; name SttUser or FastSttUser alone"
KEPT = "stt-load: this run keeps its users: {keys} says what load there is"

_BEGIN: MutableMapping[Runner, Callable[..., None]] = weakref.WeakKeyDictionary()
"""Locust's own start of each runner, whose users are kept otherwise."""
logger = logging.getLogger(__name__)


def fixed(config: Config) -> int | None:
    """The users of an open loop, of stages or of the first level; None: as many as Locust was asked for."""
    return config.locust_users if load_keys(config) else None


def load_keys(config: Config) -> tuple[str, ...]:
    """The key that says what load there is; none in a plain closed loop."""
    return tuple(".".join(path) for path in SHAPES if getattr(config.load, path[-1]) is not None)


def check(config: Config, runner: Runner) -> None:
    """Raises `ConfigError` where Locust could not start so many users, or would start too many of others."""
    if fixed(config) is None:
        return
    (key,) = load_keys(config)
    others = [one.__name__ for one in runner.user_classes if not issubclass(one, SpeechUser)]
    if runner.environment.shape_class is not None:
        raise ConfigError([Fault("the locustfile", SHAPE.format(keys=key), key)])
    if others:
        raise ConfigError([Fault("the locustfile", OTHERS.format(names=", ".join(others)), key)])


def start_as_asked(runner: Runner, config: Callable[[], Config]) -> None:
    """From now on `runner` starts the users that a load needs, all at once, and keeps them while it lasts: whatever
    keyboard and page say. config: what holds when a run is started; may raise `ConfigError`, which a start tells."""
    kept: list[str] = []

    def start(begin: Callable[..., None], user_count: int, spawn_rate: float, *args: Any, **more: Any) -> None:
        if runner.state in (STATE_SPAWNING, STATE_RUNNING):
            if kept and user_count != runner.target_user_count:
                logger.warning(KEPT.format(keys=kept[0]))
                return
        else:
            try:
                asked = config()
            except ConfigError:
                kept.clear()
            else:
                kept[:] = load_keys(asked)
                user_count = fixed(asked) or user_count
        if kept:
            spawn_rate = user_count
        begin(user_count, spawn_rate, *args, **more)

    _BEGIN[runner] = runner.start
    runner.start = functools.partial(start, runner.start)  # type: ignore[method-assign]


def scale(runner: Runner, users: int) -> None:
    """From now on `runner`, which is running, has so many users, all at once: those of the next level. Of a runner
    that `start_as_asked` was told of; the users of its workers, if it has any."""
    _BEGIN[runner](users, users)
