"""How many users of this suite Locust wants and has. Users of other classes run along and count for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from locust import User
from locust.runners import HEARTBEAT_LIVENESS, STATE_RUNNING, MasterRunner, Runner, WorkerNode

from stt_load.locust_plugin.users import SpeechUser

NO_TROUBLE = "all of them ended by themselves"
UNHEARD = 3
"""Heartbeats, one a second, that are missing of a worker which stands still."""


def sends_audio(user_classes: Iterable[type[User]]) -> bool:
    """Whether one of them is of this suite: else a run of theirs is none of ours."""
    return any(issubclass(one, SpeechUser) for one in user_classes)


class UserCounts:
    """As the runner of this process knows them: those in it, or on its workers as these told last."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    @property
    def wanted(self) -> int | None:
        """How many there ought to be; None while Locust is on its way there."""
        runner = self._runner
        if runner.state != STATE_RUNNING or (isinstance(runner, MasterRunner) and _workers_spawn(runner)):
            return None
        return self._ours(runner.target_user_classes_count)

    def planned(self, total: int) -> int:
        """How many of `total` users will be of this suite, by Locust's own way to share them out, at once."""
        if all(issubclass(one, SpeechUser) for one in self._runner.user_classes) or total < 1:
            return total
        node = WorkerNode("planned")
        dispatcher = self._runner.environment.dispatcher_class([node], self._runner.user_classes)
        dispatcher.new_dispatch(total, total)
        return self._ours(list(dispatcher)[-1][node.id])

    @property
    def running(self) -> int:
        """How many there are. Costs a look at each user."""
        if isinstance(self._runner, MasterRunner):
            return self._ours(self._runner.reported_user_classes_count)
        return self._ours(self._runner.user_classes_count)

    @property
    def trouble(self) -> str:
        """Why there are none, as far as Locust knows: what it would show of exceptions, the latest one."""
        classes = [one for one in self._runner.user_classes if issubclass(one, SpeechUser)]
        if not any(one.tasks for one in classes):
            return f"with {self._tags()} there is no task for {', '.join(one.__name__ for one in classes)}"
        said = [str(row["msg"]) for row in self._runner.exceptions.values()]
        return said[-1] if said else NO_TROUBLE

    def _ours(self, counts: Mapping[str, int]) -> int:
        classes = self._runner.user_classes_by_name
        return sum(count for name, count in counts.items() if issubclass(classes.get(name, object), SpeechUser))

    def _tags(self) -> str:
        options = self._runner.environment.parsed_options
        given = {"--tags": getattr(options, "tags", None), "--exclude-tags": getattr(options, "exclude_tags", None)}
        words = [word for name, tags in given.items() if tags for word in (name, *tags)]
        return " ".join(words) or "Locust's tags"


def _workers_spawn(runner: MasterRunner) -> bool:
    """A master says that all are spawned when it has told its workers; they still say that they are at it.

    One that stands still in the middle of it says so, too: it has not been heard of for two seconds.
    """
    return any(client.heartbeat > HEARTBEAT_LIVENESS - UNHEARD for client in runner.clients.spawning)
