"""Who may take part, and who is told why not."""

from __future__ import annotations

import logging
from typing import Any

import gevent
import pytest

import stt_load
from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster import registry as registries
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.member import Member
from stt_load.cluster.registry import Needs, WorkerRegistry
from tests.cluster.conversation import Wire


class Master:
    def __init__(self, *variables: str) -> None:
        self.wire = Wire()
        self.left: list[int] = []
        self.failed: list[str] = []
        self.registry = WorkerRegistry(
            self.wire, Needs(variables), self.left.append, lambda what, error: self.failed.append(f"{what}: {error}")
        )

    def hello(
        self, worker: str, version: str = stt_load.__version__, boot_id: str | None = None, *, ready: bool = True
    ) -> None:
        self.wire.there.add(worker)
        words = {"version": version, "name": f"{worker}:1", "boot_id": boot_id, "ready": ready}
        self.registry.on_hello(worker, words)

    def fit(self, worker: str, trouble: str | None = None, ahead_s: float = 100) -> None:
        sent_s = clock() - 0.01
        self.registry.on_fit(worker, {"trouble": trouble, "sent_s": sent_s, "clock_s": clock() + ahead_s})

    def said(self, worker: str) -> list[str]:
        return [kind for kind, _ in self.wire.down.get(worker, ())]

    def wait(self, seconds: int, *starting: str) -> None:
        """starting: workers that say hello all the time, as they do until they are taken in."""
        for _ in range(seconds):
            for worker in starting:
                self.hello(worker, ready=False)
            self.registry._looked_s -= 1.0
            self.registry.look(clock())


@pytest.fixture
def master() -> Master:
    one = Master("THE_KEY")
    one.registry.greenlet.kill()
    return one


def test_a_worker_is_welcome_told_what_is_needed_and_taken_in(master: Master) -> None:
    master.hello("a")
    ((kind, welcome),) = master.wire.down["a"]
    assert (kind, welcome["variables"]) == (protocol.WELCOME, ("THE_KEY",))
    assert master.registry.member("a") is None, "not before it has answered"
    master.fit("a")
    member = master.registry.member("a")
    assert member is not None
    assert member.clock.offset_s == pytest.approx(100, abs=0.1)


def test_strangers_are_those_that_are_there_and_not_known_to_be_fit(master: Master) -> None:
    assert master.registry.unconfirmed == 0
    master.wire.there |= {"a", "b"}
    assert master.registry.unconfirmed == 2
    master.hello("a")
    assert master.registry.unconfirmed == 2
    master.fit("a")
    assert master.registry.unconfirmed == 1
    master.hello("b", version="0.0.7")
    assert master.registry.unconfirmed == 0, "one that is refused is waited for by nobody"


def test_a_worker_that_was_not_heard_says_hello_again(master: Master) -> None:
    master.hello("a")
    master.hello("a")
    assert master.said("a") == [protocol.WELCOME] * 2
    master.fit("a")
    master.fit("a")
    assert len(list(master.registry.fit)) == 1


def test_workers_on_this_machine_share_its_clock(master: Master) -> None:
    if protocol.boot_id() is None:
        pytest.skip("this system has no boot id")
    for worker, ahead_s in (("a", 0.0), ("container with a clock of its own", 100.0)):
        master.hello(worker, boot_id=protocol.boot_id())
        master.fit(worker, ahead_s=ahead_s)
        member = master.registry.member(worker)
        assert member is not None
        assert member.clock.offset_s == pytest.approx(ahead_s, abs=0.0 if ahead_s == 0 else 0.1)


def test_another_version_is_refused_once_and_told_so_until_it_goes(
    master: Master, caplog: pytest.LogCaptureFixture
) -> None:
    master.hello("b")
    with caplog.at_level(logging.WARNING):
        master.hello("a", version="0.0.7", ready=False)
        master.hello("a", version="0.0.7")
        assert master.said("a") == [protocol.REFUSED], "it is not answered as often as it likes"
        master.registry._refusal_sent_s["a"] -= registries.REFUSE_AGAIN_S
        master.hello("a", version="0.0.7")
    assert master.said("a") == [protocol.REFUSED] * 2
    assert master.wire.dismissed == ["a"] * 2
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
    assert list(master.registry.fit) == []


