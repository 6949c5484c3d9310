"""Users that are to end, as Locust stops them: who has not ended in time is interrupted in whatever it does."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import gevent
from gevent.pool import Group

from stt_load.clock import clock

GRACE_S = 5.0
"""What a user's `on_stop` may take once what was in flight has ended or was to end."""
SAY_S = 2.0
"""For so long nothing is said of users that are all that is waited for."""
AGAIN_S = 1.0
LOOK_S = 0.05

logger = logging.getLogger(__name__)


class UserStop:
    """The end of `users`, those of this process. in_flight: how many requests are still waited for."""

    def __init__(self, users: Group, in_flight: Callable[[], int] = lambda: 0) -> None:
        self._users = users
        self._in_flight = in_flight
        self._names: dict[Any, str] = {}
        self._watching: gevent.Greenlet[..., None] | None = None

    def watch(self, limit_s: float) -> None:
        """Locust stops them. limit_s: what is in flight has so long to end. Does not block."""
        if self._watching is None or self._watching.ready():
            # gevent forgets what a greenlet was called with as soon as it is killed.
            self._names = {user: type(user.args[0]).__name__ for user in self._users if user.args}
            self._watching = gevent.spawn(self._follow, limit_s + GRACE_S)

    def cut(self) -> None:
        """Kills all of them, and does not wait for their end. One that was killed before is interrupted in its
        `on_stop`: gevent's group kills each only once, and so does Locust, which then waits for ever.
        """
        self.watch(0.0)
        before = [user for user in self._users if user in self._users.dying]
        self._users.kill(block=False)
        for user in before:
            user.kill(block=False)

    def wait(self) -> None:
        """Blocks until they are gone."""
        while self._users:
            gevent.sleep(LOOK_S)

    def over(self) -> None:
        """They are gone. Users that come now belong to another run."""
        if self._watching is not None:
            self._watching.kill(block=False)

    def _follow(self, limit_s: float) -> None:
        """Until all are gone. Says what is waited for where that shows in nothing else."""
        now_s = clock()
        until_s, alone_s, said = now_s + limit_s, now_s, False
        while self._users:
            now_s = clock()
            if self._in_flight():
                alone_s = now_s
            if not said and now_s - alone_s >= SAY_S:
                said = True
                left_s = max(0.0, until_s - now_s)
                logger.warning(
                    "stt-load: waiting for users to end (%s): what they do, as in on_stop, is interrupted in %.0f s",
                    self._named(),
                    left_s,
                )
            if now_s >= until_s:
                self.cut()
                until_s = now_s + AGAIN_S
            gevent.sleep(LOOK_S)

    def _named(self) -> str:
        """How many there are of which class."""
        counts = Counter(self._names.get(user, "others") for user in self._users)
        return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
