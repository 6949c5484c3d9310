"""Who may take part, and who is told why not."""

from __future__ import annotations

import logging

import pytest

import stt_load
from stt_load.cluster import fleet as fleets
from stt_load.cluster import protocol
from stt_load.cluster.fleet import Fleet, Needs
from stt_load.transport.exchange import clock
from tests.cluster.conversation import Wire


class Master:
    def __init__(self, *variables: str) -> None:
        self.wire = Wire()
        self.left: list[int] = []
        self.fleet = Fleet(self.wire, Needs(variables), self.left.append)

    def hello(self, worker: str, version: str = stt_load.__version__, boot_id: str | None = None) -> None:
        self.wire.there.add(worker)
        self.fleet.on_hello(worker, {"version": version, "name": f"{worker}:1", "boot_id": boot_id})

    def fit(self, worker: str, trouble: str | None = None, ahead_s: float = 100) -> None:
        sent_s = clock() - 0.01
        self.fleet.on_fit(worker, {"trouble": trouble, "sent_s": sent_s, "clock_s": clock() + ahead_s})

    def said(self, worker: str) -> list[str]:
        return [kind for kind, _ in self.wire.down.get(worker, ())]


@pytest.fixture
def master() -> Master:
    one = Master("THE_KEY")
    one.fleet.watchman.kill()
    return one


def test_a_worker_is_welcome_told_what_is_needed_and_taken_in(master: Master) -> None:
    master.hello("a")
    ((kind, welcome),) = master.wire.down["a"]
    assert (kind, welcome["variables"]) == (protocol.WELCOME, ("THE_KEY",))
    assert master.fleet.member("a") is None, "not before it has answered"
    master.fit("a")
    member = master.fleet.member("a")
    assert member is not None
    assert member.clock.offset_s == pytest.approx(100, abs=0.1)


def test_a_worker_that_was_not_heard_says_hello_again(master: Master) -> None:
    master.hello("a")
    master.hello("a")
    assert master.said("a") == [protocol.WELCOME] * 2
    master.fit("a")
    master.fit("a")
    assert len(list(master.fleet.fit)) == 1


def test_workers_on_this_machine_share_its_clock(master: Master) -> None:
    if protocol.boot_id() is None:
        pytest.skip("this system has no boot id")
    for worker, ahead_s in (("a", 0.0), ("container with a clock of its own", 100.0)):
        master.hello(worker, boot_id=protocol.boot_id())
        master.fit(worker, ahead_s=ahead_s)
        member = master.fleet.member(worker)
        assert member is not None
        assert member.clock.offset_s == pytest.approx(ahead_s, abs=0.0 if ahead_s == 0 else 0.1)


def test_another_version_is_refused_once(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.hello("b")
    with caplog.at_level(logging.WARNING):
        master.hello("a", version="0.0.7")
        master.hello("a", version="0.0.7")
    assert master.said("a") == [protocol.REFUSED]
    assert master.wire.dismissed == ["a"]
    assert master.left == [1]
    (line,) = caplog.messages
    assert "0.0.7" in line
    assert "a:1" in line


def test_a_worker_without_the_key_is_refused(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.hello("a")
    master.fit("a", trouble="it lacks THE_KEY")
    assert master.wire.dismissed == ["a"]
    assert master.left == [0]
    assert "THE_KEY" in caplog.text
    assert list(master.fleet.fit) == []


def test_a_locust_worker_that_knows_nothing_of_this_is_refused(
    master: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleets, "SILENCE_S", 5.0)
    master.wire.there.add("foreign")
    master.hello("a")
    for now_s in (100.0, 104.0, 106.0, 110.0):
        master.fleet._look_for_the_silent(now_s)
    assert master.wire.dismissed == ["foreign"]


def test_what_a_stranger_says_is_not_listened_to(master: Master) -> None:
    assert master.fleet.member("nobody") is None
    master.fit("nobody")
    assert list(master.fleet.fit) == []