def test_a_locust_worker_that_knows_nothing_of_this_is_refused(
    master: Master, caplog: pytest.LogCaptureFixture
) -> None:
    master.wire.there.add("foreign")
    master.hello("a")
    master.wait(9, "a")
    assert master.wire.dismissed == []
    master.wait(3, "a")
    assert master.wire.dismissed == ["foreign"]
    assert "without stt-load, or with an older version" in caplog.text


def test_a_worker_that_is_slow_to_start_is_waited_for_and_taken_in(
    master: Master, caplog: pytest.LogCaptureFixture
) -> None:
    master.hello("a")
    master.hello("cold", ready=False)
    assert master.said("cold") == [], "it has nobody yet to answer a welcome"
    master.wait(60, "a", "cold")
    assert master.left == []
    assert caplog.text.count("cold (calls itself cold:1) is still starting") == 1
    master.hello("cold")
    master.fit("cold")
    assert {member.id for member in master.registry.fit} == {"cold"}
    assert master.wire.dismissed == []


def test_a_start_that_never_ends_holds_nobody_up_for_ever(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.hello("a")
    master.fit("a")
    master.hello("hangs", ready=False)
    master.wait(302, "hangs")
    assert master.wire.dismissed == ["hangs"]
    assert "not been ready 300 s after it connected" in caplog.text


def test_what_locust_does_not_hear_is_not_taken_for_silence(master: Master) -> None:
    """A process that stands still sends no heartbeats either; it says hello before its first one."""
    master.wire.there.add("cold")
    master.wait(5)
    master.wire.there.remove("cold")
    master.wait(60)
    master.wire.there.add("cold")
    master.wait(6)
    assert master.left == []


def test_while_this_process_is_stopped_nobody_is_silent(master: Master) -> None:
    master.wire.there.add("new")
    master.hello("starting", ready=False)
    master.registry._looked_s -= 1_000.0
    master.registry.look(clock())
    assert master.left == []


def test_a_worker_that_comes_to_lack_something_is_refused_then(master: Master) -> None:
    master.hello("a")
    master.fit("a")
    master.fit("a", trouble="it can't take part: TypeError: so it is")
    assert master.said("a")[-1] == protocol.REFUSED
    assert list(master.registry.fit) == []


def test_an_exception_while_it_keeps_in_touch_is_told_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries, "TICK_S", 0.001)
    monkeypatch.setattr(protocol, "BEAT_S", 0.001)
    master = Master()
    master.hello("a")
    master.fit("a")
    master.registry.listener = broken = Broken()
    with gevent.Timeout(60):
        while broken.asked < 2:
            gevent.sleep(0.001)
    master.registry.greenlet.kill()
    assert master.failed[0] == "keeping in touch with the workers: out of order"
    assert len(master.failed) >= 1
    assert protocol.BEAT in master.said("a"), "the next time it went well"


class Broken:
    """A contract that fails the first time it is asked for anything."""

    def __init__(self) -> None:
        self.asked = 0
        self.needed = True

    def add(self, member: Member) -> None: ...

    def needs(self, member: Member) -> bool:
        return member.fit and self.needed

    def on_refused(self, worker: str, *, had_users: bool) -> None: ...

    def beat(self, member: Member) -> dict[str, Any]:  # noqa: ARG002 - nobody is told anything
        return {}

    def on_tick(self, now_s: float) -> bool:  # noqa: ARG002 - whenever it is
        self.asked += 1
        if self.asked == 1:
            raise RuntimeError("out of order")
        return True


def test_a_worker_that_misbehaves_is_refused_once_and_stays_out(
    master: Master, caplog: pytest.LogCaptureFixture
) -> None:
    for worker in ("a", "b"):
        master.hello(worker)
        master.fit(worker)
    with caplog.at_level(logging.WARNING):
        master.registry.refuse("a", "it says what can't be")
        master.registry.refuse("a", "it says what can't be, again")
    assert caplog.messages == ["stt-load: worker a (calls itself a:1) is refused: it says what can't be"]
    assert master.said("a")[-1] == protocol.REFUSED
    assert (master.wire.dismissed, master.left) == (["a"], [1])
    master.hello("a")
    master.fit("a")
    assert [member.id for member in master.registry.fit] == ["b"]


