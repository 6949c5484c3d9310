"""Whose page a request comes from, by the headers that browsers send."""

from __future__ import annotations

import pytest

from stt_load.locust_plugin.same_origin import foreign, misled

HOSTS = ["load.test:8089", ""]


@pytest.mark.parametrize("site", ["same-origin", "none", "Same-Origin", None])
@pytest.mark.parametrize("origin", ["http://load.test:8089", "http://LOAD.test:8089", "https://load.test:8089", None])
def test_the_pages_own_requests_and_those_of_programs_are_obeyed(site: str | None, origin: str | None) -> None:
    assert foreign(site, origin, HOSTS) is None


@pytest.mark.parametrize("site", ["cross-site", "same-site", "CROSS-SITE", "", "something-new"])
@pytest.mark.parametrize("origin", ["http://load.test:8089", None])
def test_what_the_browser_itself_calls_another_site_is_foreign(site: str, origin: str | None) -> None:
    said = foreign(site, origin, HOSTS)
    assert said is not None
    assert "Sec-Fetch-Site" in said


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test",
        "http://evil.test:8089",
        "http://load.test",
        "http://load.test:8090",
        "http://load.test:8089.evil.test",
        "http://load.test:8089@evil.test",
        "http://evil.test/load.test:8089",
        "http://load.test.evil.test:8089",
        "http://evilload.test:8089",
        "http://load.test:8089, http://evil.test",
        "chrome-extension://load.test:8089",
        "file://",
        "null",
        "",
        "http://",
        "://load.test:8089",
    ],
)
def test_another_origin_is_foreign(origin: str) -> None:
    assert foreign(None, origin, HOSTS) is not None
    assert foreign("same-origin", origin, HOSTS) is not None, "no browser says this"


@pytest.mark.parametrize(
    ("origin", "hosts"),
    [
        ("https://load.test", ["load.test"]),
        ("https://load.test", ["load.test:443"]),
        ("http://load.test", ["load.test:80"]),
        ("https://load.test", ["127.0.0.1:8089", "load.test"]),
        ("https://load.test", ["127.0.0.1:8089", "other.test", " load.test"]),
        ("http://[::1]:8089", ["[::1]:8089"]),
    ],
)
def test_behind_a_proxy_the_page_is_known_by_the_name_that_it_passes_on(origin: str, hosts: list[str]) -> None:
    assert foreign(None, origin, hosts) is None


@pytest.mark.parametrize(
    ("origin", "hosts"),
    [
        ("http://load.test:443", ["load.test"]),
        ("https://load.test:80", ["load.test"]),
        ("http://load.test:3000", ["load.test"]),
        ("https://load.test", ["127.0.0.1:8089", ""]),
    ],
)
def test_another_port_of_the_same_name_is_another_origin(origin: str, hosts: list[str]) -> None:
    assert foreign(None, origin, hosts) is not None


@pytest.mark.parametrize("host", ["localhost:8089", "127.0.0.1:8089", "[::1]:8089", "my.localhost", "10.0.0.7", None])
def test_a_page_on_loopback_is_called_by_an_address_or_by_localhost(host: str | None) -> None:
    assert misled(host, "127.0.0.1", None) is None


@pytest.mark.parametrize(
    "host", ["evil.test:8089", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "", "[x"]
)
def test_another_name_that_leads_to_loopback_is_somebody_elses(host: str) -> None:
    for listens_at in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        said = misled(host, listens_at, None)
        assert said is not None
        assert "--web-host" in said


def test_a_name_that_is_told_is_known() -> None:
    assert misled("load.test", "127.0.0.1", "https://load.test/locust") is None
    assert misled("evil.test", "127.0.0.1", "https://load.test/locust") is not None


@pytest.mark.parametrize("listens_at", ["", "0.0.0.0", "10.0.0.7", "::", "load.test"])
def test_a_page_that_listens_elsewhere_is_reached_by_any_name(listens_at: str) -> None:
    assert misled("load.test", listens_at, None) is None
