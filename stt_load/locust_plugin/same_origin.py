"""Whose page has sent a request to the web UI: its own, none at all, or a stranger's in the same browser.

A browser says so itself, in headers that no page can forge: `Sec-Fetch-Site` (W3C Fetch Metadata) and `Origin`
(RFC 6454; WHATWG Fetch has it in every POST). Programs such as curl send neither, and may ask for anything: what they
can do, they could do without a browser, too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

OWN_SITES = ("same-origin", "none")
"""`none`: a person has typed the address. `same-site` is another port or another name of the same owner."""

SHOWN = 100
"""Characters of a header that a message repeats."""

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def foreign(site: str | None, origin: str | None, hosts: Sequence[str]) -> str | None:
    """Why a request may change nothing; None if it may.

    site: its Sec-Fetch-Site. origin: its Origin. hosts: what the browser may know this page as, which is what Host
    says, or X-Forwarded-Host behind a proxy: a page of another origin can't send that one without a CORS preflight,
    which nothing here allows.
    """
    if site is not None and site.lower() not in OWN_SITES:
        return f"it comes from another page (Sec-Fetch-Site: {site[:SHOWN]})"
    if origin is None:
        return None
    scheme, _, place = origin.lower().partition("://")
    if scheme in _DEFAULT_PORTS and place and _portless(place, scheme) in {_portless(host, scheme) for host in hosts}:
        return None
    return (
        f"it comes from another page (Origin: {origin[:SHOWN]}, Host: {hosts[0][:SHOWN]}); a proxy in between has to "
        "pass on the Host that the browser sent, or name it in X-Forwarded-Host"
    )


def misled(host: str | None, listens_at: str, known: str | None) -> str | None:
    """Why a request for `host` (its Host header) reaches a page on loopback by a name that is not its own; else None.

    So does every request of a page whose owner has pointed its name at 127.0.0.1 (DNS rebinding): the browser takes
    both for one origin. listens_at: the page's address. known: URL of the page as its users know it, if there is one.
    Only a page on loopback knows how it can be called; one that listens elsewhere is reached by any name.
    """
    if host is None or not _is_loopback(listens_at):
        return None
    name = _name(f"//{host}")
    if _is_loopback(name) or _is_address(name) or (name and name in (listens_at.lower(), _name(known or ""))):
        return None
    return (
        f"it is for {host[:SHOWN]}, and this page is on {listens_at} only; behind a proxy, tell its address with "
        "--web-host-display-name http://..., or let it listen elsewhere with --web-host"
    )


def _portless(place: str, scheme: str) -> str:
    """`host[:port]`, without a port that goes without saying."""
    return place.strip().lower().removesuffix(_DEFAULT_PORTS[scheme])


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 keeps these there
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _is_address(host: str) -> bool:
    """Whether it is no name that somebody could point elsewhere."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
