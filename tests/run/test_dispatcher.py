"""Where the users of one process get their jobs."""

from __future__ import annotations

import gevent

from stt_load.load.budget import Job
from stt_load.run.dispatcher import Bell, LocalDesk
from stt_load.samples.sample import Phase
from tests.making import Told, sample_of


def desk_of(told: Told, bell: Bell | None = None) -> LocalDesk:
    return LocalDesk(told.phases, told.session, bell or Bell())


def settled() -> None:
    """Everybody who can go on has."""
    gevent.idle()


def test_nobody_gets_a_job_before_the_service_is_there() -> None:
    told = Told(5)
    taking = gevent.spawn(desk_of(told).take, "one")
    settled()
    assert not taking.ready()
    told.session.release()
    settled()
    assert taking.value == Job(0, 0, Phase.MEASURED)


def test_who_has_to_wait_gets_a_job_when_there_is_one() -> None:
    bell = Bell()
    told = Told(5, 1, on_news=bell.ring)
    told.session.release()
    desk = desk_of(told, bell)
    first = desk.take("one")
    waiting = gevent.spawn(desk.take, "two")
    settled()
    assert not waiting.ready(), "the warm-up has not ended"
    desk.finish(first, sample_of(first), "hello")
    settled()
    assert waiting.value == Job(1, 0, Phase.MEASURED)


def test_what_was_kept_for_a_user_that_leaves_goes_to_the_others() -> None:
    told = Told(3, 1, awaited=2)
    told.session.release()
    desk = desk_of(told)
    told.phases.join("other")
    waiting = gevent.spawn(desk.take, "one")
    settled()
    job = waiting.value
    assert job is not None
    more = gevent.spawn(desk.take, "one")
    settled()
    assert not more.ready()
    desk.leave("other")
    desk.finish(job, sample_of(job), None)
    desk.leave("nobody")
    settled()
    assert more.value == Job(1, 0, Phase.MEASURED)
    assert told.phases.present == 1


def test_a_user_that_is_killed_while_it_waits_has_taken_nothing() -> None:
    told = Told(1)
    told.session.release()
    desk = desk_of(told)
    job = desk.take("one")
    waiting = gevent.spawn(desk.take, "two")
    settled()
    waiting.kill()
    assert told.phases.handed_out == 1
    desk.finish(job, sample_of(job), None)
    assert told.calls.count("over") == 1


def test_the_bell_wakes_those_who_wait_and_nobody_who_comes_later() -> None:
    bell = Bell()
    woken: list[str] = []

    def wait(name: str) -> None:
        bell.wait()
        woken.append(name)

    one, two = gevent.spawn(wait, "one"), gevent.spawn(wait, "two")
    settled()
    bell.ring()
    late = gevent.spawn(wait, "late")
    gevent.joinall([one, two])
    settled()
    assert woken == ["one", "two"]
    assert not late.ready()
    late.kill()
