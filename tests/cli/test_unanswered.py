"""What somebody is told whose request had no whole answer."""

from __future__ import annotations

import pytest

from stt_load.samples.sample import ErrorKind
from tests.cli.trying import told


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            ErrorKind.DNS,
            "api.base_url (-H): is it right, and does this machine know it (`getent hosts stt.example`)?",
        ),
        (ErrorKind.CONNECT, "is the service running, and is this its port?"),
        (ErrorKind.TIMEOUT_CONNECT, "api.timeout.connect is 5 s"),
        (ErrorKind.TLS, "`api: {ca_bundle: FILE.pem}`"),
        (ErrorKind.TRUNCATED, "its log says why"),
        (ErrorKind.BAD_HTTP, "something else than HTTP/1.1"),
        (ErrorKind.TIMEOUT_FIRST_BYTE, "first_byte 300"),
        (ErrorKind.TIMEOUT_READ, "read 60"),
        (ErrorKind.TIMEOUT_TOTAL, "`--audio-duration 1`"),
    ],
)
def test_each_failure_says_what_to_look_at(kind: ErrorKind, said: str) -> None:
    assert said in told(kind)


def test_with_a_proxy_it_is_the_proxy_that_is_not_there() -> None:
    proxy = "http://user:pw@proxy.example:3128"
    assert "api.proxy" in told(ErrorKind.CONNECT, proxy=proxy)
    found = told(ErrorKind.DNS, proxy=proxy)
    assert "that of api.proxy" in found
    assert "`getent hosts proxy.example`" in found
    assert "pw" not in found


def test_the_other_kind_of_port() -> None:
    no_tls = "port 8000 does not speak TLS: is it plain HTTP, with http:// for its URL?"
    assert "try `-H http://stt.example:8000`" in told(ErrorKind.TLS, no_tls, url="https://stt.example:8000/v1")
    plain = "the new connection was closed before an answer, as a port does that speaks TLS: is it https?"
    assert told(ErrorKind.TRUNCATED, plain) == "try `-H https://stt.example:8000`"
