"""Every route and every refusal, on real sockets."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from aiohttp import web

from stt_load.server.app import build_app
from stt_load.server.listen import GRACE_S
from stt_load.server.service import SpeechService
from stt_load.server.settings import ServerSettings

from .clips import multipart, wav
from .running import INSTANT, Running, serving

DOCUMENT = Path(__file__).parents[2] / "docs" / "server.md"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def error_of(answer: requests.Response) -> dict[str, str | None]:
    """The error of an answer, which must have the shape that OpenAI's have."""
    assert answer.headers["Content-Type"] == "application/json"
    error: dict[str, str | None] = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert error["type"] in ("invalid_request_error", "server_error")
    return error


@pytest.mark.parametrize(
    ("response_format", "pattern"),
    [
        ("json", r'\{"text": "[a-z ]+", "usage": \{"type": "duration", "seconds": 1\}, "model": .*\}'),
        ("text", r"[a-z ]+\n"),
        ("srt", r"1\n00:00:00,000 --> 00:00:00,100\n[a-z ]+\n\n"),
        ("vtt", r"WEBVTT\n\n00:00:00\.000 --> 00:00:00\.100\n[a-z ]+\n\n"),
        ("verbose_json", r'\{"task": "transcribe", "language": "english", "duration": 0\.1, "text": "[a-z ]+",.*\}'),
    ],
)
def test_every_response_format(server: Running, response_format: str, pattern: str) -> None:
    answer = server.ask(response_format=response_format)
    assert answer.status_code == 200
    assert re.fullmatch(pattern, answer.text)


def test_json_is_the_default_and_the_same_clip_says_the_same(server: Running) -> None:
    assert server.ask().json() == server.ask().json() == server.ask(response_format="json").json()
    assert server.ask(model="m").json()["model"] == "m"
    assert server.ask(wav(160_000, seed=1)).json() != server.ask(wav(160_000, seed=2)).json()


def test_whisper_cpp_is_asked_at_a_path_of_its_own(server: Running) -> None:
    body, content_type = multipart(response_format="json", temperature="0.0")
    answer = requests.post(f"{server.url}/inference", body, headers={"Content-Type": content_type}, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["text"]


def test_the_language_asked_for_is_the_one_found(server: Running) -> None:
    assert server.ask(response_format="verbose_json", language="ko").json()["language"] == "ko"


def test_translations_are_english(server: Running) -> None:
    document = server.ask(route="translations", response_format="verbose_json", language="ko").json()
    assert (document["task"], document["language"]) == ("translate", "english")


def test_models_and_health(server: Running) -> None:
    models = server.get("/v1/models").json()
    assert [(model["id"], model["object"]) for model in models["data"]] == [("whisper-1", "model")]
    health = server.get("/health")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (multipart(response_format="yaml")[0], "response_format"),
        (multipart(stream="perhaps")[0], "stream"),
        (multipart(**{"timestamp_granularities[]": "syllable"})[0], "timestamp_granularities[]"),
        (multipart(**{"include[]": "tokens"})[0], "include[]"),
        (multipart(chunking_strategy="whole")[0], "chunking_strategy"),
        (multipart(b"not a WAV file")[0], "file"),
        (multipart(wav()[:-2])[0], "file"),
        (multipart()[0].replace(b'name="file"', b'name="audio"'), "file"),
        (multipart()[0].replace(b'; filename="a.wav"', b"").replace(wav(), b"text"), "file"),
        (multipart()[0].removesuffix(b"--b0undary--\r\n") + multipart()[0], "file"),
        (multipart()[0][:-20], None),
        (b"", None),
    ],
    ids=[
        "format",
        "stream",
        "times",
        "include",
        "chunks",
        "no WAV",
        "cut WAV",
        "no file",
        "file as text",
        "two files",
        "cut form",
        "no body",
    ],
)
def test_bad_requests(server: Running, body: bytes, param: str | None) -> None:
    answer = server.post(body, "multipart/form-data; boundary=b0undary")
    assert answer.status_code == 400
    assert error_of(answer)["param"] == param


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "application/json", "multipart/form-data; boundary=other"]
)
def test_a_form_without_its_boundary(server: Running, content_type: str) -> None:
    answer = server.post(multipart()[0], content_type)
    assert answer.status_code == 400
    error_of(answer)


def test_the_paths_that_its_document_names_are_there(server: Running) -> None:
    table = [line.split("|")[2] for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    paths = [path for cell in table for path in re.findall(r"`(/\S+)`", cell) if path != "/openai/v1"]
    assert len(paths) >= 10
    for path in paths:
        ask = requests.get if path.endswith("models") else requests.post
        assert ask(server.url + path, timeout=60).status_code in (200, 400), path


def test_unknown_routes_and_methods(server: Running) -> None:
    unknown = requests.post(server.url + "/v1/audio/speech", data=b"x" * 100_000, timeout=60)
    assert unknown.status_code == 404
    error_of(unknown)
    wrong = server.get("/v1/audio/transcriptions")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "POST")
    error_of(wrong)


