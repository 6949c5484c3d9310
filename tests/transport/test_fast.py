"""What only the transport over geventhttpclient can get wrong."""

from __future__ import annotations

import select
from types import SimpleNamespace

import gevent
import pytest
from geventhttpclient import connectionpool

from stt_load.sample import ErrorKind
from stt_load.transport import Exchange, Target, Timeouts, TransportError
from stt_load.transport.fast import FastTransport
from stt_load.wire.request import Body
from tests.transport.misbehaving import Misbehaving

BODY = Body((b"RIFF",), 4)


def test_a_time_limit_that_ends_while_a_kept_connection_is_looked_at_costs_no_other_request(
    server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = FastTransport(Target(server.url("ok"), {}, Timeouts(1, 1, 1, 0.3), 1_000))
    assert transport.post(BODY, Exchange()).status == 200

    with monkeypatch.context() as patch:
        patch.setattr(connectionpool, "select", SimpleNamespace(select=lambda *_: gevent.sleep(60)))
        with pytest.raises(TransportError) as caught:
            transport.post(BODY, Exchange())
    assert caught.value.kind is ErrorKind.TIMEOUT_TOTAL

    assert connectionpool.select is select
    assert transport.post(BODY, Exchange()).status == 200, "on a new connection"
    transport.close()


@pytest.mark.parametrize("path", ["interim-only", "no-status"])
def test_an_answer_that_never_comes_to_more_than_an_interim_one_costs_no_other_request(
    server: Misbehaving, path: str
) -> None:
    timeouts = Timeouts(1, 0.3, 0.3, 5)
    transport = FastTransport(Target(server.url(path), {}, timeouts, 1_000))
    for _ in range(2):
        with pytest.raises(TransportError) as caught:
            transport.post(BODY, Exchange())
        assert caught.value.kind in (ErrorKind.TRUNCATED, ErrorKind.TIMEOUT_FIRST_BYTE)
    transport.target = Target(server.url("ok"), {}, timeouts, 1_000)
    assert transport.post(BODY, Exchange()).status == 200
    transport.close()
