"""The model that is asked for is the model that is sent, and the one that the result names."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from stt_load.config import Config, Layer, Override, effective, load, masked
from stt_load.config.preset import NAMES
from stt_load.report.messages import Messages
from stt_load.report.opening import subject
from stt_load.run.context import api_of, target_of
from tests.cli.test_probe import probe
from tests.config.conftest import Faults, Load
from tests.config.test_preset import KEYS
from tests.report.runs import run_of, steady

ASKED_FOR = "one/of-my:own"
OPTION = Override("api.model", ASKED_FOR, "--model")


def sent(config: Config) -> str:
    """Everything of a request but the audio, as text."""
    url = config.api.url(config.api.base_url)
    target, api = target_of(config, url), api_of(config, url)
    body = api.form.around((), 0).parts
    fields = [] if api.plan is None else [api.plan.fields, api.plan.submit_path]
    return f"{target.path} {target.headers} {b''.join(map(bytes, body)).decode()} {fields}"


@pytest.fixture(autouse=True)
def keys_of_all_services(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


NAMING = [name for name in NAMES if name != "whisper-asr-webservice"]
"""Those that name a model; of this one it is chosen when the service is started."""


@pytest.mark.parametrize("how", ["--model", "STT_LOAD_MODEL", "file"])
@pytest.mark.parametrize("name", NAMING)
def test_with_every_preset_the_model_asked_for_is_sent(tmp_path: Path, name: str, how: str) -> None:
    text = f"api: {{preset: {name}, model: '{ASKED_FOR}'}}" if how == "file" else f"api: {{preset: {name}}}"
    layer = Layer.COMMAND_LINE if how == "--model" else Layer.ENVIRONMENT
    overrides = [] if how == "file" else [Override("api.model", ASKED_FOR, how, layer)]
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    config = load(tmp_path / "c.yaml", overrides, environ=KEYS).config
    assert masked(config)["api"]["model"] == ASKED_FOR
    assert sent(config).replace("%2F", "/").replace("%3A", ":").count(ASKED_FOR) == (
        2 if name == "azure-openai" else 1
    )


@pytest.mark.parametrize("name", NAMING)
def test_every_preset_names_in_the_result_what_it_sends(loaded: Load, name: str) -> None:
    config = loaded(f"api: {{preset: {name}}}", environ=KEYS)
    assert config.api.model is not None
    assert config.api.model in sent(config).replace("%2F", "/")


GOES_TO = [
    ("protocol: raw, query: {a: '{model}'}", "?a=x%2Fy+z"),
    ("protocol: raw, headers: {X-Model: 'm={model}'}", "'X-Model': 'm=x/y z'"),
    ("protocol: raw, endpoint: '/run/{model}/now?m={model}'", "/run/x/y%20z/now?m=x/y%20z "),
    ("protocol: multipart, extra_fields: {a: ['{model}', b]}", 'name="a"\r\n\r\nx/y z\r\n'),
    ('protocol: multipart, extra_fields: {config: \'{"model": "{model}"}\'}', '{"model": "x/y z"}'),
    ("protocol: submit_poll, extra_fields: {a: '{model}'}", 'name="a"\r\n\r\nx/y z\r\n'),
    (
        "protocol: submit_poll, job: {audio: upload, upload: /u}, extra_fields: {a: ['{model}'], b: '{upload}'}",
        "('a', ['x/y z'])",
    ),
    ("query: {a: '{model}'}", 'name="model"\r\n\r\nx/y z\r\n'),
]


@pytest.mark.parametrize(("api", "where"), GOES_TO)
def test_it_goes_where_its_place_is(loaded: Load, api: str, where: str) -> None:
    config = loaded(f"api: {{base_url: 'http://h', {api}}}", Override("api.model", "x/y z", "--model"))
    assert where in sent(config)


NOWHERE = [
    ("protocol: raw", 'write {model} where it goes, such as `model: "{model}"` in api.query'),
    ("protocol: raw, query: {model: nova-3}", "protocol raw has no field of its own for it"),
    ("protocol: multipart, extra_fields: {model: large}", "in api.extra_fields"),
    ("protocol: submit_poll", "in api.extra_fields or api.query"),
    ("preset: deepgram, query: {model: nova-2}", "protocol raw has no field"),
    ("call: 'mine.py:f'", "api.call is called instead of a request"),
]


@pytest.mark.parametrize(("api", "part"), NOWHERE)
def test_a_model_that_would_be_sent_nowhere_is_refused(faults: Faults, api: str, part: str) -> None:
    """It was ignored, and the result named it."""
    (fault,) = faults(f"api: {{base_url: 'http://h', {api}}}", OPTION, environ=KEYS)
    assert (fault.source, fault.key) == ("--model", "api.model")
    assert "is sent nowhere" in fault.message
    assert part in fault.message


@pytest.mark.parametrize("api", [api for api, _ in NOWHERE])
def test_the_result_names_no_model_where_none_is_sent(loaded: Load, api: str) -> None:
    """Whose default many a file has in it, too."""
    for model in ("", "model: whisper-1, "):
        config = loaded(f"api: {{base_url: 'http://h', {model}{api}}}", environ=KEYS)
        assert masked(config)["api"]["model"] is None
        assert "whisper-1" not in sent(config)
        assert loaded(effective(config), environ=KEYS).api.model is None


def test_no_model_is_no_field(loaded: Load) -> None:
    config = loaded("api: {base_url: 'http://h', model: null}")
    assert 'name="model"' not in sent(config)


@pytest.mark.parametrize("api", ["query: {m: '{model}'}", "headers: {m: '{model}'}", "endpoint: '/{model}'"])
def test_a_place_without_a_model_is_refused(faults: Faults, api: str) -> None:
    (fault,) = faults(f"api: {{protocol: raw, model: null, {api}}}")
    assert "has {model} in it, and api.model is null" in fault.message


def test_a_model_that_its_header_can_not_carry_is_refused(faults: Faults) -> None:
    (fault,) = faults("api: {protocol: raw, headers: {m: '{model}'}, model: 'é'}")
    assert "is in api.headers.m, and no header can carry it" in fault.message


def test_dollar_model_is_a_variable_and_a_variables_value_has_no_places(loaded: Load) -> None:
    config = loaded("api: {protocol: raw, query: {a: '${model} {model}'}, model: m}", environ={"model": "{model}"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("model", "{model}")
        assert "?a=%7Bmodel%7D+m" in sent(config)


@pytest.mark.parametrize(
    ("api", "line"),
    [
        ("preset: deepgram", "   model nova-3"),
        ("preset: mistral", "   model voxtral-mini-latest"),
        ("preset: assemblyai", "   model universal-2"),
        ("preset: openai", "   model gpt-transcribe, response format json"),
        ("model: null", "   model unnamed, response format json"),
        ("protocol: raw", None),
    ],
)
def test_the_console_names_what_is_sent(loaded: Load, api: str, line: str | None) -> None:
    info = run_of(steady()).info
    said = list(subject(Messages("en"), masked(loaded(f"api: {{{api}}}", environ=KEYS)), info))
    assert [text for text in said if text.startswith("   model")] == ([] if line is None else [line])


@contextmanager
def recorder() -> Iterator[tuple[str, list[bytes]]]:
    """A service that knows every path; its URL, and the requests as they came."""
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(f"{self.requestline}\n{self.headers}".encode() + body)
            answer = json.dumps({"text": "a b", "upload_url": "u", "id": "1", "status": "completed"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


@pytest.mark.parametrize("name", ["deepgram", "mistral", "assemblyai"])
def test_it_is_in_the_bytes_on_the_wire(tmp_path: Path, name: str) -> None:
    with recorder() as (url, seen):
        ran = probe(tmp_path, {}, "--preset", name, "--model", "my-model", "-H", url, **KEYS)
    assert seen, ran.stderr
    assert b"my-model" in b"".join(seen)
