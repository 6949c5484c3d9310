"""Where users get their jobs and hand in what became of them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from gevent.event import Event

from stt_load.load.budget import Job, Phases
from stt_load.run.barrier import Session
from stt_load.samples.sample import Sample


class Desk(Protocol):
    """What a user needs of a run. Instants of its samples count from `origin_s` on this process's clock."""

    @property
    def origin_s(self) -> float: ...

    def starting(self, users: int) -> None:
        """So many users are in their `on_start`, and will ask for jobs."""

    def take(self, user: Hashable) -> Job:
        """The next job of `user`. Blocks until there is one; when the run is over, until the caller is killed."""

    def finish(self, job: Job, sample: Sample, text: str | None) -> None:
        """What became of a job; `text` is the transcript when there is one."""

    def leave(self, user: Hashable) -> None:
        """A user is gone, and asks for nothing any more."""


class Bell:
    """Wakes all who wait, each to look for itself; who comes later waits for the next time."""

    def __init__(self) -> None:
        self._event = Event()

    def wait(self) -> None:
        self._event.wait()

    def ring(self) -> None:
        event, self._event = self._event, Event()
        event.set()


class LocalDesk:
    """The desk of a run whose users are all in this process."""

    def __init__(self, phases: Phases, session: Session, bell: Bell) -> None:
        self._phases = phases
        self._session = session
        self._bell = bell

    @property
    def origin_s(self) -> float:
        return self._session.origin_s

    def starting(self, users: int) -> None:
        self._phases.starting = users

    def take(self, user: Hashable) -> Job:
        self._session.released.wait()
        self._phases.join(user)
        self._session.check_barrier()
        while (job := self._phases.take(user)) is None:
            self._bell.wait()
        return job

    def finish(self, job: Job, sample: Sample, text: str | None) -> None:
        self._session.finish(job, sample, text)

    def leave(self, user: Hashable) -> None:
        """What was kept for `user` goes to the others."""
        self._phases.leave(user)
        self._bell.ring()
