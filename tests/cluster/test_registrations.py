"""Whom Locust gets to hear: nobody that has not introduced himself."""

from __future__ import annotations

import pytest

from stt_load.cluster import messages, protocol
from stt_load.cluster.registrations import ALIVE_S, Registrations


def registered(*workers: str) -> Registrations:
    one = Registrations()
    for worker in workers:
        assert not one.passes(worker, "client_ready", "2.47.0", 0.0)
    return one


@pytest.mark.parametrize("kind", sorted(messages.LOCUSTS.keys() - {"locustfile"}))
def test_of_who_is_not_accepted_locust_hears_nothing_of_its_own(kind: str) -> None:
    assert not registered("a").passes("a", kind, {}, 0.0)


@pytest.mark.parametrize("kind", ["locustfile", protocol.HELLO, "somebody's own"])
def test_what_is_said_before_is_heard(kind: str) -> None:
    assert registered("a").passes("a", kind, {}, 0.0)


def test_who_introduces_himself_registers_then_and_is_heard_from_then_on() -> None:
    one = registered("a", "b")
    assert one.accept("a") == "2.47.0"
    assert one.accept("a") is None, "once"
    assert one.passes("a", "heartbeat", {}, 0.0)
    assert one.passes("a", "client_ready", "2.47.0", 0.0), "again, after a run"
    assert one.pending == {"b"}


def test_who_goes_or_is_refused_has_to_introduce_himself_again() -> None:
    one = registered("a")
    one.accept("a")
    one.forget("a")
    assert not one.passes("a", "client_ready", "2.47.0", 0.0)
    assert one.pending == {"a"}
    for kind in ("quit", "client_stopped"):
        assert not one.passes("a", kind, None, 0.0)
        assert one.pending == set()


def test_who_sends_heartbeats_is_alive() -> None:
    one = registered("a", "b")
    one.passes("a", "heartbeat", {}, 10.0)
    assert one.is_alive("a", 10.0 + 0.9 * ALIVE_S)
    assert not one.is_alive("a", 10.0 + ALIVE_S)
    assert not one.is_alive("b", 10.0)
    assert not one.is_alive("nobody", 10.0)
