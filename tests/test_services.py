"""The examples of docs/services.md, held against servers that answer as those services say they do."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.api.verdict import Transcript
from stt_load.audio.noise import NoiseSource
from stt_load.client import Exchange
from stt_load.client.choice import client_of
from stt_load.config import Override, load
from stt_load.run.context import api_of, target_of
from tests.audio.packs import alike
from tests.markdown import blocks

Answers = dict[str, list[Any]]
"""By method and path; each is given in turn, the last one again and again. `BASE` in a text is the server."""
KEY = "key-of-the-service-1"


class Service:
    """What came in: (method and path, headers, body)."""

    def __init__(self, answers: Answers) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self._answers = {place: iter([*given, *[given[-1]] * 9]) for place, given in answers.items()}
        self.url = ""

    def answer(self, place: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        self.came.append((place, headers, body))
        if place not in self._answers:
            return 404, b"no such place"
        value = next(self._answers[place])
        text = value if isinstance(value, str) else json.dumps(value)
        return 200, text.replace("BASE", self.url).encode()


@contextmanager
def serving(answers: Answers) -> Iterator[Service]:
    service = Service(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = service.answer(f"{self.command} {self.path}", headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.send_header("X-LiteLLM-Response-Duration-MS", "250.5")
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield service
        server.shutdown()


SONIOX: Answers = {
    "POST /v1/files": [{"id": "file-1", "filename": "audio.wav"}],
    "POST /v1/transcriptions": [{"id": "t-1", "status": "queued"}],
    "GET /v1/transcriptions/t-1": [{"id": "t-1", "status": "processing"}, {"id": "t-1", "status": "completed"}],
    "GET /v1/transcriptions/t-1/transcript": [{"id": "t-1", "text": "hello"}],
}
GLADIA: Answers = {
    "POST /v2/upload": [{"audio_url": "BASE/file/1", "audio_metadata": {"id": "1"}}],
    "POST /v2/pre-recorded": [{"id": "7", "result_url": "BASE/v2/pre-recorded/7"}],
    "GET /v2/pre-recorded/7": [
        {"status": "queued"},
        {
            "status": "done",
            "result": {
                "metadata": {"audio_duration": 1.0, "transcription_time": 0.5},
                "transcription": {"full_transcript": "hello"},
            },
        },
    ],
}
SPEECHMATICS: Answers = {
    "POST /v2/jobs/": [{"id": "a1"}],
    "GET /v2/jobs/a1": [{"job": {"id": "a1", "status": "running"}}, {"job": {"id": "a1", "status": "done"}}],
    "GET /v2/jobs/a1/transcript?format=txt": ["hello\n"],
}
REV: Answers = {
    "POST /speechtotext/v1/jobs": [{"id": "r1", "status": "in_progress"}],
    "GET /speechtotext/v1/jobs/r1": [{"id": "r1", "status": "transcribed"}],
    "GET /speechtotext/v1/jobs/r1/transcript": [
        {"monologues": [{"elements": [{"type": "text", "value": "hel"}, {"type": "text", "value": "lo"}]}]}
    ],
}
FAST: Answers = {
    "POST /speechtotext/transcriptions:transcribe?api-version=2024-11-15": [
        {"durationMilliseconds": 1000, "combinedPhrases": [{"text": "hello"}], "phrases": []}
    ]
}
SHORT: Answers = {
    "POST /speech/recognition/conversation/cognitiveservices/v1?language=en-US": [
        {"RecognitionStatus": "Success", "DisplayText": "hello", "Offset": 0, "Duration": 10_000_000}
    ]
}
LITELLM: Answers = {"POST /v1/audio/transcriptions": [{"text": "hello"}]}
NUMBERS: dict[str, dict[str, float]] = {
    "api.gladia.io": {"audio_s": 1.0, "processing_s": 0.5},
    "westeurope.api": {"audio_s": 1.0},
    "westeurope.stt": {"audio_s": 1.0},
    "x-litellm": {"processing_s": 0.2505},
}


def example(part: str) -> str:
    (found,) = (block for block in blocks("docs/services.md", "yaml") if part in block)
    return found


def spoken(text: str, service: Service, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[object, Exchange]:
    """What one request with this configuration comes down to."""
    for name in re.findall(r"\$\{(\w+)\}|api_key_env: (\w+)", text):
        monkeypatch.setenv("".join(name), KEY)
    (folder / "config.yaml").write_text(re.sub(r"interval: \S+", "", text), encoding="utf-8")
    quick = Override("api.job.interval", "0.01", "test")
    config = load(folder / "config.yaml", [Override("api.base_url", service.url, "--host"), quick]).config
    url = config.api.url(config.api.base_url)
    api = api_of(config, url)
    client = client_of(target_of(config, url), api, call=None, plan=api.plan)
    exchange = Exchange("id-1")
    with gevent.Timeout(10):
        try:
            return client.speak(NoiseSource(1, alike(16_000, 16_000)).clip(0, 0), exchange), exchange
        finally:
            client.close()


@pytest.mark.parametrize(
    ("part", "answers"),
    [
        ("api.soniox.com", SONIOX),
        ("api.gladia.io", GLADIA),
        ("speechmatics.com", SPEECHMATICS),
        ("api.rev.ai", REV),
        ("westeurope.api", FAST),
        ("westeurope.stt", SHORT),
        ("x-litellm", LITELLM),
    ],
)
def test_each_example_gets_the_transcript(
    part: str, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answers) as service:
        verdict, exchange = spoken(example(part), service, tmp_path, monkeypatch)
    assert isinstance(verdict, Transcript), verdict
    assert verdict.text.strip() == "hello"
    numbers = {name: getattr(verdict, name) for name in ("audio_s", "processing_s")}
    assert numbers == pytest.approx({"audio_s": None, "processing_s": None} | NUMBERS.get(part, {}))
    assert {place for place, _, _ in service.came} == set(answers), "every place is asked, and no other"
    if part != "x-litellm":
        assert all(KEY in str(headers) for _, headers, _ in service.came), "the key goes with each request"
    assert {headers["x-request-id"] for _, headers, _ in service.came} == {"id-1"}
    assert sum(b"RIFF" in body for _, _, body in service.came) == 1, "the clip goes once"
    polls = [place for place, _, _ in service.came if re.match(r"GET .*(?<!/transcript)(?<!txt)$", place)]
    assert exchange.polls == (len(polls) or None)


@pytest.mark.parametrize(
    ("part", "answers", "field", "made"),
    [
        (
            "api.soniox.com",
            SONIOX,
            b'name="file"; filename="audio.wav"',
            {"file_id": "file-1", "model": "stt-async-v4"},
        ),
        ("api.gladia.io", GLADIA, b'name="audio"; filename="audio.wav"', {"audio_url": "BASE/file/1"}),
    ],
)
def test_an_upload_as_a_form_has_the_clip_and_nothing_else(
    part: str, answers: Answers, field: bytes, made: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answers) as service:
        spoken(example(part), service, tmp_path, monkeypatch)
    (_, headers, upload), (_, _, submit), *_ = service.came
    assert headers["content-type"].startswith("multipart/form-data; boundary=")
    assert (upload.count(b"Content-Disposition"), field in upload) == (1, True)
    assert json.loads(submit) == {name: value.replace("BASE", service.url) for name, value in made.items()}


def test_a_url_elsewhere_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {**GLADIA, "POST /v2/pre-recorded": [{"id": "7", "result_url": "http://localhost:1/v2/7"}]}
    with serving(elsewhere) as service:
        verdict, _ = spoken(example("api.gladia.io"), service, tmp_path, monkeypatch)
    assert "a URL at http://localhost:1, not at http://127.0.0.1:" in str(verdict)
    assert [place for place, _, _ in service.came] == ["POST /v2/upload", "POST /v2/pre-recorded"]
