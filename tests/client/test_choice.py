"""One place says which client it is."""

from __future__ import annotations

import io

import pytest

from stt_load.api.answers import reader
from stt_load.api.api import Api
from stt_load.api.batch import Plan
from stt_load.api.form import Bare
from stt_load.api.job_path import JobPath
from stt_load.client import Client, Target, Timeouts
from stt_load.client.batch import BatchClient
from stt_load.client.call import Call, CallClient
from stt_load.client.choice import client_of
from stt_load.client.http import HttpClient

TARGET = Target("http://127.0.0.1:1/", {}, Timeouts(1, 1, 1, 1), 1_000)
API = Api(Bare(), reader("text"))
PLAN = Plan("/jobs", None, "", (), "id", JobPath("/jobs/{id}"), "status", frozenset({"done"}), frozenset(), 1.0)


def call(_: io.BytesIO) -> str:
    return "a text"


@pytest.mark.parametrize(
    ("function", "plan", "kind"),
    [(None, None, HttpClient), (None, PLAN, BatchClient), (call, None, CallClient), (call, PLAN, CallClient)],
)
def test_a_function_then_a_job_then_a_request(function: Call | None, plan: Plan | None, kind: type[Client]) -> None:
    client = client_of(TARGET, API, call=function, plan=plan)
    assert type(client) is kind
    assert client.language is API


def test_what_a_user_class_connects_by_is_asked() -> None:
    class Mine(HttpClient):
        pass

    assert type(client_of(TARGET, API, call=None, plan=None, connect=Mine)) is Mine
