"""The service's keys by themselves: what an editor and a report are told, where requests go."""

from __future__ import annotations

from typing import get_args

import pytest

from stt_load.api.names import Dialect, Protocol, ResponseFormat
from stt_load.config.api import ApiConfig, KeepAlive
from stt_load.config.keys import key
from stt_load.config.preset import NAMES


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("protocol", get_args(Protocol)),
        ("stream_dialect", get_args(Dialect)),
        ("response_format", get_args(ResponseFormat)),
        ("preset", NAMES),
    ],
)
def test_the_choices_are_the_names_that_there_are(name: str, names: tuple[str, ...]) -> None:
    assert key(f"api.{name}").choices == names


@pytest.mark.parametrize(
    ("keep_alive", "requests"), [(True, None), (False, 1), (KeepAlive(max_requests=100), 100)], ids=str
)
def test_how_often_a_connection_is_used(keep_alive: bool | KeepAlive, requests: int | None) -> None:
    assert ApiConfig(keep_alive=keep_alive).requests_per_connection == requests


def test_the_model_has_its_place_in_the_path() -> None:
    api = ApiConfig(endpoint="/run/{model}", model="a b/c")
    assert api.path == "/run/a%20b/c"
    assert api.url("http://h/") == "http://h/run/a%20b/c"
    assert ApiConfig(endpoint="/run/{model}", model=None).path == "/run/{model}"
