"""One request after the other over one connection, in this process."""

from __future__ import annotations

import pytest

from stt_load.sample import ErrorKind
from stt_load.transport import Exchange, Target, Timeouts, TransportError
from stt_load.transport.http import HttpTransport
from stt_load.wire.request import Body
from tests.transport.misbehaving import Misbehaving

BODY = Body((b"RIFF",), 4)


@pytest.mark.parametrize("path", ["interim-only", "no-status"])
def test_an_answer_that_never_comes_to_more_than_an_interim_one_costs_no_other_request(
    server: Misbehaving, path: str
) -> None:
    timeouts = Timeouts(1, 0.3, 0.3, 5)
    transport = HttpTransport(Target(server.url(path), {}, timeouts, 1_000))
    for _ in range(2):
        with pytest.raises(TransportError) as caught:
            transport.post(BODY, Exchange())
        assert caught.value.kind in (ErrorKind.TRUNCATED, ErrorKind.BAD_HTTP)
    transport.target = Target(server.url("ok"), {}, timeouts, 1_000)
    assert transport.post(BODY, Exchange()).status == 200
    transport.close()
