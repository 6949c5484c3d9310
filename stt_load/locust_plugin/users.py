"""The Locust users: take an iteration, say its clip, yield a Sample."""

from __future__ import annotations

import inspect
import logging
import math
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import gevent
from locust import FastHttpUser, HttpUser, TaskSet, User, events
from locust.env import Environment
from locust.exception import InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, StopTest, StopUser

from stt_load.api.request import Body, Part
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.client import Client, Exchange, Target
from stt_load.client.choice import client_of
from stt_load.client.http import HttpClient
from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.locust_plugin import shown_errors, user_classes, user_starts
from stt_load.locust_plugin.user_hooks import Hooks
from stt_load.run.context import RunContext
from stt_load.run.outcome import UNREACHABLE, concluded, failure_of
from stt_load.run.waiting import Retired
from stt_load.samples.fields import LONGEST_S
from stt_load.samples.sample import ErrorKind, Phase, Sample

# After a failed connection attempt a user stays away, longer each time: a refused port answers in microseconds, and
# knocking as fast as that tells nothing and starves the machine. In seconds.
FIRST_BACKOFF_S = 0.1
MAX_BACKOFF_S = 1.0
# A user whose task fails so often in a row before it has asked for anything to do will not do anything any more.
MOST_TROUBLES = 10
# Locust's own words to a user's greenlet: what they interrupt is a failure, and they are obeyed.
LOCUSTS_WORDS = (StopUser, StopTest, InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, gevent.Timeout)

logger = logging.getLogger(__name__)


def on_user_error(user_instance: User | TaskSet, exception: Exception, **_: Any) -> None:
    """For Locust's event of that name; what it calls a user instance is the task set when a task has failed."""
    user = user_instance.user if isinstance(user_instance, TaskSet) else user_instance
    if isinstance(user, SpeechUser):
        user.fail(exception)


def miss_install(environment: Environment, **_: Any) -> None:
    """For Locust's `init`, unless `install` was called: users would wait in silence for a run that nobody begins."""
    if ours := [one.__name__ for one in environment.user_classes if issubclass(one, SpeechUser)]:
        names = ", ".join(ours)
        sys.stderr.write(
            f"stt-load: {names} would send nothing, as the locustfile does not call install(). Add to "
            f"it: from stt_load import install; install()\n"
        )
        sys.exit(2)


events.init.add_listener(miss_install)


def transcribe(user: SpeechUser) -> None:
    """The one task: an iteration, its clip, the request, the answer, the sample."""
    user.play()


