"""Whom Locust gets to hear: nobody that has not introduced himself."""

from __future__ import annotations

import pytest

from stt_load.cluster import decoding, protocol
from stt_load.cluster.admission import ALIVE_S, Admission


def registered(*workers: str) -> Admission:
    one = Admission()
    for worker in workers:
        assert not one.hears(worker, "client_ready", "2.47.0", 0.0)
    return one


@pytest.mark.parametrize("kind", sorted(decoding.LOCUSTS.keys() - {"locustfile"}))
def test_of_who_is_not_admitted_locust_hears_nothing_of_its_own(kind: str) -> None:
    assert not registered("a").hears("a", kind, {}, 0.0)


@pytest.mark.parametrize("kind", ["locustfile", protocol.HELLO, "somebody's own"])
def test_what_is_said_before_is_heard(kind: str) -> None:
    assert registered("a").hears("a", kind, {}, 0.0)


def test_who_introduces_himself_registers_then_and_is_heard_from_then_on() -> None:
    one = registered("a", "b")
    assert one.admit("a") == "2.47.0"
    assert one.admit("a") is None, "once"
    assert one.hears("a", "heartbeat", {}, 0.0)
    assert one.hears("a", "client_ready", "2.47.0", 0.0), "again, after a run"
    assert one.held == {"b"}


def test_who_goes_or_is_refused_has_to_introduce_himself_again() -> None:
    one = registered("a")
    one.admit("a")
    one.forget("a")
    assert not one.hears("a", "client_ready", "2.47.0", 0.0)
    assert one.held == {"a"}
    for kind in ("quit", "client_stopped"):
        assert not one.hears("a", kind, None, 0.0)
        assert one.held == set()


def test_who_sends_heartbeats_speaks() -> None:
    one = registered("a", "b")
    one.hears("a", "heartbeat", {}, 10.0)
    assert one.speaks("a", 10.0 + 0.9 * ALIVE_S)
    assert not one.speaks("a", 10.0 + ALIVE_S)
    assert not one.speaks("b", 10.0)
    assert not one.speaks("nobody", 10.0)
