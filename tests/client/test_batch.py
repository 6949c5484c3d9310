"""Jobs through a client that the test holds: when it is asked, and what the time limit says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gevent
import pytest

from stt_load.api.batch import Plan
from stt_load.api.job_path import JobPath
from stt_load.api.request import Body, Request
from stt_load.client import Client, ClientError, Exchange, Target, Timeouts
from stt_load.client.batch import BatchClient
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind

LONG_S = 3_600.0
CLIP = Body((b"RIFF",), 4, "audio/wav")


class Scripted(Client):
    """Answers with one document after the other, the last one again and again; with None never."""

    def __init__(self, documents: list[dict[str, Any] | None], total_s: float = 20.0) -> None:
        super().__init__(Target("http://127.0.0.1/jobs", {}, Timeouts(1, 1, 1, total_s), 1_000))
        self.asked: list[str] = []
        self._documents = documents

    def close(self) -> None:
        pass

    def perform(self, request: Request, exchange: Exchange) -> None:
        place = min(len(self.asked), len(self._documents) - 1)
        self.asked.append(f"{request.method} {request.path}")
        if self._documents[place] is None:
            gevent.sleep(LONG_S)
        exchange.status = 200
        exchange.mark("first_byte", clock())
        exchange.parts = [json.dumps(self._documents[place]).encode()]


def plan(interval_s: float) -> Plan:
    ends = frozenset({"done"}), frozenset({"failed"})
    return Plan("/jobs", None, "", [], "id", JobPath("/jobs/{id}"), "status", *ends, interval_s)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    with gevent.Timeout(10):
        yield


@pytest.mark.parametrize(
    ("documents", "asked", "polls"),
    [
        ([{"id": 1, "status": "done", "text": "hi"}], ["POST /jobs"], None),
        ([{"id": 1, "status": "failed"}], ["POST /jobs"], None),
        ([{"id": 1, "status": "done"}, {"status": "done", "text": "hi"}], ["POST /jobs", "GET /jobs/1"], 1),
    ],
)
def test_a_job_that_is_over_when_it_is_made_waits_for_no_interval(
    documents: list[dict[str, Any] | None], asked: list[str], polls: int | None
) -> None:
    inner, exchange = Scripted(documents), Exchange()
    answer = BatchClient(inner, plan(LONG_S)).post(CLIP, exchange)
    assert inner.asked == asked
    assert exchange.polls == polls
    assert json.loads(answer.body) == documents[-1]


def test_its_connection_is_that_of_its_requests() -> None:
    inner, opened = Scripted([]), list[str]()
    inner.open = lambda: opened.append("open")  # type: ignore[method-assign]
    BatchClient(inner, plan(LONG_S)).open()
    assert opened == ["open"]


def test_each_other_question_comes_an_interval_later() -> None:
    inner, exchange = Scripted([{"id": 1}, {"status": "queued"}, {"status": "done"}]), Exchange()
    began_s = clock()
    BatchClient(inner, plan(0.05)).post(CLIP, exchange)
    assert exchange.polls == 2
    assert clock() - began_s >= 0.1


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            {"id": 1, "status": "canceled"},
            "; the job's state was last `canceled`, which is in neither job.done nor job.failed",
        ),
        ({"id": 1, "status": "\ud83d" * 5_000}, "; the job's state was last `" + "?" * 500 + "...`, which is"),
        ({"id": 1}, ""),
    ],
)
def test_the_time_limit_names_the_state_that_was_seen_last(document: dict[str, Any], words: str) -> None:
    client = BatchClient(Scripted([document], total_s=0.05), plan(0.01 if "status" in document else LONG_S))
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            client.post(CLIP, Exchange())
        assert caught.value.kind is ErrorKind.TIMEOUT_TOTAL
        assert caught.value.message.startswith(f"no whole answer within 0.05 s{words}")


def test_a_transcript_that_never_comes_is_not_blamed_on_the_state() -> None:
    fetched = replace(plan(0.01), result=JobPath("/jobs/{id}/text"))
    inner, exchange = Scripted([{"id": 1}, {"status": "done"}, None], 0.1), Exchange()
    with pytest.raises(ClientError, match=r"^no whole answer within 0\.1 s$"):
        BatchClient(inner, fetched).post(CLIP, exchange)
    assert inner.asked == ["POST /jobs", "GET /jobs/1", "GET /jobs/1/text"]
    assert (exchange.polls, exchange.step) == (1, "result")


def test_a_state_is_forgotten_with_its_job() -> None:
    client = BatchClient(Scripted([{"id": 1, "status": "queued"}, {"status": "done"}, None], 0.1), plan(0.01))
    client.post(CLIP, Exchange())
    with pytest.raises(ClientError, match=r"^no whole answer within 0\.1 s$"):
        client.post(CLIP, Exchange())