class SpeechUser(User):
    """The task. All users of this kind speak to the service in the same way: `connect` is there to be overridden."""

    abstract = True
    tasks = [transcribe]  # noqa: RUF012 - Locust's own way to name them
    _warned = False

    def __init_subclass__(cls, **words: Any) -> None:
        """The task of each class is its own: `@tag` marks it in place, and would mark that of all others as well.

        Who derives from a class of this module does not want users of it, too, because the locustfile imports it.
        """
        super().__init_subclass__(**words)
        cls.tasks = user_classes.own_tasks(cls.tasks, transcribe)
        for base in cls.__mro__[1:]:
            if base.__module__ == __name__:
                base.abstract = True  # type: ignore[attr-defined]

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._run_context: RunContext | None = None
        self._client: Client | None = None
        self._opening: Any = None
        self._busy = False
        self._pause_s = self._least_pause_s = self._backoff_s = 0.0
        self._next_pause_s: float | None = None
        self._stop: StopUser | StopTest | None = None
        self._troubles = 0
        # Locust asks the instance. What a class of the user's own says is asked once, when its request is over.
        wait_time = inspect.getattr_static(type(self), "wait_time")
        overridden = wait_time is not SpeechUser.__dict__["wait_time"]
        self._own_wait_time: Callable[[], Any] | None = _asked_of(self, wait_time) if overridden else None
        self.wait_time = self._next_wait  # type: ignore[method-assign]

    @property
    def run_context(self) -> RunContext:
        """The context of the run that this user is part of. Waits until there is one."""
        if self._run_context is None:
            self._run_context = user_starts.context_of(self.environment)
        return self._run_context

    def connect(self, target: Target) -> Client:
        """The connection of this user to the service; nothing is opened before the first request."""
        return HttpClient(target)

    def make_body(self, clip: Sequence[Part], clip_bytes: int) -> Body:
        """What is sent; to be overridden for a service that wants something else.

        clip: a WAV file in parts, `clip_bytes` bytes in all; no other request has the same. A body without a content
        type gets that of the configuration. Called before the clock starts. An exception is a `hook_error`.
        """
        return self.run_context.api.body(clip, clip_bytes)

    def read_answer(self, answer: Answer) -> Transcript | Failure:
        """What a whole answer comes down to; to be overridden for a service that says it in another way.

        Called after the clock has stopped. An exception is a `hook_error`, and so is anything else than these two.
        """
        return self.run_context.api.read(answer)

    def wait_time(self) -> float:
        """Seconds until the next request; to be overridden: by a method, one of Locust's (`between(1, 2)`), a number.

        Here it is the configuration's, and longer after a failed connection. Called once after each request: it is
        the pause that the row has, 1e9 at most. What is no length of time, or an exception, is left aside. In an open
        loop it is not called, and nobody pauses: requests are due whatever has become of those before.
        """
        return self._pause_s

    def fail(self, error: Exception) -> None:
        """Its task ended with an exception. One that has nothing to do, or never gets to do it, is stopped."""
        self._troubles += 1
        if not self.tasks or self._troubles >= MOST_TROUBLES:
            logger.error("stt-load: a %s is stopped: %s: %s", type(self).__name__, type(error).__name__, error)
            self._stop = StopUser()

    def start(self, group: Any) -> Any:
        """Its end is linked to the greenlet itself: that holds for every way a user can end."""
        greenlet = super().start(group)
        greenlet.link(lambda _: self._left())
        user_starts.begins(self.environment, self)
        return greenlet

    def stop(self, force: bool = False) -> bool:
        """A user with a request in flight may finish it; one that waits for an iteration has nothing to lose, and
        gets none before its end, which takes a while to come."""
        if not self._busy and self._run_context is not None:
            self._run_context.dispatcher.withdraw(self)
        return bool(super().stop(force or not self._busy))

    def play(self) -> None:
        """One iteration from beginning to end. Audio and body are ready before the clock starts."""
        user_starts.has_begun(self.environment, self)
        iteration = self._next_iteration()
        self._busy, self._troubles = True, 0
        exchange, users = Exchange(), 0
        verdict: Transcript | Failure = _CUT
        try:
            exchange.request_id = self.run_context.request_id(iteration)
            users = self.run_context.users()
            verdict = self._spoken(iteration, exchange)
        except gevent.GreenletExit:  # it is stopped
            raise
        except BaseException as error:
            verdict = failure_of(error)
            # One request that fails is not the end of the run, and none ends the process; all else goes on.
            failed = isinstance(error, (Exception, SystemExit, KeyboardInterrupt))
            if isinstance(error, LOCUSTS_WORDS) or not failed:
                raise
        finally:
            self._busy = False
            self._conclude(iteration, exchange, verdict, users)

    def _next_iteration(self) -> Iteration:
        """Blocks until there is one, in this run or in the one that takes its place."""
        while True:
            try:
                return self.run_context.dispatcher.take(self, self._open)
            except Retired:
                self._run_context = None

    def _spoken(self, iteration: Iteration, exchange: Exchange) -> Transcript | Failure:
        clip = self.run_context.audio.clip(iteration.seq, iteration.attempt)
        iteration.begun_s = clock()
        return self._ready_client().speak(clip, exchange)

    def _ready_client(self) -> Client:
        if self._client is None:
            context, hooks = self.run_context, Hooks(self)
            plan = context.api.plan
            self._client = client_of(context.target, hooks, call=context.call, plan=plan, connect=self.connect)
        return self._client

    def _open(self) -> None:
        """Opens the connection before there is a request, in a greenlet of its own. What fails now is silent: the
        request will fail in the same way, and tell."""
        self._opening = gevent.getcurrent()
        with suppress(Exception):
            self._ready_client().open()

    def _conclude(self, iteration: Iteration, exchange: Exchange, verdict: Transcript | Failure, users: int) -> None:
        """The sample, for the barrier and then, in the measured phase, for Locust's own screens.

        A listener of somebody else's may raise Locust's StopUser, and whoever waits may be killed: by then it counts.
        """
        context = self.run_context
        failure = verdict if isinstance(verdict, Failure) else None
        text = verdict.text if isinstance(verdict, Transcript) else None
        if context.pauses:
            self._least_pause_s = max(self._backoff(failure), self._asked_wait(failure))
        self._pause_s = max(context.request_delay_s, self._least_pause_s)
        self._next_pause_s = self._pause_s
        try:
            if context.pauses and verdict is not _CUT:
                self._next_pause_s = self._intended_pause_s()
        finally:
            sample = concluded(context, iteration, exchange, verdict, users, self._next_pause_s)
            context.dispatcher.finish(iteration, sample, text, exchange.clip)
        if iteration.phase is Phase.MEASURED and not sample.unfinished:
            self._tell_locust(sample)

    def _intended_pause_s(self) -> float:
        """What its class says of its pause, but not less than what a refusal asks for."""
        if self._own_wait_time is None:
            return self._pause_s
        try:
            pause_s: float = float(self._own_wait_time())
            if not 0 <= pause_s < math.inf:
                raise ValueError(f"{pause_s} is no length of time")
        except (StopUser, StopTest) as word:
            self._stop = word
            return 0.0
        except (Exception, SystemExit) as error:
            if not self._warned:
                logger.warning("stt-load: wait_time of %s: %s: %s", type(self).__name__, type(error).__name__, error)
            type(self)._warned = True
            return self._pause_s
        return max(min(pause_s, LONGEST_S), self._least_pause_s)

    def _next_wait(self) -> float:
        """What Locust asks before each pause."""
        if self._stop is not None:
            raise self._stop
        pause_s, self._next_pause_s = self._next_pause_s, None
        if pause_s is not None:
            return pause_s
        if self._troubles:  # a task that fails at once would be tried again at once
            return min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** (self._troubles - 1))
        return self._intended_pause_s()

    def _backoff(self, failure: Failure | None) -> float:
        if failure is None or failure.kind not in UNREACHABLE:
            self._backoff_s = 0.0
        else:
            self._backoff_s = min(MAX_BACKOFF_S, self._backoff_s * 2 or FIRST_BACKOFF_S)
        return self._backoff_s

    def _asked_wait(self, failure: Failure | None) -> float:
        """Answered in a millisecond and back at once, a refused user would do nothing but be refused."""
        return failure.wait_s if failure is not None and self.run_context.waits else 0.0

    def _tell_locust(self, sample: Sample) -> None:
        self.environment.events.request.fire(
            request_type="POST",
            name=self.run_context.name,
            response_time=(sample.done_s - sample.start_s) * 1_000,
            response_length=sample.download_bytes,
            exception=shown_errors.of(self.environment, sample),
            context={"seq": sample.seq, "phase": sample.phase.name.lower()},
            response=None,
            url=self.run_context.url,
        )

    def _left(self) -> None:
        user_starts.has_begun(self.environment, self)
        try:
            if self._opening is not None:
                gevent.kill(self._opening)
            if self._client is not None:
                self._client.close()
        finally:
            if self._run_context is not None:
                self._run_context.dispatcher.leave(self)


class SttUser(SpeechUser, HttpUser):
    """For tests that go beside Locust's HttpUser, whose `client` it has for whatever else it asks."""


class FastSttUser(SpeechUser, FastHttpUser):
    """For tests that go beside Locust's FastHttpUser, whose `client` it has for whatever else it asks."""


_CUT = Failure(ErrorKind.CANCELLED, "cut off: the run was stopped before the answer was whole")


def _asked_of(user: SpeechUser, wait_time: Any) -> Callable[[], Any]:
    """What the class of `user` has as its `wait_time`, to be called: a method, what can be called, or a number."""
    bound = wait_time.__get__(user) if hasattr(wait_time, "__get__") else wait_time
    return bound if callable(bound) else lambda: bound
