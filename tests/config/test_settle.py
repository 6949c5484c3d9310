"""What valid values come to together; above all a base_url that has the endpoint, or the beginning of its path, in
it: as other clients are given it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.cli import main
from stt_load.config import ApiConfig, Config, Layer, Origin, Override, load, masked
from stt_load.config.layers import Layers
from stt_load.config.settle import settle
from stt_load.config.yaml_source import parse
from stt_load.run.context import api_of, target_of
from tests.cli.test_probe import probe
from tests.config.conftest import Load
from tests.config.test_places import recorder
from tests.config.test_preset import KEYS

TRANSCRIPTIONS = "/v1/audio/transcriptions"

# base_url, the rest of `api`, where requests go
ONCE = [
    ("https://api.openai.com/v1", "", "https://api.openai.com/v1/audio/transcriptions"),
    ("https://api.openai.com/v1/", "", "https://api.openai.com/v1/audio/transcriptions"),
    ("https://api.openai.com/v1//", "", "https://api.openai.com/v1/audio/transcriptions"),
    ("http://h:8000/v1/audio", "", "http://h:8000/v1/audio/transcriptions"),
    ("http://h:8000/v1/audio/transcriptions", "", "http://h:8000/v1/audio/transcriptions"),
    ("http://h:8000/v1/audio/transcriptions/", "", "http://h:8000/v1/audio/transcriptions"),
    ("http://h/v1/audio/translations", "", "http://h/v1/audio/translations"),
    ("http://h/v1/audio/translations/", "", "http://h/v1/audio/translations"),
    ("http://h/v1", "endpoint: /v1/audio/translations", "http://h/v1/audio/translations"),
    ("http://h/v1/audio/translations", "endpoint: /v1/audio/translations", "http://h/v1/audio/translations"),
    ("http://h/proxy/openai/v1", "", "http://h/proxy/openai/v1/audio/transcriptions"),
    ("http://h/proxy/openai/v1/audio/transcriptions", "", "http://h/proxy/openai/v1/audio/transcriptions"),
    ("http://u:p@h/v1", "", "http://u:p@h/v1/audio/transcriptions"),
    (
        "https://r.openai.azure.com/openai/deployments/w/audio/transcriptions",
        "",
        "https://r.openai.azure.com/openai/deployments/w/audio/transcriptions",
    ),
    ("http://h/v1", "endpoint: '/v1/audio/transcriptions?x=1'", "http://h/v1/audio/transcriptions?x=1"),
    ("http://h/v1/audio/transcriptions", "endpoint: '/v1/audio/transcriptions?x=1'",
     "http://h/v1/audio/transcriptions?x=1"),
    ("https://api.openai.com/v1", "preset: openai", "https://api.openai.com/v1/audio/transcriptions"),
    ("http://h:8080/inference", "preset: whisper-cpp", "http://h:8080/inference"),
    ("https://api.deepgram.com/v1", "preset: deepgram", "https://api.deepgram.com/v1/listen"),
    ("https://api.deepgram.com/v1/listen", "preset: deepgram", "https://api.deepgram.com/v1/listen"),
    ("https://api.assemblyai.com/v2", "preset: assemblyai", "https://api.assemblyai.com/v2/transcript"),
    ("https://api.mistral.ai/v1", "preset: mistral", "https://api.mistral.ai/v1/audio/transcriptions"),
    ("http://h/transcribe", "endpoint: /transcribe", "http://h/transcribe"),
    ("http://h/v1", "protocol: raw, endpoint: '/v1/{model}/listen', model: m", "http://h/v1/m/listen"),
]  # fmt: skip

TWICE = [
    ("http://h", "", "http://h/v1/audio/transcriptions"),
    ("http://h/", "", "http://h/v1/audio/transcriptions"),
    ("http://h/base//", "", "http://h/base/v1/audio/transcriptions"),
    ("http://h/v2", "", "http://h/v2/v1/audio/transcriptions"),
    ("http://h/api", "endpoint: /api/transcribe", "http://h/api/api/transcribe"),
    ("http://h/av1", "", "http://h/av1/v1/audio/transcriptions"),
    ("http://v1", "", "http://v1/v1/audio/transcriptions"),
    ("http://h/v1/audio/transcriptions", "endpoint: /custom", "http://h/v1/audio/transcriptions/custom"),
    ("http://h/v1", "endpoint: /", "http://h/v1/"),
]


@pytest.mark.parametrize(("base", "api", "url"), ONCE)
def test_the_path_is_not_doubled(tmp_path: Path, base: str, api: str, url: str) -> None:
    for how in ("file", "--host"):
        text = f"api: {{{api}}}" if how == "--host" else f"api: {{base_url: '{base}'{api and ', ' + api}}}"
        (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
        overrides = [Override("api.base_url", base, "--host")] if how == "--host" else []
        found = load(tmp_path / "c.yaml", overrides, environ=KEYS)
        api_found = found.config.api
        assert api_found.url(api_found.base_url) == url
        assert target_of(found.config, url).url.partition("?")[0] == url.partition("?")[0]
        shown = masked(found.config)["api"]
        assert (shown["base_url"] + shown["endpoint"]).replace("{model}", "m").replace("***", "u:p") == url
        (note,) = (note for note in found.notes if "part of the endpoint" in note)
        assert note.endswith(f"requests go to {url.replace('u:p', '***')}")


@pytest.mark.parametrize(("base", "api", "url"), TWICE)
def test_what_is_no_part_of_the_endpoint_stays(tmp_path: Path, base: str, api: str, url: str) -> None:
    (tmp_path / "c.yaml").write_text(f"api: {{base_url: '{base}'{api and ', ' + api}}}", encoding="utf-8")
    found = load(tmp_path / "c.yaml", environ=KEYS)
    assert found.config.api.url(found.config.api.base_url) == url
    assert found.config.api.base_url == base
    assert found.notes == ()


def host(url: str, layer: Layer = Layer.COMMAND_LINE) -> Override:
    return Override("api.base_url", url, "--host", layer)


def endpoint(path: str) -> Override:
    return Override("api.endpoint", path, "--endpoint")


def test_of_two_endpoints_the_one_that_was_chosen_last_counts(tmp_path: Path) -> None:
    """A file may have the default endpoint in it, which nobody has chosen."""
    whole = "http://h/v1/audio/translations"
    for text, overrides, path in [
        ("api: {endpoint: /v1/audio/transcriptions}", [host(whole)], "/v1/audio/translations"),
        (f"api: {{base_url: '{whole}', endpoint: /v1/audio/transcriptions}}", [], "/v1/audio/translations"),
        ("api: {endpoint: /openai/audio/transcriptions}", [host(whole)], "/v1/audio/translations"),
        ("", [host(whole), endpoint("/v1/audio/transcriptions")], "/v1/audio/transcriptions"),
        (f"api: {{base_url: '{whole}'}}", [endpoint("/v1/audio/transcriptions")], "/v1/audio/transcriptions"),
        (f"api: {{base_url: '{whole}'}}", [endpoint("/audio/transcriptions")], "/audio/transcriptions"),
    ]:
        (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
        api = load(tmp_path / "c.yaml", overrides, environ={}).config.api
        assert api.url(api.base_url) == "http://h" + path, text


def test_what_lies_beside_the_endpoint_lies_below_the_same_base(loaded: Load) -> None:
    config = loaded("api: {preset: assemblyai, base_url: 'https://h/proxy/v2'}", environ=KEYS)
    plan = api_of(config, config.api.url(config.api.base_url)).plan
    assert plan is not None
    assert (plan.upload_path, plan.poll.after({}, "7")) == ("/proxy/v2/upload", "/proxy/v2/transcript/7")


def test_the_embedded_server_and_a_function_have_no_such_path(tmp_path: Path) -> None:
    for text in ("", "api: {call: 'a.py:f', base_url: 'http://h/v1'}"):
        (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
        assert load(tmp_path / "c.yaml", environ={}).notes == ()


def test_check_config_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.yaml").write_text("api: {base_url: 'https://me:secret-1@h/v1'}", encoding="utf-8")
    assert main(["check-config", str(tmp_path / "c.yaml")]) == 0
    out, err = capsys.readouterr()
    assert err == (
        "stt-load: base_url https://***@h/v1 has a part of the endpoint in it already; requests go to "
        "https://***@h/v1/audio/transcriptions\n"
    )
    assert "base_url: https://***@h\n" in out


@pytest.mark.parametrize("path", ["/v1", "/v1/audio/transcriptions/"])
def test_it_is_so_on_the_wire(tmp_path: Path, path: str) -> None:
    with recorder() as (url, seen):
        ran = probe(tmp_path, {}, "-H", url + path)
    assert ran.returncode == 0, ran.stdout
    assert seen[0].startswith(b"POST /v1/audio/transcriptions HTTP/1.1")
    assert f"requests go to {url}{TRANSCRIPTIONS}" in ran.stderr


PLAIN = {"base_url": "http://h/v1", "endpoint": "/v1/audio/transcriptions"}


def test_what_base_url_and_endpoint_share_stands_once_and_it_is_said() -> None:
    config, (note,) = settle(Config(api=ApiConfig.model_validate(PLAIN)), {})
    assert (config.api.base_url, config.api.endpoint) == ("http://h", "/v1/audio/transcriptions")
    assert note.endswith("requests go to http://h/v1/audio/transcriptions")


def test_what_needs_nothing_stays_without_a_word() -> None:
    assert settle(Config(), {}) == (Config(), ())


def test_a_model_that_is_not_sent_goes_unless_a_person_chose_it() -> None:
    config = Config(api=ApiConfig(protocol="raw"))
    assert settle(config, {})[0].api.model is None
    chosen = {("api", "model"): Origin(Layer.COMMAND_LINE, "--model", "whisper-1")}
    assert settle(config, chosen)[0].api.model == "whisper-1"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("audio: {files: calls}", "files"),
        ("audio: {files: calls, source: files}", "files"),
        ("audio: {files: calls, source: speech}", "speech"),
        ("audio: {files: calls, source: noise}", "noise"),
        ("audio: {source: silence}", "silence"),
        ("", "speech"),
    ],
)
def test_who_names_recordings_and_no_source_means_them(text: str, source: str) -> None:
    layers = Layers()
    layers.add_document(parse(text, "config.yaml"), "config.yaml")
    config, notes = settle(Config.model_validate(layers.values), layers.origins)
    assert (config.audio.source, notes) == (source, ())
