"""Where requests go, with what, and how long to wait."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from stt_load.api.request import encoded_path


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds. connect: TCP and TLS. first_byte: silence between the request's last byte and the answer's
    headers. read: silence inside the answer. total: from the send to the last byte."""

    connect_s: float
    first_byte_s: float
    read_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to post: an absolute http or https URL, the headers of every request, the limits, and for https
    whom to believe (see `stt_load.client.tls`).

    requests_per_connection: after so many a connection is closed, None: never. request_id_header: name of the header
    that carries a request's id, None for none. captured: names of the answer's headers that are worth keeping, in
    lower case. proxy: URL of the HTTP proxy to go through; the environment's are not asked for. path: with its query,
    as it goes into the request line. peer: host and port of what a connection leads to, the target or the proxy.

    `user:password@` in a URL becomes a Basic Authorization header and leaves the URL.
    """

    url: str
    headers: Mapping[str, str]
    timeouts: Timeouts
    max_answer_bytes: int
    verify: bool = True
    ca_bundle: str | None = None
    requests_per_connection: int | None = None
    request_id_header: str | None = None
    captured: tuple[str, ...] = ()
    proxy: str | None = None
    scheme: str = field(init=False)
    host: str = field(init=False)
    port: int = field(init=False)
    path: str = field(init=False)
    authority: str = field(init=False)
    peer: tuple[str, int] = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        headers = dict(self.headers)
        if credentials := basic(parts):
            headers.setdefault("Authorization", credentials)
        path = parts.path or "/"
        host, port = _address(parts)
        values = {
            "headers": headers,
            "scheme": parts.scheme,
            "host": host,
            "port": port,
            "peer": (host, port) if self.proxy is None else _address(urlsplit(self.proxy)),
            "path": encoded_path(f"{path}?{parts.query}" if parts.query else path),
            "authority": _authority(parts),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)


def basic(url: SplitResult) -> str | None:
    """The Basic credentials (RFC 7617) in a URL; None where there are none."""
    if url.username is None:
        return None
    secret = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return "Basic " + base64.b64encode(secret.encode()).decode()


def proxy_headers(proxy: str) -> dict[str, str]:
    """What a proxy is told beside the request: the credentials in its URL, if there are any."""
    credentials = basic(urlsplit(proxy))
    return {} if credentials is None else {"Proxy-Authorization": credentials}


def _address(url: SplitResult) -> tuple[str, int]:
    return _ascii(url.hostname or ""), url.port or (443 if url.scheme == "https" else 80)


def _authority(url: SplitResult) -> str:
    """Host and port as they stand in the URL, for a Host header."""
    place = url.netloc.rpartition("@")[2]
    if place.isascii():
        return place
    return _ascii(url.hostname or "") + ("" if url.port is None else f":{url.port}")


def _ascii(host: str) -> str:
    """A name in the letters of the wire (RFC 5891); one that has none is left to the resolver to refuse."""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