def test_one_that_locust_knows_and_that_never_introduced_itself_can_be_refused_too(master: Master) -> None:
    master.wire.there.add("a")
    master.registry.refuse("a", "it says what can't be")
    assert (master.wire.dismissed, master.registry.unconfirmed) == (["a"], 0)
    assert master.left == [], "nobody has waited for it"


def test_who_answers_what_has_not_been_said_yet_misbehaves(master: Master) -> None:
    master.hello("a")
    with pytest.raises(InvalidMessage, match="not been sent yet"):
        master.registry.on_fit("a", {"trouble": None, "sent_s": clock() + 100, "clock_s": 0.0})
    assert master.registry.member("a") is None


def test_what_a_worker_lacks_is_told_in_one_line(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.hello("a")
    master.fit("a", trouble="it lacks\n\x1b[2J" + 2_000 * "x")
    (line,) = caplog.messages
    assert line.isprintable()
    assert len(line) < 400


def test_what_a_stranger_says_is_not_listened_to(master: Master) -> None:
    assert master.registry.member("nobody") is None
    master.fit("nobody")
    assert list(master.registry.fit) == []


def test_who_has_registered_and_is_mute_is_told_of_and_never_refused(
    master: Master, caplog: pytest.LogCaptureFixture
) -> None:
    """It has no users, and may still introduce itself: a process that stood still."""
    master.wire.held.add("mute")
    master.wait(60)
    assert (master.wire.dismissed, master.left) == ([], [])
    assert caplog.text.count("mute has registered as a worker and says nothing more") == 1
    master.hello("mute")
    master.fit("mute")
    assert "mute" not in master.wire.held
    assert [member.id for member in master.registry.fit] == ["mute"]


def test_a_locust_worker_before_the_first_of_ours_leaves_others_to_be_waited_for(master: Master) -> None:
    master.wire.held.add("foreign")
    master.wire.speaking.add("foreign")
    assert master.registry.unconfirmed == 0, "it has no users, and nobody waits for it"
    master.wait(12)
    assert master.wire.dismissed == ["foreign"]
    assert master.left == [1]


def test_who_is_not_welcome_is_not_accepted(master: Master) -> None:
    accepted: list[str] = []
    master.wire.accept = accepted.append  # type: ignore[method-assign]
    master.hello("old", version="0.0.7")
    assert accepted == []
    master.hello("a")
    assert accepted == [], "before a run: when it can take part"
    master.fit("a")
    assert accepted == ["a"]
    master.registry.listener = Broken()
    master.hello("late", ready=False)
    assert accepted == ["a", "late"], "a run waits for it"
    master.registry.refuse("a", "it says what can't be")
    master.hello("a")
    assert accepted == ["a", "late"]


def test_who_says_hello_and_no_more_before_a_run_ends_nothing(master: Master) -> None:
    words = {"version": stt_load.__version__, "name": "host:1", "boot_id": None, "ready": False}
    for worker in ("dead", "beating"):
        master.wire.held.add(worker)
        master.registry.on_hello(worker, words)
    master.wire.speaking.add("beating")
    master.wait(400)
    assert (master.wire.dismissed, master.left) == (["beating"], [1])


@pytest.mark.parametrize("needed", [True, False])
def test_a_worker_that_answers_nothing_is_refused_where_somebody_waits_for_it(master: Master, needed: bool) -> None:
    master.hello("a")
    master.fit("a")
    contract = Broken()
    contract.asked, contract.needed = 2, needed
    master.registry.listener = contract
    master.wait(8)
    assert master.wire.dismissed == []
    master.wait(2)
    assert master.wire.dismissed == (["a"] if needed else [])


def test_a_worker_that_stands_still_and_comes_back_is_not_mute(master: Master) -> None:
    """Locust gives it up meanwhile: it counts only how long it was heard and said nothing."""
    master.hello("a")
    master.fit("a")
    master.registry.listener = contract = Broken()
    contract.asked = 2
    for _ in range(5):
        master.wait(5)
        master.wire.there.discard("a")
        master.wait(60)
        master.wire.there.add("a")
    assert master.wire.dismissed == []


def test_who_takes_another_ones_name_is_told_by_its_own_identity(
    master: Master, caplog: pytest.LogCaptureFixture
) -> None:
    words = {"version": "0.0.7", "name": "honest:1", "boot_id": None, "ready": True}
    master.registry.on_hello("rogue_1234", words)
    assert "worker rogue_1234 (calls itself honest:1) is refused" in caplog.text
