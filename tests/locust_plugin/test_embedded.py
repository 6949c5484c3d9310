"""The embedded server of a Locust process: one for all runs, started when it is wanted. No server is started here."""

from __future__ import annotations

from typing import cast

import pytest

from stt_load.config import Config
from stt_load.locust_plugin import embedded as embeddeds
from stt_load.locust_plugin.embedded import Embedded
from stt_load.server.process import StartError

OURS = Config()
ELSEWHERE = Config.model_validate({"api": {"base_url": "http://service.test"}})


class Servers:
    """Stands for the class of servers: each start gives a new one, or fails."""

    def __init__(self) -> None:
        self.started: list[Server] = []
        self.fails = False

    def start(self, _settings: object) -> Server:
        if self.fails:
            raise StartError("no such machine")
        self.started.append(Server(f"http://127.0.0.1:{len(self.started) + 1}"))
        return self.started[-1]


class Server:
    def __init__(self, url: str) -> None:
        self.url = url
        self.running = True

    def stop(self) -> None:
        self.running = False


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    servers = Servers()
    monkeypatch.setattr(embeddeds, "EmbeddedServer", servers)
    return servers


def test_one_that_is_ready_before_it_is_asked_for_is_the_one(servers: Servers) -> None:
    embedded = Embedded()
    embedded.prepare(OURS)
    assert len(servers.started) == 1
    assert embedded.base_url(OURS) == embedded.base_url(OURS) == servers.started[0].url
    assert len(servers.started) == 1


def test_a_service_elsewhere_needs_none(servers: Servers) -> None:
    embedded = Embedded()
    embedded.prepare(ELSEWHERE)
    assert embedded.base_url(ELSEWHERE) == "http://service.test"
    assert servers.started == []
    embedded.stop()


def test_what_keeps_it_from_starting_is_said_when_it_is_asked_for_and_not_before(servers: Servers) -> None:
    embedded = Embedded()
    servers.fails = True
    embedded.prepare(OURS)
    with pytest.raises(StartError, match="no such machine"):
        embedded.base_url(OURS)
    servers.fails = False
    assert embedded.base_url(OURS) == servers.started[0].url


def test_one_that_is_gone_is_started_again_also_for_who_asks_for_it_by_its_address(servers: Servers) -> None:
    embedded = Embedded()
    first = embedded.base_url(OURS)
    cast(Server, servers.started[0]).running = False
    by_address = Config.model_validate({"api": {"base_url": first}})
    assert embedded.base_url(by_address) == servers.started[1].url


def test_it_ends_with_the_process(servers: Servers) -> None:
    embedded = Embedded()
    embedded.prepare(OURS)
    embedded.stop()
    assert not servers.started[0].running


def test_it_knows_the_pack_that_is_said_to_it() -> None:
    said = Config.model_validate({"audio": {"source": "speech", "pack": "mine.jsonl"}})
    told = Config.model_validate({"audio": {"pack": "mine.jsonl"}, "embedded": {"pack": "other.jsonl"}})
    assert [one.embedded_server.pack for one in (OURS, said, told)] == [None, "mine.jsonl", "other.jsonl"]