def test_the_api_key() -> None:
    with serving(api_key="s3cret") as server:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}):
            answer = server.ask(wav(160_000), headers=headers)
            assert answer.status_code == 401
            assert error_of(answer)["code"] == "invalid_api_key"
            assert server.get("/v1/models", headers=headers).status_code == 401
        right = {"Authorization": "Bearer s3cret"}
        assert server.ask(headers=right).status_code == 200
        assert server.get("/v1/models", headers=right).status_code == 200
        assert server.get("/health").status_code == 200
    assert [(truth.id, truth.status, truth.start_s) for truth in server.truths[:3]] == [
        (0, 401, None),
        (1, 401, None),
        (2, 401, None),
    ]


def test_the_size_limit_counts_the_whole_body() -> None:
    body, content_type = multipart()
    with serving(INSTANT.model_copy(update={"max_body_bytes": len(body)})) as server:
        assert server.post(body, content_type).status_code == 200
        too_large = server.post(body + b" ", content_type)
        assert too_large.status_code == 413
        assert "embedded.max_body_bytes" in (error_of(too_large)["message"] or "")
        chunked = requests.post(
            f"{server.url}/v1/audio/transcriptions",
            data=iter([body, b" "]),
            headers={"Content-Type": content_type},
            timeout=60,
        )
        assert chunked.status_code == 413
    assert [truth.status for truth in server.truths] == [200, 413, 413]


def test_a_refusal_before_the_body_leaves_the_connection_usable() -> None:
    """The client is still sending when the answer comes; what it sends must not be read as the next request."""
    with serving(INSTANT.model_copy(update={"max_body_bytes": 100_000})) as server, requests.Session() as session:
        url = f"{server.url}/v1/audio/transcriptions"
        statuses = [
            session.post(url, files={"file": ("a.wav", wav(frames))}, timeout=60).status_code
            for frames in (2_000_000, 100, 2_000_000, 100)
        ]
    assert statuses == [413, 200, 413, 200]


def test_errors_at_the_asked_rate_come_after_the_service() -> None:
    with serving(INSTANT.model_copy(update={"error_rate": 1.0, "overhead_s": 0.05})) as server:
        answer = server.ask()
    assert answer.status_code == 500
    assert error_of(answer)["type"] == "server_error"
    (truth,) = server.truths
    assert truth.status == 500
    assert truth.start_s is not None
    assert truth.end_s is not None
    assert truth.end_s - truth.start_s >= 0.05


def test_cut_answers_stop_in_the_middle_and_are_logged_as_far_as_they_went() -> None:
    with serving(INSTANT.model_copy(update={"cut_rate": 1.0})) as server:
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead") as caught:
            server.ask()
        with serving(INSTANT) as whole:
            length = len(whole.ask().content)
    (truth,), (other,) = server.truths, whole.truths
    read, left = map(int, re.findall(r"\d+", str(caught.value))[:2])
    assert (read, read + left) == (length // 2, length)
    assert (truth.cut, truth.status, truth.answer_bytes) == (True, 200, length // 2)
    assert (other.cut, other.answer_bytes) == (False, length)
    assert truth.body_bytes == other.body_bytes > 44


def test_a_body_that_breaks_off_is_logged_and_harms_nobody(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    before = len(server.truths)
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert server.ask().status_code == 200
    for _ in range(1_000):  # the broken request may be noticed after the good one
        if len(server.truths) == before + 2:
            break
        server.get("/health")
    assert sorted(truth.status or 0 for truth in server.truths[before:]) == [200, 400]
    assert not [record for record in caplog.records if record.name.startswith(("stt_load", "aiohttp"))]


def test_the_metrics_page() -> None:
    with serving(INSTANT.model_copy(update={"overhead_s": 0.02})) as server:
        server.ask()
        server.ask()
        server.ask(response_format="yaml")
        page = server.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in page.text.splitlines() if not line.startswith("#")]
    values = {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
    assert values['stt_server_requests_total{status="200"}'] == 2
    assert values['stt_server_requests_total{status="400"}'] == 1
    assert values["stt_server_in_flight"] == 0
    assert values["stt_server_queue_length"] == 0
    assert values["stt_server_service_seconds_count"] == 2
    assert values["stt_server_service_seconds_sum"] >= 0.04
    buckets = [value for name, value in values.items() if "_bucket" in name]
    assert buckets == sorted(buckets)
    assert buckets[:2] == [0, 0]
    assert values['stt_server_service_seconds_bucket{le="+Inf"}'] == 2
    for family in ("requests_total", "in_flight", "queue_length", "service_seconds"):
        assert f"# TYPE stt_server_{family} " in page.text


def test_answers_are_not_held_back_for_more_to_send() -> None:
    options: list[int] = []

    async def look(request: web.Request, _: web.StreamResponse) -> None:
        assert request.transport
        connection = request.transport.get_extra_info("socket")
        options.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    async def ask_once() -> None:
        app = build_app(SpeechService(ServerSettings(), None, None))
        app.on_response_prepare.append(look)
        runner = web.AppRunner(app, shutdown_timeout=GRACE_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0]
            await asyncio.to_thread(requests.get, f"http://{host}:{port}/health", timeout=60)
        finally:
            await runner.cleanup()

    asyncio.run(ask_once())
    assert len(options) == 1
    assert options[0] != 0


def test_one_connection_carries_many_requests(server: Running) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    with closing(connection):
        connection.connect()
        first = connection.sock
        for _ in range(3):
            connection.request("GET", "/health")
            assert connection.getresponse().read()
            assert connection.sock is first
