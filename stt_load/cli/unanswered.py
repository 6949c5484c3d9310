"""What somebody can do whose first request has had no whole answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from stt_load.cli.tried import Advise, Tried, other_scheme
from stt_load.samples.sample import ErrorKind


def _unknown_name(tried: Tried) -> Iterator[str]:
    host = urlsplit(tried.api.proxy or tried.url).hostname or "it"
    key = "api.proxy" if tried.api.proxy else "api.base_url (-H)"
    yield f"the name is that of {key}: is it right, and does this machine know it (`getent hosts {host}`)?"
    if tried.api.proxy is None:
        yield "where names are known to a proxy only, set api.proxy: http://HOST:PORT"


def _not_connected(tried: Tried) -> Iterator[str]:
    if tried.api.proxy is not None:
        yield "the connection is to the proxy (api.proxy): is its address right, and may it reach the service?"
        return
    yield "is the service running, and is this its port? The address is that of api.base_url (-H)"
    yield "in a container, the service must listen on 0.0.0.0, and 127.0.0.1 is the container itself"


def _too_far(tried: Tried) -> Iterator[str]:
    yield "nobody says no, nobody says yes: the address (api.base_url, -H) may be wrong, or a firewall drops packets"
    yield f"if it is only far away: api.timeout.connect is {tried.api.timeout.connect:g} s"


def _no_tls(tried: Tried) -> Iterator[str]:
    if "does not speak TLS" in tried.failure.message:
        yield f"try `-H {other_scheme(tried.url)}`"
        return
    yield "for a certificate of your own authority: `api: {ca_bundle: FILE.pem}` with the authority's certificate"
    yield "to try it without any proof of who answers: `api: {verify: false}`"


def _cut_off(tried: Tried) -> Iterator[str]:
    if "is it https?" in tried.failure.message:
        yield f"try `-H {other_scheme(tried.url)}`"
    else:
        yield "the service, or a proxy before it, closed the connection: its log says why (a crash, a limit of time?)"


def _no_http(_: Tried) -> Iterator[str]:
    yield "something else than HTTP/1.1 is spoken at this port (gRPC, a WebSocket, a database?): is it the right one?"


def _too_slow(tried: Tried) -> Iterator[str]:
    limits = tried.api.timeout
    yield (
        f"a model may be loading: try again, or wait longer (api.timeout: first_byte {limits.first_byte:g}, read "
        f"{limits.read:g}, total {limits.total:g}, in seconds)"
    )
    yield "a shorter clip tells whether it works at all: `--audio-duration 1`"


BY_KIND: Mapping[ErrorKind, Advise] = {
    ErrorKind.DNS: _unknown_name,
    ErrorKind.CONNECT: _not_connected,
    ErrorKind.TIMEOUT_CONNECT: _too_far,
    ErrorKind.TLS: _no_tls,
    ErrorKind.TRUNCATED: _cut_off,
    ErrorKind.BAD_HTTP: _no_http,
    ErrorKind.TIMEOUT_FIRST_BYTE: _too_slow,
    ErrorKind.TIMEOUT_READ: _too_slow,
    ErrorKind.TIMEOUT_TOTAL: _too_slow,
}
